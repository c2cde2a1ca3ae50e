"""Remembers parsed files by their content, so that what is equal in two trees is parsed once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from finops_gate.sources.files import Tree

Parsed = TypeVar("Parsed")

MAX_ENTRIES = 20_000


class ParseCache:
    """Trees by parser and digest. A parser must make the same of the same text, and what it makes is never edited."""

    def __init__(self) -> None:
        self._parsed: dict[tuple[Any, str], Any] = {}

    def parsed(self, tree: Tree, path: str, parser: Callable[[str], Parsed]) -> Parsed:
        """What `parser` makes of the file's text. Raises Unreadable, and what the parser raises."""
        key = (parser, tree.digest(path))
        if key not in self._parsed:
            if len(self._parsed) >= MAX_ENTRIES:
                self._parsed.clear()
            self._parsed[key] = parser(tree.read_text(path))
        found: Parsed = self._parsed[key]
        return found


_SHARED = ParseCache()


def parsed(tree: Tree, path: str, parser: Callable[[str], Parsed]) -> Parsed:
    """What `parser` makes of the file's text, from the cache that the whole process shares."""
    return _SHARED.parsed(tree, path, parser)
