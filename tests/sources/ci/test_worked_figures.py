"""Pipelines whose cost somebody worked out by hand or in another program, through whole runs of the command."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import SHARED, CommandLine

MICRO = Decimal("0.000001")
GITHUB = ".github/workflows/ci.yml"
EXPECTED = SHARED / "oracles" / "ci" / "expected.json"
CASES: Mapping[str, Any] = json.loads(EXPECTED.read_text())["cases"] if EXPECTED.is_file() else {}


def estimated(finops_gate: CommandLine, root: Path, files: Mapping[str, str], ci: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON report of a run over some files."""
    for path, text in {**files, ".finops-gate.yaml": json.dumps({"ci": ci})}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(textwrap.dedent(text), encoding="utf-8")
    result = finops_gate("estimate", "-f", "json")
    assert result.exit_code == 0, result.stderr
    report: dict[str, Any] = json.loads(result.stdout)
    return report


MATRIX = """
    on: push
    jobs:
      test:
        strategy:
          matrix: {os: [ubuntu-latest, windows-latest, macos-latest], python: ["3.11", "3.12", "3.13"]}
        runs-on: ${{ matrix.os }}
        steps: [{uses: actions/checkout@v4}, {run: make test}]
"""
SCHEDULED = """
    on:
      schedule: [{cron: "%s"}]
    jobs:
      it:
        runs-on: %s
        steps: [{run: make}]
"""
ON_PUSH = """
    on: push
    jobs:
      it:
        runs-on: %s
        steps: [{run: make}]
"""
GITLAB = """
    test:
      tags: [saas-linux-large-amd64]
      script: [make]
"""
CIRCLECI = """
    version: 2.1
    jobs:
      test:
        docker: [{image: "cimg/base:2026.01"}]
        resource_class: large
        steps: [checkout, {run: make}]
    workflows:
      main:
        jobs: [test]
"""
BITBUCKET = """
    pipelines:
      default:
        - step: {size: 4x, max-time: 30, script: [make]}
"""
AZURE = """
    trigger: [main]
    pool: {vmImage: ubuntu-latest}
    steps: [{script: make}]
"""

EXPECTED_MONTHLY: Mapping[str, tuple[str, str, dict[str, Any], str]] = {
    # 3 versions x 8 minutes x 200 runs x (0.006 + 0.010 + 0.062)
    "three systems by three versions": (GITHUB, MATRIX, {"minutes": 8, "runs": {"push": 200}}, "374.40"),
    # 2,920 runs x 2 minutes x 0.006
    "every quarter of an hour": (GITHUB, SCHEDULED % ("*/15 * * * *", "ubuntu-latest"), {"minutes": 2}, "35.04"),
    # 730 / 24 runs x 30 minutes x 0.062
    "daily on macOS": (GITHUB, SCHEDULED % ("0 3 * * *", "macos-latest"), {"minutes": 30}, "56.575"),
    # Whole minutes: 10,000 x 0.006
    "seven seconds, ten thousand times": (
        GITHUB,
        ON_PUSH % "ubuntu-latest",
        {"minutes": 0.116, "runs": {"push": 10_000}},
        "60",
    ),
    # 16 processors are eight times two, at 0.004: 6 x 100 x 0.032
    "a runner of Depot": (GITHUB, ON_PUSH % "depot-ubuntu-24.04-16", {"minutes": 6, "runs": {"push": 100}}, "19.20"),
    # 750 s / 60 x the cost factor 3 = 37.5 minutes at 10 USD a thousand
    "GitLab's large runner for 750 seconds": (
        ".gitlab-ci.yml",
        GITLAB,
        {"minutes": 12.5, "runs": {"push": 1, "pull_request": 0}},
        "0.375",
    ),
    # 435 s / 60 x 20 credits = 145 at 15 USD for 25,000
    "CircleCI's large class for 435 seconds": (
        ".circleci/config.yml",
        CIRCLECI,
        {"minutes": 7.25, "runs": {"push": 1}},
        "0.087",
    ),
    # 10 minutes x 4 at 10 USD a thousand
    "Bitbucket's 4x for ten minutes": ("bitbucket-pipelines.yml", BITBUCKET, {"runs": {"push": 1}}, "0.40"),
    # 3 x 40
    "three parallel jobs of Azure": ("azure-pipelines.yml", AZURE, {"parallel_jobs": {"hosted": 3}}, "120"),
}


@pytest.mark.parametrize(("path", "text", "ci", "usd"), EXPECTED_MONTHLY.values(), ids=EXPECTED_MONTHLY)
def test_a_month(path: str, text: str, ci: dict[str, Any], usd: str, tmp_path: Path, finops_gate: CommandLine) -> None:
    report = estimated(finops_gate, tmp_path, {path: text}, ci)
    assert abs(Decimal(report["totals"]["after"]["expected"]) - Decimal(usd)) < MICRO


