"""What a change does to the bill: estimates before and after, matched by address."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from finops_gate.model import NOTHING, ZERO, Bound, Delta, DeltaStatus, Estimate, Range, Totals, add, sum_known

Key = tuple[str, str, str]

NEGLIGIBLE = Decimal("0.000001")
"""Dollars a month: reports have ten decimals, fewer once converted from a currency and back."""


def key(estimate: Estimate) -> Key:
    """What makes a resource the same one on both sides; two roots may use the same address."""
    resource = estimate.resource
    return resource.source, resource.project, resource.address


def compare(before: Sequence[Estimate], after: Sequence[Estimate]) -> list[Delta]:
    """One delta for each resource of either side, in the order of addresses; a `moved` resource is one."""
    earlier = {key(e): e for e in before}
    later = {key(e): e for e in after}
    origin = {k: former(e, earlier) for k, e in later.items()}
    taken = set(origin.values())
    deltas = [delta(earlier.get(origin[k] or k), e) for k, e in later.items()]
    deltas += [delta(e, None) for k, e in earlier.items() if k not in taken and k not in later]
    return sorted(deltas, key=lambda d: (d.address, key(subject(d.before, d.after))))


def former(estimate: Estimate, earlier: dict[Key, Estimate]) -> Key | None:
    """The key under which the resource stood before, where a `moved` block says so."""
    if key(estimate) in earlier:
        return key(estimate)
    source, project, _ = key(estimate)
    candidates = ((source, project, address) for address in estimate.resource.moved_from)
    return next((candidate for candidate in candidates if candidate in earlier), None)


def delta(before: Estimate | None, after: Estimate | None) -> Delta:
    change = counted(after) - counted(before)
    status = status_of(before, after)
    address = subject(before, after).resource.address
    return Delta(address, status, before, after, NOTHING if status == "unchanged" else change)


def subject(before: Estimate | None, after: Estimate | None) -> Estimate:
    """The side that speaks for both: the later one, where there is one."""
    side = after or before
    if side is None:
        raise ValueError("a delta needs a side")
    return side


def counted(estimate: Estimate | None) -> Range:
    return estimate.known_monthly if estimate else NOTHING


def status_of(before: Estimate | None, after: Estimate | None) -> DeltaStatus:
    if before is None:
        return "added"
    if after is None:
        return "removed"
    same_cost = all(map(alike, before.monthly, after.monthly))
    same_code = not before.resource.attributes or before.resource.attributes == after.resource.attributes
    return "unchanged" if same_cost and same_code else "changed"


def totals(after: Sequence[Estimate], before: Sequence[Estimate] | None, deltas: Sequence[Delta]) -> Totals:
    """Sums of what is known on each side. The ceiling's change is the sum of the changes, for what is without a
    cap on both sides and did not change adds nothing."""
    later = sum_known(e.known_monthly for e in after)
    if before is None:
        return Totals(later)
    earlier = sum_known(e.known_monthly for e in before)
    change = NOTHING
    for item in deltas:
        change = change + item.change
    return Totals(
        later,
        earlier,
        Range(apart(later.floor, earlier.floor), apart(later.expected, earlier.expected), change.ceiling),
    )


def alike(a: Bound, b: Bound) -> bool:
    """Whether two bounds are the same but for what an earlier report rounded off."""
    known = isinstance(a, Decimal) and isinstance(b, Decimal) and a.is_finite() and b.is_finite()
    return abs(a - b) < NEGLIGIBLE if known else a == b  # type: ignore[operator]


def apart(later: Bound, earlier: Bound) -> Bound:
    return ZERO if alike(later, earlier) else add(later, -earlier if isinstance(earlier, Decimal) else earlier)
