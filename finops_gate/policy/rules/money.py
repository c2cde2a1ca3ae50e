"""Money of groups of resources: what the `cost` and `budget` rules add up.

Unknown figures are left out of a sum and named beside it, so that a limit which the known part alone exceeds is
broken for certain, and one which it does not is not known to be kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from finops_gate.model import NOTHING, Estimate, Range, Unknown, sum_known
from finops_gate.policy.definition import Subject
from finops_gate.policy.messages import dollars
from finops_gate.policy.names import change_percent


@dataclass(frozen=True, slots=True)
class Sums:
    """What a group costs before and after, of what is known, and why some of it is not."""

    before: Range
    after: Range
    change: Range
    count: Range
    unknown: str
    compared: bool

    @property
    def change_percent(self) -> Any:
        return change_percent(self.before.expected, self.change.expected)


METRICS: dict[str, Callable[[Sums], Any]] = {
    "monthly": lambda sums: sums.after.expected,
    "monthly_floor": lambda sums: sums.after.floor,
    "monthly_ceiling": lambda sums: sums.after.ceiling,
    "change": lambda sums: sums.change.expected,
    "change_floor": lambda sums: sums.change.floor,
    "change_ceiling": lambda sums: sums.change.ceiling,
    "change_percent": lambda sums: sums.change_percent,
    "count": lambda sums: sums.count.expected,
}
"""The figures a limit can be set on; those of a change have no meaning where nothing was compared."""


def sums_of(subjects: Sequence[Subject]) -> Sums:
    after, before = known(s.after for s in subjects), known(s.before for s in subjects)
    change = sum_known(s.change for s in subjects if s.change is not None)
    count = sum((s.resource.instances for s in subjects if s.after is not None), NOTHING)
    return Sums(before, after, change, count, doubt(subjects), any(s.status is not None for s in subjects))


def known(estimates: Iterable[Estimate | None]) -> Range:
    return sum((e.known_monthly for e in estimates if e is not None), NOTHING)


def doubt(subjects: Sequence[Subject]) -> str:
    """Why a sum may be too low: the resources without a figure, of those that the change touches."""
    open_questions = [
        f"{s.resource.address} ({s.after.why or s.after.coverage})"
        for s in subjects
        if s.after is not None and s.status != "unchanged" and isinstance(s.after.monthly.expected, Unknown)
    ]
    more = f" and {len(open_questions) - 1} more" if len(open_questions) > 1 else ""
    return f"there is no figure for {open_questions[0]}{more}" if open_questions else ""


def grouped(subjects: Sequence[Subject], by: Callable[[Subject], str | None]) -> dict[str, list[Subject]]:
    """Subjects by group, groups in order of name; what belongs to none is left out."""
    groups: dict[str, list[Subject]] = {}
    for subject in subjects:
        name = by(subject)
        if name is not None:
            groups.setdefault(name, []).append(subject)
    return dict(sorted(groups.items()))


def tag_of(subject: Subject, keys: Sequence[str]) -> str | None:
    """The value of the first of these tags that a resource carries."""
    tags = subject.resource.tags
    if isinstance(tags, Unknown):
        return None
    values = (tags.get(key) for key in keys)
    return next((value for value in values if isinstance(value, str) and value), None)


def most_added(subjects: Sequence[Subject]) -> list[Subject]:
    """The subjects that cost more, the largest increase first."""
    rising = [
        (s.change.expected, s)
        for s in subjects
        if s.change and isinstance(s.change.expected, Decimal) and s.change.expected > 0
    ]
    return [s for _, s in sorted(rising, key=lambda pair: (-pair[0], pair[1].resource.address))]


def facts_of(sums: Sums, subjects: Sequence[Subject]) -> dict[str, Any]:
    top = [f"{s.resource.address} {dollars(s.change.expected)}" for s in most_added(subjects)[:3] if s.change]
    return {
        "monthly": dollars(sums.after.expected),
        "floor": dollars(sums.after.floor),
        "ceiling": dollars(sums.after.ceiling),
        "before": dollars(sums.before.expected) if sums.compared else None,
        "change": dollars(sums.change.expected) if sums.compared else None,
        "top": top or None,
    }
