"""Workflows that other workflows' runs start: as often as those run, as far as they are here."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from finops_gate.model import UNBOUNDED, Range
from tests.sources.ci.reading import jobs, load

TESTS = """
    name: Tests
    on: {push: null, pull_request: null, schedule: [{cron: "0 3 * * 0"}]}
    jobs:
      test: {runs-on: ubuntu-latest, steps: [{run: make}]}
"""
WEEKLY = Decimal(146_097) / 7 * 730 / 24 / 146_097
"""Runs of a weekly schedule: every seventh day of 730 / 24."""


def report(awaiting: str, **settings: Any) -> Range:
    """The runs a month of a workflow that awaits others."""
    text = f"on: {{workflow_run: {{{awaiting}}}}}\njobs:\n  it: {{runs-on: ubuntu-latest, steps: [{{run: make}}]}}\n"
    files = {".github/workflows/a.yml": TESTS, ".github/workflows/b.yml": NAMELESS, ".github/workflows/c.yml": text}
    found: Range = jobs(files, **settings)["it"].attributes["runs_per_month"]
    return found


NAMELESS = """
    on: {schedule: [{cron: "0 * * * *"}]}
    jobs:
      hourly: {runs-on: ubuntu-latest, steps: [{run: make}]}
"""


@pytest.mark.parametrize(
    ("awaiting", "runs"),
    [
        # 60 pushes, 120 pull requests, and the schedule
        ("workflows: [Tests], types: [completed]", (WEEKLY, 180 + WEEKLY, UNBOUNDED)),
        ("workflows: [Tests], types: [requested, completed]", (2 * WEEKLY, 360 + 2 * WEEKLY, UNBOUNDED)),
        # Of the branch that is merged into no pull request counts, and nobody knows whether a push does.
        ("workflows: [Tests], branches: [main]", (0, 60 + WEEKLY, UNBOUNDED)),
        ("workflows: [.github/workflows/b.yml]", (730, 730, 730)),
        ("workflows: [Tests, .github/workflows/b.yml]", (730 + WEEKLY, 910 + WEEKLY, UNBOUNDED)),
        ("workflows: [Elsewhere]", (0, 0, UNBOUNDED)),
    ],
)
def test_runs(awaiting: str, runs: tuple[Any, Any, Any]) -> None:
    found = report(awaiting)
    for bound, wanted in zip(found, runs, strict=True):
        assert bound == wanted or abs(bound - wanted) < Decimal("1e-20")


def test_settings_win() -> None:
    assert report("workflows: [Tests]", runs={"workflow_run": 7}) == Range(Decimal(0), Decimal(7), UNBOUNDED)


def test_workflows_that_await_one_another_end() -> None:
    text = "name: {0}\non: {{workflow_run: {{workflows: [{1}]}}}}\njobs:\n  it: {{runs-on: ubuntu-latest}}\n"
    names = [f"w{i}" for i in range(50)]
    files = {f".github/workflows/{name}.yml": text.format(name, ", ".join(names)) for name in names}
    assert len(load(files).resources) == len(names)
