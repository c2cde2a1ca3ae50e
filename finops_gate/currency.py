"""The currency that amounts are written in: everything is priced and judged in US dollars, and converted to be read.

Which one it is holds for a whole run, and amounts are written in many places, so it is kept here for as long as the
run is judged or rendered.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import TypeGuard

from finops_gate.model import USD, Currency

SYMBOLS = {
    "AUD": "A$",
    "BRL": "R$",
    "CAD": "CA$",
    "CNY": "CN¥",
    "EUR": "€",
    "GBP": "£",
    "HKD": "HK$",
    "ILS": "₪",
    "INR": "₹",
    "JPY": "¥",
    "KRW": "₩",
    "MXN": "MX$",
    "NZD": "NZ$",
    "PHP": "₱",
    "TWD": "NT$",
    "USD": "$",
    "VND": "₫",
}
"""As Unicode's CLDR has them for English, so that no two are alike; others are written as their code (CHF 12.00)."""

DECIMALS = {
    **dict.fromkeys(
        (
            "BIF",
            "CLP",
            "DJF",
            "GNF",
            "ISK",
            "JPY",
            "KMF",
            "KRW",
            "PYG",
            "RWF",
            "UGX",
            "VND",
            "VUV",
            "XAF",
            "XOF",
            "XPF",
        ),
        0,
    ),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}
"""Minor units that are not hundredths, by ISO 4217 (https://www.iso.org/iso-4217-currency-codes.html)."""

_ABSURD = 30
"""Powers of ten from which a number is nobody's bill but a slip or an attack; it would fill a page of digits."""

_WIDE = Context(prec=60, rounding=ROUND_HALF_UP)
_current: ContextVar[Currency] = ContextVar("currency", default=USD)


@contextmanager
def writing_in(currency: Currency) -> Iterator[None]:
    """Within it, amounts are written in this currency."""
    token = _current.set(currency)
    try:
        yield
    finally:
        _current.reset(token)


def current() -> Currency:
    return _current.get()


def smallest() -> Decimal:
    """The smallest amount that is written: a cent, a yen."""
    return Decimal(1).scaleb(-DECIMALS.get(current().code, 2))


def is_figure(amount: object) -> TypeGuard[Decimal]:
    """Whether it is a number to print: known, finite and of a size that a bill can have."""
    return isinstance(amount, Decimal) and amount.is_finite() and (not amount or amount.adjusted() < _ABSURD)


def rounded(amount: Decimal) -> Decimal:
    """An amount in the current currency, half up to its smallest unit."""
    return amount.quantize(smallest(), context=_WIDE)


def symbol() -> str:
    code = current().code
    return SYMBOLS.get(code, f"{code} ")


def written(amount: Decimal) -> str:
    """An amount in the current currency: `$1,234.50`, `-€3.00`, `CHF 12.00`, `¥12`."""
    figure = rounded(amount)
    return f"{'-' if figure < 0 else ''}{symbol()}{abs(figure):,f}"
