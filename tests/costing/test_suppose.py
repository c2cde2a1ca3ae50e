from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from finops_gate.costing.estimate import estimate
from finops_gate.costing.models import shipped
from finops_gate.costing.references import References
from finops_gate.costing.subject import Context
from finops_gate.costing.suppose import supposed
from finops_gate.costing.usage import Usage
from finops_gate.errors import ConfigurationError
from finops_gate.model import UNBOUNDED, Estimate, Range, Unknown
from finops_gate.settings import Settings
from tests.costing.fakes import Catalogue, models, resource

D = Decimal
MODEL = """
attributes: {size: 2, limit: null, disks: [{gb: 8}]}
usage:
  requests: per month
  calls: {about: per month, max: limit}
  hours: {about: hours, default: 730, max: 730}
  standard: {gb: GB}
components:
  - name: Requests
    unit: one
    price: {key: box, component: one}
    quantity: {expected: usage.requests, ceiling: limit}
  - {name: Calls, unit: one, price: {key: box, component: one}, quantity: usage.calls}
  - {name: Hours, unit: hour, price: {key: box, component: one}, quantity: usage.hours * size}
  - {name: Storage, unit: GB, price: {key: box, component: one}, quantity: usage.standard.gb}
  - {name: Disks, unit: GB, price: {key: box, component: one}, quantity: "sum(disks, gb)"}
"""
DECLARED = {"aws_thing.x": {"requests": D(10), "standard": {"gb": D(5)}}}


def priced(tmp_path: Path, *what_if: str, strict: bool = True, **attributes: Any) -> Estimate:
    """An estimate of `aws_thing.x`, every unit at a dollar."""
    known = models(tmp_path, aws_thing=MODEL)
    found, usage = supposed(
        [resource("aws_thing.x", attributes)], Usage(exact=DECLARED), known, Settings(what_if=what_if), strict
    )
    return usage.noted(estimate(found[0], Context(Catalogue({"box one": 1}), known, References(found), usage)))


def line(found: Estimate, name: str) -> Range:
    return next(c.monthly for c in found.components if c.name == name)


@pytest.mark.parametrize(
    ("what_if", "name", "expected", "said"),
    [
        ("requests=x100", "Requests", 1000, "requests is 1,000 instead of 10"),
        ("requests=7", "Requests", 7, "requests is 7 instead of 10"),
        ("standard.gb=x0.5", "Storage", D("2.5"), "standard.gb is 2.5 instead of 5"),
        ("calls=3", "Calls", 3, "calls is 3"),
        # 365 hours, two of size
        ("hours=x0.5", "Hours", 730, "hours is 365 instead of 730"),
        ("size=x3", "Hours", 4380, "size is 6 instead of 2"),
        ("size=1", "Hours", 730, "size is 1 instead of 2"),
        ("disks[0].gb=100", "Disks", 100, "disks[0].gb is 100 instead of 8"),
    ],
)
def test_changes_usage_and_attributes_and_says_so(
    tmp_path: Path, what_if: str, name: str, expected: Decimal, said: str
) -> None:
    found = priced(tmp_path, f"aws_thing.x.{what_if}")
    assert line(found, name).expected == expected
    assert found.assumptions == (f"aws_thing.x: {said} (what if)",)


def test_later_suppositions_build_on_earlier_ones(tmp_path: Path) -> None:
    found = priced(tmp_path, "aws_thing.x.requests=20", "*.requests=x3", "aws_thing.x.size=5", "aws_thing.x.size=x2")
    assert line(found, "Requests").expected == 60
    # 730 x 10
    assert line(found, "Hours").expected == 7300
    assert len(found.assumptions) == 4


def test_expected_stops_at_the_ceiling(tmp_path: Path) -> None:
    assert line(priced(tmp_path, limit=D(50)), "Requests") == Range(D(0), D(10), D(50))
    assert line(priced(tmp_path, "aws_thing.x.requests=x100", limit=D(50)), "Requests") == Range(D(0), D(50), D(50))
    capped = priced(tmp_path, "aws_thing.x.calls=1000", limit=D(50))
    assert line(capped, "Calls") == Range(D(0), D(50), D(50))
    assert capped.assumptions == ("aws_thing.x: calls is 50, its cap (what if)",)
    assert line(priced(tmp_path, "aws_thing.x.hours=x9"), "Hours").ceiling == 1460
    assert line(priced(tmp_path, "aws_thing.x.calls=1000"), "Calls") == Range(D(0), D(1000), UNBOUNDED)


