"""`assert`: an expression that must be true, for what the other kinds cannot say.

assert: length(lifecycle_rule) > 0
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from finops_gate.expression_values import truth
from finops_gate.model import Range, Unknown
from finops_gate.policy.definition import Judgement, Rule, Subject
from finops_gate.policy.names import BUILT_IN, compile_condition, names_of
from finops_gate.policy.rules.context import Context


def compile_assertion(raw: Any, context: Context) -> Rule:
    expression = compile_condition(raw, context.scope, context.at("assert"))
    used = sorted(expression.paths, key=lambda path: (expression.source.find(path), path))
    attributes = [path for path in used if path.split(".")[0].split("[")[0] not in set(BUILT_IN) - {"type"}]

    def rule(subjects: Sequence[Subject]) -> Iterator[Judgement]:
        for subject in subjects:
            if subject.after is not None:
                yield from judge(subject, truth(expression.evaluate(names_of(subject))), attributes)

    return rule


def judge(subject: Subject, verdict: bool | Unknown, attributes: Sequence[str]) -> Iterator[Judgement]:
    """A judgement points at the first attribute that the expression names and the resource has."""
    at, value = next(present(subject, attributes), ("", None))
    if isinstance(verdict, Unknown):
        yield Judgement(subject, at, unknown=f"{subject.path(at) or 'its assertion'} is not known ({verdict.reason})")
    elif not verdict:
        yield Judgement(subject, at, facts={"value": "not set" if value is None else value})


def present(subject: Subject, attributes: Sequence[str]) -> Iterator[tuple[str, Any]]:
    """The attributes that the resource has; a bound of a range (`replicas_range.floor`) is at the range."""
    for path in attributes:
        value: Any = subject.attributes
        names = path.split(".")
        steps = 0
        while steps < len(names) and not isinstance(value, Range):
            value = value.get(names[steps]) if isinstance(value, dict) else None
            steps += 1
        if value is not None:
            yield ".".join(names[:steps]), value
