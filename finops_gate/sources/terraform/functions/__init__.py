"""Terraform's functions, a module for each family, as https://developer.hashicorp.com/terraform/language/functions."""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from typing import Any, TypeAlias

from finops_gate.model import Unknown
from finops_gate.sources.terraform.choices import over_choices
from finops_gate.sources.terraform.convert import convert
from finops_gate.sources.terraform.functions import (
    assumptions,
    collections,
    conversion,
    encoding,
    files,
    formatting,
    network,
    numeric,
    sets,
    strings,
    times,
)
from finops_gate.sources.terraform.functions.registry import FUNCTIONS, Function, Parameter
from finops_gate.sources.terraform.problems import EvaluationError
from finops_gate.sources.terraform.scope import Scope
from finops_gate.sources.terraform.syntax import Call, Node
from finops_gate.sources.terraform.types import DYNAMIC
from finops_gate.sources.terraform.values import (
    SEQUENCES,
    Null,
    UnknownValue,
    Value,
    first_unknown,
)

FAMILIES = (assumptions, collections, conversion, encoding, files, formatting, network, numeric, sets, strings, times)

Evaluate: TypeAlias = Callable[[Node, Scope], Value]


def call(node: Call, scope: Scope, evaluate: Evaluate) -> Value:
    """The value of a function call. Raises EvaluationError."""
    name = node.name.removeprefix("core::")
    if name.startswith("provider::"):
        return UnknownValue(Unknown(f"{name} is a function of a provider", scope.file.span(node)))
    function = FUNCTIONS.get(name)
    if function is None:
        near = get_close_matches(name, FUNCTIONS, 1)
        raise EvaluationError(f'there is no function "{name}"' + (f'; did you mean "{near[0]}"?' if near else ""))
    if function.lazy:
        return function.run(node, scope, evaluate)
    secrets = scope.frame.secrets
    outside = secrets.touched
    arguments = [evaluate(argument, scope) for argument in node.arguments]
    if name == "nonsensitive":
        secrets.touched = outside
    if node.expand:
        last = arguments.pop()
        if isinstance(last, UnknownValue):
            return last.derived(function.returns, function.returns is not DYNAMIC)
        if not isinstance(last, SEQUENCES):
            raise EvaluationError("`...` needs a list, a set or a tuple")
        arguments += last.items
    texts = [argument for argument in arguments if isinstance(argument, str)]
    scope.frame.budget.spend_on(*texts)
    result = apply(function, arguments, scope, evaluate)
    scope.frame.budget.spend_on(result)
    if name == "sensitive":
        secrets.add(result)
        secrets.places.append(scope.file.span(node))
    elif secrets.touched:
        secrets.derive(arguments, result)
    return result


def apply(function: Function, arguments: list[Value], scope: Scope, evaluate: Evaluate) -> Value:
    """The result of a function for these arguments. Raises EvaluationError, naming the function."""
    try:
        converted, missing = _converted(function, arguments)
        if missing is not None:
            decided = over_choices(
                lambda *row: apply(function, list(row), scope, evaluate), converted, function.returns
            )
            return missing.derived(function.returns, function.returns is not DYNAMIC) if decided is None else decided
        if function.renders:
            return function.run(scope, evaluate, *converted)
        return function.run(scope, *converted) if function.scoped else function.run(*converted)
    except EvaluationError as error:
        message = (
            error.message if error.message.startswith(f"{function.name}: ") else f"{function.name}: {error.message}"
        )
        raise EvaluationError(message, error.span) from error
    except (ArithmeticError, RecursionError, MemoryError) as error:
        raise EvaluationError(f"{function.name}: beyond what can be computed") from error


def _converted(function: Function, arguments: list[Value]) -> tuple[list[Any], UnknownValue | None]:
    missing: UnknownValue | None = None
    converted = []
    for argument, parameter in zip(arguments, _parameters(function, len(arguments)), strict=True):
        value = convert(argument, parameter.type)
        if isinstance(value, Null) and not parameter.null:
            raise EvaluationError("an argument must not be null")
        if isinstance(value, Null | UnknownValue) and parameter.refuses(value.type):
            raise EvaluationError(f"{value.type} is no type of such an argument")
        if not parameter.unknown and missing is None:
            missing = first_unknown(value) if function.deep else value if isinstance(value, UnknownValue) else None
        converted.append(value)
    return converted, missing


def _parameters(function: Function, given: int) -> list[Parameter]:
    fixed = function.parameters
    if given < len(fixed) - function.optional:
        raise EvaluationError(f"{len(fixed) - function.optional} arguments are needed, not {given}")
    if given <= len(fixed):
        return list(fixed[:given])
    if function.variadic is None:
        raise EvaluationError(f"{len(fixed)} arguments are the most, not {given}")
    return [*fixed, *[function.variadic] * (given - len(fixed))]
