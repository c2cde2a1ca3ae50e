"""`assert`: an expression that must be true, for what the other kinds cannot say.

    assert: length(lifecycle_rule) > 0

With `each` it is asked of every element of a list, whose keys are names in it and which is `it`; each offender is
judged at its own place.

    each: steps
    assert: not startswith(uses, 'actions/setup-node@') or present(it["with"].cache)
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from finops_gate.expression import Expression
from finops_gate.expression_values import truth
from finops_gate.model import Range, Unknown
from finops_gate.policy.attributes import check_attribute, has_attribute
from finops_gate.policy.definition import Judgement, Rule, Subject
from finops_gate.policy.names import BUILT_IN, ELEMENT, Values, compile_condition, names_of, names_within
from finops_gate.policy.paths import EACH, Path, extend, parse_path, select
from finops_gate.policy.rules.context import Context
from finops_gate.policy.scope import CONTAINER


def compile_assertion(raw: Any, context: Context) -> Rule:
    return compile_for_each(raw, context) if context.each else compile_once(raw, context)


def compile_once(raw: Any, context: Context) -> Rule:
    expression = compile_condition(raw, context.scope, context.at("assert"))
    attributes = [path for path in expression.paths if root_of(path) not in set(BUILT_IN) - {"type"}]

    def rule(subjects: Sequence[Subject]) -> Iterator[Judgement]:
        for subject in subjects:
            if subject.after is not None:
                yield from judge(subject, truth(expression.evaluate(names_of(subject))), attributes)

    return rule


def root_of(path: str) -> str:
    return path.split(".")[0].split("[")[0]


def judge(subject: Subject, verdict: bool | Unknown, attributes: Sequence[str]) -> Iterator[Judgement]:
    """A judgement points at the first attribute that the expression names and the resource has."""
    at, value = next(present(subject.attributes, attributes), ("", None))
    if isinstance(verdict, Unknown):
        yield Judgement(subject, at, unknown=f"{subject.path(at) or 'its assertion'} is not known ({verdict.reason})")
    elif not verdict:
        yield Judgement(subject, at, facts={"value": "not set" if value is None else value})


def present(attributes: Mapping[str, Any], paths: Sequence[str]) -> Iterator[tuple[str, Any]]:
    """The attributes that are there, by their paths; a bound of a range (`replicas_range.floor`) is at the range."""
    for path in paths:
        value: Any = attributes
        at = ""
        for name in path.split("."):
            if isinstance(value, Range):
                break
            value = value.get(name) if isinstance(value, Mapping) else None
            at = extend(at, name)
        if value is not None:
            yield at, value


# Each element


def compile_for_each(raw: Any, context: Context) -> Rule:
    """A rule that asks the elements of a list, one by one."""
    where = context.at("each")
    path = parse_path(context.each, where)
    check_attribute(context.globs, path, where)
    within = names_within(context.globs, path)
    expression = compile_condition(raw, context.scope, context.at("assert"), within)
    own = () if within is None else within.keys()

    def rule(subjects: Sequence[Subject]) -> Iterator[Judgement]:
        for subject in subjects:
            resource_type = CONTAINER if subject.at else subject.resource.type
            if subject.after is not None and has_attribute(resource_type, path):
                yield from judge_elements(subject, path, expression, own)

    return rule


def judge_elements(subject: Subject, path: Path, expression: Expression, own: Collection[str]) -> Iterator[Judgement]:
    """What an expression makes of every element; `own` are the names that are always an element's."""
    to_elements = path if path[-1] == EACH else (*path, EACH)
    for at, element in select(subject.attributes, to_elements):
        if isinstance(element, Unknown):
            yield Judgement(subject, at, unknown=f"{subject.path(at)} is not known ({element.reason})")
            continue
        attributes = element if isinstance(element, Mapping) else {}
        names = {**dict.fromkeys(own), **attributes, ELEMENT: element}
        about = replace(subject, attributes=attributes, at=subject.path(at))
        paths = [p.removeprefix(f"{ELEMENT}.") for p in expression.paths]
        named = [p for p in paths if root_of(p) in attributes]
        for judgement in judge(about, truth(expression.evaluate(Values(subject, names))), named):
            own_value = not attributes and not judgement.unknown
            yield replace(judgement, facts={"value": element}) if own_value else judgement
