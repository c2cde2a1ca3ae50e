"""A report in another currency: every amount of it, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, TypeVar

from finops_gate.model import (
    USD,
    Alternative,
    Component,
    Currency,
    Delta,
    Estimate,
    Finding,
    Grouping,
    Price,
    Range,
    Report,
    Totals,
    multiply,
)


def converted(report: Report) -> Report:
    """The report with its amounts in its currency; they come as US dollars."""
    if report.currency == USD:
        return report
    rate = report.currency.rate
    return replace(
        report,
        estimates=[in_currency(e, report.currency) for e in report.estimates],
        deltas=[_delta(d, report.currency) for d in report.deltas],
        findings=[_finding(f, rate) for f in report.findings],
        totals=_totals(report.totals, rate),
        groupings=[_grouping(grouping, rate) for grouping in report.groupings],
    )


def _totals(totals: Totals, rate: Decimal) -> Totals:
    return Totals(totals.after * rate, times(totals.before, rate), times(totals.delta, rate))


def _grouping(grouping: Grouping, rate: Decimal) -> Grouping:
    groups = [replace(group, totals=_totals(group.totals, rate)) for group in grouping.groups]
    return replace(grouping, groups=groups)


def in_currency(estimate: Estimate, currency: Currency) -> Estimate:
    """An estimate with its amounts in a currency."""
    if currency == USD:
        return estimate
    components = tuple(_component(c, currency.rate) for c in estimate.components)
    return replace(
        estimate,
        components=components,
        extra=_extra(estimate.extra, currency.rate),
        alternatives=_alternatives(estimate.alternatives, currency.rate),
    )


def is_money(name: str) -> bool:
    """Whether a further figure of a cost model is an amount of money, by its name."""
    return name == "per_run" or name.endswith("monthly")


def _extra(extra: Mapping[str, Any], rate: Decimal) -> Mapping[str, Any]:
    return {
        name: value * rate if is_money(name) and isinstance(value, (Range, Decimal)) else value
        for name, value in extra.items()
    }


def _component(component: Component, rate: Decimal) -> Component:
    return replace(
        component,
        monthly=component.monthly * rate,
        unit_price=times(component.unit_price, rate),
        price=component.price and _price(component.price, rate),
    )


def _price(price: Price, rate: Decimal) -> Price:
    return replace(price, tiers=tuple((start, usd * rate) for start, usd in price.tiers))


def _delta(delta: Delta, currency: Currency) -> Delta:
    before = delta.before and in_currency(delta.before, currency)
    after = delta.after and in_currency(delta.after, currency)
    return replace(delta, before=before, after=after, change=delta.change * currency.rate)


def _finding(finding: Finding, rate: Decimal) -> Finding:
    return replace(
        finding,
        monthly=times(finding.monthly, rate),
        savings=times(finding.savings, rate),
        alternatives=_alternatives(finding.alternatives, rate),
    )


def _alternatives(found: tuple[Alternative, ...], rate: Decimal) -> tuple[Alternative, ...]:
    return tuple(replace(a, monthly=multiply(a.monthly, rate), saving=a.saving * rate) for a in found)


Amount = TypeVar("Amount", Range, Decimal)


def times(amount: Amount | None, rate: Decimal) -> Amount | None:
    return None if amount is None else amount * rate
