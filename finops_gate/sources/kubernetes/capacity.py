"""What limits how much a cluster or namespace may take: no part of the bill, but the most that it can come to.

Sources: https://karpenter.sh/docs/concepts/nodepools/#speclimits
https://kubernetes.io/docs/concepts/policy/resource-quotas/
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from finops_gate.model import Unknown
from finops_gate.sources.kubernetes.figures import Figures
from finops_gate.sources.kubernetes.objects import Manifest, mapping
from finops_gate.sources.kubernetes.pods import GIB, GPUS

KARPENTER = "karpenter.sh"
Figure = Decimal | Unknown | None


def _of_nodes(manifest: Manifest) -> tuple[Any, str]:
    """The limits of a NodePool, or of the Provisioner that it was called before."""
    older = manifest.get("spec", "limits", "resources")
    return (manifest.get("spec", "limits"), "spec.limits") if older is None else (older, "spec.limits.resources")


def _of_a_quota(manifest: Manifest) -> tuple[Any, str]:
    """What may be requested, else what may be taken: no request is above its limit."""
    hard = mapping(manifest.get("spec", "hard"))
    taken = {key.removeprefix("limits."): value for key, value in hard.items() if key.startswith("limits.")}
    requested = {key.removeprefix("requests."): value for key, value in hard.items()}
    return {**taken, **requested}, "spec.hard"


LIMITING: Mapping[tuple[str, str], Callable[[Manifest], tuple[Any, str]]] = {
    (KARPENTER, "NodePool"): _of_nodes,
    (KARPENTER, "Provisioner"): _of_nodes,
    ("", "ResourceQuota"): _of_a_quota,
}


def read_limits(manifest: Manifest, figures: Figures) -> dict[str, Figure] | None:
    """Cores, GiB and GPUs that an object allows, each null where it sets no bound; None for other kinds."""
    found = LIMITING.get((manifest.group, manifest.kind))
    if found is None:
        return None
    written, path = found(manifest)
    limits = mapping(written)
    cpu, memory, *gpus = (_limit(limits, name, path, figures) for name in ("cpu", "memory", *GPUS))
    gpu = next((amount for amount in gpus if amount is not None), None)
    return {"cpu": cpu, "memory_gib": memory / GIB if isinstance(memory, Decimal) else memory, "gpu": gpu}


def _limit(limits: Mapping[str, Any], name: str, path: str, figures: Figures) -> Figure:
    return None if limits.get(name) is None else figures.quantity(limits[name], f"{path}.{name}")


def quotas_by_place(manifests: Iterable[Manifest]) -> dict[tuple[str, str], Manifest]:
    """The first ResourceQuota of each namespace, by directory and, with an empty one, anywhere."""
    found: dict[tuple[str, str], Manifest] = {}
    for manifest in manifests:
        if manifest.qualified_kind == "ResourceQuota":
            for directory in (manifest.directory, "*"):
                found.setdefault((manifest.home, directory), manifest)
    return found
