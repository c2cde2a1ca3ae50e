"""AWS: EC2, RDS, ElastiCache, OpenSearch, traffic and the small services."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path

from facts.aws_derived import derived, multi_az, windows
from facts.aws_regions import by_region
from facts.ec2_regions import elsewhere
from facts.implied import implied
from facts.rows import MAPS, Origin, Rate, Row, first_of_each, gib, published, table, unambiguous

KARPENTER = Origin("2026-07-20", "karpenter-aws")
COROOT = Origin("2024-08-09", "cloud-pricing-coroot")
EC2_BASIS = {
    "K": KARPENTER,
    "C": COROOT,
    "L": Origin("2025-03-02", "libcloud"),
    "M": KARPENTER.derived,  # bare metal of dedicated tenancy, 6 to 10 % above shared
    "X": COROOT.stale,  # cut since: p4d, p4de, p5, u7i
}
OS_PREMIUM = Origin("2023-08-01", "ec2instances-leanercloud")
EU_WEST_1 = Origin("2023-02-23", "terracost-eu-west-1")
RDS_2021 = Origin("2021-08-03", "ec2instances-vantage").stale
CACHES = Origin("2025-04-24", "ec2instances-leanercloud-2025")

EGRESS = "egress|internet"
ONE_LEVEL = ("us-east-1", "us-west-2", "us-east-2")

ENGINES = {
    ("MySQL", "", "No license required"): "mysql",
    ("PostgreSQL", "", "No license required"): "postgres",
    ("MariaDB", "", "No license required"): "mariadb",
    ("Aurora MySQL", "", "No license required"): "aurora-mysql",
    ("Aurora PostgreSQL", "", "No license required"): "aurora-postgresql",
    ("SQL Server", "Express", "License included"): "sqlserver-ex",
    ("SQL Server", "Web", "License included"): "sqlserver-web",
    ("SQL Server", "Standard", "License included"): "sqlserver-se",
    ("SQL Server", "Enterprise", "License included"): "sqlserver-ee",
    ("Oracle", "Standard Two", "License included"): "oracle-se2-li",
    ("Oracle", "Standard Two", "Bring your own license"): "oracle-se2-byol",
    ("Oracle", "Enterprise", "Bring your own license"): "oracle-ee-byol",
}
"""Terraform's engine of a price list's engine, edition and licence; Oracle's with the licence model."""

DEPLOYMENTS = {
    "Single-AZ": "single-az",
    "Multi-AZ": "multi-az",
    "Multi-AZ (readable standbys)": "multi-az-cluster",
}


def ec2(facts: Path) -> Iterator[Rate]:
    """Linux on shared hardware by region; what Windows and SUSE add, which is the same in every region."""
    linux = list(_linux(facts))
    yield from first_of_each(linux, elsewhere(linux))
    listed = (_os_premium(row) for row in table(facts / "aws_ec2_os_premium.csv"))
    yield from first_of_each(listed, windows(table(facts / "aws_instance_specs.csv"), OS_PREMIUM))


def _linux(facts: Path) -> Iterator[Rate]:
    for row in table(facts / "aws_ec2_linux_ondemand.csv"):
        key = f"ec2|{row['instance_type']}|linux"
        yield Rate(row["region"], key, "instance", "hour", Decimal(row["usd_hour"]), EC2_BASIS[row["basis"]])


def _os_premium(row: Row) -> Rate:
    """Verified where two regions agree, derived from one region otherwise."""
    us, eu = row["usd_hour_over_linux_us_east_1_2023_08"], row["usd_hour_over_linux_eu_west_1_2023_02"]
    origin = OS_PREMIUM if us else EU_WEST_1
    origin = origin if row["agree"] == "1" else origin.derived
    return Rate("*", f"ec2|{row['instance_type']}|{row['os']}", "os-premium", "hour", Decimal(us or eu), origin)


def rds(facts: Path) -> Iterator[Rate]:
    """Newest first: the daily price list of 2024, eu-west-1 of 2023, what follows from them, and the list of 2021."""
    listed = list(_rds_2024(facts))
    known = list(first_of_each(listed, unambiguous(_rds_eu_west_1(facts)), _mariadb(listed), _rds_2021(facts)))
    return first_of_each(known, multi_az(known))


def _rds_2024(facts: Path) -> Iterator[Rate]:
    for row in table(facts / "aws_rds_ondemand.csv"):
        deployment = row["deployment"].replace("_", "-")
        component = "instance-io-optimized" if row["storage_mode"] == "io_optimized" else "instance"
        key = f"rds|{row['engine']}|{row['instance_class']}|{deployment}"
        yield Rate(row["region"], key, component, "hour", Decimal(row["usd_hour"]), COROOT)


def _mariadb(listed: list[Rate]) -> Iterator[Rate]:
    """MariaDB costs what MySQL costs: equal in 268 of 268 pairs of eu-west-1 in 2023."""
    for rate in listed:
        if rate.key.startswith("rds|mysql|"):
            yield rate._replace(key=rate.key.replace("|mysql|", "|mariadb|"), origin=COROOT.derived)


