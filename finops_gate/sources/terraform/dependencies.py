"""Which names an expression refers to, found without evaluating it: the edges of the graph."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

from finops_gate.sources.terraform.syntax import Body, GetAttr, Index, Literal, Node, Splat, Variable

Reference: TypeAlias = tuple[str, ...]
"""`("var", "x")`, `("module", "vpc", "id")`, `("data", "aws_ami", "x")`, `("aws_instance", "web")`."""

IGNORED_ATTRIBUTES = frozenset({"depends_on", "providers", "provider"})
IGNORED_BLOCKS = frozenset({"lifecycle", "provisioner", "connection"})


def references_in(node: Node | Body) -> tuple[Reference, ...]:
    """All references of an expression or a body, in order, each once."""
    return tuple(dict.fromkeys(_references(node)))


def _references(start: Node | Body) -> Iterator[Reference]:
    """Walks with a stack of its own, so that depth costs no frames."""
    stack: list[Any] = [start]
    while stack:
        node = stack.pop()
        kind = node.__class__
        if kind in _TRAVERSALS:
            found, rest = _traversal(node)
            stack += rest
            if found:
                yield found
        elif kind is Body:
            stack += [a.value for a in node.attributes.values() if a.name not in IGNORED_ATTRIBUTES]
            stack += [block.body for block in node.blocks if block.type not in IGNORED_BLOCKS]
        elif kind is list or kind is tuple:
            stack += node
        elif kind not in _LEAVES and isinstance(node, Node):
            stack += children(node)


_TRAVERSALS = frozenset((GetAttr, Index, Variable, Splat))
_LEAVES = frozenset((Literal, str))


def _traversal(node: Node) -> tuple[Reference | None, list[Any]]:
    """The reference that a chain begins with, and the nodes beside the chain (keys, what follows a splat)."""
    names: list[str] = []
    rest: list[Any] = []
    at = node
    while not isinstance(at, Variable):
        if isinstance(at, GetAttr):
            names.append(at.name)
        elif isinstance(at, Index):
            rest.append(at.key)
        elif isinstance(at, Splat):
            rest.append(at.rest)
            names += _splat_names(at.rest)
        else:
            return None, [*rest, at]
        at = at.base
    names.reverse()
    return _reference(at.name, names), rest


def _splat_names(rest: Node) -> list[str]:
    """The attributes behind a splat, last first: `module.x[*].id` needs only `id`."""
    names: list[str] = []
    while isinstance(rest, GetAttr | Index):
        if isinstance(rest, GetAttr):
            names.append(rest.name)
        rest = rest.base
    return names


def _reference(root: str, names: list[str]) -> Reference | None:
    if root in ("var", "local"):
        return (root, *names[:1]) if names else None
    if root in ("module", "data"):
        return (root, *names[:2]) if names else None
    return (root, names[0]) if names else None


_INNER = (Node, list, tuple)


def children(node: Node) -> list[Any]:
    """Whatever a node holds: nodes, lists and tuples of them, and plain values."""
    found: list[Any] = []
    for slot in type(node).__slots__:
        value = getattr(node, slot, None)
        if isinstance(value, _INNER):
            found.append(value)
    return found
