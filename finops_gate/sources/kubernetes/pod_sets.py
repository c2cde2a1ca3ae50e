"""Pods that are counted together, as cost models and policies see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from finops_gate.model import EMPTY, NOTHING, ZERO, Bound, Range, Unknown
from finops_gate.sources.kubernetes.figures import Figures
from finops_gate.sources.kubernetes.objects import Manifest
from finops_gate.sources.kubernetes.placement import IsPool, needs_spot, no_pool
from finops_gate.sources.kubernetes.pod_sizes import billed_size
from finops_gate.sources.kubernetes.pods import BILLED, GIB, Container, Pod, not_scaled, read_pod
from finops_gate.sources.kubernetes.runtime_classes import overhead_of
from finops_gate.sources.kubernetes.surroundings import Surroundings

ONE = Decimal(1)
INCLUDED_EPHEMERAL_GIB = {"eks-fargate": Decimal(20), "gke-autopilot": ZERO}
"""Platforms that bill a pod's scratch space, and how much of it comes with every pod.

Source: https://docs.aws.amazon.com/eks/latest/userguide/fargate-pod-configuration.html
"""


@dataclass(frozen=True, slots=True)
class Pods:
    """Pods that are alike: `times` of them for each replica of their workload. `spec` is their pod spec, at `path`."""

    pod: Pod
    spec: Any
    path: str
    times: Bound = ONE

    def amount(self, resource: str) -> Range:
        return self.pod.range(resource) * Range.exact(self.times)

    def billed(self, mode: str) -> tuple[Range, Range]:
        """Cores and GiB that the pods are billed as."""
        pairs = zip(self.pod.range("cpu"), self.pod.range("memory"), strict=True)
        sizes = [billed_size(mode, cpu, memory / GIB) for cpu, memory in pairs]
        cpu, memory = (Range(*(size[i] for size in sizes)) * Range.exact(self.times) for i in (0, 1))
        return cpu, memory


def one_pod(manifest: Manifest, path: str, around: Surroundings, figures: Figures) -> Sequence[Pods]:
    """The pod of the template at a path."""
    spec = manifest.get(*path.split("."))
    bounds_of = around.vertical.bounds_of if around.vertical else not_scaled
    overhead = overhead_of(manifest, spec, around.lookup)
    return [Pods(read_pod(spec, path, figures, around.defaults, bounds_of, overhead), spec, path)]


def unknown_pods(name: str, why: Unknown) -> Pods:
    """Pods of which nothing is known but that they run."""
    stand_in = Container(name, "container", "", EMPTY, EMPTY, EMPTY, BILLED, dict.fromkeys(BILLED, why))
    return Pods(Pod((), EMPTY, [(stand_in, resource, why) for resource in BILLED], EMPTY, EMPTY), EMPTY, "")


def described_pods(pods: Sequence[Pods], mode: str, is_spot_pool: IsPool = no_pool) -> dict[str, Any]:
    """What a replica requests, and what it is billed as."""
    billed = [part.billed(mode) for part in pods]
    return {
        "pod": {
            "cpu": total(part.amount("cpu") for part in pods),
            "memory_gib": total(part.amount("memory") * (ONE / GIB) for part in pods),
            "gpu": total([gpus_of(pods)]),
            "accelerators": [
                {"name": name, "count": total([Range.exact(amount) * Range.exact(part.times)])}
                for part in pods
                for name, amount in part.pod.accelerators.items()
            ],
            "unset": [
                f"{c.name}: {r}" for part in pods for c in part.pod.containers if c.role != "init" for r in c.unset
            ],
        },
        "billed": {
            "cpu": total(cpu for cpu, _ in billed),
            "memory_gib": total(memory for _, memory in billed),
            "ephemeral_gib": total(_ephemeral(part, mode) for part in pods),
        },
        "spot": bool(pods) and all(needs_spot(part.spec, is_spot_pool) for part in pods),
    }


def gpus_of(pods: Sequence[Pods]) -> Range:
    """The GPUs of one replica."""
    found = NOTHING
    for part in pods:
        found = found + Range.exact(part.pod.gpus) * Range.exact(part.times)
    return found


def _ephemeral(part: Pods, mode: str) -> Range:
    """Scratch space beyond what every pod of the platform has."""
    included = INCLUDED_EPHEMERAL_GIB.get(mode)
    if included is None:
        return NOTHING
    requested = (amount / GIB - included for amount in part.pod.range("ephemeral-storage"))
    return Range(*(max(amount, ZERO) for amount in requested)) * Range.exact(part.times)


def total(ranges: Any) -> Bound | Range:
    """The sum of some ranges; a plain figure where all its bounds are equal."""
    found = NOTHING
    for part in ranges:
        found = found + part
    return found.expected if found.floor == found.expected == found.ceiling else found


def undeclared(pods: Sequence[Pods], resource: str, share: Range) -> list[dict[str, Any]]:
    """What containers without a request may take of a pod, and for their share of a month: nobody knows, unless no pod
    runs at all. A vertical autoscaler bounds it.
    """
    return [
        {"container": container.name, "per_pod": per_pod, "amount": per_pod * share}
        for part in pods
        for container, name, why in part.pod.unsettled
        if name == resource
        for per_pod in [_open(container, name, why) * Range.exact(part.times)]
    ]


def _open(container: Container, resource: str, why: Unknown) -> Range:
    if resource not in container.scaled:
        return Range(ZERO, why, why)
    least, most = container.scaled[resource]
    unit = GIB if resource == "memory" else ONE
    return Range(least / unit, why, most / unit)


def described_containers(pods: Sequence[Pods]) -> list[dict[str, Any]]:
    return [described_container(container) for part in pods for container in part.pod.containers]


def described_container(container: Container) -> dict[str, Any]:
    """A container as policies see it: what its author wrote, and the figures in force (null: none)."""
    return {
        **container.value,
        "name": container.name,
        "role": container.role,
        "path": container.path,
        "cpu": _figure(container, "cpu"),
        "memory_gib": _figure(container, "memory", GIB),
        "cpu_limit": container.limits.get("cpu"),
        "memory_limit_gib": container.limits["memory"] / GIB if "memory" in container.limits else None,
        "cpu_limit_to_request": _ratio(container, "cpu"),
        "memory_limit_to_request": _ratio(container, "memory"),
        "unset": list(container.unset),
    }


def _ratio(container: Container, resource: str) -> Decimal | None:
    """How many times its request a container may take; None where it requests nothing, or has no limit."""
    limit, request = container.limits.get(resource), container.requests.get(resource)
    return limit / request if limit is not None and request else None


def _figure(container: Container, resource: str, unit: Decimal = ONE) -> Decimal | Unknown | None:
    if resource in container.unset:
        return None
    if resource in container.requests:
        return container.requests[resource] / unit
    return container.unsettled.get(resource)
