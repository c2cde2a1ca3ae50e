from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from finops_gate.costing.compare import compare
from finops_gate.model import UNBOUNDED, ZERO, Delta, Estimate, Range, Unknown
from finops_gate.render.cost_table import CostTable, cost_table, moves
from finops_gate.render.facts import facts
from tests.render import samples


def cells(table: CostTable) -> dict[str, tuple[str, ...]]:
    return {row.label: row.cells for group in table.groups for row in (*group.rows, *group.rest)}


def renamed(estimate: Estimate, address: str, project: str = "envs/staging") -> Estimate:
    return replace(estimate, resource=replace(estimate.resource, address=address, project=project))


def test_dearest_first_and_the_rest_summed() -> None:
    table = cost_table(samples.report(after=samples.estimates(), policies=0), 2)
    terraform = table.groups[0]
    assert [row.label for row in terraform.rows] == ["aws_instance.api", "module.orders.aws_db_instance.main"]
    # 12 bastions at 0.0052 * 730 = 3.796 each, 10.00 for the volume; the function and the batch add nothing known
    assert terraform.rest[0].label == "and 15 more"
    assert terraform.rest[0].cells == ("$55.55", "$55.55", "no cap")
    assert [group.total.label for group in table.groups] == ["terraform", "kubernetes", "ci"]


def test_instances_of_one_block_share_a_row() -> None:
    table = cells(cost_table(samples.alone(), 8))
    assert table["aws_instance.bastion[*] x12"] == ("$45.55", "$45.55", "$45.55")


def test_instances_that_cost_differently_do_not() -> None:
    pair = [renamed(samples.instance("a", "0.1"), "aws_instance.x[0]")]
    pair.append(renamed(samples.instance("b", "0.2"), 'aws_instance.x["b"]'))
    assert set(cells(cost_table(samples.report(after=pair), 8))) == {"aws_instance.x[0]", 'aws_instance.x["b"]'}


def test_the_same_address_in_two_roots_is_told_apart() -> None:
    pair = [renamed(samples.volume(), "aws_ebs_volume.data", project) for project in ("envs/prod", "envs/staging")]
    assert set(cells(cost_table(samples.report(after=pair), 8))) == {
        "prod: aws_ebs_volume.data",
        "staging: aws_ebs_volume.data",
    }


def test_roots_that_share_no_directory_are_named_in_full() -> None:
    pair = [renamed(samples.volume(), "aws_ebs_volume.data", project) for project in ("", "envs/staging")]
    assert set(cells(cost_table(samples.report(after=pair), 8))) == {
        ".: aws_ebs_volume.data",
        "envs/staging: aws_ebs_volume.data",
    }


def test_what_is_partly_known_says_so() -> None:
    volume = samples.volume()
    open_part = replace(volume.components[0], monthly=Range.exact(Unknown("var.iops has no value")))
    partly = replace(volume, components=(*volume.components, open_part))
    assert cells(cost_table(samples.report(after=[partly]), 8))["aws_ebs_volume.data"] == ("$10.00 + ?",) * 3


def test_what_is_priced_of_an_unpriced_resource_has_a_row_for_the_total_counts_it() -> None:
    partly = replace(samples.volume(), coverage="unpriced")
    unpriced = replace(partly.components[0], monthly=Range.exact(Unknown("no price for ebs|gp2 (iops)")))
    pair = [
        renamed(replace(partly, components=(*partly.components, unpriced)), f"aws_ebs_volume.data[{n}]") for n in (0, 1)
    ]
    assert cells(cost_table(samples.report(after=pair), 8)) == {"aws_ebs_volume.data[*] x2": ("$20.00 + ?",) * 3}


def test_free_and_unpriced_resources_have_no_row() -> None:
    after = [samples.plain("aws_iam_role.a", "free"), samples.plain("aws_msk_cluster.b", "unpriced")]
    assert cost_table(samples.report(after=after), 8).groups == ()


