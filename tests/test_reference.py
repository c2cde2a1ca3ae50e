"""Pages that are made from data match it."""

from __future__ import annotations

import csv
import subprocess
import sys

from finops_gate.costing.models import Models
from finops_gate.data import attribute_catalogue
from tests.conftest import ROOT


def test_reference_pages_and_the_readme_match_their_data() -> None:
    command = [sys.executable, "docs/build_reference.py", "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_popular_types_are_the_providers_and_have_a_reason_where_they_have_no_price() -> None:
    with (ROOT / "docs" / "popular_aws_types.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["type"]: row["unpriced_because"] for row in csv.DictReader(file)}
    models, schema = Models(), attribute_catalogue("aws")
    assert [name for name in rows if f"\n{name} " not in schema] == []
    assert list(rows) == sorted(rows)
    answered = {name for name in rows if models.get(name) or models.is_free(name)}
    assert {name for name, why in rows.items() if why} == rows.keys() - answered
