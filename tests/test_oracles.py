"""Whole runs against figures that were not made here."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from tests.conftest import CommandLine

MANIFESTS = {
    "microservices-demo-release": "40.361435",
    "guestbook-all-in-one": "15.657929",
    "cassandra": "44.013075",
    "vllm-gpu-hpa": "770.58216",
}
"""Well-known manifests and what they cost a month at OpenCost's default rates, by an independent script."""


@pytest.mark.parametrize(("case", "usd"), MANIFESTS.items())
def test_well_known_manifests_cost_what_others_computed(
    case: str, usd: str, shared: Path, finops_gate: CommandLine, tmp_path: Path
) -> None:
    report = tmp_path / "report.json"
    path = shared / "oracles" / "kubernetes" / case
    text = finops_gate("estimate", path, "-f", "text", "-f", f"json={report}").stdout
    total = Decimal(json.loads(report.read_text())["totals"]["after"]["expected"])
    assert abs(total - Decimal(usd)) < Decimal("0.000001")
    assert f"${total:,.2f} a month" in text


def test_two_more_instances_cost_twice_the_published_price(tmp_path: Path, finops_gate: CommandLine) -> None:
    """m7i.xlarge in eu-west-1 is $0.2247 an hour, gp2 there $0.11 a GB: 2 x (730 x 0.2247 + 8 x 0.11) = 329.822."""
    earlier, later = tmp_path / "earlier.json", tmp_path / "later.json"
    (tmp_path / "main.tf").write_text(FLEET % 3)
    finops_gate("check", "-f", f"json={earlier}")
    (tmp_path / "main.tf").write_text(FLEET % 5)
    finops_gate("check", "-f", f"json={later}", "--compare-to", earlier)
    totals = json.loads(later.read_text())["totals"]
    assert Decimal(totals["delta"]["expected"]) == Decimal("329.822")
    assert Decimal(totals["after"]["expected"]) - Decimal(totals["before"]["expected"]) == Decimal("329.822")


FLEET = """
provider "aws" {
  region = "eu-west-1"
}

resource "aws_instance" "api" {
  count         = %d
  ami           = "ami-1"
  instance_type = "m7i.xlarge"
}
"""