def test_a_change_shows_what_moved_and_sums_what_did_not() -> None:
    table = cost_table(samples.compared(), 8)
    rows = {row.label: row for group in table.groups for row in (*group.rows, *group.rest)}
    api = rows["aws_instance.api"]
    assert (api.mark, api.cells) == ("~", ("$560.64", "$1,121.28", "+$560.64"))  # 0.768 and 1.536 * 730
    assert api.note == "ceiling $560.64 -> $2,242.56"
    assert (rows["aws_instance.old"].mark, rows["aws_instance.old"].cells) == ("-", ("$3.80", "", "-$3.80"))
    assert rows["aws_lambda_function.resize"].note == "no cap"
    assert rows["15 unchanged"].cells == ("$384.05", "$384.05", "")
    assert [row.cells for row in table.totals] == [
        ("$1,018.78", "$1,575.63", "+$556.84"),
        ("$977.75", "$413.31", "-$564.44"),
        ("$1,100.84", "no cap", "uncapped"),
    ]


def test_a_raised_cap_moves_though_nothing_else_does() -> None:
    before, after = samples.job(20, 60), samples.job(20, 360)
    delta = Delta("j", "changed", before, after, after.monthly - before.monthly)
    assert moves(delta)
    (row,) = cost_table(samples.report(after=[after], moved=[delta]), 8).groups[0].rows
    assert row.cells == ("$26.40", "$26.40", "$0.00")
    assert row.note == "ceiling $79.20 -> $475.20"


def test_caps_that_came_and_went_do_not_cancel() -> None:
    capped, open_ended = samples.job(20, 60), samples.function()
    deltas = [
        Delta("a", "added", None, open_ended, Range(ZERO, ZERO, UNBOUNDED)),
        Delta("b", "removed", open_ended, None, Range(ZERO, ZERO, -UNBOUNDED)),
        Delta("c", "added", None, capped, capped.monthly),
    ]
    table = cost_table(samples.report(after=[open_ended, capped], moved=deltas), 8)
    assert table.groups


def test_facts_name_what_the_figures_leave_open() -> None:
    said = {fact.label: fact.text for fact in facts(samples.alone())}
    assert said == {
        # 2,242.56 + 10.00 + 328.50 + 45.552 + 146.31 + 475.20
        "no cap": "aws_lambda_function.resize; all else at most $3,248.12",
        "depends on usage": "aws_lambda_function.resize (monthly_requests, request_duration_ms)",
        "unpriced": "aws_msk_cluster (2)",
        "unknown": "aws_instance.batch (var.batch_size has no value)",
        "prices": "1 derived, 1 stale (oldest as of 2024-08-01)",
        "assumed": "OpenCost default rates, no node price given",
    }


def test_facts_name_a_few_and_count_the_rest() -> None:
    lost = [renamed(samples.plain("aws_x.y", "unknown", "why"), f"aws_x.y{n}") for n in range(9)]
    (fact,) = facts(samples.report(after=lost))
    assert fact.text.endswith("aws_x.y3 (why), and 5 more")


def test_a_change_is_judged_by_what_it_changed() -> None:
    assert "unpriced" not in {fact.label for fact in facts(samples.compared())}


def test_a_cap_on_all_instances_of_a_block_is_one_line() -> None:
    pair = [renamed(samples.volume(), f"aws_ebs_volume.data[{n}]") for n in (0, 1)]
    capped = [
        replace(e, components=tuple(replace(c, monthly=Range(ZERO, ZERO, ceiling)) for c in e.components))
        for ceiling in (UNBOUNDED, Decimal(30))
        for e in pair
    ]
    moved = compare(capped[:2], capped[2:])
    rows = cost_table(samples.report(after=capped[2:], moved=moved), 8).groups[0].rows
    assert [(row.label, row.note) for row in rows] == [("aws_ebs_volume.data[*] x2", "ceiling no cap -> $60.00")]
