"""Expected prices are the clouds' published ones, read from their pricing pages or named sources, not from our data."""

from __future__ import annotations

import sqlite3
from decimal import Decimal
from pathlib import Path

import pytest

from finops_gate.costing.catalogue import Catalogue, open_catalogue
from finops_gate.costing.catalogue_build import compile_catalogue
from finops_gate.costing.catalogue_files import content_digest
from finops_gate.errors import PricingError
from tests.costing.made_up_prices import A, write


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return open_catalogue()


PUBLISHED = [
    # https://aws.amazon.com/ec2/pricing/on-demand/
    ("aws", "us-east-1", "ec2|m5.large|linux", "instance", "0.096", "hour"),
    ("aws", "us-east-1", "ec2|t3.micro|linux", "instance", "0.0104", "hour"),
    ("aws", "eu-west-1", "ec2|m5.large|linux", "instance", "0.107", "hour"),
    ("aws", "us-east-1", "ec2|m5.large|windows", "os-premium", "0.092", "hour"),  # 0.188 - 0.096
    # https://aws.amazon.com/ebs/pricing/
    ("aws", "us-east-1", "ebs|gp2", "storage", "0.1", "GB-month"),
    ("aws", "us-east-1", "ebs|gp3", "storage", "0.08", "GB-month"),
    ("aws", "us-east-1", "ebs|io1", "iops", "0.065", "IOPS-month"),
    # https://aws.amazon.com/vpc/pricing/, https://aws.amazon.com/elasticloadbalancing/pricing/
    ("aws", "us-east-1", "nat-gateway", "hours", "0.045", "hour"),
    ("aws", "us-east-1", "lb|application", "lcu", "0.008", "LCU-hour"),
    ("aws", "us-east-1", "lb|network", "lcu", "0.006", "LCU-hour"),
    # https://aws.amazon.com/s3/pricing/, https://aws.amazon.com/lambda/pricing/
    ("aws", "us-east-1", "s3|standard", "storage", "0.023", "GB-month"),
    ("aws", "us-east-1", "s3|standard", "put-requests", "0.005", "1k requests"),
    ("aws", "us-east-1", "lambda", "requests", "0.2", "1M requests"),
    ("aws", "us-east-1", "lambda|x86", "duration", "0.0000166667", "GB-second"),
    # https://aws.amazon.com/rds/pricing/, https://aws.amazon.com/rds/aurora/pricing/
    ("aws", "us-east-1", "rds|postgres|db.r6g.large|single-az", "instance", "0.225", "hour"),
    ("aws", "us-east-1", "rds|mysql|db.r6g.large|single-az", "instance", "0.215", "hour"),
    ("aws", "us-east-1", "rds-storage|gp2|single-az", "storage", "0.115", "GB-month"),
    ("aws", "us-east-1", "aurora|standard", "storage", "0.1", "GB-month"),
    # https://aws.amazon.com/elasticache/pricing/, https://aws.amazon.com/eks/pricing/
    ("aws", "us-east-1", "elasticache|redis|cache.m6g.large", "node", "0.149", "hour"),
    ("aws", "us-east-1", "eks|standard", "cluster", "0.1", "hour"),
    ("aws", "us-east-1", "eks|extended-support", "cluster", "0.6", "hour"),
    ("aws", "us-east-1", "fargate|linux|x86", "vcpu", "0.04048", "vCPU-hour"),
    # https://azure.microsoft.com/pricing/details/virtual-machines/linux/, .../windows/
    ("azurerm", "eastus", "vm|Standard_D4s_v5|linux", "instance", "0.192", "hour"),
    ("azurerm", "eastus", "vm|Standard_D4s_v5|windows", "os-premium", "0.184", "hour"),  # 0.376 - 0.192
    ("azurerm", "eastus", "vm|Standard_B1s|linux", "instance", "0.0104", "hour"),
    # https://cloud.google.com/compute/vm-instance-pricing, https://cloud.google.com/compute/disks-image-pricing
    ("google", "us-central1", "gce|n1-standard-1", "instance", "0.04749975", "hour"),
    ("google", "us-central1", "gce|e2-medium", "instance", "0.03350571", "hour"),
    ("google", "us-central1", "pd|pd-ssd", "storage", "0.17", "GB-month"),
    # https://github.com/opencost/opencost/blob/develop/configs/default.json
    ("kubernetes", "anywhere", "opencost|default", "cpu", "0.031611", "vCPU-hour"),
]


