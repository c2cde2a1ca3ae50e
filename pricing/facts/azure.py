"""Azure: virtual machines and the services whose prices published estimates imply."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from facts.implied import implied
from facts.rows import Origin, Rate, Row, first_of_each, gib, published, table

KARPENTER = Origin("2026-06-18", "karpenter-azure")
VM_BASIS = {"d": KARPENTER, "m": KARPENTER, "c": KARPENTER.derived}
PREMIUM_SOURCES = {
    "libcloud 2025-03 (mode over regions)": Origin("2025-03-02", "libcloud"),
    "terracost francecentral 2021-12": Origin("2021-12-01", "terracost-azure"),
    "karpenter-azure 2025-26 (mode over regions)": KARPENTER,
}
_WINDOWS = re.compile(r"Instance usage \(Windows, pay as you go, ([\w-]+)\)")


def vm(facts: Path) -> Iterator[Rate]:
    """Linux by region; what Windows adds, which is the same in every region."""
    for row in table(facts / "azure_vm_ondemand.csv"):
        origin = VM_BASIS[row["basis"]]
        yield Rate(row["region"], f"vm|{_size(row)}|linux", "instance", "hour", Decimal(row["usd_hour"]), origin)
    yield from _windows(facts)


def _size(row: Row) -> str:
    """The size as Terraform writes it; the source has some with blanks in them."""
    return "_".join(row["arm_sku"].split())


def _windows(facts: Path) -> Iterator[Rate]:
    """Verified where a published Windows price of East US is the sum, derived otherwise."""
    linux = _east_us(facts)
    windows = {size: usd for size, usd in _windows_of_east_us(facts) if size in linux}
    listed: set[str] = set()
    for row in table(facts / "azure_vm_windows_premium.csv"):
        size, premium = _size(row), Decimal(row["usd_hour_over_linux"])
        confirmed = size in windows and abs(linux[size] + premium - windows[size]) < Decimal("0.0001")
        origin = PREMIUM_SOURCES[row["source"]]
        listed.add(size)
        yield Rate("*", f"vm|{size}|windows", "os-premium", "hour", premium, origin if confirmed else origin.derived)
    origin = Origin("2024-07-01", "infracost-goldens").derived
    for size in sorted(windows.keys() - listed):
        if windows[size] > linux[size]:
            yield Rate("*", f"vm|{size}|windows", "os-premium", "hour", windows[size] - linux[size], origin)


def _east_us(facts: Path) -> dict[str, Decimal]:
    rows = table(facts / "azure_vm_ondemand.csv")
    return {_size(row): Decimal(row["usd_hour"]) for row in rows if row["region"] == "eastus"}


def _windows_of_east_us(facts: Path) -> Iterator[tuple[str, Decimal]]:
    for row in table(facts / "infracost_components.csv"):
        found = _WINDOWS.fullmatch(row["component_name"])
        if found and row["region"] == "eastus" and not row["variant"]:
            yield found[1], Decimal(row["unit_price_snapped"])


def services(facts: Path) -> Iterator[Rate]:
    return first_of_each(published("azurerm"), implied(facts, "azurerm"))


def specs(facts: Path) -> Iterator[Row]:
    for row in table(facts / "azure_vm_specs.csv"):
        yield {
            "key": _size(row),
            "vcpu": row["vcpu"],
            "memory_gib": gib(row["memory_mib"]),
            "arch": row["arch"],
            "gpu": row["gpu"],
            "family": row["sku_family"],
        }
