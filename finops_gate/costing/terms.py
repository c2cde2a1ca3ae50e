"""What the names in a formula stand for, for a reader who wants to follow it with a pencil."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from finops_gate.costing.functions import FUNCTIONS
from finops_gate.costing.model_definition import Quantity
from finops_gate.costing.subject import Frame
from finops_gate.expression import compile_expression
from finops_gate.model import BOUNDS, ONCE, Range, Unknown


def terms_of(frame: Frame, quantity: Quantity) -> tuple[tuple[str, Any], ...]:
    """Each path that the formulas of a quantity name, with its value here: a range where it is a number.

    A formula that is nothing but one path has none, for the quantity says it; nor do lists and what is nested have any.
    What is there several times over (the machines of a group) ends with how many.
    """
    found = ((path, value_of(frame, path)) for path in paths_of(quantity))
    plain = tuple((path, value) for path, value in found if not isinstance(value, (list, dict)))
    factor = frame.subject.factor
    return plain if factor == ONCE else (*plain, ("times", factor))


def paths_of(quantity: Quantity) -> list[str]:
    """The paths in the formulas of all bounds, each once, as they come."""
    return list(dict.fromkeys(path for formula in formulas(quantity) for path in formula))


def formulas(quantity: Quantity) -> Iterator[tuple[str, ...]]:
    for formula in (quantity.floor, quantity.expected, quantity.ceiling):
        expression = formula.expression if formula else None
        if expression is not None and expression.source not in expression.paths:
            yield expression.paths


def value_of(frame: Frame, path: str) -> Any:
    expression = compile_expression(path, None, functions=FUNCTIONS)
    bounds = [expression.evaluate(frame.names[bound], bound) for bound in BOUNDS]
    return Range(*bounds) if all(isinstance(value, (Decimal, Unknown)) for value in bounds) else bounds[1]
