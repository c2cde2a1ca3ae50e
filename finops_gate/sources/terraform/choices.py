"""What may be one of several values: what is computed of it may be one of what each of them gives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from itertools import product
from math import prod

from finops_gate.model import Unknown
from finops_gate.sources.terraform.problems import EvaluationError
from finops_gate.sources.terraform.types import Type
from finops_gate.sources.terraform.values import UnknownValue, Value

MAX_COMBINATIONS = 32
_SIMPLE = (str, bool, Decimal)


def over_choices(compute: Callable[..., Value], operands: Sequence[Value], of: Type) -> Value | None:
    """The result for every combination of choices: known where all agree. None where an operand has no choices, or too
    many, or one of them fails: it may be what Terraform would refuse.
    """
    cause = next((operand.cause for operand in operands if isinstance(operand, UnknownValue)), None)
    alternatives = [_alternatives(operand) for operand in operands]
    if cause is None or not all(alternatives) or prod(map(len, alternatives)) > MAX_COMBINATIONS:
        return None
    try:
        results = [compute(*row) for row in product(*alternatives)]
    except (EvaluationError, ArithmeticError):
        return None
    distinct: list[Value] = []
    for result in results:
        if not isinstance(result, _SIMPLE):
            return None
        if not any(type(result) is type(other) and result == other for other in distinct):
            distinct.append(result)
    if len(distinct) == 1:
        return distinct[0]
    return UnknownValue(Unknown(cause.reason, cause.origin, None, tuple(distinct)), of, present=True)


def _alternatives(operand: Value) -> Sequence[Value]:
    """What an operand may be; nothing where nobody can say."""
    if not isinstance(operand, UnknownValue):
        return (operand,)
    choices = operand.cause.choices
    return choices if all(isinstance(choice, _SIMPLE) for choice in choices) else ()
