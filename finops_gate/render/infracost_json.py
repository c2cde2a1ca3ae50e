"""Costs in the shape of Infracost's JSON, version 0.2, for the tools that read that.

https://www.infracost.io/docs/features/cli_commands/#combined-output-formats. It knows one figure a line, ours is the
expected one; what is not known or unpriced has no cost there. The time it asks for is the day of our newest price, so
that the same input gives the same bytes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any

from finops_gate.currency import is_figure
from finops_gate.model import HOURS_PER_MONTH, ZERO, Bound, Component, Delta, Estimate, Report, Unknown
from finops_gate.render.clean import clean, clean_block
from finops_gate.render.money import plain
from finops_gate.render.options import Options
from finops_gate.render.plain_json import dumps, value

VERSION = "0.2"

Figures = dict[str, Any]


def render(report: Report, options: Options) -> str:
    return dumps(document(report))


def document(report: Report) -> dict[str, Any]:
    compared = report.totals.before is not None
    past = [d.before for d in report.deltas if d.before]
    return {
        "version": VERSION,
        "metadata": {"infracostCommand": "diff" if compared else "breakdown", "vcsBranch": "", "vcsCommitSha": ""},
        "currency": report.currency.code,
        "projects": [project(name, *sides) for name, sides in projects(report, past).items()],
        **totals("total", report.estimates),
        **(totals("pastTotal", past) if compared else {}),
        **(difference("diffTotal", report.estimates, past) if compared else {}),
        "timeGenerated": f"{clean(report.catalogue.as_of)}T00:00:00Z",
        "summary": summary(report.estimates),
    }


def projects(report: Report, past: Sequence[Estimate]) -> dict[str, tuple[list[Estimate], list[Estimate], list[Delta]]]:
    """The resources of each root, now and before, and what moved."""
    names = sorted({e.resource.project for e in (*report.estimates, *past)})
    found: dict[str, tuple[list[Estimate], list[Estimate], list[Delta]]] = {name: ([], [], []) for name in names}
    for estimate in report.estimates:
        found[estimate.resource.project][0].append(estimate)
    for estimate in past:
        found[estimate.resource.project][1].append(estimate)
    for delta in report.deltas:
        side = delta.after or delta.before
        if side and delta.status != "unchanged":
            found[side.resource.project][2].append(delta)
    return found


def project(name: str, now: list[Estimate], past: list[Estimate], deltas: list[Delta]) -> dict[str, Any]:
    moved = [diff_resource(d) for d in sorted(deltas, key=lambda d: d.address)]
    path = clean(name) or "."
    return {
        "name": path,
        "displayName": path,
        "metadata": {"path": path, "type": "terraform_dir", "vcsSubPath": path},
        "pastBreakdown": breakdown(past),
        "breakdown": breakdown(now),
        "diff": {"resources": moved, **difference("total", now, past)},
        "summary": summary(now),
    }


def breakdown(estimates: Iterable[Estimate]) -> dict[str, Any]:
    ordered = sorted(estimates, key=lambda e: (e.resource.source, e.resource.address))
    priced = [e for e in ordered if e.components]
    return {"resources": [resource(e) for e in priced], **totals("total", ordered)}


def resource(estimate: Estimate) -> dict[str, Any]:
    subject = estimate.resource
    own = [c for c in estimate.components if not c.path]
    nested = [c for c in estimate.components if c.path]
    return {
        "name": clean_block(subject.address),
        "resourceType": clean_block(subject.type),
        "tags": value(subject.tags) or {},
        "metadata": {"filename": clean(subject.span.path), "startLine": subject.span.line},
        **costs(estimate.components),
        "costComponents": [component(c) for c in own],
        "subresources": subresources(nested, 0),
    }


def subresources(components: Sequence[Component], depth: int) -> list[dict[str, Any]]:
    """The lines below a resource, nested as their paths are."""
    found = []
    for name, members in groupby(sorted(components, key=lambda c: c.path[depth]), key=lambda c: c.path[depth]):
        group = list(members)
        own = [component(c) for c in group if len(c.path) == depth + 1]
        deeper = [c for c in group if len(c.path) > depth + 1]
        entry = {"name": clean_block(name), "metadata": {}, **costs(group), "costComponents": own}
        found.append({**entry, "subresources": subresources(deeper, depth + 1)} if deeper else entry)
    return found


def component(line: Component) -> dict[str, Any]:
    quantity, cost = line.quantity.expected, line.monthly.expected
    missing = line.price is None and line.unit_price is None
    return {
        "name": clean_block(line.name),
        "unit": clean_block(line.unit),
        "hourlyQuantity": hourly(quantity),
        "monthlyQuantity": amount(quantity),
        "price": amount(line.unit_price or ZERO),
        "hourlyCost": hourly(cost),
        "monthlyCost": None if line.usage_missing and cost == ZERO else amount(cost),
        "usageBased": line.usage_based,
        "priceNotFound": missing,
    }


def diff_resource(delta: Delta) -> dict[str, Any]:
    """What moved in a resource: each line after minus before."""
    lines: dict[tuple[str, ...], list[Component | None]] = {}
    for i, side in enumerate((delta.before, delta.after)):
        for line in side.components if side else ():
            lines.setdefault((*line.path, line.name), [None, None])[i] = line
    parts = [diff_component(name[-1], before, after) for name, (before, after) in sorted(lines.items())]
    subject = (delta.after or delta.before).resource  # type: ignore[union-attr]
    return {
        "name": clean_block(delta.address),
        "resourceType": clean_block(subject.type),
        "metadata": {},
        "hourlyCost": hourly(delta.change.expected),
        "monthlyCost": amount(delta.change.expected),
        "costComponents": [p for p in parts if p["monthlyCost"] not in (None, "0") or p["monthlyQuantity"] != "0"],
    }


def diff_component(name: str, before: Component | None, after: Component | None) -> dict[str, Any]:
    quantity = known(after.quantity.expected if after else ZERO) - known(before.quantity.expected if before else ZERO)
    cost = known(after.monthly.expected if after else ZERO) - known(before.monthly.expected if before else ZERO)
    line = after or before
    return {
        "name": clean_block(name),
        "unit": clean_block(line.unit) if line else "",
        "hourlyQuantity": hourly(quantity),
        "monthlyQuantity": amount(quantity),
        "price": amount(line.unit_price or ZERO) if line else "0",
        "hourlyCost": hourly(cost),
        "monthlyCost": amount(cost),
    }


# --- sums ------------------------------------------------------------------------------------------------------------


def known(bound: Bound) -> Decimal:
    return bound if isinstance(bound, Decimal) and is_figure(bound) else ZERO


def sums(components: Iterable[Component]) -> tuple[Decimal, Decimal]:
    """The expected monthly cost, and how much of it hangs on usage."""
    lines = list(components)
    total = sum((known(c.monthly.expected) for c in lines), ZERO)
    return total, sum((known(c.monthly.expected) for c in lines if c.usage_based), ZERO)


def costs(components: Iterable[Component]) -> Figures:
    total, of_usage = sums(components)
    return {"hourlyCost": hourly(total), "monthlyCost": amount(total), "monthlyUsageCost": amount(of_usage)}


def totals(prefix: str, estimates: Iterable[Estimate]) -> Figures:
    return named(prefix, *sums(c for e in estimates for c in e.components))


def difference(prefix: str, now: Iterable[Estimate], past: Iterable[Estimate]) -> Figures:
    after, before = (sums(c for e in side for c in e.components) for side in (now, past))
    return named(prefix, after[0] - before[0], after[1] - before[1])


def named(prefix: str, total: Decimal, of_usage: Decimal) -> Figures:
    return {
        f"{prefix}HourlyCost": hourly(total),
        f"{prefix}MonthlyCost": amount(total),
        f"{prefix}MonthlyUsageCost": amount(of_usage),
    }


def amount(bound: Bound) -> str | None:
    return None if isinstance(bound, Unknown) or not is_figure(bound) else plain(bound)


def hourly(bound: Bound) -> str | None:
    return None if isinstance(bound, Unknown) or not is_figure(bound) else plain(bound / HOURS_PER_MONTH)


def summary(estimates: Sequence[Estimate]) -> dict[str, Any]:
    unsupported = Counter(clean(e.resource.type) for e in estimates if e.coverage == "unpriced" and not e.components)
    free = Counter(clean(e.resource.type) for e in estimates if e.coverage == "free")
    based = sum(any(c.usage_based for c in e.components) for e in estimates)
    return {
        "totalDetectedResources": len(estimates),
        "totalSupportedResources": len(estimates) - sum(unsupported.values()) - sum(free.values()),
        "totalUnsupportedResources": sum(unsupported.values()),
        "totalUsageBasedResources": based,
        "totalNoPriceResources": sum(free.values()),
        "unsupportedResourceCounts": dict(sorted(unsupported.items())),
        "noPriceResourceCounts": dict(sorted(free.items())),
    }
