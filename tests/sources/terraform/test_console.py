"""Expressions of our own, with the values that `terraform console` 1.11.4 printed for them as JSON."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from finops_gate.sources.terraform import EvaluationError, evaluate_expression

DATA = Path(__file__).parent / "data"
ROWS = [json.loads(line) for line in (DATA / "terraform_console.jsonl").read_text(encoding="utf-8").splitlines()]
DIFFERENCES = dict(
    line.rsplit("  # ", 1)
    for line in (DATA / "console_differences.txt").read_text(encoding="utf-8").splitlines()
    if "  # " in line
)


def plain(value: Any) -> Any:
    """A value as JSON would have it, numbers to 15 digits."""
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, bool) or not isinstance(value, Decimal | int | float):
        return value
    return f"{Decimal(str(value)):.14e}"


def agrees(row: dict[str, Any]) -> bool:
    try:
        value = evaluate_expression(row["expr"])
    except EvaluationError:
        return bool(row.get("error"))
    return not row.get("error") and plain(value) == plain(row["value"])


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["expr"][:60])
def test_terraform_console_prints_the_same(row: dict[str, Any]) -> None:
    assert agrees(row) is (row["expr"] not in DIFFERENCES)
