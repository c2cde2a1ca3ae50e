"""What workflows cost a month and a run, from the file to the figure, by the published prices."""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from finops_gate.costing.catalogue import open_catalogue
from finops_gate.costing.estimate import estimate_all
from finops_gate.costing.usage import Usage
from finops_gate.model import UNBOUNDED, Estimate, Range, Unknown
from finops_gate.settings import Settings
from finops_gate.sources import ci
from finops_gate.sources.files import WorkingTree

WORKFLOW = ".github/workflows/ci.yml"


def estimate(root: Path, on: str, job: str, usage: Mapping[str, Any] | None = None, **settings: Any) -> Estimate:
    (root / ".github/workflows").mkdir(parents=True)
    (root / WORKFLOW).write_text(f"on: {on}\njobs:\n  it: {{{job}}}\n", encoding="utf-8")
    loaded = ci.load(WorkingTree(root), [WORKFLOW], Settings(ci=settings))
    declared = Usage(exact={f"{WORKFLOW}:it": usage or {}})
    (found,) = estimate_all(loaded.resources, open_catalogue(), Settings(), declared)
    return found


def bounds(*figures: str) -> Range:
    return Range(*map(Decimal, figures))


MATRIX = "strategy: {matrix: {os: [ubuntu-latest, windows-latest, macos-latest], v: [1, 2, 3]}}"


def test_three_systems_by_three_versions(tmp_path: Path) -> None:
    """A run: 3 x (0.006 + 0.010 + 0.062) = 0.234 a minute; 1, 8 and 360 minutes; 200 runs of 8 minutes are 374.40."""
    found = estimate(tmp_path, "push", f"runs-on: '${{{{ matrix.os }}}}', {MATRIX}", minutes=8, runs={"push": 200})
    assert found.monthly == bounds("0", "374.400", "Infinity")
    assert found.extra == {"instances": Range.exact(9), "per_run": bounds("0.234", "1.872", "84.240")}
    assert found.coverage == "priced"
    assert found.assumptions == ("200 runs a month on push", "8 minutes a job")


def test_every_quarter_of_an_hour(tmp_path: Path) -> None:
    """2,920 runs x 0.006 x 1, 2 and 360 minutes."""
    found = estimate(tmp_path, '{schedule: [{cron: "*/15 * * * *"}]}', "runs-on: ubuntu-latest", minutes=2)
    assert found.monthly == bounds("17.520", "35.040", "6307.200")


def test_declared_usage_wins(tmp_path: Path) -> None:
    """1,000 runs x 4 minutes (3.2 rounded up) x 0.006."""
    usage = {"monthly_runs": Decimal(1000), "minutes_per_run": Decimal("3.2")}
    found = estimate(tmp_path, "push", "runs-on: ubuntu-latest", usage)
    assert found.monthly == bounds("0", "24.000", "Infinity")
    assert found.extra["per_run"] == bounds("0.006", "0.024", "2.160")
    assert found.assumptions == ()


def test_one_of_two_machines(tmp_path: Path) -> None:
    """Not known which: a run costs at least a minute of the small one, at most 10 minutes of the large (0.042)."""
    runs_on = "\"${{ github.ref == 'x' && 'ubuntu-latest-16-cores' || 'ubuntu-latest' }}\""
    found = estimate(tmp_path, "push", f"runs-on: {runs_on}, timeout-minutes: 10")
    assert found.coverage == "unknown"
    per_run = found.extra["per_run"]
    assert (per_run.floor, per_run.ceiling) == (Decimal("0.006"), Decimal("0.420"))
    assert isinstance(per_run.expected, Unknown)


def test_a_matrix_nobody_knows(tmp_path: Path) -> None:
    """At most 256 jobs x 10 minutes x 0.006 = 15.36 a run."""
    matrix = 'strategy: {matrix: {v: "${{ fromJSON(needs.x.outputs.v) }}"}}'
    found = estimate(tmp_path, "push", f"runs-on: ubuntu-latest, timeout-minutes: 10, {matrix}")
    assert found.coverage == "unknown"
    assert (found.extra["per_run"].floor, found.extra["per_run"].ceiling) == (Decimal(0), Decimal("15.360"))
    assert isinstance(found.extra["instances"].expected, Unknown)


@pytest.mark.parametrize(
    ("runs_on", "coverage"),
    [("self-hosted", "priced"), ("our-machine", "unknown"), ("ubuntu-20.04", "free"), ("ubuntu-latest", "priced")],
)
def test_coverage(runs_on: str, coverage: str, tmp_path: Path) -> None:
    found = estimate(tmp_path, "push", f"runs-on: {runs_on}")
    assert found.coverage == coverage
    assert found.known_monthly.ceiling == (UNBOUNDED if runs_on == "ubuntu-latest" else 0)
