"""Graduated prices: each tier that a quantity reaches is a line of its own, priced at that tier's figure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from finops_gate.model import UNBOUNDED, ZERO, Bound, Range, is_unbounded

Tiers = Sequence[tuple[Decimal, Decimal]]
_SCALES = {"1k": Decimal(1_000), "1M": Decimal(1_000_000)}
_BYTES = ((Decimal(1024**2), "PB"), (Decimal(10**6), "PB"), (Decimal(1024), "TB"), (Decimal(1000), "TB"))
_STEPS = ((10**12, "T"), (10**9, "B"), (10**6, "M"), (10**3, "K"))


def walk(quantity: Range, tiers: Tiers, unit: str) -> list[tuple[str, Range, Decimal]]:
    """(what the tier is called, quantity that falls into it, USD a unit) for each tier reached.

    One tier alone is an entry without a name. A quantity that may grow without bound, but is not expected
    to, stays in the last tier that it is expected to reach: the tiers above are no lines of today's bill.
    """
    if len(tiers) == 1 or not quantity.is_known:
        return [("", quantity, tiers[0][1])]
    starts = [start for start, _ in tiers]
    last = _last_reached(quantity, starts)
    if last == 0:
        return [("", quantity, tiers[0][1])]
    ends = [*starts[1 : last + 1], UNBOUNDED]
    return [
        (_name(i, starts, unit), Range(*(_within(b, starts[i], ends[i]) for b in quantity)), tiers[i][1])
        for i in range(last + 1)
    ]


def _last_reached(quantity: Range, starts: Sequence[Decimal]) -> int:
    reach = quantity.expected if is_unbounded(quantity.ceiling) else quantity.ceiling
    return max([0, *(i for i, start in enumerate(starts) if isinstance(reach, Decimal) and reach > start)])


def _within(bound: Bound, start: Decimal, end: Decimal) -> Bound:
    return max(ZERO, min(bound, end) - start) if isinstance(bound, Decimal) else bound


def _name(i: int, starts: Sequence[Decimal], unit: str) -> str:
    if i == len(starts) - 1:
        return f"over {compact(starts[i], unit)}"
    return f"{'next' if i else 'first'} {compact(starts[i + 1] - starts[i], unit)}"


def compact(figure: Decimal, unit: str) -> str:
    """A tier's width as price lists print it: 10TB, 333M, 32K."""
    if re.match(r"GB(-month)?$", unit):
        size, letters = next(((s, x) for s, x in _BYTES if figure >= s and figure % s == 0), (Decimal(1), "GB"))
        return f"{(figure / size).normalize():f}{letters}"
    figure *= _SCALES.get(unit.split(" ")[0], Decimal(1))
    for step, letter in _STEPS:
        if figure >= step:
            return f"{(figure / step).normalize():f}{letter}"
    return f"{figure.normalize():f}"
