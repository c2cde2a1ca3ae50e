"""`assert`: an expression that must be true, for what the other kinds cannot say.

assert: length(lifecycle_rule) > 0
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from finops_gate.expression import Expression, compile_expression
from finops_gate.expression_values import truth
from finops_gate.model import Unknown
from finops_gate.policy.attributes import check_attribute
from finops_gate.policy.definition import Judgement, Rule, Subject
from finops_gate.policy.names import BUILT_IN, FUNCTIONS, expression_names, names_of
from finops_gate.policy.rules.context import Context


def compile_assertion(raw: Any, context: Context) -> Rule:
    expression = compile_expression(raw, expression_names(context.scope), context.at("assert"), FUNCTIONS)
    points_at = attribute_of(expression, context)

    def rule(subjects: Sequence[Subject]) -> Iterator[Judgement]:
        for subject in subjects:
            if subject.after is None:
                continue
            verdict = truth(expression.evaluate(names_of(subject)))
            if isinstance(verdict, Unknown):
                yield Judgement(subject, points_at, unknown=verdict.reason)
            elif not verdict:
                yield Judgement(subject, points_at, facts=value_at(subject, points_at))

    return rule


def attribute_of(expression: Expression, context: Context) -> str:
    """The attribute a finding points at: the first, by name, that the expression uses and the author may change."""
    own = sorted(name for name in expression.names if name not in BUILT_IN)
    types_known = expression_names(context.scope)
    return next((name for name in own if types_known is None or name in types_known), "")


def value_at(subject: Subject, path: str) -> dict[str, Any]:
    value = subject.attributes.get(path) if path else None
    return {"value": "not set" if value is None else value} if path else {}


__all__ = ["check_attribute", "compile_assertion"]
