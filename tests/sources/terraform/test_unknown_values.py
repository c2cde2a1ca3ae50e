"""What becomes of unknown values and of nulls that have a type: as `terraform plan` 1.11.4 has it, recorded.

In the expressions `local.u_*` are not known and `local.n_*` are null, each of the type that `TYPES` says.
"""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from finops_gate.model import Unknown
from finops_gate.sources.terraform.problems import EvaluationError
from finops_gate.sources.terraform.standalone import evaluate_text
from finops_gate.sources.terraform.types import (
    BOOL,
    DYNAMIC,
    NUMBER,
    STRING,
    ListType,
    MapType,
    ObjectType,
    SetType,
    TupleType,
    Type,
)
from finops_gate.sources.terraform.values import Null, ObjectValue, UnknownValue, Value, export, type_of

DATA = Path(__file__).parent / "data"
ROWS = [json.loads(line) for line in (DATA / "terraform_unknowns.jsonl").read_text(encoding="utf-8").splitlines()]
DIFFERENCES = dict(
    line.rsplit("  # ", 1)
    for line in (DATA / "unknown_differences.txt").read_text(encoding="utf-8").splitlines()
    if "  # " in line
)
TYPES: dict[str, Type] = {
    "any": DYNAMIC,
    "bool": BOOL,
    "list": ListType(STRING),
    "lol": ListType(ListType(STRING)),
    "map": MapType(STRING),
    "num": NUMBER,
    "nums": ListType(NUMBER),
    "obj": ObjectType({"a": STRING, "b": NUMBER}),
    "set": SetType(STRING),
    "str": STRING,
    "tup": TupleType((STRING, NUMBER)),
}


def names() -> dict[str, Value]:
    unknown = {f"u_{name}": UnknownValue(Unknown(f"{name} is not known"), of) for name, of in TYPES.items()}
    return {"local": ObjectValue({**unknown, **{f"n_{name}": Null(of) for name, of in TYPES.items()}})}


def plain(value: Any) -> Any:
    """A value as the rows have it."""
    if isinstance(value, Unknown):
        return {"$unknown": True}
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return float(value) if isinstance(value, Decimal) else value


def written(of: Type) -> Any:
    """A type as Terraform's JSON has it."""
    if isinstance(of, ListType | SetType | MapType):
        return [type(of).__name__.removesuffix("Type").lower(), written(of.element)]
    if isinstance(of, TupleType):
        return ["tuple", list(map(written, of.elements))]
    if isinstance(of, ObjectType):
        return ["object", {name: written(inner) for name, inner in of.attributes.items()}]
    return "dynamic" if of is DYNAMIC else str(of)


def agrees(row: dict[str, Any]) -> bool:
    try:
        value = evaluate_text(row["expr"], names())
    except EvaluationError:
        return bool(row.get("error"))
    if row.get("error") or plain(export(value)) != row["value"]:
        return False
    return "type" not in row or written(type_of(value)) == row["type"]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["expr"][:60])
def test_terraform_knows_as_much(row: dict[str, Any]) -> None:
    assert agrees(row) is (row["expr"] not in DIFFERENCES)
