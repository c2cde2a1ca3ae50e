"""Large Kubernetes manifests, made up: a bundle as operators ship it, a monitoring stack, and many services.

The same on every machine. The bundle is what makes real manifests large: custom resource definitions, whose schemas
describe every field, some 55 characters a line and twice as many keys as values.
"""

from __future__ import annotations

from collections.abc import Iterator

LARGE_BYTES = 2_000_000
"""What the largest manifests that projects publish to be applied as they are come to."""
BYTES_OF_SERVICES = 740_000
"""As many lines as those have: nobody writes comments in what is generated for services."""

NOUNS = ("alert", "backup", "cluster", "endpoint", "monitor", "policy", "probe", "route", "rule", "storage")
FIELDS = ("affinity", "interval", "labels", "limits", "paths", "retention", "secret", "selector", "timeout", "weight")
SENTENCES = (
    "defines how the controller selects objects in the namespace it watches.",
    "overrides the value that is inherited from the parent, if there is one.",
    "It must be a valid duration such as 30s, and falls back to the global",
    "See https://kubernetes.io/docs/concepts/overview/working-with-objects/labels for what may be written here.",
    "is required unless `matchLabels` is given; both are joined by a logical and.",
)


def custom_resource(index: int, fields: int) -> str:
    """A custom resource definition with a schema of some fields, each an object of several levels."""
    noun = NOUNS[index % len(NOUNS)]
    name, kind = f"{noun}{index}s", f"{noun.capitalize()}{index}"
    head = f"""---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  annotations:
    controller-gen.kubebuilder.io/version: v0.16.1
  name: {name}.example.com
spec:
  group: example.com
  names: {{kind: {kind}, listKind: {kind}List, plural: {name}, singular: {kind.lower()}}}
  scope: Namespaced
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        description: {kind} {SENTENCES[0]}
        type: object
        required: [spec]
        properties:
          spec:
            type: object
            properties:
"""
    return head + "".join(_field(f"{FIELDS[i % len(FIELDS)]}{i}", i, 14) for i in range(fields))


def _field(name: str, index: int, margin: int) -> str:
    first, second, third = (SENTENCES[(index + i) % len(SENTENCES)] for i in range(3))
    lines = f"""\
{name}:
  description: |-
    {name} {first}
    {second}
    {third}
  properties:
    matchExpressions:
      description: matchExpressions is a list of label selector requirements.
      items:
        properties:
          key:
            description: key is the label key that the selector applies to.
            type: string
          operator:
            description: {second}
            enum: [In, NotIn, Exists, DoesNotExist]
            type: string
          values:
            items:
              type: string
            type: array
            x-kubernetes-list-type: atomic
        required:
        - key
        - operator
        type: object
      type: array
    matchLabels:
      additionalProperties:
        type: string
      description: {first}
      type: object
    weight:
      default: {index}
      format: int32
      minimum: 0
      type: integer
  type: object
  x-kubernetes-map-type: atomic
"""
    return "".join(f"{' ' * margin}{line}\n" for line in lines.splitlines())


def service(index: int) -> str:
    """What a team deploys: a Deployment, its Service, its autoscaler and its settings."""
    name = f"{NOUNS[index % len(NOUNS)]}-{index}"
    environment = "".join(f"        - name: SETTING_{i}\n          value: value-{i}\n" for i in range(6))
    return f"""---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {name}
  namespace: team-{index % 12}
  labels:
    app.kubernetes.io/name: {name}
    app.kubernetes.io/part-of: platform
spec:
  replicas: {index % 5 + 1}
  selector:
    matchLabels:
      app.kubernetes.io/name: {name}
  template:
    metadata:
      labels:
        app.kubernetes.io/name: {name}
    spec:
      serviceAccountName: {name}
      containers:
      - name: app
        image: registry.example.com/{name}:1.{index}.0
        ports:
        - containerPort: 8080
          name: http
        env:
{environment}        resources:
          requests:
            cpu: {100 * (index % 7 + 1)}m
            memory: {128 * (index % 5 + 1)}Mi
          limits:
            memory: 2Gi
        readinessProbe:
          httpGet:
            path: /healthz
            port: http
---
apiVersion: v1
kind: Service
metadata:
  name: {name}
  namespace: team-{index % 12}
spec:
  selector:
    app.kubernetes.io/name: {name}
  ports:
  - port: 80
    targetPort: http
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: {name}
  namespace: team-{index % 12}
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: {name}
  minReplicas: 1
  maxReplicas: {index % 5 + 6}
"""


def dashboard(index: int, panels: int) -> str:
    """A ConfigMap that holds a dashboard: JSON within YAML, as monitoring stacks have by the dozen."""
    panel = """\
        {
          "title": "requests", "type": "timeseries", "datasource": {"uid": "$datasource"},
          "targets": [{"expr": "sum(rate(http_requests_total{job=\\"app\\"}[5m])) by (code)", "refId": "A"}]
        },
"""
    head = f"---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: dashboard-{index}\n  namespace: monitoring\n"
    return f'{head}data:\n  dashboard.json: |-\n      {{\n      "panels": [\n{panel * panels}      ]}}\n'


def _up_to(parts: Iterator[str], size: int) -> str:
    found: list[str] = []
    length = 0
    while length < size:
        found.append(next(parts))
        length += len(found[-1])
    return "".join(found)


def operator_bundle(size: int = LARGE_BYTES) -> str:
    """Custom resource definitions, and a few workloads at the end."""
    definitions = (custom_resource(i, 40) for i in range(10_000))
    return _up_to(definitions, size) + "".join(service(i) for i in range(4))


def monitoring_stack(size: int = LARGE_BYTES) -> str:
    """Definitions, dashboards and workloads in turn."""
    return _up_to((custom_resource(i, 8) + dashboard(i, 60) + service(i) for i in range(10_000)), size)


def services(size: int = BYTES_OF_SERVICES) -> str:
    """Nothing but what teams deploy: some 490 of each kind."""
    return _up_to((service(i) for i in range(10_000)), size)


MANIFESTS = {"operator bundle": operator_bundle, "monitoring stack": monitoring_stack, "services": services}
