"""Quantities: a formula's value in each of the three passes, held so that floor <= expected <= ceiling."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from finops_gate.costing.formula import Formula
from finops_gate.costing.model_definition import Quantity
from finops_gate.costing.subject import Frame
from finops_gate.expression_values import NotComputable, number, truth
from finops_gate.model import ONCE, ZERO, Bound, BoundName, Range, Unknown

Truths = tuple["bool | Unknown", "bool | Unknown", "bool | Unknown"]
ALWAYS: Truths = (True, True, True)
MOST = Decimal(10) ** 24
"""The largest finite quantity that is taken seriously: products of a few of them stay within Decimal's range."""


def quantity_range(frame: Frame, quantity: Quantity) -> Range:
    """The range of a quantity. What is not a number of 0 or more is unknown, and says why."""
    expected = frame.bounds(quantity.expected)
    low, middle, high = (figure(value, quantity.expected) for value in expected)
    if quantity.floor is None and quantity.ceiling is None:
        low, high = hull(low, middle, high)
    low = own(frame, quantity.floor, "floor", low)
    high = own(frame, quantity.ceiling, "ceiling", high)
    return held(extreme(low, min), middle, extreme(high, max))


def own(frame: Frame, formula: Formula | None, bound: BoundName, otherwise: Bound) -> Bound:
    """The bound's own formula; where there is none, or it yields null, what `expected` yielded in that pass."""
    value = None if formula is None else frame.value(formula, bound)
    return otherwise if formula is None or value is None else figure(value, formula)


def figure(value: Any, formula: Formula) -> Bound:
    """A number of 0 or more, else an unknown that says what is wrong."""
    if isinstance(value, Unknown):
        return value
    if value is None:
        return Unknown(f"`{formula.source}` has no value")
    try:
        found = number(value)
    except NotComputable as error:
        return Unknown(f"`{formula.source}` is {error}")
    if found < 0:
        return Unknown(f"`{formula.source}` is below zero")
    return found if found <= MOST or found.is_infinite() else Unknown(f"`{formula.source}` is beyond any sensible size")


def hull(low: Bound, middle: Bound, high: Bound) -> tuple[Bound, Bound]:
    """The least and the most of the passes, for a quantity that falls as usage rises."""
    known = [bound for bound in (low, middle, high) if isinstance(bound, Decimal)]
    return (
        min(known) if isinstance(low, Decimal) else low,
        max(known) if isinstance(high, Decimal) else high,
    )


def extreme(bound: Bound, choose: Any) -> Bound:
    """The least or the most that an unknown can be, where its choices are known."""
    choices: Sequence[Any] = bound.choices if isinstance(bound, Unknown) else ()
    figures = [c for c in choices if isinstance(c, Decimal) and c >= 0]
    if not choices or len(figures) < len(choices):
        return bound
    chosen: Bound = choose(figures)
    return chosen


def held(floor: Bound, expected: Bound, ceiling: Bound) -> Range:
    """The range with its bounds in order: a ceiling is at least the floor, and expected lies between."""
    if isinstance(floor, Decimal) and isinstance(ceiling, Decimal):
        ceiling = max(floor, ceiling)
    if isinstance(expected, Decimal):
        expected = max(expected, floor) if isinstance(floor, Decimal) else expected
        expected = min(expected, ceiling) if isinstance(ceiling, Decimal) else expected
    return Range(floor, expected, ceiling)


def truths(frame: Frame, when: Formula | None) -> Truths:
    """Whether a line is there, in each pass."""
    if when is None:
        return ALWAYS
    low, middle, high = frame.bounds(when)
    return truth(low), truth(middle), truth(high)


def gated(quantity: Range, there: Truths) -> Range:
    """The quantity of a line that may not be there: nothing where it is not, nothing or all where that is not known."""
    if there == ALWAYS:
        return quantity
    floor = quantity.floor if there[0] is True else ZERO
    expected: Bound = quantity.expected if there[1] is True else ZERO
    if isinstance(there[1], Unknown):
        expected = there[1]
    ceiling = ZERO if there[2] is False else quantity.ceiling
    return held(floor, expected, ceiling)


def multiplicity(frame: Frame, times: Quantity | None) -> Range:
    return ONCE if times is None else quantity_range(frame, times)
