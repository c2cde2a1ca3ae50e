"""Functions of types: conversions, `try`, `can` and marks."""

from __future__ import annotations

from typing import Any

from finops_gate.sources.terraform.convert import convert
from finops_gate.sources.terraform.dependencies import children
from finops_gate.sources.terraform.functions.registry import anything, function
from finops_gate.sources.terraform.problems import EvaluationError
from finops_gate.sources.terraform.scope import Scope
from finops_gate.sources.terraform.syntax import Call, Node
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


@function("issensitive", lazy=True)
def issensitive(node: Call, scope: Scope, evaluate: Any) -> Value:
    """Whether the argument is marked, which shows in its expression, or in a secret that it came by."""
    if len(node.arguments) != 1:
        raise EvaluationError("issensitive: one argument is needed")
    secrets = scope.frame.secrets
    outside, secrets.touched = secrets.touched, False
    value = evaluate(node.arguments[0], scope)
    found = is_marked(node.arguments[0]) or (secrets.touched and secrets.hidden(value) is not value)
    secrets.touched = outside
    return found


def is_marked(node: Node) -> bool:
    """Whether an expression calls `sensitive` outside of `nonsensitive`."""
    waiting: list[Any] = [node]
    while waiting:
        at = waiting.pop()
        if isinstance(at, Call) and at.name in ("sensitive", "nonsensitive", "issensitive"):
            if at.name == "sensitive":
                return True
        elif isinstance(at, Node):
            waiting += children(at)
        elif isinstance(at, list | tuple):
            waiting += at
    return False


@function("ephemeralasnull", anything(), deep=False)
def ephemeralasnull(value: Value) -> Value:
    return value
