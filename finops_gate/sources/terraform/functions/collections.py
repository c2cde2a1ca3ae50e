"""Functions of lists, tuples, maps and objects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import reduce
from typing import Any

from finops_gate.sources.terraform.convert import convert, describe, unified, unify
from finops_gate.sources.terraform.functions.graphemes import graphemes
from finops_gate.sources.terraform.functions.registry import MAPPING, ORDERED, SEQUENCE, Parameter, anything, function
from finops_gate.sources.terraform.problems import EvaluationError
from finops_gate.sources.terraform.scope import as_index
from finops_gate.sources.terraform.traverse import any_of
from finops_gate.sources.terraform.types import BOOL, DYNAMIC, NUMBER, STRING, ListType, MapType, ObjectType, TupleType
from finops_gate.sources.terraform.values import (
    ARITHMETIC,
    MAPPINGS,
    SEQUENCES,
    LazyObject,
    ListValue,
    MapValue,
    Null,
    ObjectValue,
    SetValue,
    TupleValue,
    UnknownValue,
    Value,
    entries,
    equal,
    first_unknown,
    order_key,
    type_of,
)

MAX_RANGE = 1024
MAX_DIGITS = 60
"""The most elements that Terraform's `range` makes."""


def sequence(value: Value) -> list[Value]:
    """The items of a list, tuple or set. Raises EvaluationError for anything else."""
    if not isinstance(value, SEQUENCES):
        raise EvaluationError(f"a list, a tuple or a set is required, not {describe(value)}")
    items: list[Value] = value.items
    return items


def mapping(value: Value) -> MapValue | ObjectValue:
    if not isinstance(value, MapValue | ObjectValue):
        raise EvaluationError(f"a map or an object is required, not {describe(value)}")
    return value


def whole(value: Decimal, bits: int = 64) -> int:
    """The whole number that fits into so many bits. Raises EvaluationError."""
    found = as_index(value) if value.adjusted() < MAX_DIGITS else None
    if found is None or not -(2 ** (bits - 1)) <= found < 2 ** (bits - 1):
        raise EvaluationError(f"a whole number of at most {bits} bits is required")
    return found


def same_kind(like: Value, items: list[Value]) -> Value:
    """A list of a list's or set's items, a tuple of a tuple's."""
    return TupleValue(items) if isinstance(like, TupleValue) else ListValue(items, like.element)


@function("length", Parameter(DYNAMIC, unknown=True), returns=NUMBER, deep=False)
def length(value: Value) -> Value:
    if isinstance(value, UnknownValue):
        return _unknown_length(value)
    if isinstance(value, str):
        return Decimal(len(graphemes(value)))
    if isinstance(value, LazyObject):
        return Decimal(len(value.names))
    if not isinstance(value, (*SEQUENCES, *MAPPINGS)):
        raise EvaluationError(f"a text or a collection is required, not {describe(value)}")
    if isinstance(value, SetValue):
        unknown = first_unknown(value)
        if unknown is not None and len(value.items) > 1:
            return unknown.derived(NUMBER, present=True)
    return Decimal(len(value.items))


def _unknown_length(value: UnknownValue) -> Value:
    of = value.type
    if isinstance(of, TupleType):
        return Decimal(len(of.elements))
    if isinstance(of, ObjectType):
        return Decimal(len(of.attributes))
    if of in (NUMBER, BOOL):
        raise EvaluationError(f"a text or a collection is required, not {of}")
    return value.derived(NUMBER, present=True)


@function("element", ORDERED, NUMBER, deep=False)
def element(collection: Value, position: Decimal) -> Value:
    items = sequence(collection)
    if isinstance(collection, SetValue):
        raise EvaluationError("a set has no order; convert it with tolist")
    at = whole(position)
    if at < 0:
        raise EvaluationError("a negative index has no element")
    if not items:
        raise EvaluationError("an empty list has no elements")
    return items[at % len(items)]


