"""SARIF 2.1.0, for code scanning: https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/sarif-v2.1.0-os.html

Paths are relative to the repository's root; fingerprints hold no line numbers, so that a finding stays the same one
when the file grows above it; an exempt finding is a suppressed one, with its reason.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from finops_gate import __version__
from finops_gate.model import Delta, Estimate, Exemption, Finding, Notice, Report, Span
from finops_gate.render.clean import clean
from finops_gate.render.findings import attribute_of, by_address, every
from finops_gate.render.options import Options
from finops_gate.render.plain_json import dumps, figure, figures
from finops_gate.render.reasons import cost, literal

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS = {"fail": "error", "warn": "warning", "unknown": "warning", "exempt": "warning"}
"""Outcome -> level. A policy that could not be evaluated warns; code scanning hides a result of kind `open`."""

NOTICE_LEVELS = {"error": "error", "warning": "warning", "info": "note"}
MOST_RESULTS = 25_000
"""What GitHub takes in one run: https://docs.github.com/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning"""


def render(report: Report, options: Options) -> str:
    findings = [f for f in every(report) if f.outcome in LEVELS]
    subjects = by_address(report.estimates)
    somewhere = _dearest_place(report)
    listed = findings[:MOST_RESULTS]
    rules = {f.policy: f for f in reversed(listed)}
    index = {policy: number for number, policy in enumerate(sorted(rules))}
    run = {
        "tool": {
            "driver": {
                "name": "finops-gate",
                "semanticVersion": __version__,
                "rules": [rule(policy, rules[policy]) for policy in sorted(rules)],
            }
        },
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "The root of the repository."}}},
        "invocations": [invocation(report, len(findings) - len(listed))],
        "results": _results(listed, index, subjects, somewhere),
        "properties": {"verdict": report.verdict, "totals": totals(report)},
    }
    return dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


def rule(policy: str, example: Finding) -> dict[str, Any]:
    """A policy as a rule; its text comes from the first finding of it."""
    title = clean(example.title) or clean(policy)
    advice = clean(example.fix.say) if example.fix else ""
    return {
        "id": clean(policy),
        "shortDescription": {"text": title},
        "help": {"text": " ".join(part for part in (title, advice) if part)},
        "defaultConfiguration": {"level": LEVELS[example.outcome]},
        "properties": {"tags": ["cost", "finops"]},
    }


def _results(
    findings: Sequence[Finding], index: Mapping[str, int], subjects: Mapping[str, Estimate], somewhere: Span | None
) -> list[dict[str, Any]]:
    seen: Counter[str] = Counter()
    results = []
    for finding in findings:
        attribute = attribute_of(finding, subjects.get(finding.resource))
        print_ = fingerprint(finding, attribute)
        seen[print_] += 1
        results.append(
            {
                "ruleId": clean(finding.policy),
                "ruleIndex": index[finding.policy],
                "level": LEVELS[finding.outcome],
                "message": {"text": sentence(finding)},
                "locations": locations(finding.span or somewhere, finding.resource),
                "partialFingerprints": {"finopsGate/v1": f"{print_}:{seen[print_]}"},
                **_optional(finding, attribute),
            }
        )
    return results


def _optional(finding: Finding, attribute: str) -> dict[str, Any]:
    """What a result has only sometimes."""
    found: dict[str, Any] = {}
    if finding.origin and finding.origin != finding.span:
        found["relatedLocations"] = [{**location(finding.origin), "message": {"text": "The value was written here."}}]
    if finding.exemption:
        found["suppressions"] = [suppression(finding.exemption, finding.span)]
    if replaced := fixes(finding, attribute):
        found["fixes"] = replaced
    properties: dict[str, Any] = {"outcome": finding.outcome}
    if finding.monthly:
        properties["monthly"] = figures(finding.monthly)
    if finding.savings is not None:
        properties["savings"] = figure(finding.savings)
    return {**found, "properties": properties}


def sentence(finding: Finding) -> str:
    """The message and the money; code scanning shows nothing else. `](` would begin a link (section 3.11.6)."""
    said = clean(finding.message) or clean(finding.policy)
    money = cost(finding)
    full = said if said.endswith((".", "!", "?")) else f"{said}."
    return (f"{full} Cost: {money}." if money else said).replace("](", "] (")


def suppression(waiver: Exemption, span: Span | None) -> dict[str, str]:
    """An exemption: in the source where it stands in the same file, else from a file of exemptions."""
    kind = "inSource" if span and waiver.span.path == span.path else "external"
    until = f" (until {clean(waiver.until)})" if waiver.until else ""
    return {"kind": kind, "status": "accepted", "justification": clean(waiver.reason) + until}


