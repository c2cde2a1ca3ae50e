"""Which findings are shown, in what order, under which word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from finops_gate.currency import is_figure
from finops_gate.model import Estimate, Finding, Outcome, Report, Span

LEVELS: dict[Outcome, str] = {"fail": "error", "warn": "warning", "unknown": "unknown"}
"""Outcome -> the word for it, gravest first. A finding of another outcome (pass, exempt) bothers nobody."""

_RANK: dict[Outcome, int] = {"fail": 0, "warn": 1, "unknown": 2, "exempt": 3, "pass": 4}


def shown(report: Report) -> list[Finding]:
    """The findings that a reader has to see: gravest first, then dearest, then by place."""
    return sorted((f for f in report.findings if f.outcome in LEVELS), key=_weight)


def folded(report: Report) -> list[tuple[Finding, tuple[Finding, ...]]]:
    """`shown`, with what a policy says of several resources at one place and in the same words told once.

    Projects stay with a finding only where the address alone does not tell which resource is meant.

    `count`, `for_each` and modules make many resources of one block; the others follow the first.
    """
    folds: dict[object, list[Finding]] = {}
    for number, finding in enumerate(shown(report)):
        folds.setdefault(_sameness(finding) if finding.span else number, []).append(finding)
    shared = _shared(report)
    return [(_placed(first, first.resource in shared), tuple(others)) for first, *others in folds.values()]


def _shared(report: Report) -> set[str]:
    """The addresses that several projects use."""
    uses = {(e.resource.address, e.resource.project) for e in report.estimates}
    return {address for address, times in Counter(address for address, _ in uses).items() if times > 1}


def _placed(finding: Finding, is_shared: bool) -> Finding:
    """The finding with its projects only where they tell something that its place does not."""
    project, *more = finding.projects or ("",)
    is_said = finding.span is not None and finding.span.path.startswith(f"{project}/")
    return finding if more or (is_shared and not is_said) else replace(finding, projects=())


def _sameness(finding: Finding) -> tuple[object, ...]:
    words = finding.message.replace(finding.resource, "") if finding.resource else finding.message
    return (
        finding.policy,
        finding.outcome,
        finding.span,
        finding.origin,
        words,
        finding.value,
        finding.monthly,
        finding.savings,
        finding.fix and finding.fix.say,
    )


def every(report: Report) -> list[Finding]:
    """All findings, also those that passed or are exempt, in the same order."""
    return sorted(report.findings, key=_weight)


def count(report: Report, outcome: Outcome) -> int:
    return sum(f.outcome == outcome for f in report.findings)


def attribute_of(finding: Finding, subject: Estimate | None) -> str:
    """The attribute path that the finding is about; empty where it is about the resource as a whole."""
    if subject is None or finding.span is None:
        return ""
    spans = subject.resource.spans
    return min((path for path, span in spans.items() if span == finding.span), default="")


def by_address(estimates: Sequence[Estimate]) -> dict[str, Estimate]:
    """The estimates by the address of their resource; the first where two roots share one."""
    found: dict[str, Estimate] = {}
    for estimate in estimates:
        found.setdefault(estimate.resource.address, estimate)
    return found


def _weight(finding: Finding) -> tuple[object, ...]:
    monthly = finding.monthly.expected if finding.monthly else 0
    dearest = -monthly if is_figure(monthly) else 0
    place = finding.span or Span("", 0)
    return (
        _RANK[finding.outcome],
        dearest,
        place.path,
        place.line,
        place.column,
        finding.policy,
        finding.resource,
        finding.message,
        finding.value,
    )
