"""Claims that a StatefulSet made of its templates, exported with it: they are the set's, and counted there.

Their names say so: the template's, the set's and the number of the pod (`data-db-0`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from finops_gate.sources.kubernetes.autoscaling import Autoscaler
from finops_gate.sources.kubernetes.objects import Manifest, dig, numbered


class TemplatedClaims:
    """The claims that the StatefulSets of a run make."""

    def __init__(self, manifests: Iterable[Manifest], autoscalers: Mapping[Manifest, Autoscaler]) -> None:
        self._sets: dict[tuple[str, str, str], tuple[Manifest, Decimal]] = {}
        for manifest in manifests:
            if manifest.qualified_kind == "StatefulSet":
                pods = _pods(manifest, autoscalers.get(manifest))
                for _, template in numbered(manifest.get("spec", "volumeClaimTemplates")):
                    stem = f"{dig(template, 'metadata', 'name')}-{manifest.name}"
                    self._sets[manifest.directory, manifest.home, stem] = (manifest, pods)

    def owner(self, claim: Manifest) -> Manifest | None:
        """The StatefulSet that counts a claim; None for one that stands by itself, or is left of more pods."""
        stem, _, number = claim.name.rpartition("-")
        found = self._sets.get((claim.directory, claim.home, stem))
        if found is None or not number.isdecimal() or len(number) > 9:
            return None
        manifest, pods = found
        return manifest if Decimal(number) < pods else None


def _pods(manifest: Manifest, autoscaler: Autoscaler | None) -> Decimal:
    """How many pods the set's own cost counts at least."""
    written = autoscaler.minimum if autoscaler else manifest.get("spec", "replicas")
    return written if isinstance(written, Decimal) else Decimal(1)
