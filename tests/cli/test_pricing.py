"""`finops-gate pricing` answers from the catalogue, or says what else there is."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import ROOT, CommandLine


def test_lookup_shows_price_month_and_origin(finops_gate: CommandLine) -> None:
    """m5.large in us-east-1 is $0.096 an hour, so $70.08 in 730 hours."""
    done = finops_gate("pricing", "lookup", "m5.large", "--region", "us-east-1")
    assert done.exit_code == 0
    line = next(line for line in done.stdout.splitlines() if line.startswith("ec2|m5.large|linux"))
    what, origin = line.split()[:6], line.split()[6:]
    assert what == ["ec2|m5.large|linux", "instance", "us-east-1", "on-demand", "$0.096/hour", "$70.08"]
    assert origin == ["2026-07-20", "karpenter-aws", "verified"]


def test_lookup_by_key_and_purchase(finops_gate: CommandLine) -> None:
    done = finops_gate("pricing", "lookup", "gce|n1-standard-1", "--region", "us-central1", "--purchase", "spot")
    assert [line.split()[3] for line in done.stdout.splitlines()[1:]] == ["spot"]


def test_tiers_are_said(finops_gate: CommandLine) -> None:
    done = finops_gate("pricing", "lookup", "egress|internet", "--provider", "aws", "--region", "us-east-1")
    assert "$0.09/GB (first of 4 tiers)" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["m5.lrge"], "the nearest names are m5.large"),
        (["m5.large", "--region", "eu-wset-1"], "is it eu-west-1"),
        (["nat-gateway", "--provider", "aws", "--region", "eu-north-1"], "there is one in eu-west-1"),
        (["ec2|m5.large", "--purchase", "barter"], "there is one for on-demand"),
    ],
)
def test_what_is_not_there_is_said_with_what_is(finops_gate: CommandLine, arguments: list[str], said: str) -> None:
    done = finops_gate("pricing", "lookup", *arguments)
    assert done.exit_code == 2
    assert said in done.stderr
    assert not done.stdout


def test_info_names_sources_and_licences(finops_gate: CommandLine) -> None:
    done = finops_gate("pricing", "info")
    assert done.exit_code == 0
    assert "information, not an offer" in done.stdout
    assert "Apache-2.0" in done.stdout
    assert "https://github.com/aws/karpenter-provider-aws" in done.stdout


def test_build_compiles_a_directory(finops_gate: CommandLine, tmp_path: Path) -> None:
    done = finops_gate("pricing", "build", ROOT / "pricing", "-o", tmp_path / "mine.sqlite")
    assert done.exit_code == 0
    again = finops_gate(
        "pricing", "lookup", "t3.micro", "--catalogue", tmp_path / "mine.sqlite", "--region", "us-east-1"
    )
    assert "$0.0104/hour" in again.stdout


def test_build_refuses_a_directory_of_something_else(finops_gate: CommandLine, tmp_path: Path) -> None:
    done = finops_gate("pricing", "build", tmp_path)
    assert done.exit_code == 2
    assert "holds no rates/" in done.stderr
