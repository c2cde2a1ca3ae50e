"""The whole report for programs: version 1 of the format that `schemas/report.schema.json` describes.

Lossless for what a later run needs to compare with it (`--compare-to`): addresses, sources, components, figures.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from finops_gate.currency import is_figure
from finops_gate.model import (
    COVERAGES,
    USD,
    Alternative,
    Component,
    Currency,
    Delta,
    Estimate,
    Exemption,
    Finding,
    Fix,
    Group,
    Notice,
    Range,
    Report,
    Span,
    Totals,
    Unknown,
)
from finops_gate.render.clean import clean, clean_block
from finops_gate.render.findings import every
from finops_gate.render.money import plain
from finops_gate.render.options import Options
from finops_gate.render.plain_json import dumps, figure, figures, value

VERSION = 1
LIFTED = ("instances", "per_run")
"""What a CI job says of itself: how many copies its matrix makes, and what one run of them all costs."""


def render(report: Report, options: Options) -> str:
    return dumps(document(report))


def document(report: Report) -> dict[str, Any]:
    """The report as plain JSON values, in the schema's order."""
    return {
        "version": VERSION,
        "verdict": report.verdict,
        "currency": report.currency.code,
        "exchange": exchange(report.currency),
        "base": clean(report.base) or None,
        "catalogue": {
            "as_of": clean(report.catalogue.as_of),
            "sha256": clean(report.catalogue.sha256),
            "prices": report.catalogue.prices,
        },
        "files": report.files,
        "policies": report.policies,
        "totals": sums(report.totals),
        "groups": [group(grouping.by, item) for grouping in report.groupings for item in grouping.groups],
        "resources": [resource(e) for e in sorted(report.estimates, key=_identity)],
        "deltas": [delta(d) for d in sorted(report.deltas, key=_order)],
        "findings": [finding(f) for f in every(report)],
        "coverage": {name: report.coverage.get(name, 0) for name in COVERAGES},
        "notices": [notice(n) for n in report.notices],
        "assumptions": [clean_block(a) for a in report.assumptions],
    }


def sums(totals: Totals) -> dict[str, Any]:
    return {
        "before": figures(totals.before) if totals.before else None,
        "after": figures(totals.after),
        "delta": figures(totals.delta) if totals.delta else None,
    }


def group(by: str, item: Group) -> dict[str, Any]:
    """The sum of the resources that share a value of a key; null for those that have none, or none that is known."""
    return {
        "by": clean(by),
        "name": value(item.name),
        "is_known": not isinstance(item.name, Unknown),
        **sums(item.totals),
        "coverage": {name: item.coverage.get(name, 0) for name in COVERAGES},
    }


def exchange(currency: Currency) -> dict[str, str] | None:
    """How amounts were converted from US dollars; null where they were not."""
    return None if currency == USD else {"rate": plain(currency.rate), "as_of": currency.as_of}


def resource(estimate: Estimate) -> dict[str, Any]:
    """One resource with its bill; of what the estimate adds, `LIFTED` stands beside the rest."""
    subject = estimate.resource
    added = value(estimate.extra)
    lifted = {name: added.pop(name) for name in LIFTED if name in added}
    if "instances" in lifted:
        lifted["instances"] = count(estimate.extra["instances"])
    return {
        "address": clean_block(subject.address),
        "type": clean_block(subject.type),
        "source": clean_block(subject.source),
        "file": clean(subject.span.path),
        "line": subject.span.line,
        "project": clean_block(subject.project),
        "region": value(subject.region),
        "env": value(subject.env),
        "tags": value(subject.tags),
        "coverage": estimate.coverage,
        "why": clean_block(estimate.why),
        "monthly": figures(estimate.monthly),
        "components": [component(c) for c in estimate.components],
        "alternatives": [alternative(a) for a in estimate.alternatives],
        "assumptions": [clean_block(a) for a in estimate.assumptions],
        **lifted,
        "extra": added,
    }


