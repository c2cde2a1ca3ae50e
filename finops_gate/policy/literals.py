"""The figures people write in a policy: `500 USD`, `20%`, `32Gi`, `500m`, `7d`, `4xlarge`.

One grammar: a number, then at most one unit. What a limit is written in decides how the value it is held against is
read: against `32Gi` a value of `4096Mi` is a quantity of bytes, against `7d` a value of `36h` is a duration.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from finops_gate.currency import current
from finops_gate.errors import ConfigurationError
from finops_gate.expression_values import NotComputable, number, text
from finops_gate.model import Span
from finops_gate.policy.sizes import rank_of_value, size_rank

Kind = Literal["number", "money", "percent", "quantity", "duration", "size"]

# https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
QUANTITY = {
    "n": Decimal("1e-9"),
    "u": Decimal("1e-6"),
    "m": Decimal("1e-3"),
    "k": Decimal(10**3),
    "M": Decimal(10**6),
} | {
    "G": Decimal(10**9),
    "T": Decimal(10**12),
    "P": Decimal(10**15),
    "E": Decimal(10**18),
    **{f"{prefix}i": Decimal(1024 ** (power + 1)) for power, prefix in enumerate("KMGTPE")},
}
SECONDS = {
    "ms": Decimal("0.001"),
    "s": Decimal(1),
    "min": Decimal(60),
    "h": Decimal(3600),
    "d": Decimal(86_400),
    "w": Decimal(604_800),
    "y": Decimal(31_536_000),
}
"""Units of a duration in a policy; minutes are `min`, because `m` is a thousandth."""

# https://pkg.go.dev/time#ParseDuration, and d, w, y as Prometheus has them
VALUE_SECONDS = {**SECONDS, "m": Decimal(60)}

NUMBER = r"[+-]?\d[\d_,]*(?:\.\d+)?"
LITERAL = re.compile(rf"({NUMBER})\s*(USD|%|[A-Za-z]+)?")
MONEY = re.compile(rf"\$\s*({NUMBER})|({NUMBER})\s*([A-Z]{{3}})")
DURATION = re.compile(r"(?:\d+(?:\.\d+)?(?:ms|s|m|min|h|d|w|y))+")
DURATION_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|min|[smhdwy])")


@dataclass(frozen=True, slots=True)
class Figure:
    """A limit: its amount in the base unit of its kind (dollars, percent, bytes, cores, seconds), and as written."""

    amount: Decimal
    kind: Kind
    written: str


def figure(raw: Any, span: Span | None = None) -> Figure:
    """The figure that a policy's author wrote. Raises ConfigurationError with the forms that are accepted."""
    written = raw if isinstance(raw, str) else text(raw) if isinstance(raw, Decimal) else str(raw)
    if isinstance(raw, bool) or raw is None:
        raise ConfigurationError(f"{written!r} is not a figure", span)
    for read in (_money, _sized, _united):
        found = read(written.strip())
        if found is not None:
            return found
    if MONEY.fullmatch(written.strip()):
        known = " or ".join(dict.fromkeys(("USD", current().code)))
        raise ConfigurationError(f"{written!r} is in a currency that the settings give no rate: write {known}", span)
    raise ConfigurationError(
        f"{written!r} is not a figure: write a number, alone or with a unit (500 USD, 20%, 32Gi, 500m, 7d, 4xlarge)",
        span,
    )


def _decimal(digits: str) -> Decimal:
    return Decimal(digits.replace("_", "").replace(",", ""))


def _money(written: str) -> Figure | None:
    """Dollars, or the currency of the report, which the settings give a rate."""
    found = MONEY.fullmatch(written)
    if not found or found[3] not in (None, "USD", current().code):
        return None
    rate = current().rate if found[3] == current().code else Decimal(1)
    return Figure(_decimal(found[1] or found[2]) / rate, "money", written)


def _sized(written: str) -> Figure | None:
    rank = size_rank(written)
    return None if rank is None else Figure(rank, "size", written)


def _united(written: str) -> Figure | None:
    found = LITERAL.fullmatch(written)
    if not found:
        return None
    amount, unit = _decimal(found[1]), found[2]
    if unit is None:
        return Figure(amount, "number", written)
    if unit == "%":
        return Figure(amount, "percent", written)
    if unit in QUANTITY:
        return Figure(amount * QUANTITY[unit], "quantity", written)
    return Figure(amount * SECONDS[unit], "duration", written) if unit in SECONDS else None


def money(raw: Any, span: Span | None = None) -> Decimal:
    """Dollars of `500 USD`, `$500`, a bare number, or `460 EUR` where the settings have that currency.

    Raises ConfigurationError for any other unit.
    """
    found = figure(raw, span)
    if found.kind not in ("money", "number"):
        raise ConfigurationError(f"{found.written!r} is not an amount of money: write it as 500 USD", span)
    return found.amount


def share(raw: Any, span: Span | None = None) -> Decimal:
    """The fraction that `80%` says. Raises ConfigurationError for anything else."""
    found = figure(raw, span)
    if found.kind != "percent":
        raise ConfigurationError(f"{found.written!r} is not a share: write it as 80%", span)
    return found.amount / 100


def measure(value: Any, limit: Figure) -> Decimal:
    """A value in the unit of the limit it is held against. Raises NotComputable where it has none."""
    return READERS[limit.kind](value)


def _quantity(value: Any) -> Decimal:
    found = LITERAL.fullmatch(value.strip()) if isinstance(value, str) else None
    if found and found[2] in QUANTITY:
        return _decimal(found[1]) * QUANTITY[found[2]]
    return number(value)


def _duration(value: Any) -> Decimal:
    if not isinstance(value, str) or not DURATION.fullmatch(value):
        raise NotComputable(f"{value} where a duration such as 36h is needed")
    return sum((Decimal(n) * VALUE_SECONDS[unit] for n, unit in DURATION_PART.findall(value)), Decimal(0))


def _size(value: Any) -> Decimal:
    rank = rank_of_value(value) if isinstance(value, str) else None
    if rank is None:
        raise NotComputable(f"the size of {value} is not known")
    return rank


READERS: dict[Kind, Callable[[Any], Decimal]] = {
    "number": _quantity,
    "money": number,
    "percent": number,
    "quantity": _quantity,
    "duration": _duration,
    "size": _size,
}
