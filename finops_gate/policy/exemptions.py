"""Exemptions written beside the code: a comment with a reason and, better, an end.

    # finops-gate: ignore[no-previous-generation-volumes] the AMI needs gp2, until 2027-03-31

It stands at the end of the offending line, on the line above it, or on or above the header of a resource, and then
holds for the whole resource. In Terraform `#` and `//` begin it, in YAML `#`. One without a reason, with an unknown
policy or past its end exempts nothing and is a finding itself; so is one that nothing needs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from finops_gate.expression import nearest
from finops_gate.model import Exemption, Finding, Fix, Resource, Span
from finops_gate.policy.definition import PolicySet

MARK = "finops-gate:"
COMMENT = re.compile(r"(?:#|//)\s*finops-gate:\s*(?P<rest>.*)$")
IGNORE = re.compile(r"ignore\s*\[(?P<policies>[^\]]*)\]\s*(?P<reason>.*?)\s*$")
UNTIL = re.compile(r"[,;]?\s*\buntil\s+(?P<date>\S+?)\.?$")
DATE = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])")
COMMENT_LINE = re.compile(r"\s*(?:#|//)")
MAX_LINE = 2_000

Text = Callable[[str], "str | None"]
Headers = Mapping[tuple[str, str], int]
"""Address and path of a resource -> its first line. Root modules may have resources of one address."""


@dataclass(frozen=True, slots=True)
class Ignore:
    """An ignore comment: what it is for, the line it stands for, and which of its policies have used it."""

    policies: tuple[str, ...]
    exemption: Exemption
    line: int
    used: set[str] = field(default_factory=set, compare=False)


def apply_exemptions(
    findings: Sequence[Finding],
    texts: Text,
    paths: Sequence[str],
    as_of: str,
    policies: PolicySet,
    resources: Iterable[Resource],
) -> list[Finding]:
    """The findings, those that a comment exempts marked so, and one more for each comment that is wrong, over or idle.

    `texts` gives the text of a path (None where it has none); the first line of a resource is its header. `as_of` is
    the ISO date that ends are held against; the day of the end still counts.
    """
    headers = {(resource.address, resource.span.path): resource.span.line for resource in resources}
    ignores: dict[str, list[Ignore]] = {}
    wrong: list[Finding] = []
    for path in paths:
        text = texts(path)
        if text is not None and MARK in text:
            ignores[path] = list(ignores_of(text, path, as_of, policies, wrong))
    judged = [exempted(finding, ignores, policies, headers, wrong) for finding in findings]
    idle = [unused(ignore, name) for path in ignores for ignore in ignores[path] for name in idle_of(ignore)]
    return judged + wrong + idle


def agreed(text: str, before: str) -> str:
    """A text without the exemptions that it did not have before: who asks for one does not grant it, too."""
    if MARK not in text:
        return text
    known = {line.strip() for line in before.split("\n") if MARK in line}
    lines = text.split("\n")
    return "\n".join("" if MARK in line and line.strip() not in known else line for line in lines)


def ignores_of(text: str, path: str, as_of: str, policies: PolicySet, wrong: list[Finding]) -> Iterator[Ignore]:
    """The comments of a text that hold; what is wrong with the others is added to `wrong`."""
    lines = text.split("\n")
    for i, line in enumerate(lines):
        comment = COMMENT.search(line[:MAX_LINE]) if MARK in line else None
        if not comment:
            continue
        span = Span(path, i + 1, comment.start() + 1, i + 1, comment.end() + 1)
        ignore = IGNORE.fullmatch(comment["rest"].rstrip("\r"))
        if not ignore:
            wrong.append(problem("invalid-exemption", span, "this comment is not understood", FORM))
            continue
        yield from checked(ignore, span, target(lines, i, comment.start()), as_of, policies, wrong)


FORM = "Write it as finops-gate: ignore[policy-id] reason, until 2027-03-31."


def checked(
    found: re.Match[str], span: Span, line: int, as_of: str, policies: PolicySet, wrong: list[Finding]
) -> Iterator[Ignore]:
    """The exemption of a comment, for those of its policies that exist."""
    names = tuple(name.strip() for name in found["policies"].split(",") if name.strip())
    until = UNTIL.search(found["reason"])
    end = until["date"] if until else ""
    reason = found["reason"][: until.start()].strip() if until else found["reason"]
    if not names or not reason or (end and not DATE.fullmatch(end)):
        lacking = "names no policy" if not names else "gives no reason" if not reason else f"has no date: {end}"
        wrong.append(problem("invalid-exemption", span, f"this exemption {lacking}", FORM))
        return
    unknown = [name for name in names if name not in policies.policies]
    for name in unknown:
        said = f"this exemption is for `{name}`, which is no policy{nearest(name, policies.policies)}"
        wrong.append(problem("invalid-exemption", span, said, "Name a policy of `finops-gate policy list`."))
    if end and end < as_of:
        listed = ", ".join(names)
        wrong.append(problem("expired-exemption", span, f"this exemption from {listed} ended on {end}", RENEW))
        return
    known = tuple(name for name in names if name not in unknown)
    if known:
        yield Ignore(known, Exemption(reason, end, span), line)


RENEW = "Do what the policy asks, or give a new reason and date."


def target(lines: Sequence[str], at: int, column: int) -> int:
    """The 1-based line a comment is for: its own, or the next that is no comment where it stands alone."""
    if lines[at][:column].strip():
        return at + 1
    following = at + 1
    while following < len(lines) and COMMENT_LINE.match(lines[following]):
        following += 1
    return following + 1


def exempted(
    finding: Finding,
    ignores: Mapping[str, Sequence[Ignore]],
    policies: PolicySet,
    headers: Headers,
    wrong: list[Finding],
) -> Finding:
    """The finding, exempt where a comment says so and the policy lets it."""
    ignore = covering(finding, ignores, headers)
    if ignore is None:
        return finding
    ignore.used.add(finding.policy)
    policy = policies.policies[finding.policy]
    if policy.exemptible == "inline":
        return replace(finding, outcome="exempt", exemption=ignore.exemption)
    said = f"{finding.policy} cannot be exempted by a comment"
    refusal = problem("refused-exemption", ignore.exemption.span, said, "Remove the comment.")
    if refusal not in wrong:
        wrong.append(refusal)
    return finding


def covering(finding: Finding, ignores: Mapping[str, Sequence[Ignore]], headers: Headers) -> Ignore | None:
    """The comment for the finding's line, or for the header of its resource; none is for the change as a whole."""
    if finding.span is None or not finding.resource:
        return None
    path = finding.span.path
    lines = {finding.span.line, headers.get((finding.resource, path))}
    there = (ignore for ignore in ignores.get(path, ()) if ignore.line in lines)
    return next((ignore for ignore in there if finding.policy in ignore.policies), None)


def idle_of(ignore: Ignore) -> list[str]:
    return [name for name in ignore.policies if name not in ignore.used]


def unused(ignore: Ignore, name: str) -> Finding:
    said = f"nothing here breaks {name}, so this exemption does nothing"
    return problem("unused-exemption", ignore.exemption.span, said, "Remove it.")


def problem(code: str, span: Span, said: str, fix: str) -> Finding:
    return Finding(code, "warn", said, span=span, fix=Fix(fix))