def fingerprint(finding: Finding, attribute: str) -> str:
    """The same for the same finding in another revision: policy, resource, attribute (or value) and file."""
    file = finding.span.path if finding.span else ""
    identity = [clean(t) for t in (finding.policy, finding.resource, attribute or finding.value, file)]
    return hashlib.sha256(json.dumps(identity).encode()).hexdigest()[:32]


def locations(span: Span | None, address: str) -> list[dict[str, Any]]:
    if span is None:
        return []
    named = {"logicalLocations": [{"fullyQualifiedName": clean(address), "kind": "resource"}]} if address else {}
    return [{**location(span), **named}]


def location(span: Span) -> dict[str, Any]:
    return {"physicalLocation": {"artifactLocation": artifact(span), "region": region(span)}}


def artifact(span: Span) -> dict[str, str]:
    return {"uri": quote(clean(span.path)), "uriBaseId": "%SRCROOT%"}


def region(span: Span) -> dict[str, int]:
    """Lines and columns count from 1; the end column is the one after the last character."""
    found = {"startLine": max(span.line, 1), "startColumn": max(span.column, 1)}
    if span.end_line >= span.line and (span.end_line, span.end_column) > (span.line, span.column):
        found |= {"endLine": max(span.end_line, 1), "endColumn": max(span.end_column, 1)}
    return found


def fixes(finding: Finding, attribute: str) -> list[dict[str, Any]]:
    """The rewrite of the value at the finding's place, where the fix sets just that and the value stands there."""
    fix, span = finding.fix, finding.span
    if fix is None or span is None or len(fix.set) != 1 or finding.origin not in (None, span):
        return []
    ((target, setting),) = fix.set.items()
    text = replacement(setting, finding)
    if target not in ("@attribute", attribute) or not text:
        return []
    change = {"deletedRegion": region(span), "insertedContent": {"text": text}}
    return [
        {"description": {"text": clean(fix.say)}, "artifactChanges": [_artifact_change(span, change)]},
    ]


def _artifact_change(span: Span, change: dict[str, Any]) -> dict[str, Any]:
    return {"artifactLocation": artifact(span), "replacements": [change]}


def replacement(setting: Any, finding: Finding) -> str:
    """The new value in the syntax of the old one: quoted where that is. Empty where the old is not a literal."""
    span = finding.span
    if span is None or span.end_line != span.line or not isinstance(setting, (str, bool, Decimal)):
        return ""
    old = finding.excerpt[span.column - 1 : span.end_column - 1]
    bare = old.strip("\"'")
    if not bare or bare != finding.value:
        return ""
    new = literal(setting)
    return new if old != bare or not isinstance(setting, str) else setting if _is_plain(setting) else new


def _is_plain(text: str) -> bool:
    """Whether a YAML scalar needs no quotes."""
    return text.replace("-", "").replace("_", "").replace(".", "").isalnum() and text[0].isalpha()


def invocation(report: Report, left_out: int) -> dict[str, Any]:
    said = [notification(n) for n in report.notices]
    if left_out:
        text = f"{left_out:,} more results were left out; the JSON report has them all."
        said.append({"level": "warning", "message": {"text": text}})
    return {"executionSuccessful": report.verdict != "incomplete", "toolExecutionNotifications": said}


def notification(notice: Notice) -> dict[str, Any]:
    return {
        "descriptor": {"id": clean(notice.code)},
        "level": NOTICE_LEVELS[notice.severity],
        "message": {"text": clean(notice.message)},
        **({"locations": [location(notice.span)]} if notice.span else {}),
    }


def totals(report: Report) -> dict[str, Any]:
    sums = report.totals
    return {
        "after": figures(sums.after),
        **({"before": figures(sums.before)} if sums.before else {}),
        **({"delta": figures(sums.delta)} if sums.delta else {}),
    }


def _dearest_place(report: Report) -> Span | None:
    """Where a finding about the change as a whole is shown, for a result needs a place: at what moved most."""
    moved = [d for d in report.deltas if d.after and d.status in ("added", "changed")]
    if moved:
        return max(moved, key=_weight).after.resource.span  # type: ignore[union-attr]
    spans: Iterable[Span] = (e.resource.span for e in report.estimates)
    return min(spans, default=None)


def _weight(delta: Delta) -> tuple[Decimal, str]:
    expected = delta.change.expected
    known = isinstance(expected, Decimal) and not expected.is_nan()
    return (expected if known else Decimal(0), delta.address)  # type: ignore[return-value]
