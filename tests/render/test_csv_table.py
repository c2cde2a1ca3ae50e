from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest

from finops_gate.render import render
from finops_gate.render.csv_table import COLUMNS, cell
from tests.render import samples


def test_the_rows_add_up_to_the_total() -> None:
    report = samples.costs_only()
    rows = list(csv.DictReader(io.StringIO(render(report, "csv"))))
    known = [Decimal(row["expected"]) for row in rows if row["expected"] not in ("", "unknown")]
    assert tuple(rows[0]) == COLUMNS
    assert abs(sum(known) - report.totals.after.expected) < Decimal("0.000001")  # type: ignore[operator]


@pytest.mark.parametrize(
    ("text", "shown"),
    [("=1+1", "'=1+1"), ("@sum", "'@sum"), ("-2.5", "-2.5"), ("-2+3", "'-2+3"), ("a\nb", "a b"), ("ok", "ok")],
)
def test_no_cell_is_computed(text: str, shown: str) -> None:
    assert cell(text) == shown
