"""`count` and `for_each`: which instances a block makes, under which keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from finops_gate.model import ONCE, UNBOUNDED, ZERO, Notice, Range, Unknown
from finops_gate.sources.terraform.blocks import Content
from finops_gate.sources.terraform.convert import convert
from finops_gate.sources.terraform.declarations import Declared
from finops_gate.sources.terraform.evaluate import evaluate, pairs
from finops_gate.sources.terraform.problems import EvaluationError
from finops_gate.sources.terraform.scope import Scope, as_index
from finops_gate.sources.terraform.syntax import Node
from finops_gate.sources.terraform.types import NUMBER, STRING, SetType
from finops_gate.sources.terraform.values import (
    MAPPINGS,
    Null,
    ObjectValue,
    SetValue,
    TupleValue,
    UnknownInstances,
    UnknownValue,
    Value,
    from_plain,
)

MAX_INSTANCES = 5_000
MAYBE = Range(ZERO, Decimal(1), Decimal(1))
ANY_NUMBER = Range(ZERO, Decimal(1), UNBOUNDED)


@dataclass(slots=True)
class Instance:
    """One of the things a block makes; `suffix` is its key as addresses write it (`[0]`, `["a"]`, empty)."""

    suffix: str
    scope: Scope
    key: Value | None = None
    instances: Range = ONCE
    content: Content = field(default_factory=Content)
    value: Value = None
    unsettled: Unknown | None = None
    """Why it is not known how many instances this one stands for."""


Expanded = tuple[list[Instance], Notice | None]
Report = Callable[[EvaluationError], None]


def expand(declared: Declared, scope: Scope, address: str, report: Report) -> Expanded:
    """The instances of a block, and a notice where their number is not known.

    Raises EvaluationError where nothing is left to compute them with.
    """
    scope.frame.budget.spend(1, declared.header)
    for name, unfold in (("count", _by_count), ("for_each", _by_for_each)):
        node = declared.attribute(name)
        if node is not None:
            try:
                scope.frame.secrets.touched = False
                value = evaluate(node, scope)
                if name == "for_each" and scope.frame.secrets.touched:
                    value = scope.frame.secrets.hidden(value)
                return unfold(value, scope, node, address)
            except EvaluationError as error:
                report(error.at(scope.file.span(node)))
                cause = Unknown(error.message, error.span)
                return [_unsettled(name, scope, UnknownValue(cause))], None
    return [Instance("", scope)], None


def _by_count(value: Value, scope: Scope, node: Node, address: str) -> Expanded:
    if isinstance(value, Null):
        raise EvaluationError("count is null")
    value = convert(value, NUMBER)
    if isinstance(value, UnknownValue):
        numbers = _numbers(value)
        if not numbers or min(numbers) < 0 or max(numbers) > MAX_INSTANCES:
            return [_unsettled("count", scope, value)], _notice("count", value, scope, node, address)
        instances = [_counted(scope, i, ONCE if i < min(numbers) else MAYBE) for i in range(max(numbers))]
        return instances, _notice("count", value, scope, node, address, _span_of(numbers))
    number = as_index(value)
    if number is None or number < 0:
        raise EvaluationError("count must be a whole number that is not negative")
    if number > MAX_INSTANCES:
        many = _unsettled("count", scope, UnknownValue(Unknown("one of many instances")))
        many.instances = Range.exact(number)
        return [many], None
    scope.frame.budget.spend(number)
    return [_counted(scope, i, ONCE) for i in range(number)], None


def _numbers(value: UnknownValue) -> list[int]:
    """The counts that the code leaves to choose from; none where one of the choices is no count."""
    found = [convert(from_plain(choice), NUMBER) for choice in value.cause.choices]
    numbers = [as_index(number) for number in found if isinstance(number, Decimal)]
    return [n for n in numbers if n is not None] if len(numbers) == len(found) and None not in numbers else []


def _counted(scope: Scope, index: int, instances: Range) -> Instance:
    key = Decimal(index)
    return Instance(f"[{index}]", scope.with_names({"count": ObjectValue({"index": key})}), key, instances)


def _unsettled(name: str, scope: Scope, value: UnknownValue) -> Instance:
    """One instance that stands for however many there may be."""
    key = value.derived(NUMBER if name == "count" else STRING)
    names: dict[str, Any] = {"index": key} if name == "count" else {"key": key, "value": value.derived()}
    inner = scope.with_names({"count" if name == "count" else "each": ObjectValue(names)})
    return Instance("[*]", inner, None, ANY_NUMBER, unsettled=value.cause)


def _span_of(numbers: list[int]) -> str:
    return f"from {min(numbers)} to {max(numbers)}"


def _notice(
    name: str, value: UnknownValue, scope: Scope, node: Node, address: str, counted: str = "from none to any number"
) -> Notice:
    message = f"{address}: {name} is not known: {value.cause.reason}; it is counted {counted}"
    fix = f"Give a value to {value.cause.reason.split()[0]}." if value.cause.reason.endswith("has no value") else ""
    return Notice(f"unknown-{name.replace('_', '-')}", "info", message, scope.file.span(node), fix)


def _by_for_each(value: Value, scope: Scope, node: Node, address: str) -> Expanded:
    if isinstance(value, Null):
        raise EvaluationError("for_each is null")
    if isinstance(value, UnknownValue):
        found = _chosen(value)
        if found is None:
            return [_unsettled("for_each", scope, value)], _notice("for_each", value, scope, node, address)
        keyed = [_keyed(scope, key, item, times) for key, (item, times) in sorted(found.items())]
        return keyed, _notice("for_each", value, scope, node, address, f"{len(keyed)} at most")
    if not isinstance(value, (*MAPPINGS, SetValue)):
        raise EvaluationError("for_each takes a map or a set of strings; convert a list with toset")
    instances: list[Instance] = []
    unsettled: UnknownValue | None = None
    entered = pairs(value)
    scope.frame.budget.spend(len(entered))
    for key, item in entered:
        if isinstance(key, UnknownValue):
            unsettled = key
        elif isinstance(key, str):
            instances.append(_keyed(scope, key, item, ONCE))
        else:
            raise EvaluationError("for_each takes a map or a set of strings")
    if len(instances) > MAX_INSTANCES:
        raise EvaluationError(f"for_each makes more than {MAX_INSTANCES:,} instances")
    if unsettled is None:
        return instances, None
    return [*instances, _unsettled("for_each", scope, unsettled)], _notice("for_each", unsettled, scope, node, address)


def _chosen(value: UnknownValue) -> dict[str, tuple[Value, Range]] | None:
    """The keys of every choice that the code leaves; those not in all of them may be or not be."""
    choices = value.cause.choices
    if not choices:
        return None
    of_set = isinstance(value.type, SetType)
    maps = []
    for choice in choices:
        if isinstance(choice, dict):
            maps.append({str(name): from_plain(item) for name, item in choice.items()})
        elif of_set and isinstance(choice, list) and all(isinstance(item, str) for item in choice):
            maps.append({item: item for item in choice})
        else:
            return None
    merged = {name: item for found in reversed(maps) for name, item in found.items()}
    return {name: (item, ONCE if all(name in m for m in maps) else MAYBE) for name, item in merged.items()}


def _keyed(scope: Scope, key: str, item: Value, instances: Range) -> Instance:
    inner = scope.with_names({"each": ObjectValue({"key": key, "value": item})})
    return Instance(f"[{quoted(key)}]", inner, key, instances)


def quoted(key: str) -> str:
    """A key as Terraform writes it in an address."""
    escaped = key.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    escaped = escaped.replace("\t", "\\t").replace("${", "$${").replace("%{", "%%{")
    return f'"{escaped}"'


def gathered(declared: Declared, instances: list[Instance], cause: Unknown) -> Value:
    """What a reference to the block means: one object, a tuple by `count`, an object by `for_each`."""
    for instance in instances:
        if instance.unsettled is not None:
            why = instance.unsettled
            return UnknownInstances(Unknown(why.reason, why.origin, cause.reference), instance.value)
    if declared.attribute("count") is not None:
        if any(instance.instances != ONCE for instance in instances) and len(instances) > 1:
            return UnknownValue(cause)
        return TupleValue([instance.value for instance in instances])
    if declared.attribute("for_each") is not None:
        return ObjectValue({str(instance.key): instance.value for instance in instances})
    return instances[0].value
