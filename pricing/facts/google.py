"""Google Cloud: machine types, disks, storage, network and licences."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from facts.implied import implied
from facts.rows import MAPS, Origin, Rate, Row, first_of_each, published, table

CYCLENERD = Origin("2026-07-30", "gcp-pricing-cyclenerd")
PURCHASES = {"usd_hour": "on-demand", "usd_hour_spot": "spot", "usd_month_1y": "cud-1yr", "usd_month_3y": "cud-3yr"}
MULTI_REGIONS = {"us-multi": "us", "europe-multi": "eu", "asia-multi": "asia"}
ARM = ("c4a", "n4a", "t2a")
"""The series with Arm processors (https://docs.cloud.google.com/compute/docs/instances/arm-on-compute)."""
GPUS = ("a100", "a100-80gb", "h100-80gb", "h100-80gb-mega", "l4", "rtx6000")


def gce(facts: Path) -> Iterator[Rate]:
    """Machine types: an hour on demand or spot, a month under a commitment."""
    for row in table(facts / "gcp_compute_ondemand.csv"):
        for column, purchase in PURCHASES.items():
            if row[column]:
                unit = "month" if purchase.startswith("cud") else "hour"
                rate = Rate(
                    row["region"], f"gce|{row['machine_type']}", "instance", unit, Decimal(row[column]), CYCLENERD
                )
                yield rate._replace(purchase=purchase)


def services(facts: Path) -> Iterator[Rate]:
    return first_of_each(published("google"), _listed(facts), _licences(facts), implied(facts, "google"))


def _listed(facts: Path) -> Iterator[Rate]:
    names = {(row["item"], row["tier_gib"]): row for row in table(MAPS / "google_services.csv")}
    for row in table(facts / "gcp_services.csv"):
        name = names[row["item"], row["tier_gib"]]
        region = MULTI_REGIONS.get(row["region"], row["region"])
        rate = Rate(region, name["key"], name["component"], name["unit"], Decimal(row["usd"]), CYCLENERD)
        yield rate._replace(tier_start=Decimal(name["tier_start"]))


def _licences(facts: Path) -> Iterator[Rate]:
    """What the operating system adds to a machine type, an hour."""
    for row in table(facts / "gcp_os_license.csv"):
        for system in ("rhel", "rhel-sap", "sles", "sles-sap", "windows"):
            if row[system]:
                key = f"os-license|{system}|{row['machine_type']}"
                yield Rate("*", key, "license", "hour", Decimal(row[system]), CYCLENERD)


def specs(facts: Path) -> Iterator[Row]:
    for row in table(facts / "gcp_machine_specs.csv"):
        gpu = next((name for name in GPUS if row[name]), "")
        yield {
            "key": row["machine_type"],
            "vcpu": row["cpu"],
            "memory_gib": row["ram"],
            "arch": "arm64" if row["machine_type"].startswith(tuple(f"{series}-" for series in ARM)) else "amd64",
            "gpu": row[gpu] if gpu else "",
            "gpu_name": gpu,
            "local_ssd": row["local-ssd"],
        }
