"""How the expression language finds values: the names of an evaluation, and paths into what they hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from finops_gate.model import BOUNDS, BoundName, Range, Unknown


class Scope:
    """The names of one evaluation; `element` is what a quantifier has bound."""

    __slots__ = ("bound", "element", "names")

    def __init__(self, names: Mapping[str, Any], bound: BoundName, element: Any = None) -> None:
        self.names, self.bound, self.element = names, bound, element

    def lookup(self, name: str) -> Any:
        element = self.element
        if element is not None:
            if name == "it":
                return element
            if isinstance(element, dict) and name in element:
                return element[name]
        return self.names.get(name)

    def with_element(self, element: Any) -> Scope:
        names = self if self.element is None else _Nested(self)
        return Scope(names.names if isinstance(names, Scope) else names, self.bound, element)


class _Nested(Mapping[str, Any]):
    """The names around an inner quantifier: the outer element's, then the scope's."""

    def __init__(self, outer: Scope) -> None:
        self._outer = outer

    def __getitem__(self, name: str) -> Any:
        return self._outer.lookup(name)

    def get(self, name: str, default: Any = None) -> Any:
        return self._outer.lookup(name)

    def __iter__(self) -> Any:
        return iter(())

    def __len__(self) -> int:
        return 0


Evaluator = Callable[[Scope], Any]


def step(base: Evaluator, name: str) -> Evaluator:
    return lambda scope: attribute(base(scope), name)


def attribute(value: Any, name: str) -> Any:
    """`value.name`: a key of a mapping, a bound of a range, the attribute of every element of a list."""
    if isinstance(value, (dict, Mapping)):
        return value.get(name)
    if isinstance(value, list):
        return [attribute(element, name) for element in value]
    if isinstance(value, Range) and name in BOUNDS:
        return value.bound(name)
    return value if isinstance(value, Unknown) else None


def index(value: Any, key: Any) -> Any:
    """`value[key]`: null where there is no such element or key."""
    for part in (value, key):
        if isinstance(part, Unknown):
            return part
    if isinstance(value, list) and isinstance(key, Decimal):
        return value[int(key)] if -len(value) <= key < len(value) else None
    return attribute(value, key) if isinstance(key, str) else None