@pytest.mark.parametrize(
    ("what_if", "message"),
    [
        ("aws_thing.x.calls=x2", "nothing is declared of calls that a factor could change"),
        ("aws_thing.x.limit=x2", "nothing is declared of limit that a factor could change"),
        ("aws_thing.x.requests=many", "requests is a number of 0 or more"),
        ("aws_thing.x.name=x2", "name is web, which a factor cannot change"),
        ("aws_thing.x.disks[4].gb=1", "aws_thing.x has no disks[4]"),
        ("aws_thing.y.requests=x2", "did you mean `aws_thing.x`?"),
        ("aws_thing.x.reqests=x2", "did you mean `requests`?"),
    ],
)
def test_what_cannot_be_is_an_error_and_in_the_base_nothing(tmp_path: Path, what_if: str, message: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        priced(tmp_path, what_if, name="web")
    assert str(raised.value).startswith(f"--what-if {what_if}: ")
    assert message in str(raised.value)
    assert priced(tmp_path, what_if, strict=False, name="web") == priced(tmp_path, name="web")


def test_glob_changes_those_it_can(tmp_path: Path) -> None:
    known = models(tmp_path, aws_thing=MODEL)
    there = [resource("aws_thing.x"), resource("aws_thing.y")]
    _, usage = supposed(there, Usage(exact=DECLARED), known, Settings(what_if=["aws_thing.*.requests=x2"]))
    assert usage.of(there[0])["requests"] == 20
    assert usage.of(there[1]) == {}


WORKLOAD = """
attributes: {replicas_range: 1, storage_gib: 0}
components:
  - {name: Pods, unit: pod, price: {key: box, component: one}, quantity: replicas_range}
  - {name: Storage, unit: GB, price: {key: box, component: one}, quantity: storage_gib}
"""


@pytest.mark.parametrize(
    ("bounds", "storage", "what_if", "pods", "gib"),
    [
        ((3, 3, 3), (30, 30, 30), "replicas=20", (20, 20, 20), (200, 200, 200)),
        ((3, 3, 3), (0, 0, 0), "spec.replicas=x2", (6, 6, 6), (0, 0, 0)),
        # An autoscaler's bounds hold.
        ((2, 3, 10), (20, 30, 100), "replicas=20", (2, 10, 10), (20, 100, 100)),
        ((2, 3, 10), (20, 30, 100), "replicas=x2", (2, 6, 10), (20, 60, 100)),
        ((2, 3, 10), (20, 30, 100), "replicas=1", (2, 2, 10), (20, 20, 100)),
    ],
)
def test_replicas_of_a_workload(tmp_path: Path, bounds: Any, storage: Any, what_if: str, pods: Any, gib: Any) -> None:
    (tmp_path / "models" / "kubernetes").mkdir(parents=True)
    file = tmp_path / "models" / "kubernetes" / "Deployment.yaml"
    file.write_text(f"resource: kubernetes:Deployment\n{WORKLOAD}", encoding="utf-8")
    known = models(tmp_path)
    attributes = {"replicas_range": Range(*map(D, bounds)), "storage_gib": Range(*map(D, storage))}
    there = replace(resource("prod/Deployment/api.v2", attributes), type="kubernetes:Deployment")
    settings = Settings(what_if=[f"prod/Deployment/api.v2.{what_if}"])
    found, usage = supposed([there], Usage(), known, settings)
    priced = estimate(found[0], Context(Catalogue({"box one": 1}), known, References(found), usage))
    assert [tuple(c.monthly) for c in priced.components] == [pods, gib]
    ((said,),) = usage.remarks.values()
    asked = D(20) if what_if.endswith("20") else D(1) if what_if.endswith("1") else bounds[1] * 2
    held = "" if asked == pods[1] else ", within its bounds"
    assert said == f"prod/Deployment/api.v2: replicas is {pods[1]} instead of {bounds[1]}{held} (what if)"


def test_what_a_workload_has_for_each_replica_grows_with_it() -> None:
    """Two replicas claim three disks each; of a container that requests nothing nobody knows what it takes."""
    unknown = Unknown("not requested")
    attributes = {
        "replicas_range": Range.exact(2),
        "claims": [{"name": "data", "count": Range.exact(6)}],
        "undeclared_cpu": [{"container": "proxy", "amount": Range(D(0), unknown, unknown)}],
    }
    there = replace(resource("shop/StatefulSet/db", attributes), type="kubernetes:StatefulSet")
    (found,), _ = supposed([there], Usage(), shipped(), Settings(what_if=["shop/StatefulSet/db.replicas=5"]))
    assert found.attributes["claims"] == [{"name": "data", "count": Range.exact(15)}]
    assert found.attributes["undeclared_cpu"] == attributes["undeclared_cpu"]


def test_workload_without_replicas_does_not_say_what_one_takes() -> None:
    there = replace(resource("shop/Deployment/web", {"replicas_range": Range.exact(0)}), type="kubernetes:Deployment")
    with pytest.raises(ConfigurationError, match="runs no replica"):
        supposed([there], Usage(), shipped(), Settings(what_if=["shop/Deployment/web.replicas=5"]))
