"""`moved` and `removed` blocks: which address a resource had before, and what is only forgotten."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from finops_gate.model import Notice
from finops_gate.sources.terraform.expansion import quoted
from finops_gate.sources.terraform.module import Module
from finops_gate.sources.terraform.syntax import GetAttr, Index, Literal, Node, Template, Variable

MAX_MOVES = 50


def moves_of(module: Module, name: str, suffix: str) -> tuple[str, ...]:
    """The earlier addresses of `module.address` + `name` + `suffix`, nearest first.

    Chains are followed, also from one module's moves to those of the modules around it. Without a word of the code,
    a resource moves to its first instance where it is given a `count`, and back.
    https://developer.hashicorp.com/terraform/language/modules/develop/refactoring#enabling-count-or-for_each-for-a-resource
    """
    found = {f"{module.prefix}{name}{suffix}": None}
    frames = list(_frames(module))
    waiting = list(found) if frames else []
    while waiting and len(found) <= MAX_MOVES:
        at = waiting.pop(0)
        earlier = [e for frame in frames for e in _earlier(frame, at) if e not in found]
        found.update(dict.fromkeys(earlier))
        waiting += earlier
    if suffix in ("", "[0]"):
        found[f"{module.prefix}{name}{'' if suffix else '[0]'}"] = None
    return tuple(found)[1:]


def _frames(module: Module) -> Iterator[Module]:
    """The module and those around it that have moves."""
    frame: Module | None = module
    while frame is not None:
        if frame.declared.moved:
            yield frame
        frame = frame.parent


def _earlier(frame: Module, address: str) -> Iterator[str]:
    """What one move back makes of an address: a move of `a` to `b` moves `b[0]`, and of a module all that is in it."""
    if not address.startswith(frame.prefix):
        return
    inner = address.removeprefix(frame.prefix)
    sources = _sources(frame)
    ends = [i for i, character in enumerate(inner) if character in ".["]
    for end in [len(inner), *reversed(ends)]:
        for source in sources.get(inner[:end], ()):
            yield f"{frame.prefix}{source}{inner[end:]}"


def _sources(frame: Module) -> Mapping[str, list[str]]:
    """What each target of a module's moves is moved from."""
    declared = frame.declared
    if declared.moves is None:
        declared.moves = {}
        for move in declared.moved:
            source, target = written(move.attribute("from")), written(move.attribute("to"))
            if source and target:
                declared.moves.setdefault(target, []).append(source)
    return declared.moves


def forgotten(module: Module) -> Iterator[Notice]:
    """What `removed` blocks take out of Terraform's hands without destroying it."""
    for block in module.declared.removed:
        lifecycles = (inner.body for inner in block.node.body.blocks if inner.type == "lifecycle")
        destroy = next((body.attributes.get("destroy") for body in lifecycles), None)
        if destroy is not None and isinstance(destroy.value, Literal) and destroy.value.value is False:
            address = f"{module.prefix}{written(block.attribute('from'))}"
            message = f"{address} is only forgotten: what there is of it goes on costing, outside of Terraform"
            yield Notice("forgotten-resource", "info", message, block.header)


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
