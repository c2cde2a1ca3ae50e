from __future__ import annotations

import json
from pathlib import Path

import pytest

from finops_gate.costing.baseline import read_report
from finops_gate.costing.compare import compare
from finops_gate.model import UNBOUNDED, Report, Unknown
from finops_gate.render import render
from finops_gate.schema import problems
from tests.render import samples


def documents() -> list[Report]:
    return [*(make() for make in samples.ALL.values()), samples.hostile(), samples.many(40)]


@pytest.mark.parametrize("report", documents())
def test_follows_its_schema(report: Report) -> None:
    assert list(problems(json.loads(render(report, "json")), "report")) == []


def test_the_schema_is_closed() -> None:
    document = json.loads(render(samples.compared(), "json"))
    document["resources"][0]["surprise"] = 1
    assert list(problems(document, "report"))


def test_figures_are_plain_decimals_null_or_unbounded() -> None:
    resources = {r["address"]: r for r in json.loads(render(samples.alone(), "json"))["resources"]}
    assert resources["aws_instance.api"]["monthly"] == {"floor": "0", "expected": "1121.28", "ceiling": "2242.56"}
    assert resources["aws_lambda_function.resize"]["monthly"]["ceiling"] == "unbounded"
    assert resources["aws_instance.batch"]["monthly"] == {"floor": None, "expected": None, "ceiling": None}
    assert resources["aws_instance.api"]["tags"] == {"cost_center": None, "team": "payments"}


def test_a_ci_job_says_how_many_it_is_and_what_a_run_costs() -> None:
    job = next(r for r in json.loads(render(samples.alone(), "json"))["resources"] if r["source"] == "ci")
    assert job["instances"] == 4
    assert job["per_run"] == {"floor": "0", "expected": "0.12", "ceiling": "2.16"}  # 20 and 360 minutes at $0.006


def test_a_later_run_can_be_compared_with_it(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text(render(samples.alone(), "json"), encoding="utf-8")
    earlier = {e.resource.address: e for e in read_report(str(path))}
    assert len(earlier) == len(samples.estimates())
    for estimate in samples.estimates():
        read = earlier[estimate.resource.address]
        assert read.known_monthly == estimate.known_monthly
        assert (read.coverage, read.why) == (estimate.coverage, estimate.why)
    assert earlier["aws_lambda_function.resize"].monthly.ceiling == UNBOUNDED
    assert isinstance(earlier["aws_instance.batch"].monthly.expected, Unknown)
    assert {d.status for d in compare(list(earlier.values()), samples.estimates())} == {"unchanged"}
