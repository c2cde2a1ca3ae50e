from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finops_gate.costing.tiers import compact, walk
from finops_gate.model import UNBOUNDED, Range, Unknown

D = Decimal
TIERS = [(D(0), D("3.5")), (D(333), D("2.8")), (D(1000), D("2.38"))]
"""Requests of an API gateway in us-east-1, by the million: https://aws.amazon.com/api-gateway/pricing/"""


def amounts(*bounds: Any) -> Range:
    return Range(*(D(b) for b in bounds))


def test_each_tier_reached_is_a_line() -> None:
    assert walk(amounts(0, 1200, 1200), TIERS, "1M requests") == [
        ("first 333M", amounts(0, 333, 333), D("3.5")),
        ("next 667M", amounts(0, 667, 667), D("2.8")),
        ("over 1B", amounts(0, 200, 200), D("2.38")),
    ]


@pytest.mark.parametrize("quantity", [amounts(0, 0, UNBOUNDED), amounts(0, 333, UNBOUNDED), amounts(5, 5, 5)])
def test_first_tier_alone_needs_no_name(quantity: Range) -> None:
    assert walk(quantity, TIERS, "1M requests") == [("", quantity, D("3.5"))]


def test_growth_without_bound_stays_in_the_last_tier_reached() -> None:
    assert walk(amounts(0, 400, UNBOUNDED), TIERS, "1M requests") == [
        ("first 333M", amounts(0, 333, 333), D("3.5")),
        ("next 667M", amounts(0, 67, UNBOUNDED), D("2.8")),
    ]


def test_cap_reaches_tiers_that_are_not_expected() -> None:
    names = [(name, quantity.expected, quantity.ceiling) for name, quantity, _ in walk(amounts(0, 1, 400), TIERS, "x")]
    assert names == [("first 333", D(1), D(333)), ("next 667", D(0), D(67))]


def test_unknown_quantity_is_one_line() -> None:
    unknown = Range(D(0), Unknown("why"), UNBOUNDED)
    assert walk(unknown, TIERS, "1M requests") == [("", unknown, D("3.5"))]


@pytest.mark.parametrize(
    ("figure", "unit", "expected"),
    [
        (333, "1M requests", "333M"),
        (10240, "GB", "10TB"),
        (51200, "GB-month", "50TB"),
        (500, "GB", "500GB"),
        (512000, "GB", "500TB"),
        (4194304, "GB", "4PB"),
        (1000000, "GB", "1PB"),
        (6_000_000_000, "GB-second", "6B"),
        (11_250_000_000, "GB-second", "11.25B"),
        (32000, "IOPS-month", "32K"),
        (10, "1k requests", "10K"),
        (7, "vCPU-month", "7"),
    ],
)
def test_widths_read_as_price_lists_print_them(figure: int, unit: str, expected: str) -> None:
    assert compact(D(figure), unit) == expected


@given(st.decimals(0, 5000, places=2))
def test_nothing_is_lost_between_tiers(figure: Decimal) -> None:
    """Hand formula: what lies in [0, 333) at 3.5, in [333, 1000) at 2.8, the rest at 2.38."""
    total = sum(quantity.expected * usd for _, quantity, usd in walk(Range.exact(figure), TIERS, "x"))
    by_hand = (
        min(figure, D(333)) * D("3.5")
        + max(min(figure, D(1000)) - 333, D(0)) * D("2.8")
        + max(figure - 1000, D(0)) * D("2.38")
    )
    assert total == by_hand
