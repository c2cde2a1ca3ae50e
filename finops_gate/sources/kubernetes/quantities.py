"""Kubernetes quantities (`250m`, `1.5Gi`, `129e6`), read as the API server reads them.

    quantity ::= sign? digits suffix        digits ::= 12 | 12. | 12.5 | .5
    suffix   ::= Ki Mi Gi Ti Pi Ei | n u m "" k M G T P E | (e|E) signed-integer

Finer than a nano is rounded away from zero; a binary suffix is capped at 2^63 - 1. There is no `K`, and `E` alone is
10^18. The parser itself reads a suffix without a digit (`Gi`) as nothing; the grammar refuses it, and so do we.
Source: https://pkg.go.dev/k8s.io/apimachinery/pkg/api/resource#Quantity
"""

from __future__ import annotations

import re
from decimal import ROUND_UP, Context, Decimal
from typing import Any

MAX_LENGTH = 64
MAX_EXPONENT = 100
"""Far past what any cluster holds; a larger exponent only serves to make arithmetic expensive."""

_QUANTITY = re.compile(
    r"(?P<number>[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+))(?:(?P<suffix>[KMGTPE]i|[numkMGTPE])|[eE](?P<exponent>[+-]?[0-9]+))?"
)
_DECIMAL_SUFFIXES = {"n": -9, "u": -6, "m": -3, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY_SUFFIXES = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40, "Pi": 2**50, "Ei": 2**60}
_LARGEST_BINARY = Decimal(2**63 - 1)
_NANO = Decimal("1e-9")
_EXACT = Context(prec=MAX_LENGTH + MAX_EXPONENT + 40)


class QuantityError(ValueError):
    """A value that the API server would refuse as a quantity; the message says why."""


def parse_quantity(value: Any) -> Decimal:
    """The exact value of a quantity, in cores, bytes or pieces; a plain number is itself. Raises QuantityError."""
    text = str(value) if isinstance(value, Decimal) else value
    if not isinstance(text, str):
        raise QuantityError("a quantity is a number, or text such as 250m or 1.5Gi")
    match = _QUANTITY.fullmatch(text) if len(text) <= MAX_LENGTH else None
    if match is None:
        raise QuantityError(f"{text[:MAX_LENGTH]!r} is not a quantity such as 250m or 1.5Gi")
    number, suffix = Decimal(match["number"]), match["suffix"]
    if suffix in _BINARY_SUFFIXES:
        return _binary(number, _BINARY_SUFFIXES[suffix])
    exponent = _DECIMAL_SUFFIXES[suffix] if suffix else int(match["exponent"] or 0)
    if abs(exponent) > MAX_EXPONENT:
        raise QuantityError(f"{text!r} is beyond any sensible magnitude")
    return _rounded(number.scaleb(exponent, _EXACT))


def _binary(number: Decimal, factor: int) -> Decimal:
    scaled = _rounded(_EXACT.multiply(number, Decimal(factor)))
    return max(-_LARGEST_BINARY, min(scaled, _LARGEST_BINARY))


def _rounded(number: Decimal) -> Decimal:
    exponent = number.as_tuple().exponent
    fine = isinstance(exponent, int) and exponent < _NANO.as_tuple().exponent  # type: ignore[operator]
    return number.quantize(_NANO, ROUND_UP, _EXACT) if fine else number
