"""The operators of HCL over Terraform's values: https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md#operations"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, DivisionByZero, InvalidOperation
from functools import partial
from typing import Any

from finops_gate.sources.terraform.choices import over_choices
from finops_gate.sources.terraform.convert import convert
from finops_gate.sources.terraform.problems import EvaluationError
from finops_gate.sources.terraform.types import BOOL, NUMBER, Type
from finops_gate.sources.terraform.values import ARITHMETIC, DIVISION, Null, UnknownValue, Value, equal


def modulo(a: Decimal, b: Decimal) -> Decimal:
    """The remainder with the sign of the dividend, as Go has it; of a division by zero, all that is to be divided."""
    if not b:
        return a
    return ARITHMETIC.subtract(a, ARITHMETIC.multiply(b, Decimal(int(ARITHMETIC.divide(a, b)))))


_NUMERIC: dict[str, tuple[Callable[[Decimal, Decimal], Any], Type]] = {
    "+": (ARITHMETIC.add, NUMBER),
    "-": (ARITHMETIC.subtract, NUMBER),
    "*": (ARITHMETIC.multiply, NUMBER),
    "/": (DIVISION.divide, NUMBER),
    "%": (modulo, NUMBER),
    "<": (lambda a, b: a < b, BOOL),
    "<=": (lambda a, b: a <= b, BOOL),
    ">": (lambda a, b: a > b, BOOL),
    ">=": (lambda a, b: a >= b, BOOL),
}


def binary(operator: str, left: Value, right: Value) -> Value:
    """`left operator right`, for all operators but `&&` and `||`. Raises EvaluationError."""
    if operator == "==":
        return _equal(left, right)
    if operator == "!=":
        return unary("!", _equal(left, right))
    compute, result = _NUMERIC[operator]
    left, right = operand(left, NUMBER), operand(right, NUMBER)
    for side in (left, right):
        if isinstance(side, UnknownValue):
            decided = over_choices(partial(binary, operator), (left, right), result)
            return side.derived(result, present=True) if decided is None else decided
    try:
        return compute(left, right)
    except (DivisionByZero, InvalidOperation) as error:
        raise EvaluationError("division by zero") from error
    except ArithmeticError as error:
        raise EvaluationError("the result is beyond any number") from error


def _equal(left: Value, right: Value) -> Value:
    same = equal(left, right)
    if isinstance(same, UnknownValue):
        decided = over_choices(equal, (left, right), BOOL)
        return same if decided is None else decided
    return same


def logical(operator: str, left: Value, right: Callable[[], Value]) -> Value:
    """`&&` and `||`: the right side does not count where the left settles it, or might."""
    settles = operator == "||"
    first = operand(left, BOOL)
    if first is settles:
        return settles
    try:
        second = operand(right(), BOOL)
    except EvaluationError:
        if isinstance(first, UnknownValue):
            return first.derived(BOOL, present=True)
        raise
    if second is settles:
        return settles
    for side in (first, second):
        if isinstance(side, UnknownValue):
            return side.derived(BOOL, present=True)
    return not settles


def unary(operator: str, value: Value) -> Value:
    """`-value` or `!value`. Raises EvaluationError."""
    of = BOOL if operator == "!" else NUMBER
    value = operand(value, of)
    if isinstance(value, UnknownValue):
        decided = over_choices(partial(unary, operator), (value,), of)
        return value.derived(of, present=True) if decided is None else decided
    return not value if operator == "!" else value.copy_negate() if value else value


def operand(value: Value, of: Type) -> Value:
    if isinstance(value, Null):
        raise EvaluationError("an operand is null")
    return convert(value, of)
