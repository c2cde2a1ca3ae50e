"""Every expression of the oracle, against the value that terraform printed for it."""

from __future__ import annotations

import json
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from finops_gate.model import Unknown
from finops_gate.sources.terraform.convert import convert
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
from finops_gate.sources.terraform.values import NULL, ObjectValue, TupleValue, UnknownValue, Value, export, from_plain

ORACLE = Path(__file__).parents[4] / "shared" / "oracles" / "hcl_expressions.jsonl"
KNOWN_DIFFERENCES = Path(__file__).parent / "data" / "oracle_differences.txt"
FILES = {
    "hello.txt": "hello!",
    "hello.tmpl": "Hello, ${name}!",
    "subdirectory/hello.txt": "hello!",
    "subdirectory/hello.tmpl": "Hello, ${name}!",
}

if not ORACLE.exists():
    pytest.skip("the oracle is not beside the checkout", allow_module_level=True)

ROWS = [json.loads(line) for line in ORACLE.read_text(encoding="utf-8").splitlines()]


@lru_cache
def known_differences() -> dict[str, str]:
    lines = KNOWN_DIFFERENCES.read_text(encoding="utf-8").splitlines()
    return dict(line.split(" ", 1) for line in lines if line and not line.startswith("#"))


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> str:
    directory = tmp_path_factory.mktemp("files")
    (directory / "subdirectory").mkdir()
    for name, content in FILES.items():
        (directory / name).write_text(content, encoding="utf-8")
    return str(directory)


PRIMITIVES = {"string": STRING, "number": NUMBER, "bool": BOOL, "any": DYNAMIC, "dynamic": DYNAMIC}


def type_from(source: Any) -> Type:
    """A type as the oracle writes it: a name, or a list of a kind and what it is made of."""
    if isinstance(source, str):
        return PRIMITIVES[source]
    kind, of = source
    if kind == "object":
        return ObjectType({name: type_from(inner) for name, inner in of.items()})
    if kind == "tuple":
        return TupleType(tuple(map(type_from, of)))
    return {"list": ListType, "set": SetType, "map": MapType}[kind](type_from(of))


def value_from(plain: Any) -> Value:
    if plain == {"$unknown": True}:
        return UnknownValue(Unknown("unknown in the oracle"))
    if isinstance(plain, dict) and "$set" in plain:
        return convert(value_from(plain["$set"]), SetType(DYNAMIC))
    if isinstance(plain, dict):
        return ObjectValue({name: value_from(item) for name, item in plain.items()})
    if isinstance(plain, list):
        return TupleValue([value_from(item) for item in plain])
    return NULL if plain is None else from_plain(plain)


def variables(row: dict[str, Any]) -> dict[str, Value]:
    types = row.get("var_types", {})
    return {n: convert(value_from(v), type_from(types.get(n, "any"))) for n, v in row.get("vars", {}).items()}


def same(actual: Any, expected: Any) -> bool:
    """Lists stand for sets as well, whose order the oracle does not promise."""
    if expected == {"$unknown": True}:
        return isinstance(actual, Unknown)
    if isinstance(expected, dict):
        return (
            isinstance(actual, dict)
            and actual.keys() == expected.keys()
            and all(same(actual[name], expected[name]) for name in expected)
        )
    if isinstance(expected, list):
        return isinstance(actual, list) and len(actual) == len(expected) and all(map(same, actual, expected))
    if isinstance(expected, bool) or expected is None or isinstance(expected, str):
        return type(actual) is type(expected) and actual == expected
    if isinstance(expected, float):
        return isinstance(actual, Decimal) and float(actual) == expected
    return isinstance(actual, Decimal) and actual == expected


def outcome(row: dict[str, Any], root: str) -> str:
    """Empty where we agree with the oracle, else what we say instead."""
    try:
        value = evaluate_text(row["expr"], variables(row), root, template=row["kind"] == "template")
    except EvaluationError as error:
        return "" if row.get("error") else f"error: {error.message}"
    if row.get("error"):
        return f"no error but {export(value)!r}"
    return "" if same(export(value), row["expect"]) else f"{export(value)!r}, not {row['expect']!r}"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_agrees_with_terraform(row: dict[str, Any], root: str) -> None:
    difference = outcome(row, root)
    if row["id"] in known_differences():
        assert difference, f"{row['expr']} agrees now: take it off the list"
    else:
        assert not difference, f"{row['expr']}: {difference}"


def test_nearly_all_agree() -> None:
    assert len(known_differences()) <= 0.015 * len(ROWS)
