from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finops_gate.model import UNBOUNDED, UNKNOWN, Bound, Range
from finops_gate.render.money import change, money, monthly_range, percent, plain, unit_price

D = Decimal


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (D("1234.5"), "$1,234.50"),
        (D("-3"), "-$3.00"),
        (D(0), "$0.00"),
        (D("-0"), "$0.00"),
        (D("0.005"), "$0.01"),
        (D("2.675"), "$2.68"),
        (D("0.0049"), "<$0.01"),
        (D("-0.0049"), ">-$0.01"),
        (D("1E+3"), "$1,000.00"),
        (D("1E+40"), "unknown"),
        (D("NaN"), "unknown"),
        (UNKNOWN, "unknown"),
        (UNBOUNDED, "no cap"),
    ],
)
def test_money(amount: Bound, shown: str) -> None:
    assert money(amount) == shown


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (D("560.64"), "+$560.64"),
        (D("-3"), "-$3.00"),
        (D(0), "$0.00"),
        (UNBOUNDED, "uncapped"),
        (-UNBOUNDED, "capped"),
        (UNKNOWN, "unknown"),
    ],
)
def test_change(amount: Bound, shown: str) -> None:
    assert change(amount) == shown


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        (D("4310.20"), D("4870.84"), "+13.0%"),  # 560.64 / 4310.20 = 0.13007
        (D(100), D(50), "-50.0%"),
        (D(1), D(5000), "+499,900%"),
        (D(0), D(5), ""),
        (D(5), D(5), ""),
        (UNKNOWN, D(5), ""),
        (D(5), UNBOUNDED, ""),
        (D("1E-999999"), D(5), ""),
    ],
)
def test_percent(before: Bound, after: Bound, shown: str) -> None:
    assert percent(before, after) == shown


@pytest.mark.parametrize(
    ("price", "shown"),
    [
        (D("0.0000166667"), "$0.0000166667"),
        (D("0.768"), "$0.768"),
        (D("12"), "$12.00"),
        (D("0.20"), "$0.20"),
        (D("1234.5"), "$1,234.50"),
    ],
)
def test_unit_price(price: Decimal, shown: str) -> None:
    assert unit_price(price) == shown


def test_a_range_on_one_line() -> None:
    assert monthly_range(Range.exact(D(12))) == "$12.00 a month"
    assert monthly_range(Range(D(3), D(12), D(90))) == "$12.00 a month (idle $3.00, at most $90.00)"
    assert monthly_range(Range(D(0), D(0), UNBOUNDED)) == "$0.00 a month (no cap)"
    assert monthly_range(Range.exact(UNKNOWN)) == "unknown"


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=D("-1E28"), max_value=D("1E28")))
def test_plain_is_a_plain_number_near_its_decimal(amount: Decimal) -> None:
    text = plain(amount)
    assert re.fullmatch(r"-?(0|[1-9][0-9]*)(\.[0-9]{0,9}[1-9])?", text)
    assert text != "-0"
    assert abs(D(text) - amount) <= D("5E-11")
