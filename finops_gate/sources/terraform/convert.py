"""Conversion between Terraform's types, and the type that several values have in common.

The rules are those of go-cty (https://github.com/zclconf/go-cty/blob/main/docs/convert.md): a value converts where
every part of it does; number and bool become text and back; lists, sets and tuples, and maps and objects, become
each other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

from finops_gate.sources.terraform.problems import EvaluationError
from finops_gate.sources.terraform.types import (
    BOOL,
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
    is_open,
)
from finops_gate.sources.terraform.values import (
    ARITHMETIC,
    MAPPINGS,
    SEQUENCES,
    ListValue,
    MapValue,
    Null,
    ObjectValue,
    ResourceValue,
    SetValue,
    TupleValue,
    UnknownValue,
    Value,
    entries,
    first_unknown,
    format_number,
    make_set,
    type_of,
)

MAX_NUMBER_TEXT = 1_000
NUMBER_TEXT = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


def convert(value: Value, to: Type) -> Value:
    """The value as a value of that type. Raises EvaluationError where there is no such conversion."""
    if to is DYNAMIC:
        return value
    if isinstance(value, Null):
        return _convert_null(value, to)
    if isinstance(value, UnknownValue):
        return _convert_unknown(value, to)
    if isinstance(to, Primitive):
        return _PRIMITIVES[to](value)
    if isinstance(to, ListType | SetType):
        return _to_collection(value, to)
    if isinstance(to, MapType):
        return _to_map(value, to)
    if isinstance(to, ObjectType):
        return _to_object(value, to)
    assert isinstance(to, TupleType)
    return _to_tuple(value, to)


def to_text(value: Value) -> Value:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format_number(value)
    return _refuse(value, STRING)


def to_number(value: Value) -> Value:
    if isinstance(value, Decimal):
        return value
    if isinstance(value, str):
        return parse_number(value)
    return _refuse(value, NUMBER)


def to_bool(value: Value) -> Value:
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        if value in ("true", "1"):
            return True
        if value in ("false", "0"):
            return False
        raise EvaluationError(f'a bool is required, not "{value[:40]}"')
    return _refuse(value, BOOL)


_PRIMITIVES = {STRING: to_text, NUMBER: to_number, BOOL: to_bool}


def parse_number(text: str) -> Decimal:
    if len(text) > MAX_NUMBER_TEXT or not NUMBER_TEXT.fullmatch(text):
        raise EvaluationError(f'a number is required, not "{text[:40]}"')
    try:
        return ARITHMETIC.create_decimal(text)
    except ArithmeticError as error:
        raise EvaluationError(f'"{text[:40]}" is beyond any number') from error


def describe(value: Value) -> str:
    """A value's kind, in the words of an error."""
    if isinstance(value, ResourceValue):
        return "object"
    of = type_of(value)
    return str(of) if isinstance(of, Primitive) else type(of).__name__.removesuffix("Type").lower()


def _refuse(value: Value, to: Type) -> Value:
    if isinstance(value, Null):
        return _convert_null(value, to)
    if isinstance(value, UnknownValue):
        return _convert_unknown(value, to)
    raise EvaluationError(f"{to} required, not {describe(value)}")


def _convert_null(value: Null, to: Type) -> Null:
    if not convertible(value.type, to):
        raise EvaluationError(f"{to} required, not {value.type}")
    return Null(to)


def _convert_unknown(value: UnknownValue, to: Type) -> UnknownValue:
    if value.type == to:
        return value
    if value.type is not DYNAMIC and not convertible(value.type, to):
        raise EvaluationError(f"{to} required, not {value.type}")
    return UnknownValue(value.cause, to, value.present)


def _to_collection(value: Value, to: ListType | SetType) -> Value:
    if not isinstance(value, SEQUENCES):
        return _refuse(value, to)
    if isinstance(value, SetValue) and isinstance(to, ListType) and len(value.items) > 1:
        missing = first_unknown(value)
        if missing is not None:  # it may turn out to be one of the others
            return missing.derived(to, present=True)
    if not isinstance(value, TupleValue) and value.element == to.element and to.element is not DYNAMIC:
        items, element = value.items, to.element
    else:
        items, element = unified(value.items, to.element)
        if not items and not isinstance(value, TupleValue) and element is DYNAMIC:
            element = value.element
    if isinstance(to, SetType):
        return value if isinstance(value, SetValue) and items is value.items else make_set(items, element)
    return ListValue(items, element)


def _to_map(value: Value, to: MapType) -> Value:
    if not isinstance(value, MAPPINGS):
        return _refuse(value, to)
    pairs = entries(value)
    items, element = unified([item for _, item in pairs], to.element)
    if not items and isinstance(value, MapValue) and element is DYNAMIC:
        element = value.element
    return MapValue(dict(zip((name for name, _ in pairs), items, strict=True)), element)


