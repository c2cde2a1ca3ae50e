"""Runs the examples of cost models: a model's examples are its tests, ours and a user's alike."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from finops_gate.costing.estimate import estimate
from finops_gate.costing.model_reader import read_document
from finops_gate.costing.models import Models
from finops_gate.costing.references import References
from finops_gate.costing.subject import Context, Prices
from finops_gate.costing.usage import Usage
from finops_gate.model import BOUNDS, UNBOUNDED, Bound, Estimate, Range, Resource, Span, Unknown, add

CENT = Decimal("0.005")
"""How far an amount worked out by hand, and written in cents, may be from the exact one."""


@dataclass(frozen=True, slots=True)
class Example:
    """One example of a model's file, as it is written."""

    resource: str
    name: str
    span: Span
    value: Mapping[str, Any]


def examples_of(file: Path) -> Iterator[Example]:
    """The examples of a model's file. Raises ConfigurationError where it is no model."""
    document = read_document(file)
    for i, value in enumerate(document.value.get("examples") or []):
        yield Example(document.value["resource"], value["name"], document.span(f"examples[{i}]"), value)


def run_example(example: Example, catalogue: Prices, models: Models) -> list[str]:
    """What an example expected and did not get, a sentence each; empty where it holds."""
    found = estimate_example(example, catalogue, models)
    expect = example.value["expect"]
    wrong = list(_coverage(found, expect))
    if "monthly" in expect:
        wrong += _amounts("monthly", found.monthly, expect["monthly"])
    lines = components_by_name(found)
    for name, amounts in (expect.get("components") or {}).items():
        if name in lines:
            wrong += _amounts(name, lines[name], amounts)
        else:
            wrong.append(f"there is no line {name!r}, but {', '.join(map(repr, sorted(lines))) or 'none at all'}")
    for name, value in (expect.get("extra") or {}).items():
        wrong += _extra(name, found.extra.get(name), value)
    return wrong


def estimate_example(example: Example, catalogue: Prices, models: Models) -> Estimate:
    """The estimate of what an example gives."""
    around: Mapping[str, Any] = example.value.get("with") or {}
    own = f"{example.resource}.example"
    known = {own, *around}
    others = [_resource(address, attributes, example, known) for address, attributes in around.items()]
    given = _resource(own, example.value.get("given") or {}, example, known)
    usage = Usage(exact={given.address: example.value.get("usage") or {}})
    return estimate(given, Context(catalogue, models, References([given, *others]), usage))


def _resource(address: str, attributes: Mapping[str, Any], example: Example, around: Collection[str]) -> Resource:
    return Resource(
        address=address,
        type=address.rpartition(".")[0],
        source="example",
        attributes=linked(attributes, around),
        span=example.span,
        region=example.value.get("region"),
    )


def linked(value: Any, addresses: Collection[str]) -> Any:
    """The value, with texts such as `aws_launch_template.web.id` made references to the other resources."""
    if isinstance(value, Mapping):
        return {key: linked(v, addresses) for key, v in value.items()}
    if isinstance(value, list):
        return [linked(v, addresses) for v in value]
    if isinstance(value, str) and any(value.startswith(f"{address}.") for address in addresses):
        return Unknown("known after apply", reference=value)
    if value == "unknown":
        return Unknown("not declared")
    return value


def components_by_name(found: Estimate) -> dict[str, Range]:
    """The monthly cost of each line by its path and name; lines of one name are added up."""
    lines: dict[str, Range] = {}
    for component in found.components:
        name = "/".join((*component.path, component.name))
        lines[name] = lines[name] + component.monthly if name in lines else component.monthly
    return lines


def _coverage(found: Estimate, expect: Mapping[str, Any]) -> Iterator[str]:
    wanted = expect.get("coverage", "priced")
    if found.coverage != wanted:
        yield f"coverage is {found.coverage} ({found.why}), not {wanted}"


def _extra(name: str, found: Any, wanted: Any) -> list[str]:
    if isinstance(found, Range):
        return _amounts(name, found, wanted)
    return [] if found == wanted else [f"{name} is {found}, not {wanted}"]


def _amounts(name: str, found: Range, wanted: Any) -> list[str]:
    bounds = wanted if isinstance(wanted, Mapping) else dict.fromkeys(BOUNDS, wanted)
    return [
        f"{name}: {bound} is {_shown(found.bound(bound))}, not {bounds[bound]}"
        for bound in BOUNDS
        if bound in bounds and not agrees(found.bound(bound), bounds[bound])
    ]


def agrees(found: Bound, wanted: Any) -> bool:
    """Whether a bound is what the example says, to the cent."""
    if isinstance(found, Unknown) or wanted == "unknown":
        return isinstance(found, Unknown) and bool(wanted == "unknown")
    if wanted == "unbounded" or found == UNBOUNDED:
        return bool(wanted == "unbounded" and found == UNBOUNDED)
    difference = add(found, -wanted)
    return isinstance(difference, Decimal) and abs(difference) <= CENT


def _shown(bound: Bound) -> str:
    return f"unknown ({bound.reason})" if isinstance(bound, Unknown) else f"{bound:f}"
