from __future__ import annotations

from decimal import Decimal

import pytest

from finops_gate.costing.alternatives import alternatives, generation
from finops_gate.costing.catalogue import Catalogue, open_catalogue
from finops_gate.model import HOURS_PER_MONTH, Component, Range, Unknown


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return open_catalogue()


def line(catalogue: Catalogue, key: str, component: str, hours: Range) -> Component:
    price = catalogue.price("aws", "us-east-1", key, component)
    assert price is not None
    return Component("x", "hour", hours, hours * price.usd, price, price.usd)


MONTH = Range.exact(HOURS_PER_MONTH)


def test_of_the_same_architecture_first_then_arm(catalogue: Catalogue) -> None:
    """c6i.8xlarge is $1.36 an hour, c6a.8xlarge 1.224 and c6g.8xlarge 1.088, all with 32 vCPUs and 64 GiB."""
    found = alternatives(line(catalogue, "ec2|c6i.8xlarge|linux", "instance", MONTH), "aws", catalogue)
    savings = {a.name: (a.arch, a.saving) for a in found}
    assert savings["c6a.8xlarge"] == ("amd64", Decimal("99.28"))
    assert savings["c6g.8xlarge"] == ("arm64", Decimal("198.56"))
    assert [a.arch for a in found] == sorted(a.arch for a in found)


def test_never_smaller_older_or_dearer(catalogue: Catalogue) -> None:
    here = line(catalogue, "rds|postgres|db.m5.xlarge|single-az", "instance", MONTH)
    spec = catalogue.spec("aws", "m5.xlarge")
    for offer in alternatives(here, "aws", catalogue):
        other = catalogue.spec("aws", offer.name.removeprefix("db."))
        assert other is not None
        assert spec is not None
        assert all(other[part] >= spec[part] for part in ("vcpu", "memory_gib"))  # type: ignore[operator]
        assert offer.saving > 0
        assert generation(offer.name) >= 5


@pytest.mark.parametrize(
    ("key", "component", "hours"),
    [
        ("ebs|gp3", "storage", MONTH),
        ("ec2|m5.large|linux", "instance", Range.exact(Unknown("count is not known"))),
    ],
    ids=["no machine", "unknown hours"],
)
def test_nothing_where_there_is_nothing_to_compare(
    key: str, component: str, hours: Range, catalogue: Catalogue
) -> None:
    assert alternatives(line(catalogue, key, component, hours), "aws", catalogue) == ()


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("m6g.large", 6),
        ("db.r5.xlarge", 5),
        ("u-3tb1.56xlarge", 0),
        ("Standard_D4s_v5", 5),
        ("Basic_A1", 0),
        ("x2iedn.large", 2),
    ],
)
def test_generations(name: str, number: int) -> None:
    assert generation(name) == number
