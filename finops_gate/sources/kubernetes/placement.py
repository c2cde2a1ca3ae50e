"""Where the nodes of a pod must stand: only a requirement says so, a toleration does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from finops_gate.sources.kubernetes.lookup import Lookup
from finops_gate.sources.kubernetes.objects import Manifest, dig, mapping, numbered

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


POOL = "karpenter.sh/nodepool"
IsPool = Callable[[str], bool]
"""Whether all nodes of a pool, by its name, are spot nodes."""


def spot_pools(origin: Manifest, lookup: Lookup) -> IsPool:
    """The NodePools of Karpenter among the files that have spot nodes only."""

    def is_spot(name: str) -> bool:
        found = lookup.find(origin, "NodePool", name)
        requirements = found.get("spec", "template", "spec", "requirements") if found else None
        return any(_spot_terms(requirements, no_pool))

    return is_spot


def no_pool(name: str) -> bool:
    return False


def needs_spot(pod_spec: Any, is_spot_pool: IsPool = no_pool) -> bool:
    """Whether every node that a pod may run on is a spot node."""
    selector = mapping(dig(pod_spec, "nodeSelector"))
    if any(_is_spot(label, [value], is_spot_pool) for label, value in selector.items()):
        return True
    required = dig(pod_spec, "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution")
    terms = [term.get("matchExpressions") for _, term in numbered(dig(required, "nodeSelectorTerms"))]
    return bool(terms) and all(any(_spot_terms(term, is_spot_pool)) for term in terms)


def _spot_terms(expressions: Any, is_spot_pool: IsPool) -> Iterator[bool]:
    for _, expression in numbered(expressions):
        values = expression.get("values")
        label = str(expression.get("key"))
        if expression.get("operator") == "In" and isinstance(values, list) and values:
            yield _is_spot(label, values, is_spot_pool)
        if expression.get("operator") == "Exists":
            yield label.lower() in ONLY_ON_SPOT


def _is_spot(label: str, values: list[Any], is_spot_pool: IsPool) -> bool:
    if label == POOL:
        return all(is_spot_pool(str(value)) for value in values)
    wanted = SPOT.get(label.lower())
    return wanted is not None and all(str(value).lower() == wanted for value in values)
