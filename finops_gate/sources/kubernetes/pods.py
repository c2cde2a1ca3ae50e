"""What the pods of a template request: the figures that the scheduler reserves, and so what they bill.

The rule is the scheduler's: https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/#resource-sharing-within-containers
A container's limit is its request where it has no other. A pod needs, of each resource, the larger of what runs
together (containers and sidecars) and what any of its init containers needs beside the sidecars started before it.
Requests at the level of the pod go before that sum, and a runtime class adds its overhead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from finops_gate.model import EMPTY, ZERO, Range, Unknown, no_entries
from finops_gate.sources.kubernetes.figures import Figures
from finops_gate.sources.kubernetes.limits import NO_DEFAULTS, ContainerDefaults
from finops_gate.sources.kubernetes.objects import dig, mapping, numbered

GIB = Decimal(2**30)
BILLED = ("cpu", "memory")
GPUS = ("nvidia.com/gpu", "amd.com/gpu")
ACCELERATOR_PREFIXES = (
    "nvidia.com/mig-",
    "gpu.intel.com/",
    "aws.amazon.com/neuron",
    "google.com/tpu",
    "habana.ai/gaudi",
)

SUSPICIOUS_MEMORY = Decimal(2**20)
SUSPICIOUS_CPU = Decimal(256)

MAX_CONTAINERS = 1_000
"""Many times what fits into an object; aliases could make more of a short text."""

Role = Literal["container", "init", "sidecar"]
Amounts = Mapping[str, Decimal]
Bounds = Mapping[str, "tuple[Decimal, Decimal]"]
"""Resource -> the least and the most that a vertical autoscaler may request of it."""

BoundsOf = Callable[[str], Bounds]
"""A container's name -> the bounds of its requests."""


def not_scaled(container: str) -> Bounds:
    return EMPTY


@dataclass(frozen=True, slots=True)
class Container:
    """One container. `requests` and `limits` hold what is in force; `unsettled` what has no figure, and why.

    An init container without a request runs before the others, within what they request: it leaves nothing open.
    """

    name: str
    role: Role
    path: str
    value: Mapping[str, Any]
    requests: Amounts
    limits: Amounts
    unset: tuple[str, ...]
    unsettled: Mapping[str, Unknown]
    scaled: Bounds = field(default_factory=no_entries)

    def bounded(self, index: Literal[0, 1]) -> Amounts:
        """The requests at the least or the most that a vertical autoscaler may make of them."""
        if not self.scaled:
            return self.requests
        return {**self.requests, **{r: bounds[index] for r, bounds in self.scaled.items() if r in self.requests}}


@dataclass(frozen=True, slots=True)
class Pod:
    """Effective requests in cores, bytes and pieces; `unsettled` are the figures that no container gives. `least` and
    `most` are the requests within which a vertical autoscaler may move.
    """

    containers: Sequence[Container]
    requests: Amounts
    unsettled: Sequence[tuple[Container, str, Unknown]]
    least: Amounts
    most: Amounts

    def amount(self, resource: str) -> Decimal:
        return self.requests.get(resource, ZERO)

    def range(self, resource: str) -> Range:
        """The amount of a resource at the least, as declared, and at the most."""
        return Range(*(amounts.get(resource, ZERO) for amounts in (self.least, self.requests, self.most)))

    @property
    def gpus(self) -> Decimal:
        return sum((self.amount(name) for name in GPUS), ZERO)

    @property
    def accelerators(self) -> Amounts:
        """Extended resources that bill by the piece but are no whole GPU; nobody has a price for them."""
        return {k: v for k, v in sorted(self.requests.items()) if k.startswith(ACCELERATOR_PREFIXES) and v}


def read_pod(
    spec: Any,
    path: str,
    figures: Figures,
    defaults: ContainerDefaults = NO_DEFAULTS,
    bounds_of: BoundsOf = not_scaled,
    overhead: Any = None,
) -> Pod:
    """The pod of a pod spec that stands at `path`; `overhead` is what its runtime class adds, as it is written."""
    containers = tuple(_containers(mapping(spec), path, figures, defaults, bounds_of))
    requests = _together(containers, lambda container: container.requests)
    level = _pod_level(mapping(spec), path, requests, figures)
    added = _amounts(overhead, f"{path}.overhead", figures)[0]

    def whole(amounts: Amounts) -> Amounts:
        return _sum({**amounts, **level}, added)

    unsettled = [
        (container, resource, why)
        for container in containers
        for resource, why in container.unsettled.items()
        if resource not in level
    ]
    if not any(container.scaled for container in containers):
        return Pod(containers, whole(requests), unsettled, whole(requests), whole(requests))
    least, most = (_together(containers, lambda c, i=i: c.bounded(i)) for i in (0, 1))  # type: ignore[misc]
    return Pod(containers, whole(requests), unsettled, whole(least), whole(most))


def read_container(value: Mapping[str, Any], path: str, figures: Figures, defaults: ContainerDefaults) -> Pod:
    """The pod of a single container, whose `resources` stand below `path`."""
    container = _container(value, "container", path, figures, defaults, not_scaled)
    unsettled = [(container, resource, why) for resource, why in container.unsettled.items()]
    return Pod((container,), container.requests, unsettled, container.requests, container.requests)


