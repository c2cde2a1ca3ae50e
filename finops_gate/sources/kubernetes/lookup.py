"""Finding the object that another one names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from finops_gate.sources.kubernetes.objects import Manifest

CLUSTER_WIDE = frozenset(
    {"StorageClass", "IngressClass", "ClusterWorkflowTemplate", "GatewayClass", "NodePool", "RuntimeClass"}
)
"""Kinds whose objects belong to no namespace, and may be named from any."""


class Lookup:
    """The objects of a run, by what others name them by."""

    def __init__(self, manifests: Iterable[Manifest]) -> None:
        self._by_name: dict[tuple[str, str, str], list[Manifest]] = defaultdict(list)
        self._by_kind: dict[str, list[Manifest]] = defaultdict(list)
        for manifest in manifests:
            namespace = "" if manifest.qualified_kind in CLUSTER_WIDE else manifest.home
            self._by_name[manifest.qualified_kind, namespace, manifest.name].append(manifest)
            self._by_kind[manifest.qualified_kind].append(manifest)

    def find(self, origin: Manifest, kind: str, name: object) -> Manifest | None:
        """The object of a kind and name that `origin` means: of its own directory rather than of another."""
        namespace = "" if kind in CLUSTER_WIDE else origin.home
        return nearest(origin, self._by_name.get((kind, namespace, str(name)), ()))

    def of_kind(self, origin: Manifest, kind: str) -> Sequence[Manifest]:
        """All objects of a kind that are of the directory of `origin`; where there are none, all of the run."""
        found = self._by_kind.get(kind, ())
        return [m for m in found if m.directory == origin.directory] or found


def nearest(origin: Manifest, candidates: Sequence[Manifest]) -> Manifest | None:
    own = next((m for m in candidates if m.directory == origin.directory), None)
    return own or next(iter(candidates), None)
