"""Autoscalers: the bounds that hold a workload's replicas.

floor is the minimum, ceiling the maximum, expected the declared replicas held between them.
Sources: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/horizontal-pod-autoscaler-v2/
https://keda.sh/docs/latest/reference/scaledobject-spec/
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol, TypeVar

from finops_gate.model import UNBOUNDED, ZERO, Bound, Notice, Range, Unknown
from finops_gate.sources.kubernetes.figures import Figures
from finops_gate.sources.kubernetes.objects import Manifest, Target, mapping, qualified

DEFAULT_MINIMUM = Decimal(1)
KEDA_MAXIMUM = Decimal(100)
"""What KEDA scales to where `maxReplicaCount` is left out."""


@dataclass(frozen=True, slots=True)
class Autoscaler:
    """One autoscaler: what it scales, and between which numbers of replicas; `idle` is what it leaves where nothing is
    to do. `is_bounded` where its author wrote a maximum.
    """

    manifest: Manifest
    target: Target
    minimum: Bound
    maximum: Bound
    idle: Bound
    is_bounded: bool

    @property
    def attribute(self) -> dict[str, Any]:
        """What policies see of it, at the autoscaler itself and at its workload."""
        return {
            "kind": self.manifest.kind,
            "name": self.manifest.name,
            "min_replicas": self.minimum,
            "max_replicas": self.maximum,
            "is_bounded": self.is_bounded,
        }


def read_autoscalers(manifests: Iterable[Manifest]) -> tuple[list[Autoscaler], list[Notice]]:
    """The autoscalers among some objects, and what is wrong with them."""
    autoscalers: list[Autoscaler] = []
    notices: list[Notice] = []
    for manifest in manifests:
        read = READERS.get((manifest.qualified_kind, manifest.group if manifest.group == KEDA else ""))
        if read is not None:
            figures = Figures(manifest)
            autoscalers.append(read(manifest, figures))
            notices += figures.notices
    return autoscalers, notices


def _horizontal(manifest: Manifest, figures: Figures) -> Autoscaler:
    minimum = bound_of(manifest, "minReplicas", figures, DEFAULT_MINIMUM)
    maximum = bound_of(manifest, "maxReplicas", figures, UNBOUNDED)
    is_bounded = manifest.get("spec", "maxReplicas") is not None
    return Autoscaler(manifest, _target(manifest), minimum, maximum, minimum, is_bounded)


def _keda(manifest: Manifest, figures: Figures) -> Autoscaler:
    minimum = bound_of(manifest, "minReplicaCount", figures, ZERO)
    maximum = bound_of(manifest, "maxReplicaCount", figures, KEDA_MAXIMUM)
    idle = bound_of(manifest, "idleReplicaCount", figures, minimum)
    is_bounded = manifest.get("spec", "maxReplicaCount") is not None
    return Autoscaler(manifest, _target(manifest, "Deployment"), minimum, maximum, idle, is_bounded)


def bound_of(manifest: Manifest, key: str, figures: Figures, otherwise: Bound) -> Bound:
    """A number of replicas in the spec."""
    written = manifest.get("spec", key)
    return otherwise if written is None else figures.count(written, f"spec.{key}")


def _target(manifest: Manifest, kind: str = "None") -> Target:
    reference = mapping(manifest.get("spec", "scaleTargetRef"))
    group = str(reference.get("apiVersion") or "").rpartition("/")[0]
    return manifest.home, qualified(group, str(reference.get("kind") or kind)), str(reference.get("name"))


KEDA = "keda.sh"
READERS: Mapping[tuple[str, str], Callable[[Manifest, Figures], Autoscaler]] = {
    ("HorizontalPodAutoscaler", ""): _horizontal,
    ("ScaledObject", KEDA): _keda,
}
"""Kind and, where it is no API of Kubernetes itself, its group."""


class Scaler(Protocol):
    """What names a workload."""

    @property
    def manifest(self) -> Manifest: ...

    @property
    def target(self) -> Target: ...


AnyScaler = TypeVar("AnyScaler", bound=Scaler)


def assign(workloads: Iterable[Manifest], autoscalers: Sequence[AnyScaler]) -> dict[Manifest, AnyScaler]:
    """The autoscaler of each workload that has one.

    Where several workloads have the name and namespace that an autoscaler names (overlays without a namespace do), it
    is for those nearest to it in the directories; where several autoscalers fit a workload, the nearest holds it.
    """
    nearby: dict[tuple[Target, str], list[Manifest]] = defaultdict(list)
    for workload in workloads:
        for directory in _upwards(workload.directory):
            nearby[_identity(workload), directory].append(workload)
    found: list[tuple[int, tuple[Target, str], AnyScaler]] = []
    for scaler in autoscalers:
        meeting = ((scaler.target, directory) for directory in _upwards(scaler.manifest.directory))
        place = next((p for p in meeting if p in nearby), None)
        if place is not None:
            found.append((-len(place[1]), place, scaler))
    assigned: dict[Manifest, AnyScaler] = {}
    for _, place, scaler in sorted(found, key=lambda item: item[0]):
        for workload in nearby.pop(place, ()):
            assigned.setdefault(workload, scaler)
    return assigned


def without_target(manifests: Iterable[Manifest], autoscalers: Iterable[Autoscaler]) -> list[Notice]:
    """A remark on each autoscaler whose workload is not among some objects: what it may come to is in no total."""
    known = {_identity(manifest) for manifest in manifests}
    return [
        Notice(
            "autoscaler-without-target",
            "info",
            f"{scaler.manifest.address} scales {scaler.target[1]}/{scaler.target[2]}, which is not among the files, "
            "so what it may cost at most is not counted",
            scaler.manifest.span("spec.scaleTargetRef.name"),
        )
        for scaler in autoscalers
        if scaler.target not in known
    ]


def _identity(workload: Manifest) -> Target:
    return workload.home, workload.qualified_kind, workload.name


def _upwards(directory: str) -> Iterator[str]:
    """The directory and those around it, up to the root, which is empty."""
    while directory:
        yield directory
        directory = directory.rpartition("/")[0]
    yield ""


def held(replicas: Bound | None, autoscaler: Autoscaler) -> Range:
    """The replicas of an autoscaled workload: what it declares, or else the minimum, within the bounds."""
    least, most, idle = autoscaler.minimum, autoscaler.maximum, autoscaler.idle
    if isinstance(least, Unknown) or isinstance(most, Unknown):
        return Range(idle, least if replicas is None else _unsettled(least, most), most)
    least = min(least, most)
    idle = idle if isinstance(idle, Unknown) else min(idle, least)
    if replicas is None:
        return Range(idle, least, most)
    if isinstance(replicas, Unknown):
        return Range(idle, replicas, most)
    return Range(idle, max(least, min(replicas, most)), most)


def _unsettled(least: Bound, most: Bound) -> Bound:
    return least if isinstance(least, Unknown) else most
