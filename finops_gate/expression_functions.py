"""The parts of the expression language that do not evaluate all they are given: logic, quantifiers, and what asks
whether a value is there."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from finops_gate import expression_values as values
from finops_gate.expression_scope import Evaluator, Scope
from finops_gate.model import Unknown


def negate(value: bool | Unknown) -> bool | Unknown:
    return value if isinstance(value, Unknown) else not value


def kleene(results: Iterable[bool | Unknown], decisive: bool) -> bool | Unknown:
    """`or` (decisive true) or `and` (decisive false): decided by one decisive result whatever is unknown."""
    undecided: Unknown | None = None
    for result in results:
        if isinstance(result, Unknown):
            undecided = result if undecided is None else undecided
        elif result is decisive:
            return decisive
    return undecided if undecided is not None else not decisive


def either(condition: Unknown, a: Any, b: Any) -> Any:
    """The value of a conditional whose condition is unknown: known if both agree, else one of the two."""
    if not isinstance(a, Unknown) and not isinstance(b, Unknown):
        return a if a == b else Unknown(condition.reason, condition.origin, choices=(a, b))
    return Unknown(condition.reason, condition.origin)


plus = values.strict(values.plus)


def quantified(decisive: bool) -> Callable[[list[Any], list[Any]], Any]:
    return lambda elements, results: kleene(map(values.truth, results), decisive)


def selected(elements: list[Any], results: list[Any]) -> Any:
    truths = [values.truth(result) for result in results]
    unsettled = next((t for t in truths if isinstance(t, Unknown)), None)
    return unsettled if unsettled is not None else [e for e, t in zip(elements, truths, strict=True) if t is True]


def counted(elements: list[Any], results: list[Any]) -> Any:
    chosen = selected(elements, results)
    return chosen if isinstance(chosen, Unknown) else Decimal(len(chosen))


def summed(elements: list[Any], results: list[Any]) -> Any:
    total: Any = Decimal(0)
    for result in results:
        total = plus(total, result)
    return total


QUANTIFIERS: dict[str, Callable[[list[Any], list[Any]], Any]] = {
    "all": quantified(False),
    "any": quantified(True),
    "count": counted,
    "filter": selected,
    "map": lambda elements, results: results,
    "sum": summed,
}
"""Functions of a list and an expression over its elements, which are `it`, and whose keys are names."""


def coalesce(arguments: list[Evaluator]) -> Evaluator:
    def evaluate(scope: Scope) -> Any:
        for argument in arguments:
            found = argument(scope)
            if found is not None and found != "":
                return found
        return None

    return evaluate


def if_known(arguments: list[Evaluator]) -> Evaluator:
    def evaluate(scope: Scope) -> Any:
        found = arguments[0](scope)
        return arguments[1](scope) if isinstance(found, Unknown) else found

    return evaluate


def present(arguments: list[Evaluator]) -> Evaluator:
    def evaluate(scope: Scope) -> Any:
        found = arguments[0](scope)
        return found if isinstance(found, Unknown) and not found.reference else found not in (None, "", [], {})

    return evaluate


def is_known(arguments: list[Evaluator]) -> Evaluator:
    return lambda scope: not isinstance(arguments[0](scope), Unknown)


def total(arguments: list[Evaluator]) -> Evaluator:
    def evaluate(scope: Scope) -> Any:
        found = arguments[0](scope)
        return found if isinstance(found, Unknown) else summed([], values.flatten(found))

    return evaluate


LAZY: dict[str, tuple[int, Callable[[list[Evaluator]], Evaluator]]] = {
    "coalesce": (1, coalesce),
    "if_known": (2, if_known),
    "is_known": (1, is_known),
    "present": (1, present),
    "sum": (1, total),
}
"""Functions that look at whether a value is there, whatever is unknown: name -> fewest arguments, build."""
