"""Computing with what may be one of several values; what each of them gives is worked out by hand."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from finops_gate.model import Unknown
from finops_gate.sources.terraform import evaluate_expression

BIG = Unknown("var.big has no value")


def evaluated(text: str) -> Any:
    return evaluate_expression(text, {"var": {"big": BIG, "other": Unknown("var.other has no value"), "list": [BIG]}})


@pytest.mark.parametrize(
    ("text", "choices"),
    [
        ('"m5.${var.big ? "xlarge" : "large"}"', ["m5.xlarge", "m5.large"]),
        ("(var.big ? 3 : 1) * 2 + 1", [7, 3]),
        ("-(var.big ? 3 : 1)", [-3, -1]),
        ("max(2, var.big ? 3 : 1)", [3, 2]),
        ('upper(var.big ? "a" : "b")', ["A", "B"]),
        ("(var.big ? 1 : 2) * (var.other ? 10 : 20)", [10, 20, 40]),
        ('lookup({ a = 1, b = 2 }, var.big ? "a" : "b")', [1, 2]),
    ],
)
def test_either_goes_on(text: str, choices: list[Any]) -> None:
    value = evaluated(text)
    assert isinstance(value, Unknown)
    assert value.choices == tuple(Decimal(c) if isinstance(c, int) else c for c in choices)
    assert value.reason == "var.big has no value"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("(var.big ? 3 : 1) > 0", True),
        ("(var.big ? 3 : 1) == 2", False),
        ("(var.big ? 3 : 1) != 2", True),
        ("min(var.big ? 3 : 1, 0)", Decimal(0)),
        ("(var.big ? 4 : 2) % 2", Decimal(0)),
        ('"${var.big ? "" : ""}${var.big ? "" : ""}"', ""),
    ],
)
def test_what_each_of_them_decides_is_decided(text: str, value: Any) -> None:
    assert evaluated(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "1 / (var.big ? 0 : 1)",  # one of them would be refused
        "(var.big ? 3 : 1) + var.other",  # the other has no choices
        "join(\",\", var.list)",  # it is within an argument
        "*".join(f"(var.big ? {2 * n} : {2 * n + 1})" for n in range(1, 8)),  # 128 combinations
    ],
)  # fmt: skip
def test_elsewhere_nothing_is_claimed(text: str) -> None:
    value = evaluated(text)
    assert isinstance(value, Unknown)
    assert value.choices == ()
