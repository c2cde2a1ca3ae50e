"""Whatever stands where the API expects something else: a resource, perhaps a notice, never a crash."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from finops_gate.model import BOUNDS, Range
from finops_gate.settings import Settings
from finops_gate.sources import kubernetes
from finops_gate.sources.kubernetes.operators import operators
from finops_gate.sources.kubernetes.workloads import FOREIGN, KINDS

FIELDS = [
    *("spec", "template", "jobTemplate", "metadata", "labels", "containers", "initContainers", "resources", "requests"),
    *("limits", "cpu", "memory", "nvidia.com/gpu", "replicas", "schedule", "parallelism", "completions", "overhead"),
    *("activeDeadlineSeconds", "scaleTargetRef", "kind", "name", "minReplicas", "maxReplicas", "volumeClaimTemplates"),
    *("volumes", "ephemeral", "volumeClaimTemplate", "storage", "type", "default", "restartPolicy", "suspend"),
    *(
        "templates",
        "steps",
        "dag",
        "tasks",
        "entrypoint",
        "withItems",
        "container",
        "workloadRef",
        "jobTargetRef",
        "hard",
    ),
    *(
        "nodeSets",
        "count",
        "kafka",
        "size",
        "instances",
        "annotations",
        "limits",
        "affinity",
        "nodeSelector",
        "schedules",
    ),
    *(
        "resourcePolicy",
        "containerPolicies",
        "minAllowed",
        "targetRef",
        "workflowSpec",
        "ingressClassName",
        "replicaCount",
    ),
]
ODD = st.sampled_from(
    ["1", "100m", "1Gi", "Always", "Deployment", "x", "Container", "LoadBalancer", "0 * * * *", "${X}"]
)
SCALARS = st.none() | st.booleans() | st.integers(-1, 5) | st.floats(0, 2, width=16) | ODD
SHAPES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=5),
    max_leaves=25,
)
BUILT_IN = [*KINDS, "HorizontalPodAutoscaler", "Ingress", "LimitRange", "Namespace", "PersistentVolumeClaim", "Service"]
KNOWN = [
    *(("v1", kind) for kind in (*BUILT_IN, "ResourceQuota", "StorageClass", "VerticalPodAutoscaler")),
    *((f"{group}/v1", kind) for group, kind in (*FOREIGN, *operators(), ("karpenter.sh", "NodePool"))),
    ("keda.sh/v1", "ScaledObject"),
    ("node.k8s.io/v1", "RuntimeClass"),
    ("example.org/v1", "Server"),
]
POD = st.fixed_dictionaries({"containers": SHAPES, "initContainers": SHAPES, "resources": SHAPES, "volumes": SHAPES})

REPLICAS = st.dictionaries(st.sampled_from(["replicas", "minReplicas", "maxReplicas", "size"]), SCALARS, max_size=4)


class OneFile:
    """A tree of a single file."""

    def __init__(self, text: str) -> None:
        self.text = text

    def paths(self, below: str = "") -> Sequence[str]:
        return ["m.yaml"]

    def exists(self, path: str) -> bool:
        return True

    def read_bytes(self, path: str) -> bytes:
        return self.text.encode()

    def read_text(self, path: str) -> str:
        return self.text

    def digest(self, path: str) -> str:
        return path


def objects_of(kind: tuple[str, str], metadata: Any, spec: Any) -> str:
    return json.dumps({"apiVersion": kind[0], "kind": kind[1], "metadata": metadata, "spec": spec})


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.builds(
            objects_of,
            st.sampled_from(KNOWN),
            SHAPES | st.just({"name": "x"}),
            SHAPES
            | st.builds(lambda p, r: {"template": {"spec": p}, "replicas": r}, POD, SHAPES)
            | st.builds(lambda p, r: {"sets": [{"podTemplate": {"spec": p}, **r}]}, POD, REPLICAS)
            | POD,
        ),
        min_size=1,
        max_size=4,
    )
)
def test_any_shape_is_survived(manifests: list[str]) -> None:
    tree, cluster = OneFile("\n---\n".join(manifests)), Settings(kubernetes={"platform": "aws"})
    loaded = kubernetes.load(tree, ["m.yaml"], cluster)
    assert len(loaded.resources) == len(manifests)
    for resource in loaded.resources:
        for path in ("containers[0].resources", "replicas_range", "pod.cpu", "tags.x", "nothing.at[3].all"):
            assert resource.span_of(path).path == "m.yaml"
        for value in resource.attributes.values():
            assert not isinstance(value, Range) or ordered(value)


def ordered(value: Range) -> bool:
    known = [value.bound(name) for name in BOUNDS]
    figures = [bound for bound in known if not hasattr(bound, "reason")]
    return figures == sorted(figures)  # type: ignore[type-var]
