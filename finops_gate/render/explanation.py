"""How the cost of one resource comes about: each line with its quantity, formula, price and where that is from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from finops_gate.currency import is_figure, writing_in
from finops_gate.model import (
    USD,
    Alternative,
    Component,
    Currency,
    Estimate,
    Price,
    Range,
    Unknown,
    is_unbounded,
)
from finops_gate.render.clean import clean, without_commands
from finops_gate.render.conversion import in_currency
from finops_gate.render.money import money, monthly_range, plain, unit_price
from finops_gate.render.style import paint
from finops_gate.render.summary import exchange

MOST_TEXT = 60
NOTHING: tuple[object, ...] = (None, "", [], {}, ())


def explain(estimate: Estimate, attributes: Sequence[str], color: bool = False, currency: Currency = USD) -> str:
    """An estimate, in US dollars, for a reader who wants to know why, and in which currency.

    `attributes` are those that its model reads.
    """
    with writing_in(currency):
        shown = in_currency(estimate, currency)
        lines = [
            *headline(shown, color),
            *breakdown(shown, color),
            *cheaper(shown.alternatives),
            *read(shown, attributes),
            *doubts(shown, currency),
        ]
    return without_commands("\n".join(lines)) + "\n"


def headline(estimate: Estimate, color: bool) -> Iterator[str]:
    resource = estimate.resource
    place = ", ".join(clean(str(part)) for part in (resource.span, resource.region, resource.env) if part)
    yield f"{paint(clean(resource.address), 'strong', color)}  ({place})"
    why = f": {clean(estimate.why)}" if estimate.why else ""
    yield monthly_range(estimate.monthly) if estimate.components else f"{estimate.coverage}{why}"
    run = estimate.extra.get("per_run")
    if isinstance(run, Range) and estimate.components:
        yield f"{money(run.expected)} a run (at least {money(run.floor)}, at most {money(run.ceiling)})"


def breakdown(estimate: Estimate, color: bool) -> Iterator[str]:
    told = ""
    for component in estimate.components:
        name = " / ".join((*component.path, component.name))
        yield ""
        yield f"  {paint(clean(name), 'strong', color)}: {monthly_range(component.monthly)}"
        yield f"    quantity  {quantity(component)}"
        if component.formula:
            yield from formula(component.formula if component.formula != told else "as above")
            yield from terms(component.terms)
            told = component.formula
        if component.price:
            yield f"    price     {price(component.price)}"
        elif component.unit_price is not None:
            yield f"    price     {unit_price(component.unit_price)} per {component.unit}, by its model"
        if component.note:
            yield f"    note      {clean(component.note)}"
        if component.usage_missing:
            yield f"    usage     nobody declared {clean(', '.join(component.usage_missing))}"


def cheaper(alternatives: Sequence[Alternative]) -> Iterator[str]:
    """What could stand in, where it would be written, and what it would save."""
    if alternatives:
        yield "\ncheaper"
    for other in alternatives:
        kind = f" ({other.arch})" if other.arch else ""
        yield clean(f"  {other.attribute} = {other.value}{kind} saves {money(other.saving)} a month")


def formula(text: str) -> Iterator[str]:
    """The formula of a quantity; those of its bounds, where they differ, below each other."""
    first, *more = re.split(r"; (?=(?:expected|ceiling): )", clean(text))
    yield f"    formula   {first}"
    yield from (f"              {line}" for line in more)


def terms(found: Sequence[tuple[str, Any]]) -> Iterator[str]:
    """What the names in a formula stand for here."""
    said = [f"{name} = {figures(value) if isinstance(value, Range) else value_text(value)}" for name, value in found]
    if said:
        yield f"    where     {clean(', '.join(said))}"


def value_text(value: Any) -> str:
    return "not set" if value is None else shown(value)


def quantity(component: Component) -> str:
    """`730 hour`, or `2 GB (idle 0, no cap)`."""
    return figures(component.quantity, f" {component.unit}")


def figures(amounts: Range, unit: str = "") -> str:
    """`3`, or `3 (idle 1, at most 10)`."""
    bounds = [f"idle {number(amounts.floor)}"] if amounts.floor != amounts.expected else []
    if amounts.ceiling != amounts.expected:
        bounds.append("no cap" if is_unbounded(amounts.ceiling) else f"at most {number(amounts.ceiling)}")
    return f"{number(amounts.expected)}{unit}" + (f" ({', '.join(bounds)})" if bounds else "")


def number(bound: Any) -> str:
    if isinstance(bound, Unknown):
        return f"unknown, for {clean(bound.reason)}"
    return f"{Decimal(plain(bound)):,f}" if is_figure(bound) else "no cap"


def price(found: Price) -> str:
    """The price, or its tiers, and everything that is known about where it is from."""
    tiers = [
        f"{unit_price(usd)} from {plain(start)}" if len(found.tiers) > 1 else unit_price(usd)
        for start, usd in found.tiers
    ]
    where = "everywhere" if found.region == "*" else f"in {found.region}"
    bought = "" if found.purchase == "on-demand" else f", {found.purchase}"
    dated = ", ".join(part for part in (found.source, found.as_of, found.confidence) if part)
    origin = f"{found.key} {found.component} {where}{bought}; {dated}"
    note = f"; {found.note}" if found.note else ""
    return f"{', '.join(tiers)} per {found.unit}: {clean(origin + note)}"


def read(estimate: Estimate, attributes: Sequence[str]) -> Iterator[str]:
    """The attributes that the model reads and the author wrote, with their places."""
    resource = estimate.resource
    written = [name for name in attributes if resource.attributes.get(name) not in NOTHING]
    if written:
        yield "\nread from the code"
    width = max(map(len, written), default=0)
    for name in written:
        origin = resource.origins.get(name)
        source = f", from {origin}" if origin else ""
        value = shown(resource.attributes[name])
        yield f"  {clean(name):<{width}}  {clean(value)}  ({clean(str(resource.span_of(name)))}{clean(source)})"


def shown(value: Any) -> str:
    if isinstance(value, Unknown):
        return f"unknown, for {value.reason}"
    if isinstance(value, Range):
        return figures(value)
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f"{len(value)} of them" if value and isinstance(value[0], dict) else ", ".join(map(shown, value))
    text = (
        ", ".join(f"{name} {shown(part)}" for name, part in sorted(value.items()) if part not in NOTHING)
        if isinstance(value, dict)
        else str(value)
    )
    return text if len(text) <= MOST_TEXT else f"{text[: MOST_TEXT - 1]}…"


def doubts(estimate: Estimate, currency: Currency) -> Iterator[str]:
    said = [f"assumed: {a}" for a in estimate.assumptions]
    if currency != USD:
        said.append(f"amounts: {exchange(currency)}")
    if estimate.why and estimate.components:
        said.append(f"{estimate.coverage}: {estimate.why}")
    if said:
        yield ""
    yield from (clean(line) for line in said)
