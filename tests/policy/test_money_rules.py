"""`cost` and `budget`: hand-made costs, limits on either side of them."""

from decimal import Decimal
from typing import Any

import pytest

from finops_gate.costing.compare import compare
from finops_gate.model import NOTHING, UNBOUNDED, Component, Estimate, Finding, Range, Resource, Span, Totals
from finops_gate.policy.definition import PolicySet
from finops_gate.policy.evaluate import evaluate
from finops_gate.policy.load import load_policies
from finops_gate.settings import Settings
from finops_gate.sources.memory import MemoryTree

Costs = dict[str, Any]
"""Name -> dollars a month; None is unpriced. The team is what stands before the dash."""


def estimates(costs: Costs) -> list[Estimate]:
    found = []
    for line, (name, dollars) in enumerate(costs.items(), 1):
        made = Resource(
            f"aws_instance.{name}",
            "aws_instance",
            "terraform",
            {"instance_type": f"t{dollars}"},
            Span("main.tf", line),
            tags={"team": name.split("-")[0]},
            project=f"envs/{name.split('-')[-1]}",
        )
        monthly = dollars if isinstance(dollars, Range) else Range.exact(dollars or 0)
        component = Component("c", "month", Range.exact(1), monthly)
        found.append(
            Estimate(made, (), "unpriced", "no price") if dollars is None else Estimate(made, (component,), "priced")
        )
    return found


def judged(
    rule: str, after: Costs, before: Costs | None = None, message: str = "{group}: {value} of {limit}"
) -> list[Finding]:
    text = f"id: own\ntitle: T.\n{rule}\nmessage: '{message}'\n"
    loaded = load_policies(Settings(policy_paths=["own.yaml"]), MemoryTree({"own.yaml": text}))
    policies = PolicySet({"own": loaded.policies["own"]})
    now = estimates(after)
    deltas = compare(estimates(before), now) if before is not None else []
    return evaluate(policies, now, deltas, Totals(NOTHING), Settings(), "2026-06-01")


def said(found: list[Finding]) -> list[tuple[str, str]]:
    return [(f.outcome, f.message) for f in found]


CHANGE = "cost: {per: change, metric: change, warn_above: 100 USD, fail_above: 500 USD}"


@pytest.mark.parametrize(
    ("before", "after", "outcome"),
    [
        ({"a": 50}, {"a": 150}, None),  # exactly at the limit
        ({"a": 50}, {"a": 151}, "warn"),
        ({"a": 0}, {"a": 501}, "fail"),
        ({"a": 400}, {"b": 300, "c": 200}, None),  # 500 come, 400 go
        ({"a": 600}, {}, None),
        (None, {"a": 9000}, None),  # nothing was compared
    ],
)
def test_a_change_is_held_against_both_limits(before: Costs | None, after: Costs, outcome: str | None) -> None:
    assert [f.outcome for f in judged(CHANGE, after, before)] == ([outcome] if outcome else [])


def test_a_change_points_at_what_adds_most_and_names_no_resource() -> None:
    found = judged(CHANGE, {"a": 100, "b": 700, "c": 10}, {"a": 90}, "{value}, limit {limit}: {top}")
    assert said(found) == [
        ("fail", "$720.00, limit $500.00: aws_instance.b $700.00, aws_instance.a $10.00 and aws_instance.c $10.00")
    ]
    assert (found[0].resource, found[0].span) == ("", Span("main.tf", 2))


def test_what_has_no_price_leaves_a_limit_undecided_unless_the_rest_breaks_it() -> None:
    assert said(judged(CHANGE, {"a": 50, "b": None}, {})) == [
        ("unknown", "The change cannot be judged: there is no figure for aws_instance.b (no price).")
    ]
    assert [f.outcome for f in judged(CHANGE, {"a": 501, "b": None}, {})] == ["fail"]
    assert judged(CHANGE, {"a": 50, "b": None}, {"a": 50, "b": None}) == []


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("{per: resource, metric: monthly, warn_above: 60 USD}", [("warn", "aws_instance.x-b: $70.00 of $60.00")]),
        ("{per: owner, metric: monthly, fail_above: 100}", [("fail", "x: $120.00 of $100.00")]),
        ("{per: owner, by: nothing, metric: monthly, fail_above: 1}", []),
        ("{per: project, metric: monthly, fail_above: 75}", [("fail", "envs/b: $80.00 of $75.00")]),
        ("{per: change, metric: monthly, fail_above: 129 USD}", [("fail", "the change: $130.00 of $129.00")]),
        ("{per: change, metric: count, fail_above: 2}", [("fail", "the change: 3 of 2")]),
    ],
)
def test_costs_are_summed_for_whom_the_rule_names(rule: str, expected: list[tuple[str, str]]) -> None:
    assert said(judged(f"cost: {rule}", {"x-a": 50, "x-b": 70, "y-b": 10})) == expected


def test_floor_and_ceiling_have_their_own_limits() -> None:
    costs = {"a": Range(Decimal(1), Decimal(5), UNBOUNDED)}
    assert judged("cost: {per: resource, metric: monthly, fail_above: 5}", costs) == []
    assert len(judged("cost: {per: resource, metric: monthly_ceiling, fail_above: 1000000}", costs)) == 1
    assert len(judged("cost: {per: resource, metric: monthly_floor, fail_above: 0}", costs)) == 1


def test_percent_is_of_what_there_was() -> None:
    rule = "cost: {per: resource, metric: change_percent, warn_above: 50%}"
    message = "{resource}: {value} of {limit}"
    assert said(judged(rule, {"a": 160, "b": 150}, {"a": 100, "b": 100}, message)) == [
        ("warn", "aws_instance.a: 60.0% of 50.0%")
    ]


BUDGET = "budget: {by: team, limits: {x: 100 USD}, warn_at: 80%}"


@pytest.mark.parametrize(
    ("before", "after", "outcome"),
    [
        (50, 79, None),
        (50, 80, None),  # exactly at the line
        (50, 81, "warn"),
        (81, 90, None),  # was over the line of warning already
        (50, 101, "fail"),
        (90, 101, "fail"),
        (110, 120, "warn"),  # was over already, and is more so
        (110, 105, None),
        (None, 90, "warn"),
        (None, 101, "fail"),
    ],
)
def test_a_budget_speaks_when_a_line_is_crossed(before: int | None, after: int, outcome: str | None) -> None:
    found = judged(BUDGET, {"x-a": after}, None if before is None else {"x-a": before})
    assert [f.outcome for f in found] == ([outcome] if outcome else [])


def test_a_budget_is_for_its_own_group_only_and_says_its_share() -> None:
    message = "{group} {monthly} {share} of {limit}, {change} more"
    found = judged(BUDGET, {"x-a": 60, "x-b": 60, "y-a": 900}, {"x-a": 60, "y-a": 1}, message)
    assert said(found) == [("fail", "x $120.00 120.0% of $100.00, $60.00 more")]
