"""Prices implied by Infracost's published estimates, each within the interval that the estimate's rounding leaves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from pathlib import Path

from facts.rows import MAPS, Origin, Rate, Row, table

_HOLE = re.compile(r"\\\{(\w+)\\\}")
Pair = tuple[Row, Row]
HOLED = ("key", "component", "region")


def implied(facts: Path, provider: str) -> Iterator[Rate]:
    """The figures that `maps/<provider>_infracost.csv` names.

    Names in the map may have holes: `Storage ({tier}, {redundancy})` names every such component, and fills the holes of
    the key, the component and the region. `value` picks one price where several components share a name;
    `times` is how many of our units theirs is;
    `confidence` is `derived` where which is which follows from their order and not from their names.
    Several observations of one price narrow it together.
    """
    entries = [(_pattern(entry), entry) for entry in table(MAPS / f"{provider}_infracost.csv")]
    seen: dict[tuple[str, ...], list[Pair]] = {}
    for row in table(facts / "infracost_components.csv"):
        if row["currency"] != "USD" or row["variant"]:
            continue
        name = _name(row)
        for pattern, entry in entries:
            found = pattern.fullmatch(name) if entry["value"] in ("", row["unit_price_snapped"]) else None
            if found:
                filled = entry | {column: _fill(entry[column], found.groupdict()) for column in HOLED}
                region = filled["region"] or row["region"]
                identity = (region, *(filled[column] for column in ("key", "component", "purchase", "tier_start")))
                seen.setdefault(identity, []).append((filled, row))
    for (region, *_), pairs in seen.items():
        yield _narrowed(region, pairs)


def _name(row: Row) -> str:
    return "\n".join((row["resource_type"], row["component_path"], row["component_name"]))


def _pattern(entry: Row) -> re.Pattern[str]:
    return re.compile(_HOLE.sub(r"(?P<\1>[^,()\\n]+)", re.escape(_name(entry))))


def _fill(template: str, holes: dict[str, str]) -> str:
    return template.format(**{name: value.strip().replace(" ", "-") for name, value in holes.items()})


def _narrowed(region: str, pairs: list[Pair]) -> Rate:
    """The shortest figure that explains every observation.

    Verified where no other figure so short would do and rounding leaves it open by less than 1 %; else derived.
    """
    entry = pairs[0][0]
    low = max(Decimal(row["unit_price_min"]) / Decimal(e["times"]) for e, row in pairs)
    high = min(Decimal(row["unit_price_max"]) / Decimal(e["times"]) for e, row in pairs)
    if low > high:
        observed = [(e["key"], e["component"], row["unit_price"], row["case"]) for e, row in pairs]
        raise SystemExit(f"no one price explains {observed}")
    usd, alternatives = shortest_between(low, high)
    certain = not entry["confidence"] and alternatives == 1 and high - low <= usd * Decimal("0.02")
    origin = Origin(max(row["golden_date"] for _, row in pairs), "infracost-goldens")
    rate = Rate(region, entry["key"], entry["component"], entry["unit"], usd, origin if certain else origin.derived)
    return rate._replace(tier_start=Decimal(entry["tier_start"]), purchase=entry["purchase"] or "on-demand")


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
