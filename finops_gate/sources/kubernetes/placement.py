"""Where the nodes of a pod must stand: only a requirement says so, a toleration does not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from finops_gate.sources.kubernetes.objects import dig, mapping, numbered

SPOT: Mapping[str, str] = {
    "karpenter.sh/capacity-type": "spot",
    "eks.amazonaws.com/capacitytype": "spot",
    "cloud.google.com/gke-spot": "true",
    "cloud.google.com/gke-preemptible": "true",
    "cloud.google.com/gke-provisioning": "spot",
    "kubernetes.azure.com/scalesetpriority": "spot",
}
"""Labels of spot nodes, in lower case.

Sources: https://karpenter.sh/docs/concepts/scheduling/
https://docs.aws.amazon.com/eks/latest/userguide/managed-node-groups.html
https://cloud.google.com/kubernetes-engine/docs/concepts/spot-vms
https://learn.microsoft.com/en-us/azure/aks/spot-node-pool
"""


ONLY_ON_SPOT = frozenset(
    {"cloud.google.com/gke-preemptible", "cloud.google.com/gke-spot", "kubernetes.azure.com/scalesetpriority"}
)
"""Labels that other nodes do not have at all."""


def needs_spot(pod_spec: Any) -> bool:
    """Whether every node that a pod may run on is a spot node."""
    selector = mapping(dig(pod_spec, "nodeSelector"))
    if any(_is_spot(label, [value]) for label, value in selector.items()):
        return True
    required = dig(pod_spec, "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution")
    terms = [list(_spot_terms(term)) for _, term in numbered(dig(required, "nodeSelectorTerms"))]
    return bool(terms) and all(any(term) for term in terms)


def _spot_terms(term: Mapping[str, Any]) -> Iterator[bool]:
    for _, expression in numbered(term.get("matchExpressions")):
        values = expression.get("values")
        label = str(expression.get("key"))
        if expression.get("operator") == "In" and isinstance(values, list) and values:
            yield _is_spot(label, values)
        if expression.get("operator") == "Exists":
            yield label.lower() in ONLY_ON_SPOT


def _is_spot(label: str, values: list[Any]) -> bool:
    wanted = SPOT.get(label.lower())
    return wanted is not None and all(str(value).lower() == wanted for value in values)
