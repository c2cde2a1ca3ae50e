"""The rule by which EC2 prices of other regions are derived, held against the prices that are known."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from decimal import Decimal
from statistics import median
from types import ModuleType

import pytest

from finops_gate import data

D = Decimal
RATES = data.pricing_dir() / "rates" / "aws" / "ec2.csv"


@pytest.fixture(scope="module")
def rule() -> Iterator[ModuleType]:
    """The module, which belongs to the import script and is found beside it."""
    sys.path.insert(0, str(data.pricing_dir()))
    try:
        import facts.ec2_regions

        yield facts.ec2_regions
    finally:
        sys.path.remove(str(data.pricing_dir()))


def rows() -> list[dict[str, str]]:
    with RATES.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["key"].endswith("|linux")]


def rates(rule: ModuleType, table: list[tuple[str, str, str]]) -> list[object]:
    origin = sys.modules["facts.rows"].Origin("2026-01-01", "made-up")
    return [rule.Rate(region, f"ec2|{name}|linux", "instance", "hour", D(usd), origin) for region, name, usd in table]


def test_by_the_ratio_of_the_predecessor(rule: ModuleType) -> None:
    """m6i costs 0.12 there for 0.10 here, 1.2 times as much: so m7i.large costs 0.15 x 1.2, and m7i-flex 0.14 x 1.2."""
    here = [
        ("us-east-1", "m6i.large", "0.10"),
        ("us-east-1", "m7i.large", "0.15"),
        ("us-east-1", "m7i-flex.large", "0.14"),
    ]
    found = list(rule.elsewhere(rates(rule, [*here, ("eu-west-3", "m6i.large", "0.12")])))
    assert [(r.region, r.key, r.usd, r.origin.confidence) for r in found] == [
        ("eu-west-3", "ec2|m7i.large|linux", D("0.18"), "derived"),
        ("eu-west-3", "ec2|m7i-flex.large|linux", D("0.168"), "derived"),
    ]


def test_a_size_that_a_list_lacks_goes_by_its_own_family(rule: ModuleType) -> None:
    here = [("us-east-1", "c7g.large", "0.10"), ("us-east-1", "c7g.xlarge", "0.20")]
    (found,) = rule.elsewhere(rates(rule, [*here, ("eu-west-3", "c7g.large", "0.11")]))
    assert (found.key, found.usd) == ("ec2|c7g.xlarge|linux", D("0.22"))


@pytest.mark.parametrize(
    ("family", "predecessors"),
    [
        ("m7g", ["m6g", "m5g"]),
        ("m7i-flex", ["m6i-flex", "m5i-flex", "m7i", "m6i", "m5i", "m6", "m5"]),
        ("r6id", ["r5id", "r5d"]),
        ("c7a", ["c6a", "c5a"]),
        ("m5", []),
        ("p5", []),
        ("g6", []),
        ("u7i-12tb", []),
    ],
)
def test_predecessors(rule: ModuleType, family: str, predecessors: list[str]) -> None:
    assert list(rule.predecessors(family)) == predecessors


def test_known_prices_come_out_as_they_are(rule: ModuleType) -> None:
    """Each family that is known in a region, as if it were not, by its predecessor."""
    origin = sys.modules["facts.rows"].Origin
    known = [
        rule.Rate(r["region"], r["key"], r["component"], r["unit"], D(r["usd"]), origin("", "", r["confidence"]))
        for r in rows()
        if r["confidence"] != "derived"
    ]
    prices = rule.by_region(known)
    misses = []
    for region in prices.keys() - {rule.HOME}:
        there = rule.ratios(prices[region], prices[rule.HOME])
        for family, ratio in there.items():
            others = {name: value for name, value in there.items() if name != family}
            by_rule = rule.ratio_of(family, others)
            if by_rule is not None:
                misses.append(abs(by_rule / ratio - 1))
    assert len(misses) > 400
    assert median(misses) < D("0.0001")
    assert sorted(misses)[int(len(misses) * 0.9)] < D("0.01")


def test_what_the_catalogue_derives_is_what_the_rule_says(rule: ModuleType) -> None:
    """m7i.large, wherever m6i.large is known: its price in us-east-1 by the ratio of m6i.large."""
    prices = {(r["region"], r["key"]): D(r["usd"]) for r in rows()}
    home = prices["us-east-1", "ec2|m7i.large|linux"]
    for row in rows():
        if row["key"] == "ec2|m7i.large|linux" and row["confidence"] == "derived":
            ratio = prices[row["region"], "ec2|m6i.large|linux"] / prices["us-east-1", "ec2|m6i.large|linux"]
            assert abs(D(row["usd"]) / (home * ratio) - 1) < D("0.002"), row["region"]
