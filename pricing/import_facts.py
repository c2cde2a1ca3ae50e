#!/usr/bin/env python3
"""Writes the price CSVs of this directory from a directory of collected price facts.

    python pricing/import_facts.py FACTS

`FACTS` holds tables of figures as their sources publish them (see `sources.csv`); `import_maps/` says which figure
is which key and component of the catalogue, and `import_maps/published.csv` holds rows taken by hand from a cited page.
Files that this script does not write, such as `rates/ci/`, are left alone.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Iterable, Iterator
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
COLUMNS = ["region", "key", "component", "purchase", "unit", "tier_start", "usd", "as_of", "source", "confidence"]
Row = dict[str, str]


class Origin(NamedTuple):
    """Where a figure is from; the last three columns of a row."""

    as_of: str
    source: str
    confidence: str = "verified"


class Rate(NamedTuple):
    region: str
    key: str
    component: str
    unit: str
    usd: Decimal
    origin: Origin
    purchase: str = "on-demand"
    tier_start: Decimal = Decimal(0)

    @property
    def identity(self) -> tuple[str, str, str, str, Decimal]:
        return (self.region, self.key, self.component, self.purchase, self.tier_start)

    def fields(self) -> list[str]:
        numbers = [plain(self.tier_start), plain(self.usd)]
        return [self.region, self.key, self.component, self.purchase, self.unit, *numbers, *self.origin]


def plain(number: Decimal) -> str:
    """The shortest plain notation: no exponent, no trailing zeros."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def table(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def write_rates(name: str, rates: Iterable[Rate]) -> int:
    """Writes `rates/<name>.csv`, sorted. Equal figures for one thing are one row; unequal ones end the import."""
    kept: dict[tuple[str, str, str, str, Decimal], Rate] = {}
    for rate in rates:
        first = kept.setdefault(rate.identity, rate)
        if first.usd != rate.usd or first.unit != rate.unit:
            raise SystemExit(f"two prices for one thing: {first.fields()} and {rate.fields()}")
    rows = [COLUMNS, *(kept[identity].fields() for identity in sorted(kept))]
    write_csv(HERE / "rates" / f"{name}.csv", rows)
    return len(kept)


