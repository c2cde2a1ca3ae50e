"""Functions of numbers."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal

from finops_gate.sources.terraform.functions.collections import whole
from finops_gate.sources.terraform.functions.registry import function
from finops_gate.sources.terraform.problems import EvaluationError
from finops_gate.sources.terraform.types import DYNAMIC, NUMBER
from finops_gate.sources.terraform.values import Value

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


@function("abs", NUMBER, returns=NUMBER)
def abs_(value: Decimal) -> Value:
    return value.copy_abs()


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
    return Decimal((whole(value) > 0) - (value < 0))


@function("pow", NUMBER, NUMBER, returns=NUMBER)
def pow_(base: Decimal, exponent: Decimal) -> Value:
    """The double-precision number that Terraform computes."""
    return _double(lambda: _power(float(base), float(exponent)))


def _power(base: float, exponent: float) -> float:
    """Go's `math.Pow`, which squares its way up and so rounds otherwise than C's: https://pkg.go.dev/math#Pow"""
    whole_part = math.floor(abs(exponent))
    if base <= 0 or abs(exponent) in (0.5, 1.0) or abs(exponent) != whole_part or whole_part > 2**53:
        return math.pow(base, exponent)
    result, result_power = 1.0, 0
    factor, factor_power = math.frexp(base)
    left = int(whole_part)
    while left and abs(factor_power) <= 2**12:
        if left & 1:
            result, result_power = result * factor, result_power + factor_power
        factor, factor_power = factor * factor, factor_power * 2
        if factor < 0.5:
            factor, factor_power = factor * 2, factor_power - 1
        left >>= 1
    if left:
        result_power += factor_power
    return math.ldexp(1 / result, -result_power) if exponent < 0 else math.ldexp(result, result_power)


@function("log", NUMBER, NUMBER, returns=NUMBER)
def log(value: Decimal, base: Decimal) -> Value:
    """The quotient of two double-precision logarithms, as Terraform computes it."""
    return _double(lambda: _logarithm(value) / _logarithm(base))


def _logarithm(value: Decimal) -> float:
    return math.log(value) if value else -math.inf


def _double(compute: Callable[[], float]) -> Decimal:
    try:
        result = compute()
    except (OverflowError, ZeroDivisionError, ValueError) as error:
        raise EvaluationError("the result is beyond any number") from error
    if not math.isfinite(result):
        raise EvaluationError("the result is not a number")
    return Decimal(repr(result)) if result else Decimal(0)


@function("parseint", DYNAMIC, NUMBER, returns=NUMBER)
def parseint(text: Value, base: Decimal) -> Value:
    if not isinstance(text, str):
        raise EvaluationError("a text is required")
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
