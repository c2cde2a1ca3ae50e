"""In which order the items of modules are computed: each after all that its expressions name.

The names are read from the expressions beforehand and followed with a stack of our own, so that neither long chains
nor deep modules cost Python's stack, and a cycle is found as a cycle.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from finops_gate.sources.terraform.compute import compute
from finops_gate.sources.terraform.declarations import Item
from finops_gate.sources.terraform.module import Module
from finops_gate.sources.terraform.problems import EvaluationError
from finops_gate.sources.terraform.project import Settle
from finops_gate.sources.terraform.syntax import Body, Node

Active: TypeAlias = dict[tuple[int, Item], Module]
"""What is being computed, in the order in which it was begun."""


def settler() -> Settle:
    """Computes an item after all that it needs. Raises EvaluationError where it needs itself."""
    active: Active = {}

    def settle(module: Module, item: Item) -> None:
        if (id(module), item) in active:
            raise EvaluationError(_cycle(active, module, item))
        stack = [_begin(active, module, item)]
        while stack:
            owner, current, waiting = stack[-1]
            for needed, needed_item in waiting:
                if needed_item not in needed.memo and (id(needed), needed_item) not in active:
                    stack.append(_begin(active, needed, needed_item))
                    break
            else:
                stack.pop()
                owner.memo[current] = compute(owner, current)
                del active[(id(owner), current)]

    return settle


def _begin(active: Active, module: Module, item: Item) -> tuple[Module, Item, Iterator[tuple[Module, Item]]]:
    active[(id(module), item)] = module
    return module, item, needs(module, item)


def _cycle(active: Active, module: Module, item: Item) -> str:
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
        for layer in module.block_of(item).layers:
            yield from _needs_of(module, layer.node.body)


def _variable_needs(module: Module, name: str) -> Iterator[tuple[Module, Item]]:
    argument = module.argument(name)
    if argument is not None and module.parent is not None:
        yield from _needs_of(module.parent, argument)


def _needs_of(module: Module, node: Node | Body) -> Iterator[tuple[Module, Item]]:
    for item, outputs in module.declared.needs_of(node):
        yield module, item
        if item[0] == "call":
            yield from _outputs(module, item[1], outputs)


def _outputs(module: Module, name: str, wanted: tuple[str, ...]) -> Iterator[tuple[Module, Item]]:
    """The outputs of a computed call, those that are wanted or all of them."""
    for _, child in module.children.get(name, ()):
        for output in wanted or child.declared.outputs:
            if output in child.declared.outputs:
                yield child, ("output", output)
