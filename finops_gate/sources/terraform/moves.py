"""`moved` blocks: which address a resource had before."""

from __future__ import annotations

from finops_gate.sources.terraform.declarations import Declared
from finops_gate.sources.terraform.expansion import quoted
from finops_gate.sources.terraform.module import Module
from finops_gate.sources.terraform.syntax import GetAttr, Index, Literal, Node, Template, Variable

MAX_MOVES = 50


def moves_of(module: Module, name: str, suffix: str) -> tuple[str, ...]:
    """The earlier addresses of `module.address` + `name` + `suffix`, nearest first; a chain is followed."""
    found: list[str] = []
    inner = f"{name}{suffix}"
    frame: Module | None = module
    while frame is not None:
        for earlier in _earlier(frame.declared.moved, inner):
            found.append(f"{frame.prefix}{earlier}")
        if frame.parent is not None and frame.address:
            inner = f"{frame.address.removeprefix(frame.parent.prefix)}.{inner}"
        frame = frame.parent
    return tuple(dict.fromkeys(found))


def _earlier(moves: list[Declared], address: str) -> list[str]:
    """A move of `a` to `b` moves `b[0]`, and of a module all that is in it."""
    pairs = [(written(m.attribute("from")), written(m.attribute("to"))) for m in moves]
    found: list[str] = []
    at = address
    for _ in range(MAX_MOVES):
        step = next(
            (f + at[len(t) :] for f, t in pairs if f and t and (at == t or at.startswith((f"{t}.", f"{t}[")))), None
        )
        if step is None or step in found or step == address:
            break
        found.append(step)
        at = step
    return found


def written(node: Node | None) -> str:
    """An address as it stands in a `moved` block; empty where it is none."""
    if isinstance(node, Variable):
        return node.name
    if isinstance(node, GetAttr):
        base = written(node.base)
        return f"{base}.{node.name}" if base else ""
    if isinstance(node, Index):
        base, key = written(node.base), _key(node.key)
        return f"{base}[{key}]" if base and key else ""
    return ""


def _key(node: Node) -> str:
    if isinstance(node, Literal):
        return str(node.value)
    if isinstance(node, Template) and all(isinstance(part, str) for part in node.parts):
        return quoted("".join(node.parts))
    return ""
