from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finops_gate.model import (
    NOTHING,
    ONCE,
    UNBOUNDED,
    ZERO,
    Component,
    Estimate,
    Range,
    Resource,
    Span,
    Unknown,
    sum_known,
)

finite = st.decimals(min_value=0, max_value=10**6, places=2)
ranges = st.builds(
    lambda figures, capped: Range(*sorted(figures)[:2], sorted(figures)[2] if capped else UNBOUNDED),
    st.lists(finite, min_size=3, max_size=3),
    st.booleans(),
)


@given(ranges, ranges)
def test_sums_and_products_keep_the_order_of_the_bounds(a: Range, b: Range) -> None:
    for result in (a + b, a * b):
        assert result.floor <= result.expected <= result.ceiling  # type: ignore[operator]


@given(ranges, ranges, ranges)
def test_addition_is_associative_and_has_a_zero(a: Range, b: Range, c: Range) -> None:
    assert (a + b) + c == a + (b + c)
    assert a + NOTHING == a
    assert a * ONCE == a


def test_nothing_of_the_unbounded_or_unknown_is_nothing() -> None:
    odd = Range(Unknown("x"), UNBOUNDED, UNBOUNDED)
    assert odd * NOTHING == NOTHING


def test_the_difference_of_two_without_a_cap_is_unknown() -> None:
    open_ended = Range(Decimal(0), Decimal(1), UNBOUNDED)
    assert isinstance((open_ended - open_ended).ceiling, Unknown)
    assert (open_ended - ONCE).ceiling == UNBOUNDED


def test_a_sum_of_what_is_known_leaves_the_unknown_out() -> None:
    assert sum_known([ONCE, Range(Decimal(1), Unknown("x"), UNBOUNDED)]) == Range(Decimal(2), Decimal(1), UNBOUNDED)
    assert isinstance(sum_known([Range.exact(UNBOUNDED), Range.exact(-UNBOUNDED)]).expected, Unknown)
    assert sum_known([]) == NOTHING


@pytest.mark.parametrize(
    ("costs", "known"),
    [
        (Range(Decimal(1), Unknown("x"), Decimal(3)), Range(Decimal(1), Decimal(1), Decimal(3))),
        (Range(Decimal(1), Decimal(2), Unknown("x")), Range(Decimal(1), Decimal(2), Decimal(2))),
        (Range(Unknown("x"), Decimal(2), UNBOUNDED), Range(ZERO, Decimal(2), UNBOUNDED)),
        (Range.exact(Unknown("x")), NOTHING),
    ],
    ids=["expected", "ceiling", "floor", "nothing"],
)
def test_what_is_known_of_an_estimate_keeps_the_order_of_the_bounds(costs: Range, known: Range) -> None:
    line = Component("Hours", "hour", ONCE, costs, None)
    subject = Resource("a.b", "a", "terraform", {}, Span("f", 1))
    assert Estimate(subject, (line,), "unknown").known_monthly == known


def test_an_unknown_is_neither_true_nor_false() -> None:
    with pytest.raises(TypeError, match=r"var\.x"):
        bool(Unknown("var.x has no value"))


@pytest.mark.parametrize(
    ("path", "line"), [("a[0].b", 3), ("a[0].c", 2), ("a[1]", 1), ("z", 1)], ids=["exact", "around", "list", "own"]
)
def test_a_place_is_the_nearest_thing_around(path: str, line: int) -> None:
    spans = {"a[0]": Span("f", 2), "a[0].b": Span("f", 3)}
    resource = Resource("t.x", "t", "terraform", {}, Span("f", 1), spans=spans)
    assert resource.span_of(path).line == line
