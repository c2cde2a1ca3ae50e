from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from finops_gate.model import UNBOUNDED, ZERO, Range, Unknown
from finops_gate.render.explanation import explain, shown
from tests.render import samples


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (Range(Decimal(2), Decimal(6), UNBOUNDED), "6 (idle 2, no cap)"),
        (Range.exact(Decimal("0.50")), "0.5"),
        (Range(ZERO, Unknown("var.n has no value"), Decimal(3)), "unknown, for var.n has no value (idle 0, at most 3)"),
        ({"cpu": Decimal(1), "gpu": None, "spot": False}, "cpu 1, spot false"),
        ([{"size": 1}, {"size": 2}], "2 of them"),
        (["a", "b"], "a, b"),
        ("x" * 99, "x" * 59 + "…"),
    ],
)
def test_a_value_is_shown_in_words(value: Any, said: str) -> None:
    assert shown(value) == said


def test_formulas_of_bounds_stand_below_each_other_and_are_told_once() -> None:
    volume = samples.volume()
    part = replace(volume.components[0], formula="floor: 1; expected: size; ceiling: max_size")
    said = explain(replace(volume, components=(part, part)), ())
    assert said.count("formula   floor: 1\n              expected: size\n              ceiling: max_size\n") == 1
    assert said.count("formula   as above\n") == 1


def test_what_the_author_left_empty_is_not_read_from_the_code() -> None:
    volume = samples.volume()
    resource = replace(volume.resource, attributes={"size": Decimal(100), "claims": [], "tier": ""})
    said = explain(replace(volume, resource=resource), ("size", "claims", "tier"))
    assert said.partition("read from the code\n")[2].split() == ["size", "100", f"({resource.spans['size']})"]


def test_a_run_is_told_beside_the_month() -> None:
    runs = Range(Decimal("0.234"), Decimal("1.872"), Decimal("84.24"))
    said = explain(replace(samples.volume(), extra={"per_run": runs}), ())
    assert "\n$1.87 a run (at least $0.23, at most $84.24)\n" in said
