"""Autoscalers: the bounds that hold a workload's replicas.

floor is the minimum, ceiling the maximum, expected the declared replicas held between them.
Source: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/horizontal-pod-autoscaler-v2/
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from finops_gate.model import UNBOUNDED, Bound, Notice, Range, Unknown
from finops_gate.sources.kubernetes.figures import Figures
from finops_gate.sources.kubernetes.objects import Manifest, mapping

DEFAULT_MINIMUM = Decimal(1)

Target = tuple[str, str, str]
"""Namespace, kind and name."""


@dataclass(frozen=True, slots=True)
class Autoscaler:
    """One autoscaler: what it scales, and between which numbers of replicas."""

    manifest: Manifest
    target: Target
    minimum: Bound
    maximum: Bound


def read_autoscalers(manifests: Iterable[Manifest]) -> tuple[list[Autoscaler], list[Notice]]:
    """The autoscalers among some objects, and what is wrong with them."""
    autoscalers: list[Autoscaler] = []
    notices: list[Notice] = []
    for manifest in manifests:
        if manifest.qualified_kind == "HorizontalPodAutoscaler":
            figures = Figures(manifest)
            autoscalers.append(_read(manifest, figures))
            notices += figures.notices
    return autoscalers, notices


def _read(manifest: Manifest, figures: Figures) -> Autoscaler:
    least, most = manifest.get("spec", "minReplicas"), manifest.get("spec", "maxReplicas")
    reference = mapping(manifest.get("spec", "scaleTargetRef"))
    return Autoscaler(
        manifest,
        (manifest.namespace, str(reference.get("kind")), str(reference.get("name"))),
        DEFAULT_MINIMUM if least is None else figures.count(least, "spec.minReplicas"),
        UNBOUNDED if most is None else figures.count(most, "spec.maxReplicas"),
    )


def assign(workloads: Iterable[Manifest], autoscalers: Sequence[Autoscaler]) -> dict[Manifest, Autoscaler]:
    """The autoscaler of each workload that has one.

    Where several workloads have the name and namespace that an autoscaler names (overlays without a namespace do), it
    is for those nearest to it in the directories; where several autoscalers fit a workload, the nearest holds it.
    """
    nearby: dict[tuple[Target, str], list[Manifest]] = defaultdict(list)
    for workload in workloads:
        for directory in _upwards(workload.directory):
            nearby[_target(workload), directory].append(workload)
    found: list[tuple[int, tuple[Target, str], Autoscaler]] = []
    for scaler in autoscalers:
        meeting = ((scaler.target, directory) for directory in _upwards(scaler.manifest.directory))
        place = next((p for p in meeting if p in nearby), None)
        if place is not None:
            found.append((-len(place[1]), place, scaler))
    assigned: dict[Manifest, Autoscaler] = {}
    for _, place, scaler in sorted(found, key=lambda item: item[0]):
        for workload in nearby.pop(place, ()):
            assigned.setdefault(workload, scaler)
    return assigned


def _target(workload: Manifest) -> Target:
    return workload.namespace, workload.qualified_kind, workload.name


def _upwards(directory: str) -> Iterator[str]:
    """The directory and those around it, up to the root, which is empty."""
    while directory:
        yield directory
        directory = directory.rpartition("/")[0]
    yield ""


def held(replicas: Bound | None, autoscaler: Autoscaler) -> Range:
    """The replicas of an autoscaled workload: what it declares, or else the minimum, within the bounds."""
    least, most = autoscaler.minimum, autoscaler.maximum
    if isinstance(least, Unknown) or isinstance(most, Unknown):
        return Range(least, least if replicas is None else _unsettled(least, most), most)
    least = min(least, most)
    if replicas is None:
        return Range(least, least, most)
    if isinstance(replicas, Unknown):
        return Range(least, replicas, most)
    return Range(least, max(least, min(replicas, most)), most)


def _unsettled(least: Bound, most: Bound) -> Bound:
    return least if isinstance(least, Unknown) else most
