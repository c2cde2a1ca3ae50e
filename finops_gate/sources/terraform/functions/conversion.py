"""Functions of types: conversions, `try`, `can` and marks."""

from __future__ import annotations

from typing import Any

from finops_gate.sources.terraform.convert import convert
from finops_gate.sources.terraform.functions.registry import anything, function
from finops_gate.sources.terraform.problems import EvaluationError
from finops_gate.sources.terraform.scope import Scope
from finops_gate.sources.terraform.syntax import Call
from finops_gate.sources.terraform.types import (
    BOOL,
    DYNAMIC,
    NUMBER,
    STRING,
    ListType,
    MapType,
    SetType,
    Type,
)
from finops_gate.sources.terraform.values import UnknownValue, Value


def _conversion(name: str, to: Type) -> None:
    function(name, anything(), returns=to, deep=False)(lambda value: convert(value, to))


for _name, _to in {
    "tobool": BOOL,
    "tonumber": NUMBER,
    "tostring": STRING,
    "tolist": ListType(DYNAMIC),
    "toset": SetType(DYNAMIC),
    "tomap": MapType(DYNAMIC),
}.items():
    _conversion(_name, _to)


@function("try", lazy=True)
def try_(node: Call, scope: Scope, evaluate: Any) -> Value:
    """The first argument that evaluates without error."""
    problem: EvaluationError | None = None
    for argument in node.arguments:
        try:
            return evaluate(argument, scope)
        except EvaluationError as error:
            problem = error
    raise EvaluationError("try: no argument could be evaluated" + (f" ({problem.message})" if problem else ""))


@function("can", lazy=True)
def can(node: Call, scope: Scope, evaluate: Any) -> Value:
    """Whether the argument evaluates without error; not known while it is not."""
    if len(node.arguments) != 1:
        raise EvaluationError("can: one argument is needed")
    try:
        value = evaluate(node.arguments[0], scope)
    except EvaluationError:
        return False
    return value.derived(BOOL) if isinstance(value, UnknownValue) else True


@function("sensitive", anything(), deep=False)
def sensitive(value: Value) -> Value:
    return value


@function("nonsensitive", anything(), deep=False)
def nonsensitive(value: Value) -> Value:
    return value


@function("ephemeralasnull", anything(), deep=False)
def ephemeralasnull(value: Value) -> Value:
    return value
