"""In which order the items of modules are computed: each after all that its expressions name.

The names are read from the expressions beforehand and followed with a stack of our own, so that neither long chains
nor deep modules cost Python's stack, and a cycle is found as a cycle.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from finops_gate.sources.terraform.declarations import Declared
from finops_gate.sources.terraform.dependencies import Reference
from finops_gate.sources.terraform.problems import EvaluationError
from finops_gate.sources.terraform.syntax import Body, Node

if TYPE_CHECKING:
    from finops_gate.sources.terraform.module import Item, Module


def settle(module: Module, item: Item) -> None:
    """Computes an item after all that it needs. Raises EvaluationError where it needs itself."""
    from finops_gate.sources.terraform.compute import compute

    active = module.project.active
    if (id(module), item) in active:
        raise EvaluationError(_cycle(module, item))
    stack = [_begin(module, item)]
    while stack:
        owner, current, waiting = stack[-1]
        for needed, needed_item in waiting:
            if needed_item not in needed.memo and (id(needed), needed_item) not in active:
                stack.append(_begin(needed, needed_item))
                break
        else:
            stack.pop()
            owner.memo[current] = compute(owner, current)
            del active[(id(owner), current)]


def _begin(module: Module, item: Item) -> tuple[Module, Item, Iterator[tuple[Module, Item]]]:
    module.project.active[(id(module), item)] = module
    return module, item, needs(module, item)


def _cycle(module: Module, item: Item) -> str:
    active = module.project.active
    keys = list(active)
    names = [active[key].name_of(key[1]) for key in keys[keys.index((id(module), item)) :]]
    return "it depends on itself: " + " -> ".join([*names, names[0]])


def needs(module: Module, item: Item) -> Iterator[tuple[Module, Item]]:
    """The items that an item's expressions name. A caller's modules are known only once the call is computed."""
    kind = item[0]
    if kind == "var":
        yield from _variable_needs(module, item[1])
    elif kind == "local":
        yield from _needs_of(module, module.declared.locals[item[1]].node.value)
    elif kind == "output":
        value = module.declared.outputs[item[1]].attribute("value")
        if value is not None:
            yield from _needs_of(module, value)
    elif kind == "call":
        for name in ("count", "for_each"):
            node = module.declared.calls[item[1]].attribute(name)
            if node is not None:
                yield from _needs_of(module, node)
    else:
        for layer in block_of(module, item).layers:
            yield from _needs_of(module, layer.node.body)


def block_of(module: Module, item: Item) -> Declared:
    """The block of a provider, a resource or a data source."""
    kind, *names = item
    if kind == "provider":
        return module.declared.providers[(names[0], names[1])]
    table = module.declared.resources if kind == "resource" else module.declared.data
    return table[(names[0], names[1])]


def _variable_needs(module: Module, name: str) -> Iterator[tuple[Module, Item]]:
    argument = module.argument(name)
    if argument is not None and module.parent is not None:
        yield from _needs_of(module.parent, argument)


def _needs_of(module: Module, node: Node | Body) -> Iterator[tuple[Module, Item]]:
    for reference in module.declared.references_of(node):
        yield from _named(module, reference)


def _named(module: Module, reference: Reference) -> Iterator[tuple[Module, Item]]:
    root, *names = reference
    declared = module.declared
    if root == "var":
        if names[0] in declared.variables:
            yield module, ("var", names[0])
    elif root == "local":
        if names[0] in declared.locals:
            yield module, ("local", names[0])
    elif root == "module":
        if names[0] in declared.calls:
            yield module, ("call", names[0])
            for _, child in module.children.get(names[0], ()):
                outputs = names[1:] if len(names) > 1 else list(child.declared.outputs)
                yield from ((child, ("output", o)) for o in outputs if o in child.declared.outputs)
    elif root == "data":
        if len(names) == 2 and (names[0], names[1]) in declared.data:
            yield module, ("data", names[0], names[1])
    elif (root, names[0]) in declared.resources:
        yield module, ("resource", root, names[0])
