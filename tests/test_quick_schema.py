"""A yes must be certain: whatever is plainly valid, jsonschema finds valid, too."""

from __future__ import annotations

import json
from decimal import Decimal
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from finops_gate.quick_schema import plainly_valid
from finops_gate.schema import load_schema
from finops_gate.sources.documents import read_documents
from tests.conftest import ROOT

SETTINGS = load_schema("settings")
ODD = (
    None,
    True,
    0,
    1,
    Decimal(1),
    Decimal("1.5"),
    Decimal("nan"),
    -1,
    "",
    "a",
    "fail",
    [],
    ["a"],
    {},
    {"a": 1},
    {1: 2},
)


def example() -> Any:
    (document,) = read_documents((ROOT / "examples/shop/.finops-gate.yaml").read_text(encoding="utf-8"), "settings")
    return document.value


def altered(random: Random, value: Any) -> Any:
    """The value with something else here and there, and keys that are the schema's own."""
    if random.randrange(12) == 0:
        return random.choice(ODD)
    if isinstance(value, dict):
        names = [*value, random.choice([*SETTINGS["properties"], "nonsense"])]
        return {name: altered(random, value.get(name, random.choice(ODD))) for name in names}
    return [altered(random, inner) for inner in value] if isinstance(value, list) else value


def test_the_settings_of_the_example_are_plainly_valid() -> None:
    assert plainly_valid(example(), SETTINGS)


@given(st.randoms(use_true_random=False))
def test_what_is_plainly_valid_is_valid(random: Random) -> None:
    value = altered(random, example())
    if plainly_valid(value, SETTINGS):
        assert Draft202012Validator(SETTINGS).is_valid(value)


SIMPLE: list[dict[str, Any]] = [
    {"type": "string"},
    {"type": ["integer", "null"]},
    {"type": "number", "maximum": 2},
    {"const": 1},
    {"enum": ["a", "b"]},
    {"minimum": 1},
    {"pattern": "a"},
    {"required": ["a"]},
    {"oneOf": [{"type": "string"}]},
    {"$ref": "#/$defs/x"},
    {},
]
schemas = st.recursive(
    st.sampled_from(SIMPLE),
    lambda inner: st.one_of(
        st.builds(lambda items: {"type": "array", "items": items}, inner),
        st.builds(lambda a, b: {"properties": {"a": a}, "additionalProperties": b}, inner, st.booleans() | inner),
        st.builds(lambda names: {"type": "object", "propertyNames": names}, inner),
    ),
    max_leaves=4,
)
values = st.recursive(
    st.sampled_from([None, True, False, 1, 2, Decimal(1), Decimal("0.5"), "a", "b", "x", ""]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["a", "b", "c"]), inner, max_size=2),
    max_leaves=4,
)


@given(schemas, values)
def test_any_schema(schema: dict[str, Any], value: Any) -> None:
    whole = {**json.loads(json.dumps(schema)), "$defs": {"x": {"type": "string"}}}
    if plainly_valid(value, whole):
        assert Draft202012Validator(whole).is_valid(value)
