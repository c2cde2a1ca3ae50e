from __future__ import annotations

from decimal import Decimal

import pytest

from finops_gate.costing.compare import compare, totals
from finops_gate.model import UNBOUNDED, Component, Estimate, Range, Resource, Span


def priced(address: str, expected: int, ceiling: Decimal | None = None, **more: object) -> Estimate:
    monthly = Range(Decimal(0), Decimal(expected), Decimal(expected) if ceiling is None else ceiling)
    resource = Resource(address, "t", "terraform", {"size": Decimal(expected)}, Span("a.tf", 1), **more)  # type: ignore[arg-type]
    return Estimate(resource, (Component("x", "hour", monthly, monthly),), "priced")


BEFORE = [priced("t.stays", 5), priced("t.grows", 10), priced("t.goes", 7), priced("t.open", 1, UNBOUNDED)]
AFTER = [priced("t.stays", 5), priced("t.grows", 16), priced("t.comes", 3), priced("t.open", 1, UNBOUNDED)]


@pytest.mark.parametrize(
    ("address", "status", "change"),
    [("t.stays", "unchanged", 0), ("t.grows", "changed", 6), ("t.goes", "removed", -7), ("t.comes", "added", 3)],
)
def test_each_resource_is_told_apart(address: str, status: str, change: int) -> None:
    found = next(d for d in compare(BEFORE, AFTER) if d.address == address)
    assert (found.status, found.change.expected) == (status, change)


def test_totals_add_up_and_an_unchanged_open_end_adds_nothing() -> None:
    sums = totals(AFTER, BEFORE, compare(BEFORE, AFTER))
    assert sums.before is not None
    assert sums.delta is not None
    assert (sums.before.expected, sums.after.expected, sums.delta.expected) == (23, 25, 2)
    assert (sums.after.ceiling, sums.delta.ceiling) == (UNBOUNDED, 2)


def test_a_new_open_end_opens_the_change() -> None:
    deltas = compare([], [priced("t.open", 1, UNBOUNDED)])
    assert deltas[0].change.ceiling == UNBOUNDED


def test_a_moved_resource_is_one_and_not_two() -> None:
    deltas = compare([priced("t.old", 5)], [priced("t.new", 6, moved_from=("t.old",))])
    assert [(d.address, d.status, d.change.expected) for d in deltas] == [("t.new", "changed", 1)]


def test_equal_addresses_of_two_roots_are_two_resources() -> None:
    before = [priced("t.a", 5, project="dev"), priced("t.a", 50, project="prod")]
    after = [priced("t.a", 5, project="dev"), priced("t.a", 60, project="prod")]
    assert [d.change.expected for d in compare(before, after)] == [0, 10]
