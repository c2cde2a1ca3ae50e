"""Type constraints of variables: `list(object({name = string, size = optional(number, 8)}))`."""

from __future__ import annotations

from finops_gate.sources.terraform.convert import convert
from finops_gate.sources.terraform.evaluate import evaluate
from finops_gate.sources.terraform.problems import EvaluationError
from finops_gate.sources.terraform.scope import Constants, Scope, SourceFile
from finops_gate.sources.terraform.syntax import (
    Call,
    Literal,
    Node,
    ObjectNode,
    Parentheses,
    Template,
    TupleNode,
    Variable,
)
from finops_gate.sources.terraform.types import (
    BOOL,
    DYNAMIC,
    NUMBER,
    STRING,
    ListType,
    MapType,
    ObjectType,
    SetType,
    TupleType,
    Type,
)
from finops_gate.sources.terraform.values import Value

_SIMPLE: dict[str, Type] = {
    "any": DYNAMIC,
    "bool": BOOL,
    "list": ListType(DYNAMIC),
    "map": MapType(DYNAMIC),
    "number": NUMBER,
    "set": SetType(DYNAMIC),
    "string": STRING,
}
_COLLECTIONS = {"list": ListType, "map": MapType, "set": SetType}


def constraint(node: Node | None, file: SourceFile) -> Type:
    """The type that a constraint means; any where there is none. Raises EvaluationError."""
    if node is None:
        return DYNAMIC
    if isinstance(node, Parentheses):
        return constraint(node.inner, file)
    if isinstance(node, Template) and len(node.parts) == 1:
        return _simple(node.parts[0] if isinstance(node.parts[0], str) else "", node, file)
    if isinstance(node, Variable):
        return _simple(node.name, node, file)
    if isinstance(node, Call) and len(node.arguments) == 1:
        return _call(node, file)
    raise EvaluationError("this is not a type", file.span(node))


def _simple(name: str, node: Node, file: SourceFile) -> Type:
    if name not in _SIMPLE:
        raise EvaluationError(f'"{name}" is not a type', file.span(node))
    return _SIMPLE[name]


def _call(node: Call, file: SourceFile) -> Type:
    argument = node.arguments[0]
    if node.name in _COLLECTIONS:
        return _COLLECTIONS[node.name](constraint(argument, file))
    if node.name == "object" and isinstance(argument, ObjectNode):
        return _object(argument, file)
    if node.name == "tuple" and isinstance(argument, TupleNode):
        return TupleType(tuple(constraint(item, file) for item in argument.items))
    raise EvaluationError(f'"{node.name}" is not a type', file.span(node))


def _object(node: ObjectNode, file: SourceFile) -> Type:
    attributes: dict[str, Type] = {}
    optional: dict[str, Value | None] = {}
    for key, value in node.items:
        name = str(key.value) if isinstance(key, Literal) else _template_name(key, file)
        if isinstance(value, Call) and value.name == "optional" and value.arguments:
            attributes[name] = constraint(value.arguments[0], file)
            default = value.arguments[1] if len(value.arguments) > 1 else None
            optional[name] = None if default is None else _default(default, attributes[name], file)
        else:
            attributes[name] = constraint(value, file)
    return ObjectType(attributes, optional)


def _default(node: Node, of: Type, file: SourceFile) -> Value:
    try:
        return convert(evaluate(node, Scope(Constants({}), file)), of)
    except EvaluationError as error:
        raise EvaluationError(f"this is no default of such an attribute: {error.message}", file.span(node)) from error


def _template_name(key: Node, file: SourceFile) -> str:
    if isinstance(key, Template) and len(key.parts) == 1 and isinstance(key.parts[0], str):
        return key.parts[0]
    raise EvaluationError("an attribute's name must be plain", file.span(key))
