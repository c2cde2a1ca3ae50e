"""What a type constraint makes of a value: as `terraform plan` 1.11.4 has it of a variable with such a default."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from finops_gate.sources.terraform import hcl
from finops_gate.sources.terraform.constraints import constraint
from finops_gate.sources.terraform.convert import convert
from finops_gate.sources.terraform.problems import EvaluationError
from finops_gate.sources.terraform.scope import SourceFile
from finops_gate.sources.terraform.standalone import evaluate_text
from finops_gate.sources.terraform.syntax import Body, Source
from finops_gate.sources.terraform.values import Null, Value, export, type_of
from tests.sources.terraform.test_unknown_values import plain, written

DATA = Path(__file__).parent / "data" / "terraform_types.jsonl"
ROWS = [json.loads(line) for line in DATA.read_text(encoding="utf-8").splitlines()]


def converted(row: dict[str, Any]) -> Value:
    node, problems = hcl.parse_expression(row["type"])
    file = SourceFile("variables.tf", Source(row["type"], Body({}, [], 0, 0), problems))
    return convert(evaluate_text(row["given"], {}), constraint(node, file))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['type']} <- {row['given']}"[:70])
def test_values_become_what_terraform_makes_of_them(row: dict[str, Any]) -> None:
    if row.get("error"):
        with pytest.raises(EvaluationError):
            converted(row)
        return
    value = converted(row)
    assert plain(export(value)) == row["value"]
    assert "becomes" not in row or isinstance(value, Null) or written(type_of(value)) == row["becomes"]
