"""How near the estimates come to published breakdowns of 161 Terraform inputs, resource by resource.

The cases lie in a `shared` directory beside the checkout and are no part of it; without them this module skips. Run
`python -m tests.costing.test_conformance` for the score and every miss. Misses are explained, with their reason, in
`conformance_misses.csv`; an unexplained one fails, and so does an explained one that is none any more.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from finops_gate.costing.catalogue import open_catalogue
from finops_gate.costing.estimate import estimate_all
from finops_gate.costing.models import shipped
from finops_gate.costing.usage import NO_USAGE, load_usage
from finops_gate.model import Estimate
from finops_gate.settings import Settings
from finops_gate.sources import terraform
from finops_gate.sources.files import WorkingTree

CASES = Path(__file__).resolve().parents[2].parent / "shared" / "conformance"
EXPLAINED = Path(__file__).with_name("conformance_misses.csv")
CENT = Decimal("0.01")

pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason="there is no shared/conformance beside the checkout")


@dataclass(frozen=True)
class Match:
    """One resource of one case: what is published, what we say, and why we differ if we do."""

    case: str
    address: str
    type: str
    expected: Decimal | None
    found: Estimate | None
    lines: int

    @property
    def near(self) -> bool:
        """Within 1 %, or a cent, or half a cent for each printed line."""
        if self.found is None:
            return False
        ours = self.found.known_monthly.expected
        wanted = self.expected or Decimal(0)
        room = max(abs(wanted) / 100, CENT, CENT / 2 * self.lines)
        return self.found.coverage in ("priced", "free") and isinstance(ours, Decimal) and abs(ours - wanted) <= room

    def __str__(self) -> str:
        if self.found is None:
            return f"{self.case} {self.address}: {self.expected}, not found"
        ours = self.found.known_monthly.expected
        return f"{self.case} {self.address}: {self.expected}, here {ours:.2f} ({self.found.coverage} {self.found.why})"


def run_case(directory: Path) -> Iterator[Match]:
    """The published resources of a case whose types have models."""
    expected = json.loads((directory / "expected.json").read_text(encoding="utf-8"), parse_float=Decimal)
    estimates = {estimate.resource.address: estimate for estimate in estimates_of(directory)}
    for published in expected["resources"]:
        if shipped().get(published["type"]) is not None:
            monthly = published["monthly_cost"]
            yield Match(
                case=expected["case"],
                address=published["address"],
                type=published["type"],
                expected=None if monthly is None else Decimal(monthly),
                found=estimates.get(published["address"]),
                lines=published["n_priced"],
            )


def estimates_of(directory: Path) -> list[Estimate]:
    tree = WorkingTree(directory)
    settings = Settings(root=str(directory), usage_file="usage.yml" if tree.exists("usage.yml") else "")
    loaded = terraform.load(tree, ["main.tf"], settings)
    usage, _ = load_usage(tree, settings) if settings.usage_file else (NO_USAGE, ())
    return estimate_all([*loaded.resources, *usage.resources], open_catalogue(), settings, usage)


@cache
def matches() -> tuple[Match, ...]:
    tags: dict[Path, Any] = {d: json.loads((d / "expected.json").read_text())["tags"] for d in CASES.glob("*/*")}
    wanted = [d for d in sorted(tags) if not {"non_usd", "dev_test_price"} & set(tags[d])]
    return tuple(match for directory in wanted for match in run_case(directory))


@cache
def explained() -> dict[tuple[str, str], str]:
    with EXPLAINED.open(encoding="utf-8", newline="") as file:
        return {(row["case"], row["address"]): row["reason"] for row in csv.DictReader(file)}


def score(found: list[Match]) -> float:
    return sum(match.near for match in found) / len(found)


def test_most_resources_on_aws_come_to_what_is_published() -> None:
    found = [match for match in matches() if match.case.startswith("aws/")]
    print(f"{score(found):.1%} of {len(found)} resources on AWS")
    assert score(found) >= 0.90, "\n".join(str(match) for match in found if not match.near)


def test_every_miss_is_explained() -> None:
    misses = {(match.case, match.address): str(match) for match in matches() if not match.near}
    assert [text for key, text in misses.items() if key not in explained()] == []


def test_no_explanation_has_outlived_its_miss() -> None:
    near = {(match.case, match.address) for match in matches() if match.near}
    assert sorted(near & explained().keys()) == []


def main() -> None:
    for match in matches():
        if not match.near:
            print(match, "|", explained().get((match.case, match.address), "UNEXPLAINED"))
    for provider in ("aws", "azure", "google"):
        found = [match for match in matches() if match.case.startswith(provider)]
        print(f"{provider}: {sum(m.near for m in found)} of {len(found)} resources ({score(found):.1%})")


if __name__ == "__main__":
    main()