def _containers(
    spec: Mapping[str, Any], path: str, figures: Figures, defaults: ContainerDefaults, bounds_of: BoundsOf
) -> Iterator[Container]:
    for key in ("containers", "initContainers"):
        listed = numbered(spec.get(key))
        if len(listed) > MAX_CONTAINERS:
            figures.refuse("too-complex", f"more than {MAX_CONTAINERS:,} containers", f"{path}.{key}")
        for index, value in listed[:MAX_CONTAINERS]:
            role: Role = "container"
            if key == "initContainers":
                role = "sidecar" if value.get("restartPolicy") == "Always" else "init"
            own_bounds = not_scaled if role == "init" else bounds_of
            yield _container(value, role, f"{path}.{key}[{index}]", figures, defaults, own_bounds)


def _container(
    value: Mapping[str, Any],
    role: Role,
    path: str,
    figures: Figures,
    defaults: ContainerDefaults,
    bounds_of: BoundsOf,
) -> Container:
    name = str(value.get("name") or path.rpartition(".")[2])
    resources = f"{path}.resources"
    asked, unknown = _amounts(dig(value, "resources", "requests"), f"{resources}.requests", figures)
    limits, unknown_limits = _amounts(dig(value, "resources", "limits"), f"{resources}.limits", figures)
    given, given_limits, taken = (
        _amounts(part, resources, figures)[0] for part in (defaults.requests, defaults.limits, defaults.platform)
    )
    requests = {**given, **limits, **asked}
    unsettled = {r: why for r, why in {**unknown_limits, **unknown}.items() if r in BILLED and r not in asked}
    unset = tuple(r for r in BILLED if r not in requests and r not in unsettled)
    for resource in unset if role != "init" else ():
        if resource in taken:
            requests[resource] = taken[resource]
            continue
        reason = f"the container {name} declares no {'CPU' if resource == 'cpu' else resource} request"
        unsettled[resource] = Unknown(reason, figures.manifest.span(resources))
    scaled = bounds_of(name)
    known = {r: _within(v, scaled.get(r)) for r, v in requests.items() if r not in unsettled}
    return Container(name, role, path, value, known, {**given_limits, **limits}, unset, unsettled, scaled)


def _within(amount: Decimal, bounds: tuple[Decimal, Decimal] | None) -> Decimal:
    return amount if bounds is None else max(bounds[0], min(amount, bounds[1]))


def _amounts(value: Any, path: str, figures: Figures) -> tuple[dict[str, Decimal], dict[str, Unknown]]:
    """The quantities of a resource list: those known, and those not."""
    known: dict[str, Decimal] = {}
    unknown: dict[str, Unknown] = {}
    for resource, written in mapping(value).items():
        if written is None:
            continue
        amount = figures.quantity(written, f"{path}.{resource}")
        if isinstance(amount, Unknown):
            unknown[resource] = amount
        else:
            known[resource] = amount
            _suspect(resource, amount, written, f"{path}.{resource}", figures)
    return known, unknown


def _suspect(resource: str, amount: Decimal, written: Any, path: str, figures: Figures) -> None:
    """Warns of units that were mixed up: `memory: 512m` is half a byte, `cpu: 1Gi` a billion cores."""
    if resource == "memory" and 0 < amount < SUSPICIOUS_MEMORY:
        figures.warn("suspicious-quantity", f"{written} of memory is under 1 MiB", path, "Write Mi or Gi.")
    if resource == "cpu" and amount > SUSPICIOUS_CPU:
        figures.warn("suspicious-quantity", f"{written} of CPU is {amount:,f} cores", path, "Write cores, or m.")


def _together(containers: Sequence[Container], of: Callable[[Container], Amounts]) -> dict[str, Decimal]:
    """The pod's request by its containers, in the order in which they start."""
    running: Amounts = _sum(*(of(c) for c in containers if c.role == "container"))
    sidecars: Amounts = EMPTY
    peak: dict[str, Decimal] = {}
    for container in containers:
        if container.role == "sidecar":
            sidecars = _sum(sidecars, of(container))
        elif container.role == "init":
            peak = _largest(peak, _sum(sidecars, of(container)))
    return _largest(_sum(running, sidecars), peak)


def _pod_level(spec: Mapping[str, Any], path: str, requests: Amounts, figures: Figures) -> dict[str, Decimal]:
    """CPU and memory that the pod as a whole requests; a limit counts where no container requests any.

    Source: https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#pod-level-resource-specification
    """
    asked = _amounts(dig(spec, "resources", "requests"), f"{path}.resources.requests", figures)[0]
    limits = _amounts(dig(spec, "resources", "limits"), f"{path}.resources.limits", figures)[0]
    level = {**{r: v for r, v in limits.items() if r not in requests}, **asked}
    return {r: v for r, v in level.items() if r in BILLED}


def _sum(*amounts: Amounts) -> dict[str, Decimal]:
    total: dict[str, Decimal] = {}
    for part in amounts:
        for resource, amount in part.items():
            total[resource] = total.get(resource, ZERO) + amount
    return total


def _largest(a: Amounts, b: Amounts) -> dict[str, Decimal]:
    return {r: max(a.get(r, ZERO), b.get(r, ZERO)) for r in {**a, **b}}
