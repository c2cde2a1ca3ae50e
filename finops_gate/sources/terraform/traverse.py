"""One step into a value: `.name` and `[key]`."""

from __future__ import annotations

from decimal import Decimal

from finops_gate.model import Unknown
from finops_gate.sources.terraform.convert import convert, describe
from finops_gate.sources.terraform.problems import EvaluationError
from finops_gate.sources.terraform.scope import as_index
from finops_gate.sources.terraform.types import (
    DYNAMIC,
    NUMBER,
    STRING,
    ListType,
    MapType,
    ObjectType,
    Primitive,
    SetType,
    TupleType,
    Type,
)
from finops_gate.sources.terraform.values import (
    MAPPINGS,
    LazyObject,
    ListValue,
    MapValue,
    Null,
    ObjectValue,
    ResourceValue,
    TupleValue,
    UnknownInstances,
    UnknownValue,
    Value,
    entries,
    export,
    first_unknown,
)

MAX_CHOICES = 32


def attribute(value: Value, name: str) -> Value:
    """`value.name`. Raises EvaluationError where there is no such attribute."""
    if isinstance(value, MAPPINGS):
        if value.__class__ is LazyObject:
            if name in value.names:
                return value.attribute(name)
        else:
            found = value.items.get(name)
            if found is not None:
                return found
            if value.__class__ is ResourceValue:
                return value.missing(name)
    if isinstance(value, UnknownValue):
        return value.part(f".{name}", _attribute_type(value.type, name))
    if isinstance(value, Null):
        raise EvaluationError(f'a null value has no attribute "{name}"')
    if isinstance(value, TupleValue | ListValue) and len(value.items) == 1 and isinstance(value.items[0], ObjectValue):
        raise EvaluationError(f'a list has no attribute "{name}"; did you mean [0].{name}?')
    raise EvaluationError(f'{describe(value)} has no attribute "{name}"')


def _attribute_type(of: Type, name: str) -> Type:
    if isinstance(of, MapType):
        return of.element
    if isinstance(of, ObjectType):
        if name not in of.attributes:
            raise EvaluationError(f'object has no attribute "{name}"')
        return of.attributes[name]
    if of is not DYNAMIC:
        raise EvaluationError(f'{of} has no attribute "{name}"')
    return of


def index(value: Value, key: Value) -> Value:
    """`value[key]`. Raises EvaluationError where there is no such element."""
    if isinstance(value, Null):
        raise EvaluationError("a null value has no elements")
    if isinstance(key, Null):
        raise EvaluationError("the key is null")
    if isinstance(value, UnknownInstances):
        return value.element
    if isinstance(value, UnknownValue):
        return _index_unknown(value, key)
    if isinstance(value, MAPPINGS):
        return _by_name(value, convert(key, STRING))
    if isinstance(value, ListValue | TupleValue):
        return _by_position(value, convert(key, NUMBER))
    raise EvaluationError(f"{describe(value)} has no elements that can be named")


def _index_unknown(value: UnknownValue, key: Value) -> Value:
    step = f"[{key}]" if isinstance(key, Decimal) else f'["{key}"]' if isinstance(key, str) else "[*]"
    of = value.type
    if isinstance(of, SetType) or (isinstance(of, Primitive) and of is not DYNAMIC):
        raise EvaluationError(f"{of} has no elements that can be named")
    if isinstance(of, TupleType) and isinstance(key, Decimal):
        position = as_index(key)
        if position is None or not 0 <= position < len(of.elements):
            raise EvaluationError(f"there is no element {key} in {of}")
        return value.part(step, of.elements[position])
    return value.part(step, of.element if isinstance(of, ListType | MapType) else DYNAMIC)


def _by_name(value: Value, key: Value) -> Value:
    if isinstance(key, UnknownValue):
        return any_of(value, key) if type(value) in (MapValue, ObjectValue) else key.derived()
    return attribute(value, key)


def any_of(value: MapValue | ObjectValue | ListValue | TupleValue, key: UnknownValue) -> UnknownValue:
    """An element by a key that is not known: one of those there are, where they are few and known."""
    of = value.element if isinstance(value, MapValue | ListValue) else DYNAMIC
    if isinstance(value, MAPPINGS):
        items = [item for name, item in entries(value) if not key.cause.choices or name in key.cause.choices]
    else:
        items = list(value.items)
    known = [export(item) for item in items if first_unknown(item) is None]
    distinct = [item for i, item in enumerate(known) if item not in known[:i]] if len(known) <= MAX_CHOICES else []
    if not distinct or len(known) < len(items):
        return key.derived(of)
    return UnknownValue(Unknown(key.cause.reason, key.cause.origin, None, tuple(distinct)), of)


def _by_position(value: ListValue | TupleValue, key: Value) -> Value:
    if isinstance(key, UnknownValue):
        return any_of(value, key)
    position = as_index(key)
    if position is None or not 0 <= position < len(value.items):
        raise EvaluationError(f"there is no element {key} in a list of {len(value.items)}")
    return value.items[position]
