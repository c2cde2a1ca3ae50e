"""Discounts and prices of one's own; list prices are made up, or AWS's published ones where a whole run is asked."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from finops_gate.costing.catalogue import Catalogue, open_catalogue
from finops_gate.costing.price_book import as_paid
from finops_gate.errors import ConfigurationError
from finops_gate.model import Span
from finops_gate.settings import Discount, PriceOverride, Settings
from tests.conftest import CommandLine
from tests.costing.made_up_prices import write

D = Decimal
HERE = Span("s.yaml", 3)
ROWS = (
    "eu,box|large,hours,on-demand,hour,0,2",
    "eu,box|small,hours,on-demand,hour,0,1",
    "eu,box|small,hours,spot,hour,0,0.5",
    "eu,jar,data,on-demand,GB,0,0.1",
    "eu,jar,data,on-demand,GB,100,0.05",
    "us,box|small,hours,on-demand,hour,0,3",
)


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    return open_catalogue(write(tmp_path_factory.mktemp("prices"), *ROWS))


def paid(listed: Catalogue, discounts: dict[str, str], *own: PriceOverride) -> Catalogue:
    shares = [Discount(scope, D(share), HERE) for scope, share in discounts.items()]
    return as_paid(listed, Settings(discounts=shares, overrides=own))


def usd(catalogue: Catalogue, key: str, component: str, region: str = "eu", purchase: str = "on-demand") -> Decimal:
    found = catalogue.price("aws", region, key, component, purchase)
    assert found is not None
    return found.usd


def test_without_any_the_catalogue_is_as_it_was(listed: Catalogue) -> None:
    assert as_paid(listed, Settings()) is listed


def test_discount_of_the_service_wins_over_that_of_the_provider(listed: Catalogue) -> None:
    prices = paid(listed, {"aws": "0.1", "aws/box": "0.25"})
    assert usd(prices, "box|large", "hours") == D("1.5")
    assert usd(prices, "box|small", "hours", purchase="spot") == D("0.375")
    found = prices.price("aws", "eu", "jar", "data")
    assert found is not None
    # Every tier of it, and it says so.
    assert found.tiers == ((D(0), D("0.09")), (D(100), D("0.045")))
    assert (found.source, found.note, found.confidence) == ("settings", "10 % off 0.1 USD (list)", "verified")
    assert prices.price("aws", "eu", "nothing", "data") is None


def test_own_price_holds_where_it_says(listed: Catalogue) -> None:
    everywhere = PriceOverride("box|small", "hours", D("0.8"), as_of="2026-10-01")
    in_us = PriceOverride("box|small", "hours", D("0.7"), region="us")
    prices = paid(listed, {"aws": "0.1"}, everywhere, in_us)
    # Nothing is taken off it, and other purchases keep their discount: 0.5 x 0.9
    assert usd(prices, "box|small", "hours") == D("0.8")
    assert usd(prices, "box|small", "hours", "us") == D("0.7")
    assert usd(prices, "box|small", "hours", purchase="spot") == D("0.45")
    found = prices.price("aws", "eu", "box|small", "hours")
    assert found is not None
    assert (found.source, found.as_of, found.unit) == ("settings", "2026-10-01", "hour")
    assert found.note == "instead of 1 USD (list, 2026-01-02)"


def test_key_of_ones_own_needs_a_unit(listed: Catalogue) -> None:
    prices = paid(listed, {}, PriceOverride("our|thing", "hours", D(5), unit="hour"))
    found = prices.price("aws", "eu", "our|thing", "hours")
    assert found is not None
    assert (found.usd, found.unit, found.note) == (5, "hour", "which the catalogue lacks")
    other = PriceOverride("box|small", "hours", D(5), provider="google", unit="hour")
    assert usd(paid(listed, {}, other), "box|small", "hours") == 1


def test_offers_are_as_paid(listed: Catalogue) -> None:
    prices = paid(listed, {"aws/box": "0.5"}, PriceOverride("box|small", "hours", D("0.9")))
    price = prices.price("aws", "eu", "box|large", "hours")
    assert price is not None
    assert prices.offers(price, "aws", 1) == {"large": D(1), "small": D("0.9")}


@pytest.mark.parametrize(
    ("discounts", "own", "message"),
    [
        ({"asw": "0.1"}, (), "there are no prices of `asw`; did you mean `aws`?"),
        ({"aws/bo": "0.1"}, (), "aws has no service `bo`; did you mean `box`?"),
        ({}, ("box|smal", "hours"), "the catalogue has no box|smal; did you mean `box|small`?"),
        ({}, ("box|small", "hour"), "box|small has no component `hour`; did you mean `hours`?"),
        ({}, ("box|small", "disk"), "box|small has no component `disk`; it has hours"),
    ],
)
def test_what_nobody_sells_is_an_error_at_its_line(
    listed: Catalogue, discounts: dict[str, str], own: tuple[str, ...], message: str
) -> None:
    overrides = [PriceOverride(own[0], own[1], D(1), span=HERE)] if own else []
    with pytest.raises(ConfigurationError) as raised:
        paid(listed, discounts, *overrides)
    assert str(raised.value).startswith("s.yaml:3:1: ")
    assert message in str(raised.value)


CODE = """provider "aws" {
  region = "us-east-1"
}

