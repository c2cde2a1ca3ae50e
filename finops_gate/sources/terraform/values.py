"""Terraform's values, as the evaluator computes with them.

Strings, booleans and numbers are Python's str, bool and Decimal. Everything else is one of the classes below,
so that a list, a tuple and a set stay apart as they do in Terraform. `export` makes plain Python values of them.
Maps and objects iterate in the order of their keys, wherever an order can be seen: use `entries`.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from decimal import Context, Decimal
from typing import Any, TypeAlias

from finops_gate.model import Range, Unknown
from finops_gate.sources.terraform.resource_types import attribute_names, family
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
    is_open,
)

Value: TypeAlias = Any
"""str, bool, Decimal, or an instance of a class of this module."""

ARITHMETIC = Context(prec=150, Emax=9_999, Emin=-9_999)
"""Terraform computes with 512 binary digits, which are 154 decimal ones; what leaves the exponents raises."""

DIVISION = Context(prec=154, Emax=9_999, Emin=-9_999)
"""A quotient keeps four digits more than the rest, so that a third times three is one, as it is in binary."""

_SHORT = Context(prec=10)


class Null:
    """No value, of a type (`DYNAMIC` where `null` stands by itself)."""

    __slots__ = ("type",)

    def __init__(self, type: Type = DYNAMIC) -> None:
        self.type = type


NULL = Null()


class UnknownValue:
    """A value that is not known, of a type that may be. `cause` says why, and travels on.

    `present` says that it will not be null, `prefix` what its text will begin with: what Terraform calls refinements
    (https://github.com/zclconf/go-cty/blob/main/docs/refinements.md), by which `"${aws_vpc.a.id}-x" != null` is known.
    """

    __slots__ = ("cause", "prefix", "present", "type")

    def __init__(self, cause: Unknown, type: Type = DYNAMIC, present: bool = False, prefix: str = "") -> None:
        self.cause, self.type, self.present, self.prefix = cause, type, present, prefix

    def derived(self, type: Type = DYNAMIC, present: bool = False, prefix: str = "") -> UnknownValue:
        """What is computed from this: unknown for the same reason, but no longer the same thing."""
        cause = self.cause
        if cause.reference or cause.choices:
            cause = Unknown(cause.reason, cause.origin)
        return UnknownValue(cause, type, present, prefix)

    def part(self, step: str, type: Type = DYNAMIC) -> UnknownValue:
        """An attribute or element of this; keeps naming the resource it will come from."""
        cause = self.cause
        reference = f"{cause.reference}{step}" if cause.reference else None
        return UnknownValue(Unknown(cause.reason, cause.origin, reference), type)


class UnknownInstances(UnknownValue):
    """A resource or module whose instances are not known, though what each of them is like is."""

    __slots__ = ("element",)

    def __init__(self, cause: Unknown, element: Value) -> None:
        super().__init__(cause)
        self.element = element


class ListValue:
    __slots__ = ("element", "items", "weight")

    def __init__(self, items: list[Value], element: Type) -> None:
        self.items, self.element = items, element
        self.weight: tuple[int, int] | None = None


class TupleValue:
    __slots__ = ("items", "weight")

    def __init__(self, items: list[Value]) -> None:
        self.items = items
        self.weight: tuple[int, int] | None = None


class SetValue:
    """Distinct items in Terraform's order; make it with `make_set`."""

    __slots__ = ("element", "items", "weight")

    def __init__(self, items: list[Value], element: Type) -> None:
        self.items, self.element = items, element
        self.weight: tuple[int, int] | None = None


class MapValue:
    __slots__ = ("element", "items", "weight")

    def __init__(self, items: dict[str, Value], element: Type) -> None:
        self.items, self.element = items, element
        self.weight: tuple[int, int] | None = None


class ObjectValue:
    __slots__ = ("items", "weight")

    def __init__(self, items: dict[str, Value]) -> None:
        self.items = items
        self.weight: tuple[int, int] | None = None


_ALWAYS_TEXT = frozenset({"id", "arn", "name"})
"""Attributes that are strings whatever the type of resource, so that a list of them has a length."""


class ResourceValue(ObjectValue):
    """A resource: the attributes that the code sets; the provider adds others, which are unknown.

    `cause` says where those come from ("known only after apply"). `type` is empty for a data source.
    """

    __slots__ = ("cause", "reference", "type")

    def __init__(self, items: dict[str, Value], reference: str, cause: Unknown, type: str = "") -> None:
        super().__init__(items)
        self.reference, self.cause, self.type = reference, cause, type

    def lacks(self, name: str) -> bool:
        """Whether no resource of the type has such an attribute, as far as the provider's schema is known."""
        names = attribute_names(family(self.type), self.type)
        return names is not None and name not in names

    @property
    def whole(self) -> Unknown:
        """The resource with all that it has, which is never known."""
        return Unknown(f"{self.reference} is {self.cause.reason}", self.cause.origin, self.reference)

    def missing(self, name: str) -> UnknownValue:
        reference = f"{self.reference}.{name}"
        cause = Unknown(f"{reference} is {self.cause.reason}", self.cause.origin, reference)
        return UnknownValue(cause, STRING if name in _ALWAYS_TEXT else DYNAMIC)


class LazyObject(ObjectValue):
    """An object whose attributes are computed when asked for: a module's outputs."""

    __slots__ = ("_load", "names")

    def __init__(self, names: Iterable[str], load: Callable[[str], Value]) -> None:
        self.names, self._load = tuple(names), load
        self.weight = (1, 1)

    def attribute(self, name: str) -> Value:
        return self._load(name)

    @property
    def items(self) -> dict[str, Value]:  # type: ignore[override]
        return {name: self._load(name) for name in self.names}


SEQUENCES = (ListValue, TupleValue, SetValue)
MAPPINGS = (MapValue, ObjectValue)
_PRIMITIVES = (str, bool, Decimal)
_KNOWN_LEAVES = (str, bool, Decimal, Null)
_LEAVES = (str, bool, Decimal, Null, UnknownValue)


def type_of(value: Value) -> Type:
    if isinstance(value, str):
        return STRING
    if isinstance(value, bool):
        return BOOL
    if isinstance(value, Decimal):
        return NUMBER
    if isinstance(value, Null | UnknownValue):
        return value.type
    if isinstance(value, ListValue):
        return ListType(value.element)
    if isinstance(value, SetValue):
        return SetType(value.element)
    if isinstance(value, MapValue):
        return MapType(value.element)
    if isinstance(value, TupleValue):
        return TupleType(tuple(map(type_of, value.items)))
    if isinstance(value, ResourceValue):
        return DYNAMIC
    if isinstance(value, ObjectValue):
        return ObjectType({name: type_of(item) for name, item in value.items.items()})
    raise TypeError(f"not a value: {value!r}")


def entries(value: MapValue | ObjectValue) -> list[tuple[str, Value]]:
    """Keys and values in the order of the keys."""
    return sorted(value.items.items(), key=lambda item: item[0])


def elements(value: Value) -> Iterable[Value]:
    """What is inside a collection or structure, in order; nothing for anything else."""
    if isinstance(value, SEQUENCES):
        return value.items
    if isinstance(value, MAPPINGS):
        return [item for _, item in entries(value)]
    return ()


def weigh(value: Value) -> tuple[int, int]:
    """How many values are inside, counted as often as they are met, and how deep: what a walk over it costs."""
    if isinstance(value, _LEAVES):
        return 1, 0
    if value.weight is None:
        items = value.items if isinstance(value, SEQUENCES) else value.items.values()
        count, depth = 1, 0
        for item in items:
            if isinstance(item, _LEAVES):
                count += 1
            else:
                inner, below = weigh(item)
                count, depth = count + inner, max(depth, below)
        value.weight = (count, depth + 1)
    found: tuple[int, int] = value.weight
    return found


def first_unknown(value: Value) -> UnknownValue | None:
    """The first unknown in a value, at any depth; None where it is wholly known."""
    if isinstance(value, _KNOWN_LEAVES):
        return None
    if isinstance(value, UnknownValue):
        return value
    if isinstance(value, ResourceValue):
        return UnknownValue(value.whole)
    for item in elements(value):
        found = first_unknown(item)
        if found is not None:
            return found
    return None


def is_present(value: Value) -> bool:
    """Whether a value is certain not to be null."""
    return value.present if isinstance(value, UnknownValue) else not isinstance(value, Null)


def equal(a: Value, b: Value) -> bool | UnknownValue:
    """Terraform's `==`: values of different types are different, null equals null of any type."""
    if isinstance(a, UnknownValue):
        return _equal_unknown(a, b)
    if isinstance(b, UnknownValue):
        return _equal_unknown(b, a)
    if isinstance(a, Null) or isinstance(b, Null):
        return isinstance(a, Null) and isinstance(b, Null)
    if isinstance(a, _PRIMITIVES) or isinstance(b, _PRIMITIVES):
        return type(a) is type(b) and bool(a == b)
    if isinstance(a, SetValue) and isinstance(b, SetValue):
        unknown = first_unknown(a) or first_unknown(b)
        if unknown is not None:
            return unknown.derived(BOOL, present=True)
    if not _alike(a, b):
        return False
    if isinstance(a, MAPPINGS):
        if a.items.keys() != b.items.keys():
            return False
        return _all_equal((item, b.items[name]) for name, item in entries(a))
    if len(a.items) != len(b.items):
        return False
    return _all_equal(zip(a.items, b.items, strict=True))


def _equal_unknown(unknown: UnknownValue, other: Value) -> bool | UnknownValue:
    """Known to be different where null, the type or the beginning of a text tells."""
    if isinstance(other, Null):
        different = unknown.present
    elif isinstance(other, UnknownValue):
        different = False
    else:
        types = (unknown.type, type_of(other))
        different = types[0] != types[1] and not any(map(is_open, types))
        different = different or (isinstance(other, str) and not other.startswith(unknown.prefix))
    return False if different else unknown.derived(BOOL, present=True)


def _alike(a: Value, b: Value) -> bool:
    if isinstance(a, ObjectValue):
        return isinstance(b, ObjectValue)
    return type(a) is type(b) and (isinstance(a, TupleValue) or type_of(a) == type_of(b) or not (a.items and b.items))


def _all_equal(pairs: Iterable[tuple[Value, Value]]) -> bool | UnknownValue:
    unknown: UnknownValue | None = None
    for a, b in pairs:
        same = equal(a, b)
        if same is False:
            return False
        if isinstance(same, UnknownValue):
            unknown = same
    return True if unknown is None else unknown


def make_set(items: Iterable[Value], element: Type) -> SetValue:
    """A set of items of one type: without repetition, in Terraform's order."""
    distinct: dict[Any, Value] = {}
    for item in items:
        key = order_key(item)
        if isinstance(item, UnknownValue) and not item.cause.reference:
            key = (*key, len(distinct))  # two of the same reason may well be different
        distinct.setdefault(key, item)
    return SetValue([distinct[key] for key in sorted(distinct)], element)


def order_key(value: Value) -> tuple[Any, ...]:
    """Sorts the elements of a set as Terraform does, and tells equal ones.

    Booleans, numbers, strings by value; structures by how they are written; null after what is known, unknown last.
    """
    if isinstance(value, _LEAVES):
        return _identity(value)
    return (5, _written(value), _identity(value))


def _identity(value: Value) -> tuple[Any, ...]:
    """Tells values of one type apart, and sorts those that are no structures."""
    if isinstance(value, bool):
        return (0, value)
    if isinstance(value, Decimal):
        return (1, value)
    if isinstance(value, str):
        return (2, value.encode("utf-8", "surrogatepass"))
    if isinstance(value, Null):
        return (8,)
    if isinstance(value, UnknownValue):
        return (9, value.cause.reference or value.cause.reason)
    if isinstance(value, MAPPINGS):
        return (4, *((name, _identity(item)) for name, item in entries(value)))
    return (5, *map(_identity, value.items))


def _written(value: Value) -> str:
    """What Terraform sorts structures by: numbers in digits and texts in quotes, each with a mark behind it.

    https://github.com/zclconf/go-cty/blob/main/cty/set_internals.go (makeSetHashBytes)
    """
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, bool):
        return "T" if value else "F"
    if isinstance(value, Decimal):
        return format(value.normalize(_SHORT), "g")
    if isinstance(value, Null):
        return "~"
    if isinstance(value, UnknownValue):
        return "?"
    if isinstance(value, MapValue):
        return "{" + "".join(f"{_written(name)}:{_written(item)};" for name, item in entries(value)) + "}"
    inside = "".join(f"{_written(item)};" for item in elements(value))
    return f"<{inside}>" if isinstance(value, ObjectValue | TupleValue) else f"[{inside}]"


