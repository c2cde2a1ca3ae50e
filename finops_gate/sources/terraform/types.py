"""Terraform's types: three primitives, collections of one element type, and structures.

`DYNAMIC` is "any": in a constraint, whatever is given; of an unknown value, a type not yet known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


class Type:
    """Base of all types, for annotations; compare with `==`, primitives also with `is`."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, eq=False)
class Primitive(Type):
    name: str

    def __str__(self) -> str:
        return self.name


STRING = Primitive("string")
NUMBER = Primitive("number")
BOOL = Primitive("bool")
DYNAMIC = Primitive("any")


@dataclass(frozen=True, slots=True)
class ListType(Type):
    element: Type

    def __str__(self) -> str:
        return f"list({self.element})"


@dataclass(frozen=True, slots=True)
class SetType(Type):
    element: Type

    def __str__(self) -> str:
        return f"set({self.element})"


@dataclass(frozen=True, slots=True)
class MapType(Type):
    element: Type

    def __str__(self) -> str:
        return f"map({self.element})"


@dataclass(frozen=True, slots=True)
class TupleType(Type):
    elements: tuple[Type, ...]

    def __str__(self) -> str:
        return f"tuple([{', '.join(map(str, self.elements))}])"


@dataclass(frozen=True, slots=True)
class ObjectType(Type):
    """`optional` holds the default (a value, None where there is none) of each optional attribute."""

    attributes: Mapping[str, Type]
    optional: Mapping[str, Any] = field(default_factory=dict, compare=False)

    def __str__(self) -> str:
        return f"object({{{', '.join(f'{k}={self.attributes[k]}' for k in sorted(self.attributes))}}})"


def is_open(of: Type) -> bool:
    """Whether a type, or one inside it, is any."""
    if isinstance(of, ListType | SetType | MapType):
        return is_open(of.element)
    if isinstance(of, TupleType):
        return any(map(is_open, of.elements))
    return any(map(is_open, of.attributes.values())) if isinstance(of, ObjectType) else of is DYNAMIC