@function("concat", variadic=ORDERED, deep=False)
def concat(*parts: Value) -> Value:
    if not parts:
        raise EvaluationError("at least one argument is needed")
    if any(not isinstance(part, ListValue | TupleValue) for part in parts):
        raise EvaluationError("all arguments must be lists or tuples")
    items = [item for part in parts for item in part.items]
    if all(isinstance(part, ListValue) for part in parts):
        common = unify(part.element for part in parts)
        if common is not None:
            return ListValue([convert(item, common) for item in items], common)
    return TupleValue(items)


@function("contains", SEQUENCE, Parameter(DYNAMIC, unknown=True), returns=BOOL, deep=False)
def contains(collection: Value, wanted: Value) -> Value:
    items = sequence(collection)
    unknown: UnknownValue | None = None
    for item in items:
        same = equal(item, wanted)
        if same is True:
            return True
        if isinstance(same, UnknownValue):
            unknown = same
    return False if unknown is None else unknown


@function("index", ORDERED, DYNAMIC, returns=NUMBER)
def index(collection: Value, wanted: Value) -> Value:
    if not isinstance(collection, ListValue | TupleValue):
        raise EvaluationError("a list or a tuple is required")
    for i, item in enumerate(collection.items):
        if equal(item, wanted) is True:
            return Decimal(i)
    raise EvaluationError("the item is not in the list")


@function("keys", replace(MAPPING, unknown=True), deep=False)
def keys(value: Value) -> Value:
    if isinstance(value, UnknownValue):
        names: list[Value] = sorted(value.type.attributes) if isinstance(value.type, ObjectType) else []
        return TupleValue(names) if names else value.derived()
    if isinstance(value, LazyObject):
        return TupleValue(sorted(value.names))
    names = sorted(mapping(value).items)
    return ListValue(names, STRING) if isinstance(value, MapValue) else TupleValue(names)


@function("values", MAPPING, deep=False)
def values(value: Value) -> Value:
    items = [item for _, item in entries(mapping(value))]
    return ListValue(items, value.element) if isinstance(value, MapValue) else TupleValue(items)


@function("lookup", MAPPING, Parameter(STRING, unknown=True), anything(), optional=1, deep=False)
def lookup(collection: Value, key: Value, *default: Value) -> Value:
    if isinstance(key, UnknownValue):
        return any_of(mapping(collection), key) if not default else key.derived()
    found = mapping(collection).items.get(key)
    if found is not None:
        return found
    if not default:
        raise EvaluationError(f'there is no key "{key[:80]}", and no default')
    return convert(default[0], collection.element) if isinstance(collection, MapValue) else default[0]


@function("merge", variadic=replace(MAPPING, null=True), deep=False)
def merge(*parts: Value) -> Value:
    given = [mapping(part) for part in parts if not _is_null_mapping(part)]
    items = {name: item for part in given for name, item in part.items.items()}
    if given and all(isinstance(part, MapValue) for part in given):
        types = [type_of(part) for part in given if part.items] or [type_of(given[0])]
        if all(of == types[0] for of in types):
            return MapValue(items, types[0].element)  # type: ignore[attr-defined]
    return ObjectValue(items)


def _is_null_mapping(part: Value) -> bool:
    return isinstance(part, Null) and (part.type is DYNAMIC or isinstance(part.type, MapType | ObjectType))


@function("flatten", DYNAMIC, deep=False)
def flatten(value: Value) -> Value:
    found: list[Value] = []
    sequence(value)
    missing = _flatten_into(found, value)
    return TupleValue(found) if missing is None else missing.derived()


def _flatten_into(found: list[Value], value: Value) -> UnknownValue | None:
    if isinstance(value, SEQUENCES):
        if isinstance(value, SetValue) and len(value.items) > 1:
            unknown = first_unknown(value)
            if unknown is not None:
                return unknown
        for item in value.items:
            missing = _flatten_into(found, item)
            if missing is not None:
                return missing
    elif isinstance(value, UnknownValue) and value.type not in (STRING, NUMBER, BOOL):
        return value
    else:
        found.append(value)
    return None


