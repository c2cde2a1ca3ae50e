from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from finops_gate.render import render
from tests.render import samples


def document(report: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(render(report, "infracost-json"))
    return found


def test_the_sums_are_those_of_the_report() -> None:
    report = samples.compared()
    found = document(report)
    assert report.totals.before is not None
    assert Decimal(found["totalMonthlyCost"]) == report.totals.after.expected
    assert Decimal(found["pastTotalMonthlyCost"]) == report.totals.before.expected
    moved = Decimal(found["totalMonthlyCost"]) - Decimal(found["pastTotalMonthlyCost"])
    assert Decimal(found["diffTotalMonthlyCost"]) == moved


def test_resources_add_up_to_their_project_and_components_to_their_resource() -> None:
    for project in document(samples.compared())["projects"]:
        resources = project["breakdown"]["resources"]
        total = sum(Decimal(r["monthlyCost"] or 0) for r in resources)
        assert abs(total - Decimal(project["breakdown"]["totalMonthlyCost"])) < Decimal("0.000001")
        for resource in resources:
            assert abs(parts(resource) - Decimal(resource["monthlyCost"])) < Decimal("0.000001")


def parts(resource: dict[str, Any]) -> Decimal:
    own = sum((Decimal(c["monthlyCost"] or 0) for c in resource["costComponents"]), Decimal(0))
    return own + sum((parts(s) for s in resource.get("subresources", [])), Decimal(0))


def test_a_report_that_compared_nothing_has_no_past() -> None:
    found = document(samples.costs_only())
    assert found["metadata"]["infracostCommand"] == "breakdown"
    assert "pastTotalMonthlyCost" not in found
    counts = found["summary"]
    assert counts["totalDetectedResources"] == len(samples.costs_only().estimates)
    assert counts["totalUnsupportedResources"] == sum(counts["unsupportedResourceCounts"].values())
