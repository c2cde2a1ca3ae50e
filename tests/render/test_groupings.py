"""Sums by a key in every format that shows them."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from decimal import Decimal

import pytest

from finops_gate.model import UNBOUNDED, Currency, Group, Grouping, Range, Report, Totals, Unknown
from finops_gate.render import FORMATS, render
from tests.render.samples import HOSTILE, alone, compared

COVERAGE = {"priced": 2, "free": 0, "unpriced": 0, "unknown": 0}


def figures(*bounds: int | Decimal) -> Range:
    return Range(*map(Decimal, bounds))


def by_team(report: Report, *names: str | Unknown | None, against: bool = True) -> Report:
    before = figures(1, 10, 20) if against else None
    moved = figures(0, 5, 40) if against else None
    sums = Totals(figures(1, 15, 60), before, moved)
    groups = [Group(name, sums, {**COVERAGE, "unpriced": 1 if name is None else 0}) for name in names]
    return replace(report, groupings=[Grouping("tag:team", groups)])


def test_a_change_by_team_in_text() -> None:
    text = render(by_team(compared(), "shop", None, Unknown("why")), "text")
    table = text[text.index("Monthly cost by tag:team") :].split("\n\n")[0]
    assert table.split("\n") == [
        "Monthly cost by tag:team  before   after  change",
        "  shop                    $10.00  $15.00  +$5.00",
        "    ceiling $20.00 -> $60.00",
        "  (none)                  $10.00  $15.00  +$5.00",
        "    1 unpriced, ceiling $20.00 -> $60.00",
        "  (not known)             $10.00  $15.00  +$5.00",
        "    ceiling $20.00 -> $60.00",
    ]


def test_one_state_by_team_in_markdown() -> None:
    lines = render(by_team(alone(), "shop", None, against=False), "markdown").split("\n")
    at = lines.index("| Monthly cost by tag:team | floor | expected | ceiling |")
    assert lines[at + 2 : at + 4] == [
        "| shop | $1.00 | $15.00 | $60.00 |",
        "| (none)<br>1 unpriced | $1.00 | $15.00 | $60.00 |",
    ]


def test_groups_beyond_what_people_read_are_summed() -> None:
    text = render(by_team(alone(), *(f"team-{n:02}" for n in range(40)), against=False), "text")
    assert "and 10 more" in text
    assert "$150.00" in text.split("and 10 more")[1].split("\n")[0]


def test_programs_get_every_figure() -> None:
    document = json.loads(render(by_team(compared(), "shop", None, Unknown("why")), "json"))
    assert [(g["by"], g["name"], g["is_known"]) for g in document["groups"]] == [
        ("tag:team", "shop", True),
        ("tag:team", None, True),
        ("tag:team", None, False),
    ]
    assert document["groups"][0]["delta"] == {"floor": "0", "expected": "5", "ceiling": "40"}
    assert json.loads(render(compared(), "json"))["groups"] == []


def test_a_spreadsheet_gets_a_row_for_each_group() -> None:
    report = by_team(compared(), "=shop", None)
    first, second = csv.DictReader(io.StringIO(render(report, "csv")))
    assert (first["by"], first["group"], second["group"]) == ("tag:team", "'=shop", "(none)")
    assert (first["before_expected"], first["expected"], first["change_ceiling"]) == ("10", "15", "40")
    assert (second["unpriced"], second["currency"]) == ("1", "USD")


def test_sums_are_converted_like_all_other_amounts() -> None:
    report = replace(by_team(compared(), "shop"), currency=Currency("EUR", Decimal("0.5"), "2026-11-01"))
    (group,) = json.loads(render(report, "json"))["groups"]
    assert (group["before"]["expected"], group["after"]["expected"], group["delta"]["expected"]) == ("5", "7.5", "2.5")


@pytest.mark.parametrize("format", FORMATS)
def test_no_name_of_a_group_escapes(format: str) -> None:
    output = render(by_team(compared(), HOSTILE), format)
    assert "\x1b" not in output
    assert "##[" not in output
    assert not any(line.lstrip().startswith("::set-output") for line in output.split("\n"))


def test_no_cap_is_said() -> None:
    sums = Totals(Range(Decimal(0), Decimal(5), UNBOUNDED))
    report = replace(alone(), groupings=[Grouping("env", [Group("prod", sums, COVERAGE)])])
    assert "no cap" in render(report, "text").split("Monthly cost by env")[1]