@function("distinct", ListType(DYNAMIC))
def distinct(collection: ListValue) -> Value:
    seen: dict[Any, Value] = {}
    for item in collection.items:
        seen.setdefault(order_key(item), item)
    return ListValue(list(seen.values()), collection.element)


@function("slice", replace(ORDERED, unknown=True), NUMBER, NUMBER, deep=False)
def slice_(collection: Value, start: Decimal, end: Decimal) -> Value:
    if isinstance(collection, UnknownValue):
        return _unknown_slice(collection, whole(start), whole(end))
    items = sequence(collection)
    if isinstance(collection, SetValue):
        raise EvaluationError("a set has no order; convert it with tolist")
    first, last = whole(start), whole(end)
    if not 0 <= first <= last <= len(items):
        raise EvaluationError(f"{first} to {last} is not within a list of {len(items)}")
    return same_kind(collection, items[first:last])


def _unknown_slice(collection: UnknownValue, first: int, last: int) -> Value:
    """What is cut out of an unknown list is not known, but how much it is."""
    if not 0 <= first <= last or last - first > MAX_RANGE:
        return collection.derived()
    return TupleValue([collection.part(f"[{i}]") for i in range(first, last)])


@function("sort", ListType(STRING), returns=ListType(STRING), deep=False)
def sort(collection: ListValue) -> Value:
    """With something unknown in it, its length is known and no place in it."""
    missing = first_unknown(collection)
    if missing is not None:
        return ListValue([missing.derived(STRING)] * len(collection.items), STRING)
    if any(isinstance(item, Null) for item in collection.items):
        raise EvaluationError("a null value cannot be sorted")
    return ListValue(sorted(collection.items), STRING)


@function("reverse", SEQUENCE, deep=False)
def reverse(collection: Value) -> Value:
    return same_kind(collection, sequence(collection)[::-1])


@function("compact", ListType(STRING), returns=ListType(STRING))
def compact(collection: ListValue) -> Value:
    return ListValue([item for item in collection.items if not isinstance(item, Null) and item], STRING)


@function("coalesce", variadic=anything(), deep=False)
def coalesce(*candidates: Value) -> Value:
    if not candidates:
        raise EvaluationError("at least one argument is needed")
    common = unify(map(type_of, candidates))
    if common is None:
        raise EvaluationError("all arguments must have the same type")
    for candidate in candidates:
        if isinstance(candidate, UnknownValue):
            return candidate.derived(common, present=True)
        if not isinstance(candidate, Null) and candidate != "":
            return convert(candidate, common)
    raise EvaluationError("no argument is other than null and empty")


@function("coalescelist", variadic=anything(), deep=False)
def coalescelist(*candidates: Value) -> Value:
    for candidate in candidates:
        if isinstance(candidate, UnknownValue):
            return candidate.derived(present=True)
        if not isinstance(candidate, ListValue | TupleValue | Null) or type_of(candidate) is DYNAMIC:
            raise EvaluationError("all arguments must be lists or tuples")
    for candidate in candidates:
        if not isinstance(candidate, Null) and candidate.items:
            return candidate
    raise EvaluationError("no argument is a list with elements")


@function("chunklist", ListType(DYNAMIC), NUMBER, deep=False)
def chunklist(collection: ListValue, size: Decimal) -> Value:
    step = whole(size)
    if step < 0:
        raise EvaluationError("the size must not be negative")
    of = ListType(collection.element)
    if step == 0 or not collection.items:
        return ListValue([collection] if collection.items else [], of)
    starts = range(0, len(collection.items), step)
    return ListValue([ListValue(collection.items[i : i + step], collection.element) for i in starts], of)


@function("matchkeys", ListType(DYNAMIC), ListType(DYNAMIC), ListType(DYNAMIC))
def matchkeys(found: ListValue, names: ListValue, wanted: ListValue) -> Value:
    if len(found.items) != len(names.items):
        raise EvaluationError("values and keys must be of the same length")
    common = unify([names.element, wanted.element])
    if common is None:
        raise EvaluationError("keys and the wanted keys must be of one type")
    search = {order_key(convert(item, common)) for item in wanted.items}
    pairs = zip(found.items, names.items, strict=True)
    return ListValue([item for item, name in pairs if order_key(convert(name, common)) in search], found.element)