resource "aws_instance" "a" {
  ami           = "ami-1"
  instance_type = "m5.large"
}

resource "aws_cloudwatch_metric_alarm" "cpu" {
  alarm_name          = "cpu"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 1
  metric_name         = "CPUUtilization"
  namespace           = "AWS/EC2"
  period              = 60
  statistic           = "Average"
  threshold           = 80
}
"""
NODE = """resource "aws_dax_cluster" "a" {
  cluster_name       = "a"
  iam_role_arn       = "arn:aws:iam::1:role/a"
  node_type          = "dax.t3.small"
  replication_factor = 1
}
"""
SETTINGS = """version: 1
pricing:
  discounts: {aws: 10%, aws/ec2: 25 %}
  overrides:
    - {key: cloudwatch|alarm, component: standard, usd: "0.07", as_of: 2026-10-01}
"""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / "main.tf").write_text(CODE)
    return tmp_path


def expected(finops_gate: CommandLine, *options: str) -> tuple[str | None, list[str]]:
    report = json.loads(finops_gate("estimate", "-f", "json", *options).stdout)
    return report["totals"]["after"]["expected"], [r["coverage"] for r in report["resources"]]


def test_whole_run_with_a_book(repository: Path, finops_gate: CommandLine) -> None:
    (repository / ".finops-gate.yaml").write_text(SETTINGS)
    # 730 x 0.096 x 0.75 + 8 GB x 0.10 x 0.9 + 1 x 0.07 = 52.56 + 0.72 + 0.07
    assert expected(finops_gate)[0] == "53.35"
    said = finops_gate("explain", "aws_instance.a").stdout
    assert "$0.072 per hour: ec2|m5.large|linux instance in us-east-1; settings," in said
    assert "; 25 % off 0.096 USD (" in said
    said = finops_gate("explain", "aws_cloudwatch_metric_alarm.cpu").stdout
    assert "settings, 2026-10-01, verified; instead of 0.1 USD (" in said
    assert "3 by the settings" in finops_gate("estimate").stdout


def test_settings_are_held_against_the_catalogue(repository: Path, finops_gate: CommandLine) -> None:
    (repository / ".finops-gate.yaml").write_text("version: 1\npricing:\n  discounts: {aws/ecc2: 10%}\n")
    refused = finops_gate("estimate")
    assert refused.exit_code == 2
    assert ".finops-gate.yaml:3:15: aws has no service `ecc2`; did you mean `ec2`?" in refused.stderr
    (repository / ".finops-gate.yaml").write_text("version: 1\npricing:\n  discounts: {aws/ec2: 110%}\n")
    assert finops_gate("estimate").exit_code == 2


def test_strict_prices_refuse_what_is_derived(repository: Path, finops_gate: CommandLine) -> None:
    """The node's price is derived, 730 x 0.04; the others' are as published: 730 x 0.096 + 8 x 0.10 + 0.10."""
    (repository / "node.tf").write_text(NODE)
    assert expected(finops_gate) == ("100.18", ["priced", "priced", "priced"])
    assert expected(finops_gate, "--strict-prices") == ("70.98", ["priced", "unpriced", "priced"])
    said = finops_gate("explain", "aws_dax_cluster.a", "--strict-prices").stdout
    assert "no price for dax|dax.t3.small (node) in us-east-1 but a derived one, which strict prices refuse" in said
    (repository / ".finops-gate.yaml").write_text("version: 1\npricing: {strict: true}\n")
    assert expected(finops_gate)[0] == "70.98"


def test_own_price_is_no_derived_one(repository: Path, finops_gate: CommandLine) -> None:
    (repository / "node.tf").write_text(NODE)
    own = "version: 1\npricing:\n  overrides: [{key: dax|dax.t3.small, component: node, usd: '0.03'}]\n"
    (repository / ".finops-gate.yaml").write_text(own)
    # 730 x 0.03 instead of 730 x 0.04
    assert expected(finops_gate, "--strict-prices") == ("92.88", ["priced", "priced", "priced"])
