"""A plan costs what the code costs that it was made of, with the code beside it and without."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import CommandLine

PLANS = Path(__file__).parent / "sources" / "terraform" / "data" / "plan_json"


@pytest.fixture
def costs(finops_gate: CommandLine, tmp_path: Path) -> Any:
    def run(*arguments: str) -> dict[str, Any]:
        result = finops_gate("estimate", "-f", "json", *arguments, cwd=tmp_path)
        assert result.exit_code == 0, result.stderr
        report: dict[str, Any] = json.loads(result.stdout)
        return report

    return run


def by_address(report: dict[str, Any]) -> dict[str, Any]:
    return {r["address"]: (r["region"], r["coverage"], r["monthly"]) for r in report["resources"]}


@pytest.mark.parametrize("name", ["service", "change"])
def test_code_its_plan_and_the_plan_alone(name: str, costs: Any, tmp_path: Path) -> None:
    shutil.copytree(PLANS / name, tmp_path, dirs_exist_ok=True)
    with_code = by_address(costs("plan.json"))
    code = by_address(costs("main.tf", "--var", "db_password=x"))
    (tmp_path / "main.tf").unlink()
    shutil.rmtree(tmp_path / "modules", ignore_errors=True)
    assert by_address(costs("plan.json")) == with_code
    assert with_code == code


def test_the_delta_is_against_the_state_before(costs: Any, tmp_path: Path) -> None:
    """Published prices of us-west-2, a month of 730 hours, in USD a GB-month: gp2 0.10, gp3 0.08.

    m5.large 0.096 and m5.xlarge 0.192 an hour; 8 GB for their disks before and after.
    Before: archive 500 x 0.10 = 50.00; data 100 x 0.08 = 8.00; swapped and its deposed twin 50 x 0.08 = 4.00 each.
    After: data 200 x 0.08 = 16.00; swapped 4.00; two added 8 x 0.10 = 0.80 each; archive is forgotten.
    """
    shutil.copytree(PLANS / "change", tmp_path, dirs_exist_ok=True)
    report = costs("plan.json")
    change = {d["address"]: (d["status"], d["change"]["expected"]) for d in report["deltas"]}
    assert report["base"] == "the state before the plan"
    assert {a: (s, float(c)) for a, (s, c) in change.items() if a.startswith("aws_ebs")} == {
        "aws_ebs_volume.archive": ("removed", -50.0),
        "aws_ebs_volume.data": ("changed", 8.0),
        "aws_ebs_volume.swapped": ("changed", 0.0),
        "aws_ebs_volume.swapped (deposed object 0a1b2c3d)": ("removed", -4.0),
        "aws_ebs_volume.added[0]": ("added", 0.8),
        "aws_ebs_volume.added[1]": ("added", 0.8),
    }
    status, web = change["aws_instance.web"]
    assert status == "changed"
    assert float(web) == pytest.approx(0.096 * 730)