@pytest.mark.parametrize(("provider", "region", "key", "component", "usd", "unit"), PUBLISHED)
def test_published_prices(
    catalogue: Catalogue, provider: str, region: str, key: str, component: str, usd: str, unit: str
) -> None:
    price = catalogue.price(provider, region, key, component)
    assert price is not None
    assert abs(price.usd - Decimal(usd)) <= Decimal("0.000001")
    assert price.unit == unit
    assert price.source
    assert price.as_of


def test_tiers_rise_and_fall(catalogue: Catalogue) -> None:
    """Internet egress of us-east-1: 10 TB at 0.09, 40 TB at 0.085, 100 TB at 0.07, then 0.05."""
    price = catalogue.price("aws", "us-east-1", "egress|internet", "data")
    assert price is not None
    assert price.tiers == (
        (Decimal(0), Decimal("0.09")),
        (Decimal(10240), Decimal("0.085")),
        (Decimal(51200), Decimal("0.07")),
        (Decimal(153600), Decimal("0.05")),
    )


def test_specs(catalogue: Catalogue) -> None:
    """https://aws.amazon.com/ec2/instance-types/: g5.xlarge has 4 vCPU, 16 GiB, one A10G and 250 GB of NVMe."""
    spec = catalogue.spec("aws", "g5.xlarge")
    assert spec is not None
    assert (spec["vcpu"], spec["memory_gib"], spec["gpu"], spec["gpu_name"]) == (4, 16, 1, "a10g")
    assert isinstance(spec["vcpu"], Decimal)
    assert catalogue.spec("aws", "m5.huge") is None


def test_purchases(catalogue: Catalogue) -> None:
    spot = catalogue.price("google", "us-central1", "gce|n1-standard-1", "instance", "spot")
    listed = catalogue.price("google", "us-central1", "gce|n1-standard-1", "instance")
    assert spot is not None
    assert listed is not None
    assert spot.usd < listed.usd


def test_azure_sizes_may_be_written_in_any_case(catalogue: Catalogue) -> None:
    assert catalogue.price("azurerm", "eastus", "vm|standard_d4S_V5|linux", "instance") is not None
    assert catalogue.spec("azurerm", "standard_d4s_v5") is not None


@pytest.mark.parametrize(
    "question",
    [
        ("aws", "us-east-1", "ec2|m5.huge|linux", "instance"),
        ("aws", "us-east-1", "ec2|m5.large|linux", "storage"),
        ("aws", "mars-1", "ec2|m5.large|linux", "instance"),
        ("google", "us-east-1", "ec2|m5.large|linux", "instance"),
        ("aws", "us-east-1", "ec2|m5.large|linux' OR 1=1 --", "instance"),
    ],
)
def test_what_is_not_there_is_unpriced_not_zero(catalogue: Catalogue, question: tuple[str, str, str, str]) -> None:
    assert catalogue.price(*question) is None


def test_a_misspelt_name_finds_its_neighbours(catalogue: Catalogue) -> None:
    assert not catalogue.search(text="m5.lrge")
    assert "m5.large" in catalogue.nearest("m5.lrge", "aws")


def test_search_takes_whole_parts_of_a_key(catalogue: Catalogue) -> None:
    found = catalogue.search(provider="aws", region="eu-west-1", text="m5.large")
    assert {price.key for _, price in found} == {"ec2|m5.large|linux", "ec2|m5.large|suse", "ec2|m5.large|windows"}


