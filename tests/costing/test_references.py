from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from finops_gate.costing.references import References, value_at
from finops_gate.model import Resource, Unknown
from tests.costing.fakes import resource

TEMPLATES = [
    resource("aws_lt.one", {"name": "one"}),
    resource("aws_lt.many[0]", {"name": "many-0"}),
    resource("aws_lt.many[1]", {"name": "many-1"}),
    replace(resource("module.a[0].aws_lt.one", {"name": "inner"}), type="aws_lt"),
    resource("aws_lt.one", {"name": "elsewhere"}, project="other"),
]


def unknown(reference: str | None = None) -> Unknown:
    return Unknown("known after apply", reference=reference)


@pytest.mark.parametrize(
    ("address", "value", "named", "expected"),
    [
        ("aws_asg.x", unknown("aws_lt.one.id"), None, "aws_lt.one"),
        ("aws_asg.x", unknown(), "aws_lt.one", "aws_lt.one"),
        ("aws_asg.x", unknown("aws_lt.many[1].id"), None, "aws_lt.many[1]"),
        ("aws_asg.x[1]", unknown("aws_lt.many.id"), None, "aws_lt.many[1]"),
        ("aws_asg.x", unknown("aws_lt.many"), None, "aws_lt.many[0]"),
        ("aws_asg.x", unknown("module.a[0].aws_lt.one.id"), None, "module.a[0].aws_lt.one"),
        ("aws_asg.x", "many-1", None, "aws_lt.many[1]"),
        ("aws_asg.x", "one", "aws_lt.one", "aws_lt.one"),
    ],
)
def test_target(address: str, value: Any, named: str | None, expected: str) -> None:
    group = resource(address, {"lt": [{"id": value}]}, references={"lt[0].id": named} if named else {})
    found = References([*TEMPLATES, group]).target(group, "lt[0].id", "aws_lt")
    assert isinstance(found, Resource)
    assert (found.address, found.project) == (expected, "")


def test_target_that_is_not_there() -> None:
    group = resource("aws_asg.x", {"unset": None, "gone": "nothing", "later": unknown("aws_vpc.v.id")})
    references = References([*TEMPLATES, group])
    assert references.target(group, "unset", "aws_lt") is None
    assert references.target(group, "missing.path[3]", "aws_lt") is None
    assert isinstance(references.target(group, "gone", "aws_lt"), Unknown)
    assert isinstance(references.target(group, "later", "aws_lt"), Unknown)


def test_referrers_by_reference_and_by_name() -> None:
    table = resource("aws_table.orders", {"name": "orders"})
    twin = resource("aws_table.twin", {"name": "orders"})
    scalers = [
        resource("aws_scaler.by_reference", {"id": "table/orders"}, references={"id": "aws_table.orders"}),
        resource("aws_scaler.by_name", {"id": "table/orders"}),
        resource("aws_scaler.other", {"id": "table/reorders"}),
        resource("aws_scaler.unset", {"id": None}),
    ]
    references = References([table, twin, *scalers])
    assert [r.address for r in references.referrers(table, "aws_scaler", "id")] == [
        "aws_scaler.by_reference",
        "aws_scaler.by_name",
    ]
    assert [r.address for r in references.referrers(twin, "aws_scaler", "id")] == ["aws_scaler.by_name"]


@pytest.mark.parametrize(
    ("path", "expected"), [("a", [{"b": 1}]), ("a[0].b", 1), ("a[1].b", None), ("a.b", None), ("c.d", None)]
)
def test_value_at(path: str, expected: Any) -> None:
    assert value_at({"a": [{"b": 1}]}, path) == expected