def text(value: str) -> str:
    """A string as Terraform keeps it: in Unicode's composed form (NFC)."""
    return value if value.isascii() else unicodedata.normalize("NFC", value)


def format_number(value: Decimal) -> str:
    """A number as Terraform writes it: every digit, no exponent, no trailing zeros."""
    if value == value.to_integral_value():
        return f"{value:.0f}" if value else "0"
    return format(value, "f").rstrip("0")


def export(value: Value) -> Any:
    """The plain Python value: str, bool, Decimal, None, list, dict, Unknown."""
    if isinstance(value, _PRIMITIVES):
        return value
    if isinstance(value, Null):
        return None
    if isinstance(value, UnknownValue):
        return value.cause
    if isinstance(value, SEQUENCES):
        return [export(item) for item in value.items]
    if isinstance(value, ResourceValue):
        return value.whole
    return {name: export(item) for name, item in value.items.items()}


def from_plain(value: Any) -> Value:
    """The value that JSON, YAML or a setting means: lists are tuples and mappings objects, as in jsondecode."""
    if value is None:
        return NULL
    if isinstance(value, bool | Decimal):
        return value
    if isinstance(value, str):
        return text(value)
    if isinstance(value, int):
        return Decimal(value)
    if isinstance(value, float):
        return Decimal(repr(value))
    if isinstance(value, Unknown):
        return UnknownValue(value)
    if isinstance(value, Range):
        return UnknownValue(Unknown("a range of values"))
    if isinstance(value, Mapping):
        return ObjectValue({text(str(name)): from_plain(item) for name, item in value.items()})
    if isinstance(value, Iterable):
        return TupleValue([from_plain(item) for item in value])
    raise TypeError(f"{type(value).__name__} has no counterpart in Terraform")
