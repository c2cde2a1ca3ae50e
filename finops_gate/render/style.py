"""Colours by meaning, as ANSI sequences, and the width of text on a terminal."""

from __future__ import annotations

import textwrap
import unicodedata

STYLES = {
    "error": "1;31",
    "warning": "1;33",
    "unknown": "1;35",
    "note": "1;36",
    "pass": "1;32",
    "strong": "1",
    "gutter": "1;34",
    "dim": "2",
    "more": "31",
    "less": "32",
}


def paint(text: str, style: str, color: bool) -> str:
    """The text in a style of `STYLES`; as it is where colour is off or the style has none."""
    code = STYLES.get(style)
    return f"\x1b[{code}m{text}\x1b[0m" if color and code and text else text


def columns(text: str) -> int:
    """How many columns a terminal gives it: two for wide characters, none for combining marks."""
    if text.isascii():
        return len(text)
    return sum(_columns_of(character) for character in text)


def _columns_of(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def wrap(text: str, width: int, indent: int) -> list[str]:
    """Lines of at most `width` columns where words allow it, all but the first indented."""
    return textwrap.wrap(
        text,
        max(width, indent + 20),
        subsequent_indent=" " * indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def elide(text: str, width: int) -> str:
    """At most `width` columns: the middle of an address goes first, for its ends tell most."""
    if columns(text) <= width:
        return text
    head = max(1, (width - 1) // 3)
    tail = text[head:]
    while tail and columns(text[:head]) + 1 + columns(tail) > width:
        tail = tail[1:]
    return f"{text[:head]}…{tail}"