def count(thing: Any) -> int | None:
    """How many there are: a whole number and no amount of money; null where the code does not settle it."""
    expected = thing.expected if isinstance(thing, Range) else thing
    return int(expected) if isinstance(expected, Decimal) and is_figure(expected) else None


def component(part: Component) -> dict[str, Any]:
    price = part.price
    return {
        "path": [clean_block(p) for p in part.path],
        "name": clean_block(part.name),
        "unit": clean_block(part.unit),
        "quantity": figures(part.quantity),
        "unit_price": None if part.unit_price is None else figure(part.unit_price),
        "monthly": figures(part.monthly),
        "usage_based": part.usage_based,
        "usage_missing": [clean_block(key) for key in part.usage_missing],
        "note": clean_block(part.note),
        "price": price
        and {
            "key": clean_block(price.key),
            "component": clean_block(price.component),
            "region": clean_block(price.region),
            "purchase": clean_block(price.purchase),
            "as_of": clean_block(price.as_of),
            "source": clean_block(price.source),
            "confidence": clean_block(price.confidence),
            "note": clean_block(price.note),
        },
    }


def alternative(other: Alternative) -> dict[str, Any]:
    return {
        "attribute": clean_block(other.attribute),
        "value": clean_block(other.value),
        "architecture": clean(other.arch) or None,
        "monthly": figure(other.monthly),
        "saving": figure(other.saving),
    }


def delta(moved: Delta) -> dict[str, Any]:
    subject = (moved.after or moved.before).resource  # type: ignore[union-attr]
    return {
        "address": clean_block(moved.address),
        "source": clean_block(subject.source),
        "project": clean_block(subject.project),
        "status": moved.status,
        "before": figures(moved.before.monthly) if moved.before else None,
        "after": figures(moved.after.monthly) if moved.after else None,
        "change": figures(moved.change),
    }


def finding(found: Finding) -> dict[str, Any]:
    return {
        "policy": clean(found.policy),
        "title": clean(found.title),
        "outcome": found.outcome,
        "message": clean_block(found.message),
        "resource": clean_block(found.resource),
        "projects": [clean_block(project) for project in found.projects],
        **place(found.span),
        "value": clean_block(found.value),
        "origin": place(found.origin) if found.origin else None,
        "fix": fix(found.fix) if found.fix else None,
        "monthly": figures(found.monthly) if found.monthly else None,
        "savings": None if found.savings is None else figure(found.savings),
        "alternatives": [alternative(a) for a in found.alternatives],
        "exemption": exemption(found.exemption) if found.exemption else None,
    }


def place(span: Span | None) -> dict[str, Any]:
    """File, line and columns as keys of their own; null where there is no place, or no end to it."""
    if span is None:
        return {"file": None, "line": None, "column": None, "end_line": None, "end_column": None}
    return {
        "file": clean(span.path),
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line or None,
        "end_column": span.end_column or None,
    }


def fix(advice: Fix) -> dict[str, Any]:
    return {"say": clean_block(advice.say), "set": value(advice.set), "safe": advice.safe}


def exemption(waiver: Exemption) -> dict[str, Any]:
    return {
        "reason": clean_block(waiver.reason),
        "until": clean(waiver.until) or None,
        "file": clean(waiver.span.path),
        "line": waiver.span.line,
    }


def notice(said: Notice) -> dict[str, Any]:
    return {
        "code": clean(said.code),
        "severity": said.severity,
        "message": clean_block(said.message),
        **place(said.span),
        "fix": clean_block(said.fix) or None,
    }


def _identity(estimate: Estimate) -> tuple[str, ...]:
    subject = estimate.resource
    return (subject.source, subject.project, subject.address, str(subject.span))


def _order(moved: Delta) -> tuple[str, ...]:
    side = moved.after or moved.before
    return (*(_identity(side)[:3] if side else ()), moved.address, moved.status)
