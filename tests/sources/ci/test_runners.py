"""The tables of runner labels: what they know, and that every SKU in them has a price."""

import csv

import pytest

from finops_gate.data import pricing_dir
from finops_gate.sources.ci.runners import find, table


@pytest.mark.parametrize(
    ("label", "sku"),
    [
        ("ubuntu-latest", "linux"),
        ("Ubuntu-Latest", "linux"),
        ("macOS-15", "macos"),
        ("macos-latest-xlarge", "macos_xl"),
        ("macos-15-large", "macos_l"),
        ("ubuntu-24.04-arm", "linux_2_core_arm"),
        ("ubuntu-slim", "linux_slim"),
        ("self-hosted", "self_hosted"),
        ("macos-13-xlarge", ""),
        ("ubuntu-20.04", ""),
        ("buildjet-4vcpu-ubuntu-2204", ""),
    ],
)
def test_github_labels(label: str, sku: str) -> None:
    runner = find("github", label, {})
    assert runner is not None
    assert runner.sku == sku


@pytest.mark.parametrize("label", ["our-big-machine", "ubuntu", "", "macos-*-large-ish", "x" * 100_000])
def test_labels_nobody_knows(label: str) -> None:
    assert find("github", label, {}) is None


def test_own_labels_win() -> None:
    runner = find("github", "Big", {"big": "linux_16_core"})
    assert runner is not None
    assert (runner.sku, runner.size) == ("linux_16_core", "larger")


def test_every_sku_has_a_price() -> None:
    with (pricing_dir() / "rates" / "ci" / "runners.csv").open(encoding="utf-8", newline="") as file:
        priced = {row["key"] for row in csv.DictReader(file)}
    assert {f"runner|{runner.sku}" for runner in table("github").values() if runner.sku} <= priced


def test_what_is_gone_says_since_when() -> None:
    assert all(runner.retired for runner in table("github").values() if not runner.sku)