def _rds_eu_west_1(facts: Path) -> Iterator[Rate]:
    for row in table(facts / "aws_rds_eu_west_1_2023_02_all_engines.csv"):
        engine = ENGINES.get((row["engine"], row["edition"], row["license_model"]))
        if engine:
            key = f"rds|{engine}|{row['instance_class']}|{DEPLOYMENTS[row['deployment']]}"
            yield Rate("eu-west-1", key, "instance", "hour", Decimal(row["usd_hour"]), EU_WEST_1)


def _rds_2021(facts: Path) -> Iterator[Rate]:
    for row in table(facts / "aws_rds_2021_08_other_engines.csv"):
        key = f"rds|{row['engine']}|{row['instance_class']}|single-az"
        yield Rate(row["region"], key, "instance", "hour", Decimal(row["usd_hour_single_az"]), RDS_2021)


def elasticache(facts: Path) -> Iterator[Rate]:
    for row in table(facts / "aws_elasticache_ondemand.csv"):
        yield from _node(row, f"elasticache|{row['engine'].lower()}|{row['node_type']}")


def opensearch(facts: Path) -> Iterator[Rate]:
    for row in table(facts / "aws_opensearch_ondemand.csv"):
        yield from _node(row, f"opensearch|{row['instance_type']}")


def _node(row: Row, key: str) -> Iterator[Rate]:
    rate = Rate(row["region"], key, "node", "hour", Decimal(row["usd_hour"]), CACHES)
    yield rate
    if row["usd_hour_1yr_no_upfront"]:
        yield rate._replace(usd=Decimal(row["usd_hour_1yr_no_upfront"]), purchase="reserved-1yr-no-upfront")


def transfer(facts: Path) -> Iterator[Rate]:
    """To the internet, by the pricing page, then the daily price list; what both lack, by what estimates imply."""
    return first_of_each(_only(EGRESS, by_region()), _egress(facts), _only(EGRESS, implied(facts, "aws")))


def _only(key: str, rates: Iterable[Rate]) -> Iterator[Rate]:
    return (rate for rate in rates if rate.key == key)


def _egress(facts: Path) -> Iterator[Rate]:
    for row in table(facts / "aws_internet_egress.csv"):
        rate = Rate(row["region"], EGRESS, "data", "GB", Decimal(row["usd_gb"]), COROOT)
        yield rate._replace(tier_start=Decimal(row["from_gb"]))


def services(facts: Path) -> Iterator[Rate]:
    listed, inferred = (
        (rate for rate in rates if rate.key != EGRESS) for rates in (by_region(), implied(facts, "aws"))
    )
    layers = (listed, published("aws"), inferred, _eu_west_1(facts))
    known = derived(list(first_of_each(*layers)))
    return first_of_each(known, _siblings(known), _credits(known))


def _credits(known: list[Rate]) -> Iterator[Rate]:
    """CPU credits beyond the baseline cost the same everywhere.

    AWS says so of RDS (quoted at https://repost.aws/questions/QU8hqKXwKvTfi4vT1RqCioGQ); of EC2 it is taken from what
    is known of us-east-1, which equals eu-west-1.
    """
    for rate in known:
        if rate.region == "eu-west-1" and rate.key.startswith(("ec2-credits|", "rds-credits|")):
            yield rate._replace(region="*", origin=rate.origin.derived)


def _siblings(known: list[Rate]) -> Iterator[Rate]:
    """What one of the three regions of one price level costs, it costs in the other two.

    Of what this catalogue knows in two of us-east-1, us-east-2 and us-west-2, 6,522 of 6,554 database and cache prices
    are equal, and 2,312 of 2,359 of EC2; the rest differ by a rounding, or by a price cut that one list is too old for.
    """
    for donor in ONE_LEVEL:
        for rate in known:
            if rate.region == donor:
                yield from (rate._replace(region=region, origin=rate.origin.derived) for region in ONE_LEVEL)


def _eu_west_1(facts: Path) -> Iterator[Rate]:
    """The price list of eu-west-1 by usage type. A usage type that several engines share has one price."""
    lines = list(table(facts / "aws_services_eu_west_1_2023_02.csv"))
    for entry in table(MAPS / "aws_eu_west_1.csv"):
        chosen = [line for line in lines if _matches(entry, line)]
        if not chosen:
            raise SystemExit(f"nothing in the price list for {entry}")
        for line in chosen:
            usd = Decimal(line["usd"]) / Decimal(entry["times"])
            start = max(Decimal(line["starting_range"]), Decimal(entry["tier_start"]))
            rate = Rate("eu-west-1", entry["key"], entry["component"], entry["unit"], usd, EU_WEST_1)
            yield rate._replace(tier_start=start)


def _matches(entry: Row, line: Row) -> bool:
    return (
        line["usage_type"] == entry["usage_type"]
        and entry["product_family"] in ("", line["product_family"])
        and entry["attribute"] in line["attributes"]
    )


def specs(facts: Path) -> Iterator[Row]:
    for row in table(facts / "aws_instance_specs.csv"):
        yield {
            "key": row["instance_type"],
            "vcpu": row["vcpu"],
            "memory_gib": gib(row["memory_mib"]),
            "arch": row["arch"],
            "gpu": row["gpu_count"],
            "gpu_name": row["gpu_name"],
            "gpu_memory_gib": gib(row["gpu_memory_mib"]),
            "local_nvme_gb": row["local_nvme_gb"],
            "network_mbps": row["network_mbps"],
        }
