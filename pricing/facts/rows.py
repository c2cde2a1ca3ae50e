"""The rows the importers write, and the reading and writing of CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

PRICING = Path(__file__).resolve().parent.parent
MAPS = Path(__file__).resolve().parent / "maps"
COLUMNS = ["region", "key", "component", "purchase", "unit", "tier_start", "usd", "as_of", "source", "confidence"]
Row = dict[str, str]


class Origin(NamedTuple):
    """Where a figure is from: the last three columns of a row."""

    as_of: str
    source: str
    confidence: str = "verified"

    @property
    def derived(self) -> Origin:
        return self._replace(confidence="derived")

    @property
    def stale(self) -> Origin:
        return self._replace(confidence="stale")


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


def gib(mebibytes: str) -> str:
    """GiB of MiB; nothing of nothing, and of the 0 by which a source says that it does not know."""
    return plain(Decimal(mebibytes) / 1024) if mebibytes and Decimal(mebibytes) else ""


def table(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def first_of_each(*layers: Iterable[Rate]) -> Iterator[Rate]:
    """The rates of every layer, of which an earlier one hides what a later one says of the same thing."""
    seen: set[tuple[str, str, str, str]] = set()
    for layer in layers:
        rates = [rate for rate in layer if rate.identity[:4] not in seen]
        seen.update(rate.identity[:4] for rate in rates)
        yield from rates


def unambiguous(rates: Iterable[Rate]) -> Iterator[Rate]:
    """The rates of which the source gives one figure; where it gives two (RDS Custom beside RDS), neither is sure."""
    figures: dict[tuple[str, str, str, str, Decimal], set[Rate]] = {}
    for rate in rates:
        figures.setdefault(rate.identity, set()).add(rate)
    return (next(iter(found)) for found in figures.values() if len(found) == 1)


def write_rates(name: str, rates: Iterable[Rate]) -> int:
    """Writes `rates/<name>.csv`, sorted. Equal figures for one thing are one row; unequal ones end the import."""
    kept: dict[tuple[str, str, str, str, Decimal], Rate] = {}
    for rate in rates:
        first = kept.setdefault(rate.identity, rate)
        if first.usd != rate.usd or first.unit != rate.unit:
            raise SystemExit(f"two prices for one thing: {first.fields()} and {rate.fields()}")
    write_csv(PRICING / "rates" / f"{name}.csv", [COLUMNS, *(kept[i].fields() for i in sorted(kept))])
    return len(kept)


def write_specs(name: str, rows: Iterable[Row]) -> int:
    """Writes `specs/<name>.csv`, sorted by machine."""
    ordered = sorted(rows, key=lambda row: row["key"])
    write_csv(PRICING / "specs" / f"{name}.csv", [list(ordered[0]), *(list(row.values()) for row in ordered)])
    return len(ordered)


def write_csv(path: Path, rows: Iterable[list[str]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def published(provider: str) -> Iterator[Rate]:
    """Rows taken by hand from a page that their source names."""
    for row in table(MAPS / "published.csv"):
        if row["provider"] == provider:
            origin = Origin(row["as_of"], row["source"], row["confidence"])
            rate = Rate(row["region"], row["key"], row["component"], row["unit"], Decimal(row["usd"]), origin)
            yield rate._replace(purchase=row["purchase"], tier_start=Decimal(row["tier_start"]))
