"""JSON with the place of every value, as nodes of the syntax tree of HCL.

Python's own reader forgets where things stand; this one keeps offsets, bounds the depth, and says what it expected.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal

from finops_gate.sources.terraform.syntax import Literal, Node, ObjectNode, SyntaxProblem, Template, TupleNode

MAX_DEPTH = 100
_SPACE = re.compile(r"[ \t\r\n]*")
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"')
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_PIECE = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.|[^\\]", re.DOTALL
)
_WORDS = {"true": True, "false": False, "null": None}


class JsonProblem(Exception):
    """The text is not JSON; `problem` says where and what was expected."""

    def __init__(self, message: str, start: int) -> None:
        super().__init__(message)
        self.problem = SyntaxProblem(message, start, start + 1)


def read(text: str) -> Node:
    """The value of a whole text. Raises JsonProblem."""
    node, at = _value(text, _skip(text, 0), 0)
    at = _skip(text, at)
    if at < len(text):
        raise JsonProblem("something follows the end of the value", at)
    return node


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _value(text: str, at: int, depth: int) -> tuple[Node, int]:
    if depth > MAX_DEPTH:
        raise JsonProblem(f"nested deeper than {MAX_DEPTH}", at)
    first = text[at : at + 1]
    if first == "{":
        return _object(text, at, depth)
    if first == "[":
        return _array(text, at, depth)
    if first == '"':
        return _string(text, at)
    for word, value in _WORDS.items():
        if text.startswith(word, at):
            return Literal(value, at, at + len(word)), at + len(word)
    match = _NUMBER.match(text, at)
    if match is None or len(match[0]) > 1_000:
        raise JsonProblem("expected a value" if first else "the text ends where a value is expected", at)
    return Literal(Decimal(match[0]), at, match.end()), match.end()


def _string(text: str, at: int) -> tuple[Template, int]:
    match = _STRING.match(text, at)
    if match is None:
        raise JsonProblem("expected a text in quotes, closed on the same line", at)
    value = json.loads(match[0])
    return Template([value] if value else [], at, match.end()), match.end()


def _object(text: str, start: int, depth: int) -> tuple[Node, int]:
    items: list[tuple[Node, Node]] = []
    at = _skip(text, start + 1)
    if text[at : at + 1] == "}":
        return ObjectNode(items, start, at + 1), at + 1
    while True:
        key, at = _string(text, at)
        at = _expect(text, _skip(text, at), ":")
        value, at = _value(text, _skip(text, at), depth + 1)
        items.append((key, value))
        at = _skip(text, at)
        if text[at : at + 1] == "}":
            return ObjectNode(items, start, at + 1), at + 1
        at = _skip(text, _expect(text, at, ",", "}"))


def _array(text: str, start: int, depth: int) -> tuple[Node, int]:
    items: list[Node] = []
    at = _skip(text, start + 1)
    if text[at : at + 1] == "]":
        return TupleNode(items, start, at + 1), at + 1
    while True:
        value, at = _value(text, at, depth + 1)
        items.append(value)
        at = _skip(text, at)
        if text[at : at + 1] == "]":
            return TupleNode(items, start, at + 1), at + 1
        at = _skip(text, _expect(text, at, ",", "]"))


def _expect(text: str, at: int, mark: str, alternative: str = "") -> int:
    if text[at : at + 1] != mark:
        wanted = f"`{mark}`" + (f" or `{alternative}`" if alternative else "")
        raise JsonProblem(f"expected {wanted}" + ("" if at < len(text) else ", but the text ends"), at)
    return at + 1


def offsets_within(text: str, node: Template) -> list[int]:
    """For each character of a string's value, and its end, the offset at which it is written."""
    found: list[int] = []
    at = node.start + 1
    for match in _PIECE.finditer(text, at, node.end - 1):
        found.append(match.start())
    return [*found, node.end - 1]
