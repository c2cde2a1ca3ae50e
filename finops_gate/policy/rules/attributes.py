"""`require` and `forbid`: what an attribute must and must not be. Every element counts, each offender is judged.

    require: {"spec.template.spec.containers[*].resources.requests.cpu": {present: true}}
    forbid: {type: gp2, "root_block_device[*].volume_type": gp2}

An attribute that a type does not have does not concern resources of that type, so one policy can name the attributes
of several.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from finops_gate.model import Unknown
from finops_gate.policy.attributes import check_attribute, has_attribute
from finops_gate.policy.definition import Judgement, Rule, Subject
from finops_gate.policy.matchers import Matcher, compile_matcher
from finops_gate.policy.paths import Path, parse_path, select
from finops_gate.policy.rules.context import Context
from finops_gate.policy.scope import CONTAINER

Clause = tuple[Path, Matcher]


def compile_required(raw: Mapping[str, Any], context: Context) -> Rule:
    return compile_clauses(raw, context, "require", holds=True)


def compile_forbidden(raw: Mapping[str, Any], context: Context) -> Rule:
    return compile_clauses(raw, context, "forbid", holds=False)


def compile_clauses(raw: Mapping[str, Any], context: Context, kind: str, holds: bool) -> Rule:
    """A rule that wants every clause's matcher to hold (or not to), wherever its path leads."""
    clauses: list[Clause] = []
    for written, matcher in raw.items():
        where = context.at(f"{kind}.{written}")
        path = parse_path(written, where)
        check_attribute(context.globs, path, where)
        clauses.append((path, compile_matcher(matcher, where)))

    def rule(subjects: Sequence[Subject]) -> Iterator[Judgement]:
        for subject in subjects:
            if subject.after is not None:
                yield from judge(subject, clauses, holds)

    return rule


def judge(subject: Subject, clauses: Sequence[Clause], holds: bool) -> Iterator[Judgement]:
    resource_type = CONTAINER if subject.at else subject.resource.type
    for path, matcher in clauses:
        if has_attribute(resource_type, path):
            for at, value in select(subject.attributes, path):
                yield from judge_value(subject, at, value, matcher, holds)


def judge_value(subject: Subject, at: str, value: Any, matcher: Matcher, holds: bool) -> Iterator[Judgement]:
    """A list of plain values is judged element by element, unless the policy asks only whether it is there."""
    if isinstance(value, list) and value and matcher.tests:
        for i, element in enumerate(value):
            yield from judge_value(subject, f"{at}[{i}]", element, matcher, holds)
        return
    verdict = matcher.holds(value)
    if isinstance(verdict, Unknown):
        yield Judgement(subject, at, unknown=f"{subject.path(at)} is not known ({verdict.reason})")
    elif verdict is not holds:
        shown = matcher.default if value is None else value
        facts = {"value": "not set" if shown is None else shown, "limit": matcher.limit}
        yield Judgement(subject, at, facts=facts | ({"missing": at} if value is None else {}))
