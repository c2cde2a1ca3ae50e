"""Every input beside the checkout is read without a problem, and makes the resources that are expected of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from finops_gate.model import Loaded
from finops_gate.settings import Settings
from finops_gate.sources import terraform
from finops_gate.sources.files import WorkingTree

CONFORMANCE = Path(__file__).parents[4] / "shared" / "conformance"
CASES = sorted(path.parent for path in CONFORMANCE.glob("*/*/main.tf"))

if not CASES:
    pytest.skip("the conformance cases are not beside the checkout", allow_module_level=True)


def load(case: Path) -> Loaded:
    tree = WorkingTree(case)
    return terraform.load(tree, [p for p in tree.paths() if terraform.matches(p)], Settings(root=str(case)))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}/{case.name}")
def test_every_expected_resource_is_found(case: Path) -> None:
    expected = json.loads((case / "expected.json").read_text(encoding="utf-8"))
    loaded = load(case)
    found = {resource.address for resource in loaded.resources}
    downloaded = [r for r in expected["resources"] if not r["address"].startswith("module.asg-lt.")]
    missing = {r["address"] for r in downloaded if "usage_file_resource" not in expected["tags"]} - found
    assert not missing
    assert [notice for notice in loaded.notices if notice.severity != "info"] == []
