from __future__ import annotations

from decimal import Decimal

import pytest

from finops_gate.currency import current, writing_in, written
from finops_gate.model import USD, Currency

D = Decimal


@pytest.mark.parametrize(
    ("code", "amount", "text"),
    [
        ("USD", "1234.5", "$1,234.50"),
        ("EUR", "-3", "-€3.00"),
        ("GBP", "0.005", "£0.01"),
        ("CHF", "12", "CHF 12.00"),
        ("CAD", "1", "CA$1.00"),
        # ISO 4217: yen have no minor unit, Kuwaiti dinars a thousandth.
        ("JPY", "1234.5", "¥1,235"),
        ("KWD", "0.0005", "KWD 0.001"),
        ("XYZ", "-0.001", "XYZ 0.00"),
    ],
)
def test_amounts_as_each_currency_has_them(code: str, amount: str, text: str) -> None:
    with writing_in(Currency(code, D(2), "2026-11-01")):
        assert written(D(amount)) == text


def test_currency_holds_for_as_long_as_it_is_said_to() -> None:
    euro = Currency("EUR", D("0.92"), "2026-11-01")
    with writing_in(euro):
        assert current() == euro
    assert current() == USD
