"""The tables of runner labels: what they know, and that every SKU in them has a price."""

import csv
from decimal import Decimal

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
        ("ubuntu-20.04-16core", "linux_16_core"),
        ("ubuntu-24.04-8-cores", "linux_8_core"),
        ("windows-2025-64-cores", "windows_64_core"),
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


SYSTEMS = sorted(path.stem for path in (pricing_dir() / "runners").glob("*.csv"))
UNVERIFIED = {
    "azure": {"azure_hosted"},
    "circleci": {
        "circleci_docker_2xlarge_plus",
        "circleci_machine_2xlarge",
        "circleci_machine_arm_2xlarge",
        "circleci_machine_arm_xlarge",
        "circleci_machine_xlarge",
        "circleci_windows_2xlarge",
        "circleci_windows_large",
        "circleci_windows_xlarge",
    },
}
"""Machines without a price a minute that anybody has confirmed, or at all: they are known, and unpriced."""


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_sku_has_a_price(system: str) -> None:
    with (pricing_dir() / "rates" / "ci" / "runners.csv").open(encoding="utf-8", newline="") as file:
        priced = {row["key"] for row in csv.DictReader(file)}
    missing = {runner.sku for runner in table(system).values() if runner.sku and f"runner|{runner.sku}" not in priced}
    assert missing == UNVERIFIED.get(system, set())


@pytest.mark.parametrize("system", SYSTEMS)
def test_what_is_gone_says_since_when(system: str) -> None:
    assert all(runner.retired for runner in table(system).values() if not runner.sku)


@pytest.mark.parametrize(
    ("label", "sku"),
    [
        ("depot-ubuntu-24.04", "depot_linux"),
        ("depot-ubuntu-24.04-16", "depot_linux_16"),
        ("depot-ubuntu-24.04-arm-16", "depot_linux_arm_16"),
        ("depot-windows-2022-8", "depot_windows_8"),
        ("blacksmith-4vcpu-ubuntu-2204", "blacksmith_x64_4"),
        ("blacksmith-4vcpu-ubuntu-2204-arm", "blacksmith_arm64_4"),
        ("warp-ubuntu-latest-x64-4x", "warpbuild_x64_4x"),
        ("ubicloud-standard-30-ubuntu-2204", "ubicloud_standard_30"),
        ("nscloud-ubuntu-22.04-amd64-4x8", "namespace_linux_4"),
        ("nscloud-ubuntu-22.04-amd64-4x8-with-cache", "namespace_linux_4"),
    ],
)
def test_third_party_labels(label: str, sku: str) -> None:
    runner = find("github", label, {})
    assert runner is not None
    assert (runner.sku, runner.size) == (sku, "third-party")


@pytest.mark.parametrize("label", ["depot-ubuntu-24.04-128", "nscloud-ubuntu-22.04-amd64-4x16", "ubicloud-gpu"])
def test_third_party_labels_nobody_knows(label: str) -> None:
    """A shape that is not on the price list is not priced as another: memory of Namespace is billed as well."""
    assert find("github", label, {}) is None


def test_a_label_may_stand_for_a_known_one() -> None:
    runner = find("circleci", "docker", {"docker": "docker/large"})
    assert runner is not None
    assert (runner.label, runner.sku, runner.parts_per_minute) == ("docker", "circleci_docker_large", 20)


def test_credits_are_the_price() -> None:
    """A credit is 15 / 25,000 = 0.0006 USD, so a minute costs 0.0006 x its credits."""
    with (pricing_dir() / "rates" / "ci" / "runners.csv").open(encoding="utf-8", newline="") as file:
        usd = {row["key"]: Decimal(row["usd"]) for row in csv.DictReader(file)}
    for runner in table("circleci").values():
        if runner.sku not in UNVERIFIED["circleci"]:
            assert usd[f"runner|{runner.sku}"] == runner.parts_per_minute * Decimal("0.0006"), runner.label
