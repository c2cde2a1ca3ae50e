"""The zones of the clouds' regions, from `pricing/zones/<provider>.txt`, which names its sources."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from finops_gate import data

Zones = tuple[str | None, ...]
"""The letters of a region's zones; None for one whose letter is another for each account."""


def zones_of(provider: str, region: str) -> Zones | None:
    """The zones of a region; None where there is no source for them."""
    return _table(provider).get(region)


@cache
def _table(provider: str) -> Mapping[str, Zones]:
    path = data.pricing_dir() / "zones" / f"{provider}.txt"
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    rows = [line.split() for line in lines if line and not line.startswith("#")]
    return {region: _letters(rest) for region, *rest in rows}


def _letters(written: list[str]) -> Zones:
    return (None,) * int(written[0]) if written[0].isdigit() else tuple(written)
