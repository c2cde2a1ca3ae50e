"""Functions of numbers."""

from __future__ import annotations

from decimal import Decimal

from finops_gate.sources.terraform.functions.collections import whole
from finops_gate.sources.terraform.functions.registry import function
from finops_gate.sources.terraform.problems import EvaluationError
from finops_gate.sources.terraform.types import NUMBER, STRING
from finops_gate.sources.terraform.values import ARITHMETIC, Value

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


@function("abs", NUMBER, returns=NUMBER)
def abs_(value: Decimal) -> Value:
    return abs(value)


@function("ceil", NUMBER, returns=NUMBER)
def ceil(value: Decimal) -> Value:
    return value.to_integral_value("ROUND_CEILING")


@function("floor", NUMBER, returns=NUMBER)
def floor(value: Decimal) -> Value:
    return value.to_integral_value("ROUND_FLOOR")


@function("max", NUMBER, variadic=NUMBER, returns=NUMBER)
def max_(*values: Decimal) -> Value:
    return max(values)


@function("min", NUMBER, variadic=NUMBER, returns=NUMBER)
def min_(*values: Decimal) -> Value:
    return min(values)


@function("signum", NUMBER, returns=NUMBER)
def signum(value: Decimal) -> Value:
    return Decimal((value > 0) - (value < 0))


@function("pow", NUMBER, NUMBER, returns=NUMBER)
def pow_(base: Decimal, exponent: Decimal) -> Value:
    """Whole results exactly; others as the double-precision number that Terraform computes."""
    if exponent == exponent.to_integral_value() and abs(exponent) <= 1_000 and base == base.to_integral_value():
        result = ARITHMETIC.power(base, exponent)
        if abs(result) < 2**53 and result == result.to_integral_value():
            return result.quantize(Decimal(1))
    return _double(lambda: float(base) ** float(exponent))


@function("log", NUMBER, NUMBER, returns=NUMBER)
def log(value: Decimal, base: Decimal) -> Value:
    """The quotient of two double-precision logarithms, as Terraform computes it."""
    from math import log as natural

    if value <= 0 or base <= 0:
        raise EvaluationError("the logarithm is of positive numbers only")
    return _double(lambda: natural(value) / natural(base))


def _double(compute: object) -> Decimal:
    try:
        result = compute()  # type: ignore[operator]
    except (OverflowError, ZeroDivisionError, ValueError) as error:
        raise EvaluationError("the result is beyond any number") from error
    if isinstance(result, complex) or result != result or result in (float("inf"), float("-inf")):
        raise EvaluationError("the result is not a number")
    return Decimal(result)


@function("parseint", STRING, NUMBER, returns=NUMBER)
def parseint(text: str, base: Decimal) -> Value:
    radix = whole(base)
    if not 2 <= radix <= 62:
        raise EvaluationError("the base must be from 2 to 62")
    digits = text[1:] if text[:1] in ("-", "+") else text
    if not digits or len(digits) > 1_000:
        raise EvaluationError(f'"{text[:40]}" is not a whole number of base {radix}')
    value = 0
    for digit in digits if radix > 36 else digits.lower():
        place = DIGITS.find(digit)
        if not 0 <= place < radix:
            raise EvaluationError(f'"{text[:40]}" is not a whole number of base {radix}')
        value = value * radix + place
    return Decimal(-value if text[0] == "-" else value)