def test_without_a_timeout_a_schedule_may_cost_six_hours_each_time(tmp_path: Path, finops_gate: CommandLine) -> None:
    """2,920 runs x 360 minutes x 0.006 = 6,307.20; idle 2,920 x 1 x 0.006 = 17.52."""
    workflow = {GITHUB: SCHEDULED % ("*/15 * * * *", "ubuntu-latest")}
    monthly = estimated(finops_gate, tmp_path, workflow, {"minutes": 2})["totals"]["after"]
    assert {name: Decimal(usd) for name, usd in monthly.items()} == {
        "floor": Decimal("17.52"),
        "expected": Decimal("35.04"),
        "ceiling": Decimal("6307.20"),
    }


def test_each_instance_has_the_timeout_that_its_matrix_gives_it(tmp_path: Path, finops_gate: CommandLine) -> None:
    """At most 120 x 0.062 + 2 x 360 x 0.006 = 11.76; expected 60 pushes x 10 x (0.062 + 2 x 0.006) = 44.40."""
    workflow = """
        on: push
        jobs:
          analyze:
            strategy: {matrix: {language: [swift, python, go]}}
            runs-on: ${{ matrix.language == 'swift' && 'macos-latest' || 'ubuntu-latest' }}
            timeout-minutes: ${{ (matrix.language == 'swift' && 120) || 360 }}
            steps: [{uses: github/codeql-action/analyze@v4}]
    """
    [job] = estimated(finops_gate, tmp_path, {GITHUB: workflow}, {})["resources"]
    assert (Decimal(job["per_run"]["ceiling"]), Decimal(job["monthly"]["expected"])) == (
        Decimal("11.76"),
        Decimal("44.40"),
    )


def test_instances_of_one_label_are_told_apart_by_their_timeouts(tmp_path: Path, finops_gate: CommandLine) -> None:
    """At most (5 + 20) x 0.006; expected 5 minutes, where no more is allowed, and 10: 60 x 15 x 0.006."""
    workflow = """
        on: push
        jobs:
          it:
            strategy: {matrix: {minutes: [5, 20]}}
            runs-on: ubuntu-latest
            timeout-minutes: ${{ matrix.minutes }}
            steps: [{run: make}]
    """
    [job] = estimated(finops_gate, tmp_path, {GITHUB: workflow}, {})["resources"]
    assert (Decimal(job["per_run"]["ceiling"]), Decimal(job["monthly"]["expected"])) == (
        Decimal("0.15"),
        Decimal("5.4"),
    )
    assert [component["name"] for component in job["components"]] == [
        "Runner (ubuntu-latest, at most 5 minutes)",
        "Runner (ubuntu-latest, at most 20 minutes)",
    ]


@pytest.mark.parametrize(
    ("cron", "runs"),
    [
        ("0 * * * *", "730"),
        ("0 2 * * *", "30.416667"),
        ("0 9-17 * * 1-5", "195.535714"),
        ("0 0 * * 0", "4.345238"),
        ("30 2 1 * *", "0.999336"),
        ("0 0 1,15 * 1", "6.059099"),
    ],
)
def test_runs_of_a_schedule_in_a_month_of_730_hours(
    cron: str, runs: str, tmp_path: Path, finops_gate: CommandLine
) -> None:
    """A job of a minute takes as many minutes a month as it has runs."""
    report = estimated(finops_gate, tmp_path, {GITHUB: SCHEDULED % (cron, "ubuntu-latest")}, {"minutes": 1})
    [component] = report["resources"][0]["components"]
    assert abs(Decimal(component["quantity"]["expected"]) - Decimal(runs)) < MICRO
    assert component["quantity"]["floor"] == component["quantity"]["expected"]


@pytest.mark.skipif(not CASES, reason="the shared oracles are not beside the checkout")
@pytest.mark.parametrize("case", sorted(CASES))
def test_workflows_that_people_wrote(case: str, shared: Path, tmp_path: Path, finops_gate: CommandLine) -> None:
    expected = CASES[case]
    text = (shared / "oracles" / "ci" / expected["file"]).read_text(encoding="utf-8")
    report = estimated(finops_gate, tmp_path, {GITHUB: text}, {})
    jobs = {job["address"].partition(":")[2]: job for job in report["resources"]}
    worst = {name: Decimal(job["per_run"]["ceiling"]) for name, job in jobs.items()}
    wanted = {job["id"]: Decimal(str(job["worst_case_usd_per_run"])) for job in expected["jobs"]}
    assert {name: Decimal(job["instances"]) for name, job in jobs.items()} == {
        job["id"]: job["combos"] for job in expected["jobs"]
    }
    assert all(abs(worst[name] - usd) < MICRO for name, usd in wanted.items())
    assert abs(sum(worst.values()) - Decimal(str(expected["worst_case_usd_per_run"]))) < MICRO
