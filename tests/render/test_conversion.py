from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from finops_gate.model import UNBOUNDED, Currency, Range, Unknown
from finops_gate.render import FORMATS, render
from finops_gate.render.conversion import converted, in_currency, is_money
from tests.conftest import CommandLine
from tests.render.samples import ALL, compared, job, volume

D = Decimal
EURO = Currency("EUR", D("0.92"), "2026-11-01")
VOLUME = """provider "aws" {
  region = "us-east-1"
}

resource "aws_ebs_volume" "data" {
  availability_zone = "us-east-1a"
  type              = "gp3"
  size              = 100
}
"""
SETTINGS = """version: 1
currency: {code: EUR, rate: "0.92", as_of: 2026-11-01}
policy_paths: [rules.yaml]
"""
RULE = """id: small-volumes
title: A volume costs little.
cost: {per: resource, metric: monthly, fail_above: %s}
message: "{resource} costs {monthly} a month; allowed is {limit}."
"""


def test_every_amount_is_converted_and_no_quantity() -> None:
    dollars, euros = volume(), in_currency(volume(), EURO)
    assert euros.monthly == dollars.monthly * D("0.92")
    for before, after in zip(dollars.components, euros.components, strict=True):
        assert after.quantity == before.quantity
        assert before.unit_price is not None
        assert after.unit_price == before.unit_price * D("0.92")


def test_totals_deltas_and_findings_are_converted() -> None:
    before, after = compared(), converted(replace(compared(), currency=EURO))
    assert after.totals.after == before.totals.after * D("0.92")
    assert [d.change for d in after.deltas] == [d.change * D("0.92") for d in before.deltas]
    savings = [f.savings for f in before.findings]
    assert [f.savings for f in after.findings] == [s and s * D("0.92") for s in savings]
    cheaper = [a.saving for f in before.findings for a in f.alternatives]
    assert cheaper
    assert [a.saving for f in after.findings for a in f.alternatives] == [saving * D("0.92") for saving in cheaper]


def test_what_has_no_bound_or_is_not_known_stays_so() -> None:
    open_ended = replace(volume(), extra={"per_run": Range(D(0), Unknown("var.n"), UNBOUNDED), "instances": D(3)})
    extra = in_currency(open_ended, EURO).extra
    assert extra["per_run"] == open_ended.extra["per_run"]
    assert extra["instances"] == 3


@pytest.mark.parametrize(("name", "yes"), [("per_run", True), ("capacity_monthly", True), ("instances", False)])
def test_further_figures_that_are_money_by_their_names(name: str, yes: bool) -> None:
    assert is_money(name) is yes


@pytest.mark.parametrize("name", sorted(ALL))
@pytest.mark.parametrize("format", FORMATS)
def test_no_format_writes_dollars_that_are_euros(name: str, format: str) -> None:
    """Messages are the policy's own text and were written before; everything else is in euros."""
    report = ALL[name]()
    silent = [replace(f, message="something") for f in report.findings]
    text = render(replace(report, findings=silent, currency=EURO), format)
    assert "$0" not in text.replace("CA$", "")
    assert not any(f"${digit}" in text for digit in "123456789")


def test_whole_run_in_euros(tmp_path: Path, finops_gate: CommandLine) -> None:
    (tmp_path / "main.tf").write_text(VOLUME)
    (tmp_path / ".finops-gate.yaml").write_text(SETTINGS)
    (tmp_path / "rules.yaml").write_text(RULE % "7 EUR")
    result = finops_gate("check", "-f", "text", "-f", "json=report.json", "-f", "markdown=report.md")
    # 100 GB x 0.08 = 8.00 USD, which is 7.36 EUR and more than 7 EUR.
    assert result.exit_code == 1
    assert "aws_ebs_volume.data costs €7.36 a month; allowed is €7.00." in result.stdout
    assert "EUR at 0.92 a US dollar, as of 2026-11-01" in result.stdout
    assert "€7.36 a month" in (tmp_path / "report.md").read_text(encoding="utf-8")
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert (report["currency"], report["exchange"]) == ("EUR", {"rate": "0.92", "as_of": "2026-11-01"})
    assert report["totals"]["after"]["expected"] == "7.36"
    (line,) = report["resources"][0]["components"]
    assert (line["unit_price"], line["quantity"]["expected"]) == ("0.0736", "100")


def test_threshold_in_dollars_stays_one(tmp_path: Path, finops_gate: CommandLine) -> None:
    (tmp_path / "main.tf").write_text(VOLUME)
    (tmp_path / ".finops-gate.yaml").write_text(SETTINGS)
    for limit, code in (("7.99 USD", 1), ("8 USD", 0), ("7.36 EUR", 0), ("7.35 EUR", 1), ("7", 1)):
        (tmp_path / "rules.yaml").write_text(RULE % limit)
        assert finops_gate("check").exit_code == code, limit
    (tmp_path / "rules.yaml").write_text(RULE % "7 GBP")
    refused = finops_gate("check")
    assert refused.exit_code == 2
    assert "'7 GBP' is in a currency that the settings give no rate: write USD or EUR" in refused.stderr


def test_explanation_in_euros(tmp_path: Path, finops_gate: CommandLine) -> None:
    (tmp_path / "main.tf").write_text(VOLUME)
    (tmp_path / ".finops-gate.yaml").write_text(SETTINGS.replace("policy_paths: [rules.yaml]\n", ""))
    said = finops_gate("explain", "aws_ebs_volume.data").stdout
    assert "€7.36 a month" in said
    assert "€0.0736 per GB-month" in said
    assert "amounts: EUR at 0.92 a US dollar, as of 2026-11-01" in said


@pytest.mark.parametrize("rate", ["0.92", "0.913", "157.3", "1.0007"])
def test_earlier_report_in_another_currency_is_compared_in_dollars(
    tmp_path: Path, finops_gate: CommandLine, rate: str
) -> None:
    (tmp_path / "main.tf").write_text(VOLUME.replace("100", "77"))
    settings = tmp_path / ".finops-gate.yaml"
    settings.write_text(f"version: 1\ncurrency: {{code: EUR, rate: {rate}, as_of: 2026-11-01}}\n")
    finops_gate("estimate", "-f", "json=before.json")
    settings.unlink()
    finops_gate("check", "--compare-to", "before.json", "-f", "json=after.json")
    after = json.loads((tmp_path / "after.json").read_text(encoding="utf-8"))
    assert after["totals"]["delta"] == {"floor": "0", "expected": "0", "ceiling": "0"}
    assert [d["status"] for d in after["deltas"]] == ["unchanged"]


def test_job_costs_a_run_in_euros() -> None:
    before, after = job(8, 60), in_currency(job(8, 60), EURO)
    assert after.extra["per_run"] == before.extra["per_run"] * D("0.92")
