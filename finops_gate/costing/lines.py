"""The lines of a bill: what a model's components come to for one subject."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from finops_gate.costing import quantities
from finops_gate.costing.formula import Formula
from finops_gate.costing.model_definition import ComponentModel, PriceModel, Quantity
from finops_gate.costing.subject import Frame, declared
from finops_gate.costing.terms import terms_of
from finops_gate.costing.tiers import Tiers, walk
from finops_gate.expression_values import NotComputable, items
from finops_gate.model import Component, Price, Range, Unknown

MAX_ELEMENTS = 10_000
"""An `each` over more is not a bill but an attack on whoever prices it."""


@dataclass(frozen=True, slots=True)
class UnitPrice:
    """What one unit costs: a range where the key leaves a few possible prices, else the same thrice."""

    usd: Range
    price: Price | None = None

    @property
    def tiers(self) -> Tiers:
        return self.price.tiers if self.price else ()


def component_lines(frame: Frame, component: ComponentModel) -> Iterator[Component]:
    """The lines of a component: none where it does not apply, one an element, one a tier."""
    elements = frames(frame, component.each)
    if isinstance(elements, Unknown):
        yield unknown_line(frame, component.name.show(frame.names["expected"]), component.unit, elements)
        return
    for inner in elements:
        there = quantities.truths(inner, component.when)
        if there != (False, False, False):
            yield from _lines(inner, component, there)


def frames(frame: Frame, each: Formula | None) -> list[Frame] | Unknown:
    """The frame of each element of an `each`; the frame itself where there is none."""
    if each is None:
        return [frame]
    value = frame.value(each)
    if isinstance(value, Unknown):
        return value
    try:
        elements = items(value)
    except NotComputable as error:
        return Unknown(f"`{each.source}` is {error}")
    if len(elements) > MAX_ELEMENTS:
        return Unknown(f"`{each.source}` has more than {MAX_ELEMENTS:,} elements")
    return [frame.within(element, i) for i, element in enumerate(elements)]


def unknown_line(frame: Frame, name: str, unit: str, why: Unknown) -> Component:
    """The line of something that is there an unknown number of times."""
    unknown = Range.exact(why) * frame.subject.factor
    return Component(name, unit, unknown, unknown, path=frame.subject.path)


def _lines(frame: Frame, component: ComponentModel, there: quantities.Truths) -> Iterator[Component]:
    quantity = quantities.gated(quantities.quantity_range(frame, component.quantity), there) * frame.subject.factor
    unit = unit_price(frame, component)
    name = component.name.show(frame.names["expected"])
    note = component.note.show(frame.names["expected"]) if component.note else ""
    under = (component.under.show(frame.names["expected"]),) if component.under else ()
    forecasts = component.quantity.expected.forecasts
    for tier, part, usd in _tiers(quantity, unit, component.unit):
        yield Component(
            name=f"{name} ({tier})" if tier else name,
            unit=component.unit,
            quantity=part,
            monthly=part * usd,
            price=unit.price,
            unit_price=usd.expected if isinstance(usd.expected, Decimal) else None,
            usage_based=bool(forecasts),
            usage_missing=tuple(k for k in sorted(forecasts) if not declared(frame.subject.declared, k)),
            path=frame.subject.path + under,
            note=note,
            formula=formula_text(component.quantity),
            terms=terms_of(frame, component.quantity) if frame.subject.context.explains else (),
        )


def formula_text(quantity: Quantity) -> str:
    """How a quantity is worked out, as its model has it."""
    bounds = {"floor": quantity.floor, "expected": quantity.expected, "ceiling": quantity.ceiling}
    if quantity.floor is None and quantity.ceiling is None:
        return quantity.expected.source
    return "; ".join(f"{name}: {formula.source}" for name, formula in bounds.items() if formula)


def _tiers(quantity: Range, unit: UnitPrice, of: str) -> list[tuple[str, Range, Range]]:
    if len(unit.tiers) > 1:
        return [(name, part, Range.exact(usd)) for name, part, usd in walk(quantity, unit.tiers, of)]
    return [("", quantity, unit.usd)]


def unit_price(frame: Frame, component: ComponentModel) -> UnitPrice:
    """What one unit of a component costs."""
    if component.price is not None:
        return catalogue_price(frame, component.price)
    if component.unit_price is None:
        return UnitPrice(Range.exact(Unknown(f"{component.name} has no price in its model")))
    low, middle, high = (quantities.figure(v, component.unit_price) for v in frame.bounds(component.unit_price))
    return UnitPrice(quantities.held(quantities.extreme(low, min), middle, quantities.extreme(high, max)))


def catalogue_price(frame: Frame, model: PriceModel) -> UnitPrice:
    """The catalogue's price, and those that add up with it. A key with a few possible values spans their prices."""
    key = model.key.evaluate(frame.names["expected"])
    if not isinstance(key, Unknown):
        return _with_addition(frame, model, _single(frame, model, key))
    each = [_single(frame, model, str(choice)) for choice in key.choices]
    lows = [unit.usd.floor for unit in each]
    known = [low for low in lows if isinstance(low, Decimal)]
    if not known or len(known) < len(lows):
        return UnitPrice(Range.exact(Unknown(key.reason, key.origin)))
    return _with_addition(frame, model, UnitPrice(Range(min(known), Unknown(key.reason, key.origin), max(known))))


def _with_addition(frame: Frame, model: PriceModel, unit: UnitPrice) -> UnitPrice:
    if model.plus is None:
        return unit
    return UnitPrice(unit.usd + catalogue_price(frame, model.plus).usd, unit.price)


def _single(frame: Frame, model: PriceModel, key: str) -> UnitPrice:
    names = frame.names["expected"]
    component = model.component.evaluate(names)
    purchase = model.purchase.evaluate(names) if model.purchase else "on-demand"
    region = model.region.evaluate(names) if model.region else ""
    provider = model.provider.evaluate(names) if model.provider else ""
    for part in (component, purchase, region, provider):
        if isinstance(part, Unknown):
            return UnitPrice(Range.exact(part))
    price = frame.subject.price(key, str(component), str(purchase), str(region), str(provider))
    if isinstance(price, Unknown):
        return UnitPrice(Range.exact(price))
    return UnitPrice(Range.exact(price.usd), price)
