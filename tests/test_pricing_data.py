"""What holds for every row of the price data, so that a pull request that changes one cannot break it."""

from __future__ import annotations

import csv
import re
from decimal import Decimal
from pathlib import Path

import pytest

from finops_gate.costing.catalogue import open_catalogue
from finops_gate.costing.catalogue_build import RATE_COLUMNS, checked_rates, read_vocabulary
from finops_gate.costing.catalogue_files import content_digest, rate_files
from tests.conftest import ROOT

PRICING = ROOT / "pricing"
FREE = sorted((PRICING / "free").glob("*.txt"))
SPECS = sorted((PRICING / "specs").glob("*.csv"))


def test_every_row_is_sorted_unique_and_says_where_it_is_from() -> None:
    """`checked_rates` raises on the first row that is not; the count is the promise of the README."""
    assert sum(1 for _ in checked_rates(PRICING)) > 100_000


@pytest.mark.parametrize("path", rate_files(PRICING), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_rates_are_written_plainly(path: Path) -> None:
    """No blanks, no gaps, Unix line ends: a diff shows changed prices and nothing else."""
    content = path.read_bytes()
    assert b"\r" not in content
    assert content.endswith(b"\n")
    for row in csv.reader(content.decode().splitlines()):
        assert len(row) == len(RATE_COLUMNS)
        assert all(cell == cell.strip() and cell for cell in row), row


def test_tiers_start_at_zero() -> None:
    """A price whose first tier starts later would leave its first units without one."""
    starts: dict[tuple[str, ...], bool] = {}
    for provider, rate in checked_rates(PRICING):
        starts.setdefault((provider, *rate.order[:4]), rate.tier_start == 0)
    assert not [key for key, at_zero in starts.items() if not at_zero]


def test_every_source_and_unit_is_used() -> None:
    vocabulary = read_vocabulary(PRICING)
    used = [(rate.unit, rate.source) for _, rate in checked_rates(PRICING)]
    assert vocabulary.sources == {source for _, source in used}
    assert vocabulary.units == {unit for unit, _ in used}


def test_the_compiled_catalogue_is_that_of_these_files() -> None:
    info = open_catalogue().info
    assert info.sha256 == content_digest(PRICING)
    assert info.prices == sum(1 for _ in checked_rates(PRICING))


DOCUMENTED = {"AWS": "aws", "Azure": "azurerm", "Google Cloud": "google", "Kubernetes": "kubernetes"}


@pytest.mark.parametrize(("heading", "provider"), DOCUMENTED.items())
def test_every_key_of_the_documentation_exists(heading: str, provider: str) -> None:
    """The second column of each table: keys in full, and endings of the one before (`|arm`)."""
    text = (ROOT / "docs" / "prices.md").read_text()
    section = re.split(rf"(?m)^## {heading}$", text)[1].split("\n## ")[0]
    cells = [line.replace("\\|", "\0").split("|")[2] for line in section.splitlines() if line.startswith("| ")][1:]
    named = {key.replace("\0", "|") for cell in cells for key in cell.split("`")[1::2]}
    keys = {rate.key for owner, rate in checked_rates(PRICING) if owner == provider}
    words = {"*", "spot", "cud-1yr", "cud-3yr"}
    missing = {k for k in named - keys - words if k[0] != "|" and "..." not in k}
    assert named
    assert not missing


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_every_machine_has_a_size(path: Path) -> None:
    rows = list(csv.DictReader(path.read_text().splitlines()))
    assert [row["key"] for row in rows] == sorted({row["key"] for row in rows})
    assert all(Decimal(row["vcpu"]) > 0 and Decimal(row["memory_gib"] or 1) > 0 for row in rows)


@pytest.mark.parametrize("path", FREE, ids=lambda path: path.stem)
def test_free_lists_are_sorted_and_hold_one_providers_types(path: Path) -> None:
    """Sorted between comments; no type twice."""
    text = path.read_text()
    sections = [section.split() for section in re.split(r"(?m)^#.*\n", text)]
    names = [name for section in sections for name in section]
    assert all(section == sorted(section) for section in sections)
    assert len(set(names)) == len(names)
    assert {re.split("[_:]", name)[0] for name in names} == {path.stem}


@pytest.mark.parametrize("path", FREE, ids=lambda path: path.stem)
def test_what_has_a_model_is_not_free(path: Path) -> None:
    models = {model.stem for model in (PRICING / "models" / path.stem).glob("*.yaml")}
    assert not models & set(path.read_text().splitlines())
