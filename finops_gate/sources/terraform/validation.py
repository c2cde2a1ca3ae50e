"""What a module says of the values it is given: conditions that do not hold, and arguments that it does not take.

https://developer.hashicorp.com/terraform/language/values/variables#custom-validation-rules
"""

from __future__ import annotations

from collections.abc import Iterator

from finops_gate.expression import nearest
from finops_gate.model import Notice, Span
from finops_gate.sources.terraform.convert import convert
from finops_gate.sources.terraform.declarations import Declared
from finops_gate.sources.terraform.evaluate import evaluate
from finops_gate.sources.terraform.module import Module
from finops_gate.sources.terraform.problems import EvaluationError
from finops_gate.sources.terraform.scope import Scope
from finops_gate.sources.terraform.syntax import Body, Node
from finops_gate.sources.terraform.types import BOOL
from finops_gate.sources.terraform.values import UnknownValue, Value

META_ARGUMENTS = frozenset({"source", "version", "count", "for_each", "providers", "depends_on"})
MAX_MESSAGE = 500


def refused_values(module: Module) -> Iterator[Notice]:
    """One notice for each `validation` of a variable whose condition is false."""
    for name, declared in module.declared.variables.items():
        for layer in declared.layers:
            for block in layer.node.body.blocks:
                if block.type == "validation":
                    yield from _broken(module, name, declared, layer, block.body)


def unexpected_arguments(module: Module) -> Iterator[Notice]:
    """One notice for each argument of a module's call that no variable of it takes, which Terraform refuses."""
    if module.call is None:
        return
    for layer in module.call.layers:
        for name, attribute in layer.node.body.attributes.items():
            if name not in module.declared.variables and name not in META_ARGUMENTS:
                hint = nearest(name, module.declared.variables)
                message = f'module.{module.call.node.labels[0]} has no variable "{name}"{hint}'
                yield Notice("undeclared-variable", "warning", message, layer.file.span(attribute))


def _broken(module: Module, name: str, declared: Declared, layer: Declared, body: Body) -> Iterator[Notice]:
    condition = body.attributes.get("condition")
    if condition is None or isinstance(module.value(("var", name)), UnknownValue):
        return
    scope = Scope(module, layer.file)
    try:
        holds = convert(evaluate(condition.value, scope), BOOL)
        said = "" if holds is not False else _message(body, declared, scope)
    except EvaluationError as error:
        said = f"its validation cannot be evaluated: {error.message}"
    if said:
        address = f"{module.prefix}var.{name}"
        span = _given_at(module, name) or layer.file.span(condition.value)
        yield Notice("validation-failed", "info", f"{address}: {said}", span)


def _message(body: Body, declared: Declared, scope: Scope) -> str:
    """The error message of a validation; Terraform keeps it to itself where it could tell a secret."""
    attribute = body.attributes.get("error_message")
    secret = any(_is_true(declared.attribute(name), scope) for name in ("sensitive", "ephemeral"))
    message: Value = "" if attribute is None or secret else evaluate(attribute.value, scope)
    if not isinstance(message, str) or not message:
        return "the value does not pass its validation"
    return " ".join(message.split())[:MAX_MESSAGE]


def _is_true(node: Node | None, scope: Scope) -> bool:
    return node is not None and evaluate(node, scope) is True


def _given_at(module: Module, name: str) -> Span | None:
    """Where the value was written: a tfvars file, or the argument of the call."""
    if module.parent is None:
        return module.inputs[name].origin if name in module.inputs else None
    node = module.argument(name)
    return module.call_scope.file.span(node) if node is not None and module.call_scope is not None else None
