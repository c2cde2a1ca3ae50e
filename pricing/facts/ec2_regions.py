"""EC2 prices of regions that no list has: what the machine costs in us-east-1, by the ratio of its predecessor.

A family costs in a region as much more than in us-east-1 as the one before it does there: m7i as m6i, m7i-flex as m7i,
r6id as r5d. Of the 508 families that are known in a region beside their predecessor the rule misses 1 in 20 by more
than 1 %; half are equal to 0.01 % (`tests/costing/test_derived_prices.py`). It holds from the sixth generation on, and
not for accelerators, whose prices have moved by themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from statistics import median

from facts.rows import Rate

HOME = "us-east-1"
FAMILY = re.compile(r"(?P<series>[a-z]+)(?P<generation>\d+)(?P<letters>[a-z]*(?:-flex)?)")
FIRST, OLDEST = 6, 5
"""The first generation that is derived, and the oldest it is derived from."""
ACCELERATORS = frozenset({"p", "g", "gr", "inf", "trn", "dl", "f", "vt"})
DIGITS = Decimal("0.00001")

Prices = Mapping[str, Mapping[str, Rate]]
"""Region -> machine -> its rate."""


def elsewhere(known: Iterable[Rate]) -> Iterator[Rate]:
    """The rates of machines, on Linux and on demand, in regions that lack them."""
    prices = by_region(known)
    home = prices.get(HOME, {})
    for region in sorted(prices.keys() - {HOME, "*"}):
        there = ratios(prices[region], home)
        for machine, rate in home.items():
            ratio = ratio_of(machine.split(".")[0], there) if machine not in prices[region] else None
            if ratio is not None and rate.origin.confidence == "verified":
                usd = (rate.usd * ratio).quantize(DIGITS)
                yield rate._replace(region=region, usd=usd, origin=rate.origin.derived)


def by_region(known: Iterable[Rate]) -> Prices:
    found: dict[str, dict[str, Rate]] = {}
    for rate in known:
        service, machine, *rest = rate.key.split("|")
        if (service, rest, rate.component, rate.purchase) == ("ec2", ["linux"], "instance", "on-demand"):
            found.setdefault(rate.region, {})[machine] = rate
    return found


def ratios(there: Mapping[str, Rate], home: Mapping[str, Rate]) -> dict[str, Decimal]:
    """Family -> how many times as much its machines cost there; the median of them, stale prices apart."""
    found: dict[str, list[Decimal]] = {}
    for machine, rate in there.items():
        if machine in home and "stale" not in (rate.origin.confidence, home[machine].origin.confidence):
            found.setdefault(machine.split(".")[0], []).append(rate.usd / home[machine].usd)
    return {family: median(values) for family, values in found.items()}


def ratio_of(family: str, there: Mapping[str, Decimal]) -> Decimal | None:
    """The ratio of the family itself, else of the nearest predecessor that is known there."""
    return next((there[name] for name in (family, *predecessors(family)) if name in there), None)


def predecessors(family: str) -> Iterator[str]:
    """The families that one has come from, the nearest first. Before the sixth generation Intel's had no `i`."""
    found = FAMILY.fullmatch(family)
    if found is None or int(found["generation"]) < FIRST or found["series"] in ACCELERATORS:
        return
    series, generation, letters = found["series"], int(found["generation"]), found["letters"]
    plain = letters.removesuffix("-flex")
    for older in range(generation - 1, OLDEST - 1, -1):
        yield f"{series}{older}{letters}"
    if plain != letters:
        yield from (f"{series}{older}{plain}" for older in range(generation, OLDEST - 1, -1))
    if plain.startswith("i"):
        yield from (f"{series}{older}{plain[1:]}" for older in range(generation - 1, OLDEST - 1, -1))
