"""Sums by a key, from files and settings to the report."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from tests.conftest import CommandLine

POD = """---
apiVersion: v1
kind: Pod
metadata: {{name: {0}, namespace: {1}, labels: {{app: {0}}}}}
spec: {{containers: [{{name: c, resources: {{requests: {{cpu: {2}, memory: 0}}}}}}]}}
"""
CORE = Decimal("23.07603")
"""What a core costs a month at OpenCost's default rate: 0.031611 x 730."""

TERRAFORM = """
provider "aws" {
  region = "us-east-1"
  default_tags { tags = { team = "shop" } }
}

resource "aws_ebs_volume" "data" {
  availability_zone = "us-east-1a"
  size              = 100
  type              = "gp3"
}
"""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / "pods.yaml").write_text(
        POD.format("a", "shop", 1) + POD.format("b", "shop", 2) + POD.format("c", "x", 4)
    )
    (tmp_path / "main.tf").write_text(TERRAFORM)
    return tmp_path


def groups(finops_gate: CommandLine, *arguments: str) -> dict[str | None, tuple[str | None, ...]]:
    result = finops_gate(*arguments, "-f", "json")
    rows = json.loads(result.stdout)["groups"]
    return {
        row["name"]: tuple(side and side["expected"] for side in (row["before"], row["after"], row["delta"]))
        for row in rows
    }


def test_all_sources_by_one_key(repository: Path, finops_gate: CommandLine) -> None:
    # 3 and 4 cores; 100 GB of gp3 at 0.08
    assert groups(finops_gate, "estimate", "--group-by", "namespace") == {
        "x": (None, str(4 * CORE), None),
        "shop": (None, str(3 * CORE), None),
        None: (None, "8", None),
    }
    assert groups(finops_gate, "estimate", "--group-by", "tag:team")["shop"] == (None, "8", None)
    assert list(groups(finops_gate, "estimate", "--group-by", "source")) == ["kubernetes", "terraform"]


def test_what_a_change_adds_to_each(repository: Path, finops_gate: CommandLine) -> None:
    (repository / "earlier.json").write_text(finops_gate("check", "-f", "json").stdout)
    (repository / "pods.yaml").write_text(POD.format("a", "shop", 2) + POD.format("c", "x", 4))
    found = groups(finops_gate, "check", "--compare-to", "earlier.json", "--group-by", "label:app")
    assert found == {
        "b": (str(2 * CORE), "0", str(-2 * CORE)),
        "a": (str(CORE), str(2 * CORE), str(CORE)),
        "c": (str(4 * CORE), str(4 * CORE), "0"),
        None: ("8", "8", "0"),
    }


def test_the_settings_say_so_for_every_run_and_the_command_line_goes_before_them(
    repository: Path, finops_gate: CommandLine
) -> None:
    (repository / ".finops-gate.yaml").write_text("group_by: [namespace]\n")
    assert "Monthly cost by namespace" in finops_gate("check").stdout
    assert "Monthly cost by namespace" not in finops_gate("check", "--group-by", "project").stdout


def test_a_misspelt_key_ends_the_run(repository: Path, finops_gate: CommandLine) -> None:
    result = finops_gate("check", "--group-by", "namspace")
    assert (result.exit_code, "did you mean `namespace`?" in result.stderr) == (2, True)