# --- Made-up catalogues ------------------------------------------------------------------------------------------


def compiled(directory: Path) -> Catalogue:
    compile_catalogue(directory, directory / "out.sqlite")
    return open_catalogue(directory / "out.sqlite")


def test_a_region_of_its_own_wins_over_everywhere(tmp_path: Path) -> None:
    prices = compiled(write(tmp_path, "*,a|b,c,on-demand,hour,0,1", A))
    assert [prices.price("aws", region, "a|b", "c").usd for region in ("eu", "us")] == [Decimal("1.5"), 1]  # type: ignore[union-attr]
    assert prices.regions("aws") == ("eu",)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([A, A], ["two prices for a|b c", "a.csv:2", "a.csv:3"]),
        ([A, "eu,a|a,c,on-demand,hour,0,1"], ["out of order", "a.csv:3"]),
        ([A, "eu,a|b,c,on-demand,GB,5,1"], ["is in hour", "a.csv:3"]),
        (["eu,a|b,c,on-demand,furlong,0,1"], ["unit: 'furlong'", "units.csv"]),
        (["eu,a b,c,on-demand,hour,0,1"], ["key: 'a b'"]),
        (["eu,a|,c,on-demand,hour,0,1"], ["key: 'a|'"]),
        (["eu,a|b,c,on-demand,hour,0,-1"], ["'-1' is not a plain decimal"]),
        (["eu,a|b,c,on-demand,hour,0,1e3"], ["'1e3' is not a plain decimal"]),
        (["eu,a|b,c,on-demand,hour,0,NaN"], ["'NaN' is not a plain decimal"]),
        (["eu,a|b,c,hour,0,1"], ["9 fields instead of 10"]),
    ],
)
def test_data_that_contradicts_itself_ends_the_build(tmp_path: Path, rows: list[str], said: list[str]) -> None:
    with pytest.raises(PricingError) as caught:
        compile_catalogue(write(tmp_path, *rows), tmp_path / "out.sqlite")
    assert all(part in caught.value.message for part in said), caught.value.message
    assert not list(tmp_path.glob("out.sqlite*"))


def test_two_files_may_not_price_one_thing(tmp_path: Path) -> None:
    write(tmp_path, A)
    with pytest.raises(PricingError, match=r"a\.csv:2 and 1\.5 at .*b\.csv:2"):
        compile_catalogue(write(tmp_path, A, file="rates/aws/b.csv"), tmp_path / "out.sqlite")


def test_line_ends_do_not_change_the_digest(tmp_path: Path) -> None:
    before = content_digest(write(tmp_path, A))
    for file in tmp_path.rglob("*.csv"):
        file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert content_digest(tmp_path) == before


def test_compiling_twice_gives_the_same_content(tmp_path: Path) -> None:
    write(tmp_path, "*,z|b,c,on-demand,hour,0,1", A)
    dumps = []
    for name in ("one.sqlite", "two.sqlite"):
        compile_catalogue(tmp_path, tmp_path / name)
        with sqlite3.connect(tmp_path / name) as database:
            dumps.append("\n".join(database.iterdump()))
    assert dumps[0] == dumps[1]


def test_no_prices_and_no_catalogue_are_said(tmp_path: Path) -> None:
    with pytest.raises(PricingError, match="no prices at"):
        open_catalogue(tmp_path)
    (tmp_path / "file").write_text("not a database")
    with pytest.raises(PricingError, match="not a price catalogue"):
        open_catalogue(tmp_path / "file").info  # noqa: B018


def test_opening_reads_nothing(tmp_path: Path) -> None:
    """A run that prices nothing pays nothing, though the file is not even there."""
    assert Catalogue(tmp_path / "absent.sqlite").file.name == "absent.sqlite"
