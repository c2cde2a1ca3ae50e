"""Where a value comes from: through variables, locals and outputs, to where it was written or to a resource."""

from __future__ import annotations

import re
from dataclasses import dataclass

from finops_gate.model import Span
from finops_gate.sources.terraform.problems import EvaluationError
from finops_gate.sources.terraform.scope import Scope
from finops_gate.sources.terraform.syntax import (
    Call,
    GetAttr,
    Index,
    Literal,
    Node,
    ObjectNode,
    Parentheses,
    Splat,
    Template,
    Variable,
)
from finops_gate.sources.terraform.values import ResourceValue, UnknownValue, Value

MAX_STEPS = 40
_STEPS = (GetAttr, Index, Splat)
_TRANSPARENT = {"try": 0, "one": 0, "element": 0, "coalesce": 0, "join": 1, "tostring": 0, "nonsensitive": 0}
_ADDRESS = re.compile(
    r'((?:module\.[^.\[]+(?:\[(?:"(?:[^"\\]|\\.)*"|[^\]]*)\])?\.)*[^.\[]+\.[^.\[]+(?:\[(?:"(?:[^"\\]|\\.)*"|[0-9]+)\])?)'
)


@dataclass(frozen=True, slots=True)
class Trace:
    """The place where a value is written, and the resource that its expression names."""

    origin: Span | None = None
    reference: str | None = None


NO_TRACE = Trace()


def trace(node: Node, scope: Scope, value: Value | None) -> Trace:
    """`value` is what the expression gave, where it is known what it gave."""
    found = _follow(node, scope)
    if isinstance(value, UnknownValue) and value.cause.reference:
        return Trace(found.origin, address_of(value.cause.reference) or found.reference)
    return found


def address_of(reference: str) -> str | None:
    """The managed resource that a reference such as `module.a.aws_eip.b[0].id` leads to."""
    match = _ADDRESS.match(reference)
    if match is None:
        return None
    return None if re.search(r"(?:^|\.)data\.", match[1]) else match[1]


def _follow(node: Node, scope: Scope, *, within_text: bool = False) -> Trace:
    """The place is that of the text around a lone interpolation (`"table/${aws_x.y.name}"`), the resource is in it."""
    from finops_gate.sources.terraform.module import Module

    origin: Span | None = None
    inside = False
    for _ in range(MAX_STEPS):
        node = _bare(node)
        if len(parts := _interpolations(node)) > 1:
            return Trace(origin, None if within_text else _only_resource(parts, scope))
        if (interpolation := _interpolation(node)) is not None:
            node, inside = _bare(interpolation), True
        names, base = _names(node)
        frame = scope.frame
        if base is None or not isinstance(frame, Module) or base in scope.names:
            break
        step = _step(frame, base, names)
        if isinstance(step, Span):
            return Trace(origin if inside else step)
        if step is None:
            return Trace(origin, _resource(frame, base, names, node, scope))
        node, scope = step
        if not inside:
            origin = scope.file.span(node)
    return Trace(origin)


def _interpolation(node: Node) -> Node | None:
    """The only expression in a text."""
    found = _interpolations(node)
    return found[0] if len(found) == 1 else None


def _interpolations(node: Node) -> list[Node]:
    return [part for part in node.parts if isinstance(part, Node)] if isinstance(node, Template) else []


def _only_resource(parts: list[Node], scope: Scope) -> str | None:
    """The resource of `"${aws_x.y.family}:${aws_x.y.revision}"`: the only one that the expressions in a text name.

    Texts of several expressions within it are not followed: there could be two in each of the two, and so on.
    """
    named = {found for part in parts if (found := _follow(part, scope, within_text=True).reference)}
    return named.pop() if len(named) == 1 else None


def _bare(node: Node) -> Node:
    """The expression inside parentheses, lone interpolations and functions that hand a value through."""
    while True:
        if isinstance(node, Parentheses):
            node = node.inner
        elif isinstance(node, Template) and len(node.parts) == 1 and isinstance(node.parts[0], Node):
            node = node.parts[0]
        elif isinstance(node, Call) and len(node.arguments) > _TRANSPARENT.get(node.name, 1_000):
            node = node.arguments[_TRANSPARENT[node.name]]
        else:
            return node


def is_plain(node: Template) -> bool:
    """Whether a text has nothing to interpolate."""
    return all(isinstance(part, str) for part in node.parts)


def _names(node: Node) -> tuple[list[str], str | None]:
    """The attributes of a traversal, and the name it begins with."""
    names: list[str] = []
    while not isinstance(node, Variable):
        if isinstance(node, GetAttr):
            names.append(node.name)
        elif not isinstance(node, _STEPS):
            return [], None
        node = node.base
    return names[::-1], node.name


def _step(frame: object, base: str, names: list[str]) -> tuple[Node, Scope] | Span | None:
    """The expression behind `var.x`, `local.x` or `module.x.y`; its place where it is no expression of a module."""
    from finops_gate.sources.terraform.module import Module

    assert isinstance(frame, Module)
    if base == "var" and names and names[0] in frame.declared.variables:
        argument = frame.argument(names[0])
        if argument is not None and frame.call_scope is not None:
            return _within(argument, names[1:]), frame.call_scope
        given = frame.inputs.get(names[0])
        if given is not None:
            return given.origin
        declared = frame.declared.variables[names[0]]
        default = declared.attribute("default")
        return declared.file.span(default) if default is not None else None
    if base == "local" and names and names[0] in frame.declared.locals:
        local = frame.declared.locals[names[0]]
        return _within(local.node.value, names[1:]), Scope(frame, local.file)
    if base == "module" and len(names) > 1:
        children = frame.children.get(names[0])
        output = children[0][1].declared.outputs.get(names[1]) if children else None
        value = output.attribute("value") if output else None
        if value is not None and output is not None and children:
            return _within(value, names[2:]), Scope(children[0][1], output.file)
    return None


def _within(node: Node, names: list[str]) -> Node:
    """The part of a written-out object that attributes lead to; the whole where they lead elsewhere."""
    for name in names:
        if not isinstance(node, ObjectNode):
            return node
        inner = next((v for k, v in node.items if isinstance(k, Literal) and k.value == name), None)
        if inner is None:
            return node
        node = inner
    return node


def _resource(frame: object, base: str, names: list[str], node: Node, scope: Scope) -> str | None:
    """The address of the resource that a traversal begins with, with its key where that is known."""
    from finops_gate.sources.terraform.evaluate import evaluate
    from finops_gate.sources.terraform.module import Module

    assert isinstance(frame, Module)
    if not names or (base, names[0]) not in frame.declared.resources:
        return None
    block = frame.declared.resources[(base, names[0])]
    keyed = block.attribute("count") is not None or block.attribute("for_each") is not None
    while keyed and isinstance(node, _STEPS):
        if not isinstance(node, Splat):
            try:
                value = evaluate(node, scope)
            except EvaluationError:
                value = None
            if isinstance(value, ResourceValue):
                return value.reference
        node = node.base
    return f"{frame.prefix}{base}.{names[0]}"
