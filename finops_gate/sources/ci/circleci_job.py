"""One job of a CircleCI workflow: what its matrix and its parallelism make of it, and what each instance runs on."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from finops_gate.model import NOTHING, ONCE, UNBOUNDED, Range, Unknown
from finops_gate.sources.ci.budget import INSTANCE, Budget, TooComplex, product
from finops_gate.sources.ci.circleci_values import Values, defaults, filled
from finops_gate.sources.ci.job import Machine
from finops_gate.sources.ci.machines import machine_of, unknown
from finops_gate.sources.ci.pipeline import Note, number, problem, value_at
from finops_gate.sources.nodes import Node, child, entries

SELF_HOSTED = "circleci_self_hosted"
"""Has no price: what CircleCI charges for a job on one's own machine is in nothing we have."""

NOT_PARAMETERS = frozenset(
    {"context", "filters", "matrix", "name", "override-with", "post-steps", "pre-steps", "requires", "serial-group"}
    | {"type"}
)
"""Keys of a job in a workflow that are no parameters of it."""

EXECUTORS = ("docker", "machine", "macos")
MAX_COMBINATIONS = 10_000


@dataclass(frozen=True, slots=True)
class Around:
    """What a job stands in: its file, the values of the pipeline's parameters, and the settings."""

    root: Node
    values: Values
    ci: Mapping[str, Any]
    note: Note
    budget: Budget


@dataclass(frozen=True, slots=True)
class Instances:
    """What the instances of a job run on, and how many jobs of them cache Docker layers."""

    machines: Sequence[Machine]
    layer_cached: Decimal


def instances(job: Node, use: Node, around: Around) -> Instances:
    """The instances of a job as a workflow uses it. Raises TooComplex."""
    counts: dict[Machine, Range] = {}
    made = 0
    for values in _combinations(job, use, around):
        machine, count = _machine(job, values, around), _parallelism(job, values, around.note)
        counts[machine] = counts.get(machine, NOTHING) + count
        made += 1
    machines = [replace(machine, count=count) for machine, count in counts.items()]
    return Instances(machines, Decimal(made if _has_layer_caching(job.value) else 0))


def _combinations(job: Node, use: Node, around: Around) -> Iterator[Values]:
    """The values of a job's parameters: one set for each combination of its matrix."""
    given = {f"parameters.{name}": e.value for name, e in entries(use) if name not in NOT_PARAMETERS}
    base = {**around.values, **defaults(job, "parameters"), **given}
    matrix = child(use, "matrix", "parameters")
    if matrix is None:
        yield base
        return
    axes = {name: listed(entry.value) for name, entry in entries(matrix)}
    count = product(map(len, axes.values()), MAX_COMBINATIONS + 1)
    if count > MAX_COMBINATIONS:
        raise TooComplex(f"a matrix of more than {MAX_COMBINATIONS:,} combinations")
    excluded = listed(value_at(use, "matrix", "exclude"))
    around.budget.take((INSTANCE + len(excluded)) * count)
    for chosen in itertools.product(*axes.values()):
        combination: dict[str, Any] = dict(zip(axes, chosen, strict=True))
        if not any(combination == other for other in excluded):
            known = {name: filled(value, base) for name, value in combination.items()}
            yield base | {f"{prefix}.{name}": v for name, v in known.items() for prefix in ("parameters", "matrix")}


def _parallelism(job: Node, values: Values, note: Note) -> Range:
    written = child(job, "parallelism")
    if written is None:
        return ONCE
    value = filled(written.value, values)
    if isinstance(value, Unknown):
        return Range(Decimal(1), value, UNBOUNDED)
    count = number(value)
    if count is None or count < 1:
        note(problem(written, f"`parallelism` is a number of 1 or more, not {str(value)[:80]!r}"))
        return ONCE
    return Range.exact(count)


def _machine(job: Node, values: Values, around: Around) -> Machine:
    """What an instance runs on: an executor, the job's own or one by name, and a resource class."""
    executor, values = _executor(job, values, around)
    if isinstance(executor, Unknown):
        return unknown("executor", executor.reason)
    places = [place for place in (job, executor) if place is not None]
    kind = next((name for place in places for name in EXECUTORS if child(place, name) is not None), "")
    if not kind:
        return unknown("executor", "the job names no executor")
    written = next((c for place in places if (c := value_at(place, "resource_class")) is not None), None)
    asked = filled(written, values)
    if isinstance(asked, Unknown):
        return unknown(kind, asked.reason)
    return _of_class(kind, asked, around.ci)


def _of_class(kind: str, asked: Any, ci: Mapping[str, Any]) -> Machine:
    """The machine of a resource class; `namespace/name` is one's own, and none leaves it to CircleCI's default."""
    if not isinstance(asked, str):
        plain = machine_of("circleci", kind, ci)
        why = f"no `resource_class` is given, and CircleCI's default may change; say {kind} under `ci.runners`"
        return unknown(kind, why) if isinstance(plain.sku, Unknown) else plain
    if "/" not in asked:
        return machine_of("circleci", f"{kind}/{asked}", ci)
    own = machine_of("circleci", asked, ci)
    return replace(own, sku=SELF_HOSTED, size="self-hosted") if isinstance(own.sku, Unknown) else own


def _executor(job: Node, values: Values, around: Around) -> tuple[Node | Unknown | None, Values]:
    """The executor that a job names, with the parameters it is given; None where the job has its own."""
    named = child(job, "executor")
    if named is None:
        return None, values
    name = filled(named.value if isinstance(named.value, str) else value_at(named, "name"), values)
    if isinstance(name, Unknown):
        return name, values
    found = child(around.root, "executors", str(name))
    if found is None:
        why = "is of an orb" if "/" in str(name) else "does not exist"
        return Unknown(f"the executor {name} {why}"), values
    given = {f"parameters.{key}": filled(entry.value, values) for key, entry in entries(named) if key != "name"}
    return found, {**values, **defaults(found, "parameters"), **given}


def _has_layer_caching(job: Any) -> bool:
    """Whether a job asks for Docker layer caching, which is billed by the job."""
    machine = job.get("machine") if isinstance(job, dict) else None
    steps = listed(job.get("steps") if isinstance(job, dict) else None)
    remote = (step.get("setup_remote_docker") for step in steps if isinstance(step, dict))
    return any(isinstance(place, dict) and place.get("docker_layer_caching") is True for place in (machine, *remote))


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
