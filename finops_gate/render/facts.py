"""What has to be said about the figures of the cost table, so that nobody takes them for more than they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from finops_gate.model import Bound, Estimate, Report, is_unbounded, sum_known
from finops_gate.render.clean import clean, clip
from finops_gate.render.cost_table import labels, moves, together
from finops_gate.render.money import money
from finops_gate.render.reasons import few

MOST_KEYS = 2
"""So many usage keys of a resource are named; its explanation lists them all."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A label and a sentence: `depends on usage`, `aws_lambda_function.api (monthly_requests)`."""

    label: str
    text: str


def facts(report: Report) -> list[Fact]:
    """The facts about what the table shows: every resource, or what changed where a base was compared."""
    name = labels(report)
    subjects = _subjects(report)
    open_ended = [e for e in subjects if is_unbounded(e.known_monthly.ceiling)]
    usage = [(e, keys) for e in subjects if (keys := _usage(e))]
    found = [
        Fact("no cap", few(together(name(e) for e in open_ended)) + _elsewhere(report, subjects)),
        Fact("depends on usage", few(together(f"{name(e)} ({few(keys, MOST_KEYS)})" for e, keys in usage))),
        Fact("unpriced", few(_types(e for e in subjects if e.coverage == "unpriced"))),
        Fact("unknown", few(together(f"{name(e)} ({clip(_why(e), 100)})" for e in subjects if _is_unknown(e)))),
        Fact("prices", few(_doubts(subjects))),
        Fact("assumed", few(sorted({clean(a) for e in subjects for a in e.assumptions}))),
    ]
    return [fact for fact in found if fact.text]


def _subjects(report: Report) -> Sequence[Estimate]:
    if report.totals.before is None:
        return report.estimates
    return [d.after for d in report.deltas if d.after and (moves(d) or d.status == "added")]


def _elsewhere(report: Report, subjects: Sequence[Estimate]) -> str:
    """What the rest can cost at most: the ceiling of all that has one."""
    capped = [e for e in subjects if not is_unbounded(e.known_monthly.ceiling)]
    ceiling = sum_known(e.known_monthly for e in capped).ceiling
    if len(capped) == len(subjects) or not ceiling:
        return ""
    changed = " that changed" if report.totals.before is not None else ""
    return f"; all else{changed} at most {money(ceiling)}"


def _usage(estimate: Estimate) -> list[str]:
    return sorted({clean(key) for component in estimate.components for key in component.usage_missing})


def _is_unknown(estimate: Estimate) -> bool:
    return estimate.coverage == "unknown" or (
        estimate.coverage == "priced" and not isinstance(estimate.monthly.expected, Decimal)
    )


def _why(estimate: Estimate) -> str:
    """Why a figure is not known, in a few words."""
    bounds: list[Bound] = [estimate.monthly.expected, *(c.monthly.expected for c in estimate.components)]
    reasons = [b.reason for b in bounds if not isinstance(b, Decimal)]
    return clean(estimate.why or next(iter(reasons), "not declared"))


def _types(estimates: Iterable[Estimate]) -> list[str]:
    """Types and how many of each: what one wants to know to write the cost model that is missing."""
    counted = Counter(clean(e.resource.type) for e in estimates)
    return [f"{kind} ({number:,})" if number > 1 else kind for kind, number in sorted(counted.items())]


def _doubts(subjects: Sequence[Estimate]) -> list[str]:
    """How many figures rest on a price that is derived, stale or not of a list, and from when the oldest is."""
    prices = [c.price for e in subjects for c in e.components if c.price and c.price.confidence != "verified"]
    found = []
    for confidence in sorted({p.confidence for p in prices}):
        dates = [p.as_of for p in prices if p.confidence == confidence]
        oldest = f" (oldest as of {clean(min(dates))})" if confidence == "stale" else ""
        found.append(f"{len(dates):,} {clean(confidence)}{oldest}")
    if own := sum(bool(c.price and c.price.note) for e in subjects for c in e.components):
        found.append(f"{own:,} by the settings")
    return found
