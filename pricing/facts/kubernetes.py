"""Kubernetes: OpenCost's default prices, for clusters whose nodes nobody has named."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from facts.rows import Origin, Rate, Row, table

COMPONENTS = {
    "CPU": ("cpu", "on-demand", "vCPU-hour"),
    "spotCPU": ("cpu", "spot", "vCPU-hour"),
    "RAM": ("memory", "on-demand", "GB-hour"),
    "spotRAM": ("memory", "spot", "GB-hour"),
    "GPU": ("gpu", "on-demand", "GPU-hour"),
    "storage": ("storage", "on-demand", "GB-hour"),
    "zoneNetworkEgress": ("zone-egress", "on-demand", "GB"),
    "regionNetworkEgress": ("region-egress", "on-demand", "GB"),
    "internetNetworkEgress": ("internet-egress", "on-demand", "GB"),
    "defaultLBPrice": ("load-balancer", "on-demand", "hour"),
}
"""Component, purchase and unit of each of OpenCost's keys. Its GiB are our GB."""


def opencost(facts: Path) -> Iterator[Rate]:
    for row in table(facts / "k8s_defaults.csv"):
        component, purchase, unit = COMPONENTS[row["key"]]
        rate = Rate("*", f"opencost|{row['provider_file']}", component, unit, Decimal(row["usd"]), _origin(row))
        yield rate._replace(purchase=purchase)


def _origin(row: Row) -> Origin:
    """Azure's are of April 2019, by their own description; the others as of the file."""
    return (
        Origin("2019-04-01", "opencost").stale if row["provider_file"] == "azure" else Origin("2024-01-01", "opencost")
    )