def write_csv(path: Path, rows: Iterable[list[str]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


# --- AWS ---------------------------------------------------------------------------------------------------------

KARPENTER = Origin("2026-07-20", "karpenter-aws")
COROOT = Origin("2024-08-09", "cloud-pricing-coroot")
EC2_BASIS = {
    "K": KARPENTER,
    "C": COROOT,
    "L": Origin("2025-03-02", "libcloud"),
    "M": KARPENTER._replace(confidence="derived"),  # bare metal of dedicated tenancy, 6 to 10 % above shared
    "X": COROOT._replace(confidence="stale"),  # cut since: p4d, p4de, p5, u7i
}
OS_PREMIUM = Origin("2023-08-01", "ec2instances-leanercloud")
EU_WEST_1 = Origin("2023-02-23", "terracost-eu-west-1")


def ec2(facts: Path) -> Iterator[Rate]:
    """Linux on shared hardware by region; what Windows and SUSE add, which is the same in every region."""
    for row in table(facts / "aws_ec2_linux_ondemand.csv"):
        key = f"ec2|{row['instance_type']}|linux"
        yield Rate(row["region"], key, "instance", "hour", Decimal(row["usd_hour"]), EC2_BASIS[row["basis"]])
    for row in table(facts / "aws_ec2_os_premium.csv"):
        yield _os_premium(row)


def _os_premium(row: Row) -> Rate:
    """Verified where two regions agree, derived from one region otherwise."""
    us, eu = row["usd_hour_over_linux_us_east_1_2023_08"], row["usd_hour_over_linux_eu_west_1_2023_02"]
    origin = (OS_PREMIUM if us else EU_WEST_1)._replace(confidence="verified" if row["agree"] == "1" else "derived")
    return Rate("*", f"ec2|{row['instance_type']}|{row['os']}", "os-premium", "hour", Decimal(us or eu), origin)


def aws_services(facts: Path) -> Iterator[Rate]:
    yield from from_infracost(facts, "aws")
    yield from _eu_west_1(facts)
    yield from published("aws")


def _eu_west_1(facts: Path) -> Iterator[Rate]:
    """The price list of eu-west-1 by usage type. A usage type that several engines share has one price."""
    lines = list(table(facts / "aws_services_eu_west_1_2023_02.csv"))
    for entry in table(HERE / "import_maps" / "aws_eu_west_1.csv"):
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


# --- Prices implied by published estimates -----------------------------------------------------------------------


def from_infracost(facts: Path, provider: str) -> Iterator[Rate]:
    """The figures that `import_maps/<provider>_infracost.csv` names; several observations of one are intersected."""
    wanted: dict[tuple[str, str, str], list[Row]] = {}
    for entry in table(HERE / "import_maps" / f"{provider}_infracost.csv"):
        name = (entry["resource_type"], entry["component_path"], entry["component_name"])
        wanted.setdefault(name, []).append(entry)
    seen: dict[tuple[str, ...], list[tuple[Row, Row]]] = {}
    for row in table(facts / "infracost_components.csv"):
        if row["currency"] != "USD" or row["variant"]:
            continue
        for entry in wanted.get((row["resource_type"], row["component_path"], row["component_name"]), ()):
            if entry["value"] in ("", row["unit_price_snapped"]):
                region = entry["region"] or row["region"]
                seen.setdefault((region, entry["key"], entry["component"], entry["tier_start"]), []).append(
                    (entry, row)
                )
    for (region, *_), pairs in seen.items():
        yield _implied(region, pairs)


def _implied(region: str, pairs: list[tuple[Row, Row]]) -> Rate:
    """The shortest figure that explains every observation.

    Verified where no other figure so short would do and rounding leaves it open by less than 1 %; else derived.
    """
    entry = pairs[0][0]
    low = max(Decimal(row["unit_price_min"]) / Decimal(e["times"]) for e, row in pairs)
    high = min(Decimal(row["unit_price_max"]) / Decimal(e["times"]) for e, row in pairs)
    if low > high:
        raise SystemExit(
            f"no one price explains {[(e['key'], e['component'], r['unit_price'], r['case']) for e, r in pairs]}"
        )
    usd, alternatives = shortest_between(low, high)
    certain = alternatives == 1 and high - low <= usd * Decimal("0.02")
    origin = Origin(
        max(row["golden_date"] for _, row in pairs), "infracost-goldens", "verified" if certain else "derived"
    )
    return Rate(
        region, entry["key"], entry["component"], entry["unit"], usd, origin, tier_start=Decimal(entry["tier_start"])
    )


def shortest_between(low: Decimal, high: Decimal) -> tuple[Decimal, int]:
    """The decimal of fewest digits in an interval, the nearest to its middle; and how many are as short."""
    middle = (low + high) / 2
    step = Decimal(10) ** (high.adjusted() + 1)
    while True:
        first, last = (low / step).to_integral_value(ROUND_CEILING), (high / step).to_integral_value(ROUND_FLOOR)
        first = max(first, Decimal(1)) if high else first
        if first <= last:
            nearest = min(max((middle / step).to_integral_value(), first), last)
            return nearest * step, int(last - first) + 1
        step /= 10


def published(provider: str) -> Iterator[Rate]:
    """Rows taken by hand from a page that the source names."""
    for row in table(HERE / "import_maps" / "published.csv"):
        if row["provider"] == provider:
            origin = Origin(row["as_of"], row["source"], row["confidence"])
            rate = Rate(row["region"], row["key"], row["component"], row["unit"], Decimal(row["usd"]), origin)
            yield rate._replace(purchase=row["purchase"], tier_start=Decimal(row["tier_start"]))


RATES: dict[str, Callable[[Path], Iterator[Rate]]] = {
    "aws/ec2": ec2,
    "aws/services": aws_services,
}

# --- Specs -------------------------------------------------------------------------------------------------------


def gib(mebibytes: str) -> str:
    return plain(Decimal(mebibytes) / 1024)


def aws_specs(facts: Path) -> Iterator[Row]:
    for row in table(facts / "aws_instance_specs.csv"):
        yield {
            "key": row["instance_type"],
            "vcpu": row["vcpu"],
            "memory_gib": gib(row["memory_mib"]),
            "arch": row["arch"],
            "gpu": row["gpu_count"],
            "gpu_name": row["gpu_name"],
            "gpu_memory_gib": gib(row["gpu_memory_mib"]) if row["gpu_memory_mib"] else "",
            "local_nvme_gb": row["local_nvme_gb"],
            "network_mbps": row["network_mbps"],
        }


SPECS: dict[str, Callable[[Path], Iterator[Row]]] = {"aws": aws_specs}


def write_specs(name: str, rows: Iterable[Row]) -> int:
    ordered = sorted(rows, key=lambda row: row["key"])
    write_csv(HERE / "specs" / f"{name}.csv", [list(ordered[0]), *(list(row.values()) for row in ordered)])
    return len(ordered)


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or not (facts := Path(arguments[0])).is_dir():
        print(__doc__, file=sys.stderr)
        return 2
    for name, rates in RATES.items():
        print(f"{write_rates(name, rates(facts)):7} prices  {name}")
    for name, rows in SPECS.items():
        print(f"{write_specs(name, rows(facts)):7} machines  {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
