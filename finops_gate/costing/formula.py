"""Formulas and texts of a cost model: an expression, or a constant, with what it hangs on worked out beforehand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from finops_gate import expression_values as values
from finops_gate.expression import Expression
from finops_gate.model import BoundName, Unknown


@dataclass(frozen=True, slots=True)
class Formula:
    """A compiled expression or, without one, a constant.

    `usage` are the usage keys it hangs on, also by way of named expressions, and `forecasts` those of them that are
    forecasts and not settings.
    """

    source: str
    expression: Expression | None = None
    constant: Any = None
    usage: frozenset[str] = frozenset()
    forecasts: frozenset[str] = frozenset()

    def evaluate(self, names: Mapping[str, Any], bound: BoundName = "expected") -> Any:
        if self.expression is None:
            return self.constant
        return self.expression.evaluate(names, bound)


@dataclass(frozen=True, slots=True)
class Text:
    """Text with formulas in braces: literal parts (str) and formulas, in their order."""

    parts: Sequence[str | Formula]

    def evaluate(self, names: Mapping[str, Any], bound: BoundName = "expected") -> str | Unknown:
        """The text; unknown, with its possible values if they are few, where a formula in it is."""
        found = [part if isinstance(part, str) else set_value(part, names, bound) for part in self.parts]
        joined: str | Unknown = _join(*found)
        return joined

    def show(self, names: Mapping[str, Any]) -> str:
        """The text for a reader: what is not known is said as such."""
        found = (part if isinstance(part, str) else part.evaluate(names) for part in self.parts)
        return "".join(part if isinstance(part, str) else shown(part) for part in found)


def set_value(formula: Formula, names: Mapping[str, Any], bound: BoundName) -> Any:
    """The value of a formula, or an unknown that names it where nothing is set."""
    found = formula.evaluate(names, bound)
    return Unknown(f"{formula.source} is not set") if found is None else found


def shown(value: Any) -> str:
    """A value for a reader."""
    if isinstance(value, Unknown):
        return " or ".join(shown(choice) for choice in value.choices) or "not known"
    if isinstance(value, Decimal):
        return f"{value.normalize():,f}" if value.is_finite() else "unbounded"
    return "none" if value is None else str(value)


def _concatenate(*parts: Any) -> str:
    return "".join(values.text(part) for part in parts)


_join = values.strict(_concatenate)
