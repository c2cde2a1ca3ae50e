"""Sums by a key: whose each cost is, and that the groups add up."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from finops_gate.costing.compare import compare, totals
from finops_gate.costing.grouping import NOT_KNOWN, grouped, key_of
from finops_gate.errors import ConfigurationError
from finops_gate.model import UNBOUNDED, UNKNOWN, Component, Coverage, Estimate, Range, Resource, Span

SPAN = Span("m.yaml", 1)


def resource(address: str = "shop/Deployment/api", source: str = "kubernetes", **more: Any) -> Resource:
    return Resource(address, f"{source}:Deployment", source, {}, SPAN, **more)


def estimate(address: str, usd: int, team: Any, ceiling: Any = None, coverage: Coverage = "priced") -> Estimate:
    monthly = Range(Decimal(0), Decimal(usd), Decimal(usd) if ceiling is None else ceiling)
    tags = {} if team is None else {"team": team}
    bill = (Component("CPU", "hour", monthly, monthly),)
    return Estimate(resource(address, tags=tags), bill, coverage)


@pytest.mark.parametrize(
    ("by", "found", "name"),
    [
        ("namespace", resource(tags={"namespace": "shop"}), "shop"),
        ("namespace", resource(), None),
        ("namespace", resource(source="terraform", tags={"namespace": "shop"}), None),
        ("workload", resource(), "shop/Deployment/api"),
        ("workload", resource("aws_instance.a", "terraform"), None),
        ("label:app", resource(tags={"app": "web"}), "web"),
        ("tag:app", resource(tags={"app": ""}), None),
        ("tag:on", resource(tags={"on": True}), "true"),
        ("tag:app", resource(tags={"app": UNKNOWN}), NOT_KNOWN),
        ("tag:app", resource(tags=UNKNOWN), NOT_KNOWN),
        ("owner", resource(tags={"team": "a", "owner": "b"}), "b"),
        ("owner", resource(tags={"team": "a"}), "a"),
        ("project", resource(project="infra/prod"), "infra/prod"),
        ("project", resource(), "."),
        ("source", resource(), "kubernetes"),
        ("type", resource(), "kubernetes:Deployment"),
        ("env", resource(env="prod"), "prod"),
        ("region", resource(region="us-east-1"), "us-east-1"),
        ("region", resource(region=UNKNOWN), NOT_KNOWN),
        ("module", resource("module.web.aws_instance.a[0]", "terraform"), "module.web"),
        (
            "module",
            resource('module.a["x.y]"].module.b[0].aws_instance.a', "terraform"),
            'module.a["x.y]"].module.b[0]',
        ),
        ("module", resource("aws_instance.a", "terraform"), None),
        ("module", resource("module.web/Deployment/x"), None),
    ],
)
def test_keys(by: str, found: Resource, name: Any) -> None:
    assert key_of(by)(found) == name


@pytest.mark.parametrize(
    ("by", "said"),
    [("namspace", "did you mean `namespace`?"), ("tag:", "there are env, module"), ("colour", "tag:NAME"), ("", "env")],
)
def test_a_key_that_does_not_exist_is_said(by: str, said: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        key_of(by)
    assert said in str(refused.value)


def test_the_dearest_come_first_and_those_without_a_value_last() -> None:
    found = [
        estimate("a", 1, "small"),
        estimate("b", 5, "large"),
        estimate("c", 6, "large", UNBOUNDED),
        estimate("d", 90, None),
        estimate("e", 99, UNKNOWN, coverage="unknown"),
        estimate("f", 0, "nothing", coverage="free"),
    ]
    grouping = grouped("tag:team", found, None, [])
    assert [(g.name, g.totals.after.expected, g.coverage["unknown"]) for g in grouping.groups] == [
        ("large", 11, 0),
        ("small", 1, 0),
        (None, 90, 0),
        (NOT_KNOWN, 99, 1),
    ]
    assert grouping.groups[0].totals.after.ceiling == UNBOUNDED
    assert {g.totals.before for g in grouping.groups} == {None}


def test_what_changes_hands_is_gone_from_the_one_and_new_in_the_other() -> None:
    before = [estimate("a", 10, "shop"), estimate("b", 3, "shop"), estimate("c", 4, "gone")]
    after = [estimate("a", 10, "search"), estimate("b", 5, "shop"), estimate("d", 1, None)]
    deltas = compare(before, after)
    found = {g.name: g.totals for g in grouped("owner", after, before, deltas).groups}
    figures = {
        name: tuple(side.expected if side else None for side in (t.before, t.after, t.delta))
        for name, t in found.items()
    }
    assert figures == {"search": (0, 10, 10), "shop": (13, 5, -8), "gone": (4, 0, -4), None: (0, 1, 1)}
    whole = totals(after, before, deltas)
    assert sum(t.delta.expected for t in found.values() if t.delta) == whole.delta.expected  # type: ignore[union-attr, misc]


def test_no_cap_on_both_sides_of_what_stays_is_no_change() -> None:
    before = [estimate("a", 10, "shop", UNBOUNDED), estimate("b", 1, "shop")]
    after = [estimate("a", 10, "shop", UNBOUNDED), estimate("b", 3, "shop")]
    (group,) = grouped("owner", after, before, compare(before, after)).groups
    assert group.totals.delta == Range(Decimal(0), Decimal(2), Decimal(2))
