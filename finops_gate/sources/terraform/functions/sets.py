"""Functions of sets."""

from __future__ import annotations

from itertools import product

from finops_gate.sources.terraform.convert import convert, unify
from finops_gate.sources.terraform.functions.collections import sequence
from finops_gate.sources.terraform.functions.registry import SEQUENCE, function
from finops_gate.sources.terraform.problems import EvaluationError
from finops_gate.sources.terraform.types import DYNAMIC, SetType, TupleType, Type
from finops_gate.sources.terraform.values import (
    ListValue,
    SetValue,
    TupleValue,
    Value,
    make_set,
    order_key,
    type_of,
)

ANY_SET = SetType(DYNAMIC)
MAX_PRODUCT = 100_000


def alike(sets: tuple[SetValue, ...]) -> tuple[list[SetValue], Type]:
    """The sets with elements of one type. Raises EvaluationError where there is none."""
    common = unify(of.element for of in sets if of.element is not DYNAMIC)
    if common is None:
        raise EvaluationError("the sets must have elements of one type")
    converted = [make_set([convert(item, common) for item in of.items], common) for of in sets]
    return converted, common


@function("setunion", ANY_SET, variadic=ANY_SET)
def setunion(*sets: SetValue) -> Value:
    given, of = alike(sets)
    return make_set([item for each in given for item in each.items], of)


@function("setintersection", ANY_SET, variadic=ANY_SET)
def setintersection(*sets: SetValue) -> Value:
    given, of = alike(sets)
    common = set.intersection(*({order_key(item) for item in each.items} for each in given))
    return make_set([item for item in given[0].items if order_key(item) in common], of)


@function("setsubtract", ANY_SET, ANY_SET)
def setsubtract(*sets: SetValue) -> Value:
    (minuend, subtrahend), of = alike(sets)
    gone = {order_key(item) for item in subtrahend.items}
    return make_set([item for item in minuend.items if order_key(item) not in gone], of)


@function("setsymdifference", ANY_SET, variadic=ANY_SET)
def setsymdifference(*sets: SetValue) -> Value:
    given, of = alike(sets)
    counts: dict[object, int] = {}
    items = [item for each in given for item in each.items]
    for item in items:
        counts[order_key(item)] = counts.get(order_key(item), 0) + 1
    return make_set([item for item in items if counts[order_key(item)] == 1], of)


@function("setproduct", SEQUENCE, SEQUENCE, variadic=SEQUENCE, deep=False)
def setproduct(*parts: Value) -> Value:
    """Every combination; of one type each, as a set where any part is a set, else as a list."""
    typed = [_common_items(part) for part in parts]
    size = 1
    for items, _ in typed:
        size *= len(items)
    if size > MAX_PRODUCT:
        raise EvaluationError(f"more than {MAX_PRODUCT:,} combinations")
    of = TupleType(tuple(element for _, element in typed))
    rows: list[Value] = [TupleValue(list(row)) for row in product(*(items for items, _ in typed))]
    if any(isinstance(part, SetValue) for part in parts):
        return make_set(rows, of)
    return ListValue(rows, of)


def _common_items(part: Value) -> tuple[list[Value], Type]:
    items = sequence(part)
    if not isinstance(part, TupleValue):
        return items, part.element
    common = unify(map(type_of, items))
    if common is None:
        raise EvaluationError("the elements of each part must be of one type")
    return [convert(item, common) for item in items], common
