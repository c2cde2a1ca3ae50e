"""The blocks of a set, which a plan lists in an order of its own."""

from __future__ import annotations

from decimal import Decimal

from finops_gate.model import Unknown
from finops_gate.sources.terraform.plan_rows import Aligned, rows_of

CODE = {
    "disk": [
        {"name": "b", "size": Decimal(1), "key": Unknown("computed")},
        {"name": "a", "size": "2"},
        {"name": "a", "size": Decimal(3)},
    ],
    "alone": [{"x": "y"}],
}
PLAN = {
    "disk": [
        {"name": "a", "size": Decimal(2), "iops": None},
        {"name": "a", "size": Decimal(3), "iops": None},
        {"name": "b", "size": Decimal(1), "iops": Decimal(3000), "key": "k"},
    ],
    "alone": [{"x": "z"}],
}


def test_blocks_are_told_by_what_the_code_says_of_them() -> None:
    assert rows_of(PLAN, CODE) == {("disk", 0): 1, ("disk", 1): 2, ("disk", 2): 0}


def test_blocks_in_their_places_and_blocks_of_no_code_are_left() -> None:
    assert rows_of(CODE, CODE) == {}
    assert rows_of({"disk": [{"name": "x"}, {"name": "y"}]}, CODE) == {}


def test_paths_lead_to_the_block_in_the_code() -> None:
    places = {"disk[0].size": "first", "disk[1].size": "second", "disk[2].size": "third", "name": "other"}
    aligned = Aligned(places, rows_of(PLAN, CODE))
    assert dict(aligned) == {
        "disk[2].size": "first",
        "disk[0].size": "second",
        "disk[1].size": "third",
        "name": "other",
    }
    assert "disk[3].size" not in aligned