def _to_object(value: Value, to: ObjectType) -> Value:
    if not isinstance(value, MAPPINGS):
        return _refuse(value, to)
    result = {}
    for name, wanted in to.attributes.items():
        item = value.items.get(name)
        if item is None and isinstance(value, ResourceValue) and not (name in to.optional and value.lacks(name)):
            item = value.missing(name)
        if item is None and name not in to.optional:
            raise EvaluationError(f'attribute "{name}" is required')
        try:
            result[name] = _attribute(item, wanted, to.optional.get(name))
        except EvaluationError as error:
            raise EvaluationError(f'attribute "{name}": {error.message}') from error
    return ObjectValue(result)


def _attribute(item: Value | None, wanted: Type, default: Value | None) -> Value:
    if item is None or (isinstance(item, Null) and default is not None):
        item = Null(wanted) if default is None else default
    return convert(item, wanted)


def _to_tuple(value: Value, to: TupleType) -> Value:
    if not isinstance(value, TupleValue | ListValue):
        return _refuse(value, to)
    if len(value.items) != len(to.elements):
        raise EvaluationError(f"tuple of {len(to.elements)} elements required, not {len(value.items)}")
    return TupleValue([convert(item, wanted) for item, wanted in zip(value.items, to.elements, strict=True)])


def unified(items: Sequence[Value], element: Type = DYNAMIC) -> tuple[list[Value], Type]:
    """The items as values of one type: the one given, or the one that they have in common.

    Raises EvaluationError where they have none.
    """
    if element is DYNAMIC:
        common = unify(map(type_of, items))
        if common is None:
            raise EvaluationError("all elements must be of the same type")
        element = common
    converted = [convert(item, element) for item in items]
    if converted and is_open(element):
        again = unify(map(type_of, converted))
        if again is not None and again != element:
            return [convert(item, again) for item in converted], again
    return converted, element


def unify(types: Iterable[Type]) -> Type | None:
    """The type that all of these convert to; None where there is none, DYNAMIC where one that is open may be why."""
    given = list(types)
    common = _common(_distinct(given))
    return DYNAMIC if common is None and DYNAMIC in given else common


def _common(known: Sequence[Type]) -> Type | None:
    if not known:
        return DYNAMIC
    if len(known) == 1:
        return known[0]
    if all(isinstance(of, Primitive) for of in known):
        return STRING if STRING in known else None
    if all(isinstance(of, ObjectType) for of in known):
        return _unify_objects(known)  # type: ignore[arg-type]
    if all(isinstance(of, TupleType) for of in known):
        return _unify_tuples(known)  # type: ignore[arg-type]
    return _unify_collections(known)


def _distinct(types: Iterable[Type]) -> list[Type]:
    found: list[Type] = []
    for of in types:
        if of is not DYNAMIC and of not in found:
            found.append(of)
    return found


def _unify_objects(types: Sequence[ObjectType]) -> Type | None:
    names = types[0].attributes.keys()
    if all(of.attributes.keys() == names for of in types):
        attributes = {name: unify(of.attributes[name] for of in types) for name in names}
        if all(attributes.values()):
            return ObjectType(attributes)  # type: ignore[arg-type]
        return None
    element = unify(inner for of in types for inner in of.attributes.values())
    return MapType(element) if element is not None else None


def _unify_tuples(types: Sequence[TupleType]) -> Type | None:
    length = len(types[0].elements)
    if all(len(of.elements) == length for of in types):
        parts = [unify(of.elements[i] for of in types) for i in range(length)]
        return TupleType(tuple(parts)) if all(parts) else None  # type: ignore[arg-type]
    element = unify(inner for of in types for inner in of.elements)
    return ListType(element) if element is not None else None


def _inner(of: Type) -> list[Type]:
    if isinstance(of, ListType | SetType | MapType):
        return [of.element]
    if isinstance(of, TupleType):
        return list(of.elements)
    return list(of.attributes.values()) if isinstance(of, ObjectType) else []


def _unify_collections(types: Sequence[Type]) -> Type | None:
    families: tuple[tuple[type[Type] | tuple[type[Type], ...], type[ListType | SetType | MapType]], ...] = (
        ((MapType, ObjectType), MapType),
        ((ListType, TupleType), ListType),
        (SetType, SetType),
    )
    for members, result in families:
        if all(isinstance(of, members) for of in types):
            element = unify(inner for of in types for inner in _inner(of))
            return result(element) if element is not None else None
    for wanted in types:
        if all(of == wanted or convertible(of, wanted) for of in types):
            return wanted
    return None


def convertible(given: Type, to: Type) -> bool:
    """Whether a value of the one type may convert to the other."""
    if given == to or DYNAMIC in (given, to):
        return True
    if isinstance(given, Primitive) and isinstance(to, Primitive):
        return STRING in (given, to)
    if isinstance(to, ListType | SetType):
        inner = isinstance(given, ListType | SetType | TupleType)
        return inner and all(convertible(part, to.element) for part in _inner(given))
    if isinstance(to, MapType):
        return isinstance(given, MapType | ObjectType) and all(convertible(p, to.element) for p in _inner(given))
    if isinstance(to, ObjectType):
        return isinstance(given, MapType | ObjectType)
    return isinstance(to, TupleType) and isinstance(given, ListType | TupleType)
