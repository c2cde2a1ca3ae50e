"""Scalars of the YAML 1.2 core schema: https://yaml.org/spec/1.2.2/#103-core-schema.

Only `true` and `false` are booleans, so a workflow's `on:` stays a string. Numbers are Decimals exactly as written.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

MAX_NUMBER_LENGTH = 64
MAX_NUMBER_EXPONENT = 308
"""Past IEEE 754 double's range, where every consumer of such a file would read infinity, a number stays text."""

_CORE_TAG = "tag:yaml.org,2002:"
_CONSTANTS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_NUMBER_START = frozenset("+-.0123456789")
_NUMBER = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_BASED = re.compile(r"0o([0-7]+)|0x([0-9a-fA-F]+)")


def scalar(event: Any) -> Any:
    """The value of a parser's scalar event."""
    if event.tag is not None:
        return _tagged(event)
    return text_of(event.value) if event.style else plain(event.value)


def text_of(text: str) -> str:
    """A quoted text, without lone surrogates: the pure parser lets an escape make one, which no report could hold."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def plain(text: str) -> Any:
    """The value of an unquoted scalar."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    return _number(text) if text[0] in _NUMBER_START else text


def _number(text: str) -> Decimal | str:
    """A number of the core schema as a Decimal, digits kept; infinities, NaN and the absurdly large stay text."""
    if len(text) > MAX_NUMBER_LENGTH:
        return text
    if _NUMBER.fullmatch(text):
        number = Decimal(text)
        return number if abs(number.adjusted()) <= MAX_NUMBER_EXPONENT else text
    if based := _BASED.fullmatch(text):
        return Decimal(int(based[1], 8) if based[1] else int(based[2], 16))
    return text


def _tagged(event: Any) -> Any:
    """A scalar with a tag: the core schema's are obeyed, others (`!Ref`, `!vault`) leave the text as it is."""
    name = event.tag.removeprefix(_CORE_TAG) if event.tag.startswith(_CORE_TAG) else ""
    return plain(event.value) if name in ("int", "float", "bool", "null") else event.value
