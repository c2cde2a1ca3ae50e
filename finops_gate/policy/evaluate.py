"""Holds estimates and deltas against policies: `evaluate` is the whole of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import Any

from finops_gate.currency import writing_in
from finops_gate.model import (
    Alternative,
    Delta,
    Estimate,
    Finding,
    Fix,
    Outcome,
    Range,
    Resource,
    Span,
    Totals,
    no_entries,
)
from finops_gate.policy.definition import Judgement, Policy, PolicySet, Subject
from finops_gate.policy.messages import dollars, percent, quotable, shown
from finops_gate.policy.names import BUILDERS, monthly
from finops_gate.policy.scope import in_scope
from finops_gate.settings import Settings

Reestimate = Callable[[Resource, Mapping[str, Any]], "Range | None"]
"""What a resource would cost with some attributes changed; None where that cannot be said."""

Cheaper = Callable[[Estimate, str], "tuple[Alternative, ...]"]
"""The cheaper offers that could stand in for what a resource uses: all of them, or those at the path that is given."""

MONEY = frozenset({"monthly", "floor", "ceiling", "before", "change", "change_percent"})
"""The placeholders of a message by which a policy speaks of what the resource costs."""

Identity = tuple[str, str, str]

INSTANCE_KEY = re.compile(r"\[[^\]]*\]$")
"""The `[0]` or `["a"]` at the end of an address: a reference to the whole of them has none."""

THE_ATTRIBUTE = "@attribute"
"""In `fix.set`: whichever attribute the finding is about."""


def evaluate(
    policies: PolicySet,
    estimates: Sequence[Estimate],
    deltas: Sequence[Delta],
    totals: Totals,
    settings: Settings,
    as_of: str,
    reestimate: Reestimate | None = None,
    cheaper: Cheaper | None = None,
) -> list[Finding]:
    """What the enabled policies find, in the order of the files; `as_of` is the ISO date by which rollouts go.

    `deltas` are empty where nothing was compared: rules about the change then have nothing to say.
    """
    subjects = subjects_of(estimates, deltas)
    resources = by_type(subjects)
    containers = by_type(element for subject in subjects for element in containers_of(subject))
    with writing_in(settings.currency):
        findings = [
            finding
            for policy in policies.enabled
            for judgement in policy.rule(list(in_scope(policy, containers if policy.elements else resources)))
            if (finding := finding_of(policy, judgement, as_of, reestimate, cheaper)) is not None
        ]
    return sorted(said_once(findings), key=lambda finding: (*order(finding), finding.projects))


def order(finding: Finding) -> tuple[Any, ...]:
    """Where a finding belongs among others."""
    return (finding.span or Span("", 0), finding.policy, finding.resource, finding.message, finding.outcome)


def said_once(findings: Sequence[Finding]) -> Iterable[Finding]:
    """The findings, those that say the same of the same place and the same money as one.

    A module that two root modules call, and a root with several sets of values, give two resources of one address at
    one place.
    """
    found: dict[tuple[Any, ...], Finding] = {}
    for finding in findings:
        same = (*order(finding), finding.monthly, finding.savings)
        earlier = found.get(same)
        projects = tuple(sorted({*earlier.projects, *finding.projects})) if earlier else ()
        found[same] = replace(earlier, projects=projects) if earlier else finding
    return found.values()


def subjects_of(estimates: Sequence[Estimate], deltas: Sequence[Delta]) -> list[Subject]:
    """Every resource there is, and those that the change removes."""
    changed = {identity(delta.after.resource): delta for delta in deltas if delta.after}
    index = cache(lambda: referrers_of([estimate.resource for estimate in estimates]))
    named = [(estimate, identity(estimate.resource)) for estimate in estimates]
    subjects = [subject_of(estimate, changed.get(key), Referrers(index, key)) for estimate, key in named]
    gone = [delta for delta in deltas if delta.after is None and delta.before is not None]
    return subjects + [
        Subject(d.before.resource, d.before.resource.attributes, before=d.before, status=d.status, change=d.change)
        for d in gone
        if d.before is not None
    ]


def by_type(subjects: Iterable[Subject]) -> Mapping[str, Sequence[Subject]]:
    """Subjects by the type of their resource: most policies are for a few types."""
    found: dict[str, list[Subject]] = {}
    for subject in subjects:
        found.setdefault(subject.resource.type, []).append(subject)
    return found


def identity(resource: Resource, address: str = "") -> Identity:
    """What tells a resource, or another of its project, from all others of a run: projects may share addresses."""
    return (resource.source, resource.project, address or resource.address)


class Referrers(Sequence[Resource]):
    """Those that name a resource, looked up when a policy asks: to know them, all references have to be followed."""

    __slots__ = ("_index", "_named")

    def __init__(self, index: Callable[[], Mapping[Identity, Sequence[Resource]]], named: Identity) -> None:
        self._index, self._named = index, named

    def __getitem__(self, at: Any) -> Any:
        return self._index().get(self._named, ())[at]

    def __len__(self) -> int:
        return len(self._index().get(self._named, ()))


def referrers_of(resources: Sequence[Resource]) -> Mapping[Identity, Sequence[Resource]]:
    """A resource -> those that name it: a lifecycle configuration its bucket, an association its address."""
    found: dict[Identity, list[Resource]] = {}
    instances: dict[Identity, list[str]] = {}
    for resource in resources:
        block = identity(resource, INSTANCE_KEY.sub("", resource.address))
        instances.setdefault(block, []).append(resource.address)
    for resource in resources:
        named = dict.fromkeys(resource.references.values())
        for address in (full for name in named for full in instances.get(identity(resource, name), [name])):
            found.setdefault(identity(resource, address), []).append(resource)
    return found


def subject_of(estimate: Estimate, delta: Delta | None, referrers: Sequence[Resource]) -> Subject:
    return Subject(
        estimate.resource,
        estimate.resource.attributes,
        after=estimate,
        before=delta.before if delta else None,
        status=delta.status if delta else None,
        change=delta.change if delta else None,
        referrers=referrers,
    )


def containers_of(subject: Subject) -> Iterator[Subject]:
    """The containers of a workload, each as a subject of its own."""
    containers = subject.resource.attributes.get("containers")
    if not subject.resource.type.startswith("kubernetes:") or not isinstance(containers, list):
        return
    for i, container in enumerate(containers):
        if isinstance(container, Mapping):
            path = container.get("path")
            yield replace(subject, attributes=container, at=path if isinstance(path, str) else f"containers[{i}]")


def outcome_of(policy: Policy, judgement: Judgement, as_of: str) -> Outcome | None:
    """What a judgement counts as: the rule's tier or the policy's level, then the rollout. Decided only here.

    None where the policy ignores what is not known. An exemption turns any outcome into `exempt` afterwards.
    """
    level: Outcome = judgement.level or policy.level
    if is_unknown(judgement):
        if policy.on_unknown == "ignore":
            return None
        level = "fail" if policy.on_unknown == "fail" else "unknown"
    return "warn" if level == "fail" and as_of <= policy.warn_until else level


def is_unknown(judgement: Judgement) -> bool:
    return bool(judgement.unknown) or (judgement.subject is not None and judgement.subject.doubt is not None)


def finding_of(
    policy: Policy, judgement: Judgement, as_of: str, reestimate: Reestimate | None, cheaper: Cheaper | None = None
) -> Finding | None:
    outcome = outcome_of(policy, judgement, as_of)
    if outcome is None:
        return None
    subject = judgement.subject
    path = subject.path(judgement.path) if subject else ""
    changes = changes_of(policy, path)
    saved = savings(subject, changes, reestimate) if not is_unknown(judgement) else None
    others = alternatives_of(policy, judgement, path, cheaper)
    facts = facts_of(policy, judgement, path, saved or (others[0].saving if others and not changes else None))
    value = judgement.facts.get("value")
    fix = Fix(policy.fix.say.render(facts), changes, policy.fix.safe) if policy.fix else None
    return Finding(
        policy=policy.id,
        outcome=outcome,
        message=message_of(policy, judgement, facts),
        resource=subject.resource.address if subject else "",
        span=judgement.span or (subject.resource.span_of(path) if subject else None),
        fix=fix,
        value=shown(value) if quotable(value) else "",
        origin=subject.resource.origins.get(path) if subject and path else None,
        monthly=subject.after.monthly if subject and subject.after else None,
        savings=saved,
        title=policy.title,
        projects=(subject.resource.project,) if subject else (),
        alternatives=tuple(other for other in others if changes.get(other.attribute) != other.value),
    )


def alternatives_of(
    policy: Policy, judgement: Judgement, path: str, cheaper: Cheaper | None
) -> tuple[Alternative, ...]:
    """The cheaper offers in the place of the offending value, or of the resource where the policy is about its cost."""
    subject = judgement.subject
    if cheaper is None or subject is None or subject.after is None or is_unknown(judgement):
        return ()
    return cheaper(subject.after, path) if path or policy.message.placeholders & MONEY else ()


def message_of(policy: Policy, judgement: Judgement, facts: Mapping[str, Any]) -> str:
    if not is_unknown(judgement):
        return policy.message.render(facts)
    doubt = judgement.subject.doubt if judgement.subject else None
    applies = "" if doubt is None else f"it is not known whether the policy applies ({doubt.reason})"
    why = judgement.unknown or applies
    who = judgement.subject.resource.address if judgement.subject else "The change"
    return f"{who} cannot be judged: {why}."


def changes_of(policy: Policy, path: str) -> Mapping[str, Any]:
    """What the fix sets, by the path in the resource."""
    if policy.fix is None:
        return no_entries()
    named = {path if name == THE_ATTRIBUTE else name: value for name, value in policy.fix.set.items()}
    return {name: value for name, value in named.items() if name}


def savings(subject: Subject | None, changes: Mapping[str, Any], reestimate: Reestimate | None) -> Decimal | None:
    """What a month costs less with the fix; None where that is not known, or nothing."""
    if subject is None or subject.after is None or not changes or reestimate is None:
        return None
    now, then = subject.after.monthly.expected, reestimate(subject.resource, changes)
    if then is None or not isinstance(now, Decimal) or not isinstance(then.expected, Decimal):
        return None
    saved = now - then.expected
    return saved if saved.is_finite() and saved > 0 else None


def facts_of(policy: Policy, judgement: Judgement, path: str, saved: Decimal | None) -> Mapping[str, Any]:
    """The values of a message's placeholders; those of the rule win."""
    found: dict[str, Any] = {"title": policy.title, "attribute": path, "savings": dollars(saved)}
    subject = judgement.subject
    if subject is not None:
        found |= resource_facts(subject)
    return found | dict(judgement.facts)


def resource_facts(subject: Subject) -> dict[str, Any]:
    resource, cost = subject.resource, monthly(subject.after)
    compared = subject.status is not None
    per_run = subject.after.extra.get("per_run") if subject.after else None
    share = BUILDERS["change_percent"](subject) if compared else None
    return {
        "resource": resource.address,
        "type": resource.type,
        "element": subject.element,
        "env": resource.env,
        "region": resource.region,
        "project": resource.project or ".",
        "monthly": dollars(cost.expected),
        "floor": dollars(cost.floor),
        "ceiling": dollars(cost.ceiling),
        "per_run": dollars(per_run.ceiling) if isinstance(per_run, Range) else None,
        "before": dollars(monthly(subject.before).expected) if compared else None,
        "change": dollars(subject.change.expected) if subject.change else None,
        "change_percent": percent(share / 100) if isinstance(share, Decimal) else None,
    }
