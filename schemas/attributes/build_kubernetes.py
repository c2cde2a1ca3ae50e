"""Writes the attribute catalogue of Kubernetes from the models of its own Python client.

    python schemas/attributes/build_kubernetes.py <unpacked wheel of `kubernetes`> > schemas/attributes/kubernetes.txt

It reads the models and does not run them. What we derive of an object (`finops_gate/sources/kubernetes`) is listed
here by hand.
"""

from __future__ import annotations

import ast
import re
import sys
from functools import cache
from pathlib import Path

CONTAINER = "cpu cpu_limit cpu_limit_to_request memory_gib memory_limit_gib memory_limit_to_request path role unset"
AUTOSCALER = "autoscaler{is_bounded kind max_replicas min_replicas name}"
BILLING = "billing{instance instance_provider mode own* platform rates utilization}"
RANGE = "{ceiling expected floor}"
CLAIMS = (
    f"claims{{count{RANGE} gib iops is_default name path provider storage_class throughput type}} storage_gib{RANGE}"
)
BALANCER = "load_balancer load_balancers"
LIMITS = "limits{cpu gpu memory_gib}"
PODS = (
    f"assumed* {AUTOSCALER} billed{{cpu ephemeral_gib memory_gib}} {BILLING} {CLAIMS} duty{RANGE} gpus{RANGE} "
    f"pod{{accelerators{{count name}} cpu gpu memory_gib unset}} replicas_range{RANGE} run_hours{RANGE} spot "
    "undeclared_cpu{amount container per_pod} undeclared_memory{amount container per_pod}"
)
WORKLOAD = f"{PODS} pod_labels*"
WORKLOADS = ("CronJob", "DaemonSet", "Deployment", "Job", "Pod", "ReplicaSet", "ReplicationController", "StatefulSet")
KINDS = {
    **{kind: f"V1{kind}" for kind in WORKLOADS},
    "HorizontalPodAutoscaler": "V2HorizontalPodAutoscaler",
    **{f"{kind}": f"V1{kind}" for kind in ("Ingress", "LimitRange", "Namespace", "PersistentVolume")},
    **{kind: f"V1{kind}" for kind in ("PersistentVolumeClaim", "PodDisruptionBudget", "ResourceQuota", "Service")},
    "StorageClass": "V1StorageClass",
}
DERIVED = {
    "HorizontalPodAutoscaler": AUTOSCALER,
    "Ingress": f"{BALANCER} {BILLING}",
    "Namespace": "quota{cpu gpu memory_gib name}",
    "PersistentVolumeClaim": f"{CLAIMS} counted_with {BILLING}",
    "ResourceQuota": f"{LIMITS} {BILLING}",
    "Service": f"{BALANCER} {BILLING}",
}
FOREIGN_WORKLOADS = (
    "CronWorkflow",
    "DeploymentConfig",
    "Rollout",
    "ScaledJob",
    "Service.serving.knative.dev",
    "Workflow",
)
OPERATED = (
    "Alertmanager", "Elasticsearch", "Kafka", "KafkaConnect", "KafkaNodePool", "Kibana", "Prometheus", "RedisFailover",
    "ThanosRuler", "postgresql",
)  # fmt: skip
FOREIGN = {
    **dict.fromkeys(FOREIGN_WORKLOADS, WORKLOAD),
    **dict.fromkeys(
        OPERATED,
        f"groups{{{PODS} containers* name}} gpus{RANGE} replicas_range{RANGE} spot {AUTOSCALER} {CLAIMS} {BILLING}",
    ),
    "Gateway": f"{BALANCER} {BILLING}",
    "NodePool": f"{LIMITS} {BILLING}",
    "ScaledObject": AUTOSCALER,
}
"""Kinds that are no part of the API: their own content is left unchecked."""
OPEN = {"affinity", "volumes", "livenessProbe", "readinessProbe", "startupProbe", "lifecycle", "securityContext", "env"}
"""Deep, and of no matter for cost: left unchecked below."""

LEFT_OUT = {"status", "managedFields", "ownerReferences"}
MODEL = re.compile(r"V\d\w*|CoreV1\w*|RbacV1\w*")


@cache
def fields(root: Path, model: str) -> dict[str, str]:
    """JSON name -> type of a model's fields."""
    name = re.sub(r"(?<=[a-z0-9])([A-Z])|(?<=[A-Z])([A-Z])(?=[a-z])", r"_\1\2", model).lower()
    source = (root / "kubernetes/client/models" / f"{name}.py").read_text(encoding="utf-8")
    tables = {
        target.id: ast.literal_eval(node.value)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.AnnAssign)
        for target in [node.target]
        if isinstance(target, ast.Name) and target.id in ("openapi_types", "attribute_map") and node.value
    }
    types, names = tables["openapi_types"], tables["attribute_map"]
    return {names[key]: types[key] for key in types}


def shape(root: Path, kind: str, name: str) -> str:
    if kind.lower().startswith("dict") or kind == "object" or name in OPEN:
        return "*"
    model = MODEL.search(kind)
    return f"{{{block(root, model[0])}}}" if model else ""


def block(root: Path, model: str) -> str:
    found = fields(root, model)
    return " ".join(name + shape(root, found[name], name) for name in sorted(found) if name not in LEFT_OUT)


def line(root: Path, kind: str) -> str:
    words = block(root, KINDS[kind])
    if kind in WORKLOADS:
        words += f" {WORKLOAD} containers{{{block(root, 'V1Container')} {CONTAINER}}}"
    return f"kubernetes:{kind} {words} {DERIVED.get(kind, '')}".rstrip()


def foreign_line(root: Path, kind: str) -> str:
    own = f"apiVersion kind metadata{{{block(root, 'V1ObjectMeta')}}} spec*"
    containers = f" containers{{{block(root, 'V1Container')} {CONTAINER}}}"
    runs_pods = kind in FOREIGN_WORKLOADS or kind in OPERATED
    return f"kubernetes:{kind} {own} {FOREIGN[kind]}{containers if runs_pods else ''}"


def main(root: Path) -> None:
    print("# Kinds and attributes as the API of Kubernetes 1.37 has them, and what we derive; see build_kubernetes.py.")
    for kind in sorted([*KINDS, *FOREIGN]):
        print(line(root, kind) if kind in KINDS else foreign_line(root, kind))
    print(f"kubernetes:container {block(root, 'V1Container')} {CONTAINER}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
