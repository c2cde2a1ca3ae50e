"""Keeps what the code calls sensitive out of what leaves the evaluation.

Inside, secrets are values like any other, so that counts and prices that follow from them are known. What an
expression made of a secret is found by comparing: it is hidden where the expression has touched something sensitive
and a text or number that came of it is one of the known secrets, or was made of one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from finops_gate.model import Span
from finops_gate.sources.secrecy import SENSITIVE, holds_secrets, is_secret
from finops_gate.sources.terraform.dependencies import children
from finops_gate.sources.terraform.problems import EvaluationError
from finops_gate.sources.terraform.syntax import Literal, Node, Template
from finops_gate.sources.terraform.values import (
    MAPPINGS,
    SEQUENCES,
    ListValue,
    MapValue,
    ObjectValue,
    ResourceValue,
    SetValue,
    TupleValue,
    UnknownValue,
    Value,
    elements,
    format_number,
    from_plain,
    type_of,
)

Leaf = tuple[type, Any]
IsSecret = Callable[[Value], bool]


class Secrets:
    """The secrets of a project. `touched` is set when what is being evaluated has used one; `places` is where they
    are written."""

    __slots__ = ("leaves", "places", "touched")

    def __init__(self) -> None:
        self.leaves: set[Leaf] = set()
        self.places: list[Span] = []
        self.touched = False

    def add(self, value: Value) -> None:
        """Makes a value secret, with all that is in it."""
        self.touched = True
        for leaf in leaves_of(value):
            if leaf != "":
                self.leaves.add((type(leaf), leaf))
            if isinstance(leaf, Decimal):
                self.leaves.add((str, format_number(leaf)))

    def derive(self, sources: list[Value], result: Value) -> None:
        """Makes the texts secret that something made of secrets; what it only handed through is as it was."""
        given = {(type(leaf), leaf) for source in sources for leaf in leaves_of(source, with_keys=True)}
        if self.leaves.isdisjoint(given):
            return
        for leaf in leaves_of(result):
            if isinstance(leaf, str) and leaf and (str, leaf) not in given:
                self.leaves.add((str, leaf))

    def hidden(self, value: Value) -> Value:
        """The value with an unknown for each secret in it."""
        return replaced(value, self._is_secret, with_keys=True) if self.leaves else value

    def _is_secret(self, leaf: Value) -> bool:
        return (type(leaf), leaf) in self.leaves

    def clean(self, error: EvaluationError) -> EvaluationError:
        """The error without the secrets that its message may quote."""
        message = error.message
        for leaf in sorted((text for of, text in self.leaves if of is str), key=lambda text: (-len(text), text)):
            message = message.replace(leaf if len(leaf) > 3 else f'"{leaf}"', "(sensitive)")
        return error if message == error.message else EvaluationError(message, error.span)


def leaves_of(value: Value, with_keys: bool = False) -> Iterator[Value]:
    """The texts, numbers and booleans in a value; the keys of its maps, too, where they count."""
    waiting = [value]
    while waiting:
        at = waiting.pop()
        if isinstance(at, str | bool | Decimal):
            yield at
        elif isinstance(at, UnknownValue):
            waiting += map(from_plain, at.cause.choices)
        elif not isinstance(at, ResourceValue):
            waiting += elements(at)
            waiting += at.items if with_keys and isinstance(at, MAPPINGS) else ()


def replaced(value: Value, is_secret: IsSecret, with_keys: bool = False) -> Value:
    """The value with an unknown for each leaf that is secret; for a whole map, where its keys count and one is."""
    if isinstance(value, str | bool | Decimal):
        return UnknownValue(SENSITIVE, type_of(value)) if is_secret(value) else value
    if isinstance(value, UnknownValue):
        return UnknownValue(SENSITIVE, value.type) if any(map(is_secret, leaves_of(value))) else value
    if isinstance(value, ResourceValue):
        return value
    if isinstance(value, MAPPINGS):
        items = dict(value.items)
        if with_keys and any(map(is_secret, items)):
            return UnknownValue(SENSITIVE)
        inner = {name: replaced(item, is_secret, with_keys) for name, item in items.items()}
        return MapValue(inner, value.element) if isinstance(value, MapValue) else ObjectValue(inner)
    if isinstance(value, SEQUENCES):
        rows = [replaced(item, is_secret, with_keys) for item in value.items]
        if isinstance(value, TupleValue):
            return TupleValue(rows)
        return SetValue(rows, value.element) if isinstance(value, SetValue) else ListValue(rows, value.element)
    return value


def without_texts(value: Value) -> Value:
    """A value with an unknown for each text in it."""
    return replaced(value, lambda leaf: isinstance(leaf, str) and leaf != "")


def without_named(name: str, value: Value) -> Value:
    """The value of an attribute, without the texts whose names tell that they are secret."""
    if is_secret(name):
        return without_texts(value)
    if type(value) in (MapValue, ObjectValue) and holds_secrets(name):
        inner = {key: without_named(key, item) for key, item in value.items.items()}
        if any(inner[key] is not item for key, item in value.items.items()):
            return MapValue(inner, value.element) if isinstance(value, MapValue) else ObjectValue(inner)
    return value


def is_written_out(node: Node) -> bool:
    """Whether an expression holds literal text or numbers, so that its line may tell a secret."""
    waiting: list[Any] = [node]
    while waiting:
        at = waiting.pop()
        if isinstance(at, Template) and any(isinstance(part, str) for part in at.parts):
            return True
        if isinstance(at, Literal) and isinstance(at.value, Decimal):
            return True
        if isinstance(at, Node):
            waiting += children(at)
        elif isinstance(at, list | tuple):
            waiting += at
    return False