@function("zipmap", ListType(STRING), ORDERED, deep=False)
def zipmap(names: ListValue, found: Value) -> Value:
    if not isinstance(found, ListValue | TupleValue):
        raise EvaluationError("the values must be a list or a tuple")
    unknown = first_unknown(names)
    if unknown is not None:
        return unknown.derived(present=True)
    if len(names.items) != len(found.items):
        raise EvaluationError(f"{len(names.items)} keys do not fit {len(found.items)} values")
    if any(isinstance(name, Null) for name in names.items):
        raise EvaluationError("a key is null")
    items = dict(zip(names.items, found.items, strict=True))
    return MapValue(items, found.element) if isinstance(found, ListValue) else ObjectValue(items)


@function("one", SEQUENCE, deep=False)
def one(collection: Value) -> Value:
    items = sequence(collection)
    if len(items) > 1:
        unknown = first_unknown(collection) if isinstance(collection, SetValue) else None
        if unknown is not None:
            return unknown.derived(collection.element)
        raise EvaluationError(f"at most one element is allowed, not {len(items)}")
    return items[0] if items else Null(DYNAMIC if isinstance(collection, TupleValue) else collection.element)


@function("range", NUMBER, variadic=NUMBER, returns=ListType(NUMBER))
def range_(*bounds: Decimal) -> Value:
    start, limit, step = _bounds(bounds)
    if step == 0 or (limit != start and (limit > start) is not (step > 0)):
        raise EvaluationError("the step must lead from the start to the limit")
    items: list[Value] = []
    while (start < limit) if step > 0 else (start > limit):
        if len(items) == MAX_RANGE:
            raise EvaluationError(f"more than {MAX_RANGE} elements, the most that Terraform makes")
        items.append(start)
        start = ARITHMETIC.add(start, step)
    return ListValue(items, NUMBER)


def _bounds(given: Sequence[Decimal]) -> tuple[Decimal, Decimal, Decimal]:
    if len(given) > 3:
        raise EvaluationError("three arguments are the most")
    start, limit = (Decimal(0), given[0]) if len(given) == 1 else (given[0], given[1])
    down = limit < start
    return start, limit, given[2] if len(given) == 3 else Decimal(-1 if down else 1)


@function("transpose", MapType(ListType(STRING)), returns=MapType(ListType(STRING)))
def transpose(value: MapValue) -> Value:
    found: dict[str, list[Value]] = {}
    for name, names in entries(value):
        if isinstance(names, Null):
            raise EvaluationError("a null list has no elements")
        for item in names.items:
            if isinstance(item, Null):
                raise EvaluationError("a null value cannot become a key")
            found.setdefault(item, []).append(name)
    return MapValue({name: ListValue(items, STRING) for name, items in found.items()}, ListType(STRING))


@function("alltrue", ListType(BOOL), returns=BOOL, deep=False)
def alltrue(collection: ListValue) -> Value:
    return _quantified(collection, settles=False)


@function("anytrue", ListType(BOOL), returns=BOOL, deep=False)
def anytrue(collection: ListValue) -> Value:
    return _quantified(collection, settles=True)


def _quantified(collection: ListValue, settles: bool) -> Value:
    """A null counts as false; an unknown counts where nothing known settles it."""
    unknown: UnknownValue | None = None
    for item in collection.items:
        if isinstance(item, UnknownValue):
            unknown = item
        elif (item is True) is settles:
            return settles
    return not settles if unknown is None else unknown.derived(BOOL)


@function("sum", DYNAMIC, returns=NUMBER)
def sum_(collection: Value) -> Value:
    items, _ = unified(sequence(collection), NUMBER)
    if not items:
        raise EvaluationError("there is nothing to sum")
    if any(isinstance(item, Null) for item in items):
        raise EvaluationError("a null value cannot be summed")
    return reduce(ARITHMETIC.add, items)
