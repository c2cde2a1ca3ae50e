"""What stands below a finding, in words: the value and its origin, the money, the advice, what to set."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from decimal import Decimal

from finops_gate.currency import is_figure
from finops_gate.model import Finding, Fix, Range, Span, Unknown
from finops_gate.render.clean import clean
from finops_gate.render.money import money, monthly_range, plain

MOST = 4
NOT_SET = "not set"
"""The value of an attribute that is absent, as policies put it."""


def reasons(finding: Finding, others: Sequence[Finding] = ()) -> list[tuple[str, str]]:
    """(name, sentence) pairs, for what there is to say of a finding and of those folded into it."""
    fix = finding.fix
    said = [
        ("in", few(clean(project) or "." for project in finding.projects)),
        ("value", value(finding)),
        ("cost", cost(finding)),
        ("help", clean(fix.say) if fix else ""),
        ("cheaper", cheaper(finding)),
        ("set", settings(fix) if fix else ""),
        ("also", also(finding, others)),
    ]
    return [(name, text) for name, text in said if text]


def place(span: Span) -> str:
    """`path:line:column`."""
    return clean(str(span))


def value(finding: Finding) -> str:
    """The offending value and where it was written, unless the line shown or the message says it all.

    A yes or no that stands nowhere, for it was worked out, tells nothing without its name.
    """
    if not finding.value:
        return ""
    if finding.origin and finding.origin != finding.span:
        return f"{quoted(finding.value)}, from {place(finding.origin)}"
    is_said = finding.value in (NOT_SET, "true", "false") or finding.value in finding.excerpt + finding.message
    return "" if is_said else quoted(finding.value)


def quoted(text: str) -> str:
    """Text in quotes; numbers, booleans, lists and what is quoted already stay as they are."""
    bare = (
        text[:1] in "\"'[{("
        or text in ("true", "false", "null")
        or text.removeprefix("-").replace(".", "", 1).isdigit()
    )
    return clean(text) if bare else f'"{clean(text)}"'


def cost(finding: Finding) -> str:
    """What the resource costs and what the fix saves, as far as the message has not said it."""
    parts = []
    if finding.monthly and not _is_said(finding) and not _says_nothing(finding.monthly):
        parts.append(monthly_range(finding.monthly))
    if finding.savings and finding.savings > 0 and money(finding.savings) not in finding.message:
        parts.append(f"the fix saves {money(finding.savings)}" + ("" if parts else " a month"))
    return "; ".join(parts)


def cheaper(finding: Finding) -> str:
    """What could stand in: `m6a.large would save $7.01 a month, m7g.large (arm64) $10.51`."""
    here = finding.alternatives[0].arch if finding.alternatives else ""
    parts: list[str] = []
    for other in finding.alternatives[:MOST]:
        kind = f" ({clean(other.arch)})" if other.arch != here else ""
        saved = f"would save {money(other.saving)} a month" if not parts else money(other.saving)
        parts.append(f"{clean(other.value)}{kind} {saved}")
    return ", ".join(parts)


def _says_nothing(figures: Range) -> bool:
    """Whether nothing is known of the cost, or it is nothing: what costs by way of another resource."""
    return all(isinstance(bound, Unknown) or bound == 0 for bound in figures)


def _is_said(finding: Finding) -> bool:
    """Whether the message gives the cost, and there is no more to it than one figure."""
    figures = finding.monthly
    if figures is None or not figures.is_known or len(set(figures)) > 1:
        return False
    return money(figures.expected) in finding.message


def also(finding: Finding, others: Sequence[Finding]) -> str:
    """The other resources of which the same holds: by address, and in how many more roots."""
    addresses = {other.resource for other in others} - {finding.resource}
    parts = [few(clean(address) for address in sorted(addresses))] if addresses else []
    if again := sum(other.resource == finding.resource for other in others):
        parts.append(f"the same in {again:,} more {'root' if again == 1 else 'roots'}")
    return "; ".join(parts)


def few(items: Iterable[str], most: int = MOST) -> str:
    """`a, b, and 3 more`."""
    named = list(items)
    more = len(named) - most
    text = ", ".join(named[:most] if more > 0 else named)
    return f"{text}, and {more:,} more" if more > 0 else text


def settings(fix: Fix) -> str:
    """The values to set, where the advice does not name them."""
    literals = {clean(str(path)): literal(setting) for path, setting in sorted(fix.set.items())}
    said = {path for path, text in literals.items() if path.startswith("@") or text.strip('"') in fix.say}
    return ", ".join(f"{path} = {text}" for path, text in literals.items() if path not in said)


def literal(setting: object) -> str:
    """A value as one writes it: `"gp3"`, `10`, `true`."""
    if isinstance(setting, Decimal):
        return plain(setting) if is_figure(setting) else ""
    return clean(json.dumps(setting, default=str, ensure_ascii=False))
