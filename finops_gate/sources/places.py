"""Places of values: how an attribute path (`spec.containers[0].image`) finds its line and column in a file.

Readers keep offsets only; lines and columns are worked out when somebody asks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from finops_gate.model import Span

_PLAIN_KEY = re.compile(r"[A-Za-z0-9_-]+")
_QUOTED_KEY = re.compile(r'\["([^"]*)"\](?:\.|$|(?=\[))')
_INDEX = re.compile(r"\[([0-9]{1,9})\](?:\.|$|(?=\[))")
_MAX_CUTS = 100
BLOCK = 4_096

Offsets = tuple[int, int]


class Branch:
    """Where a mapping or a sequence stands, and its children; a scalar's place is its bare offsets.

    A mapping's children are `{key: (offsets of the key, place of the value)}`, a sequence's a list of places.
    """

    __slots__ = ("children", "end", "start")

    def __init__(self, start: int, end: int, children: Any) -> None:
        self.start = start
        self.end = end
        self.children = children


class Elsewhere:
    """The place of a value in another text than what is around it; its key, if it has one, stands there, too."""

    __slots__ = ("place", "text")

    def __init__(self, text: SourceText, place: Place) -> None:
        self.text = text
        self.place = place


Place = Branch | Offsets | Elsewhere


class SourceText:
    """Offsets of a file's text as lines and columns."""

    def __init__(self, text: str, path: str) -> None:
        self.text = text
        self.path = path
        self._before: list[Offsets] | None = None

    def position(self, offset: int) -> tuple[int, int]:
        """1-based line and column."""
        if self._before is None:
            self._before = list(_newlines(self.text))
        block = min(offset // BLOCK, len(self._before) - 1)
        count, last = self._before[block]
        begin = block * BLOCK
        return count + self.text.count("\n", begin, offset) + 1, offset - max(
            self.text.rfind("\n", begin, offset), last
        )

    def span(self, start: int, end: int) -> Span:
        return Span(self.path, *self.position(start), *self.position(max(start, end)))


def _newlines(text: str) -> Iterator[Offsets]:
    """How many newlines there are before each block of a text, and the last of them (-1: none).

    A list of all newlines would be far larger than a text that has little else.
    """
    count, last = 0, -1
    for begin in range(0, len(text) + 1, BLOCK):
        yield count, last
        count += text.count("\n", begin, begin + BLOCK)
        last = max(last, text.rfind("\n", begin, begin + BLOCK))


class Spans(Mapping[str, Span]):
    """Attribute path -> span, worked out when asked; of the values, or of the keys of what is a mapping's entry.

    A value that is not written (`pull_request:`) is shown by its key.
    """

    __slots__ = ("_of_keys", "_root", "_text")

    def __init__(self, text: SourceText, root: Place, *, of_keys: bool = False) -> None:
        self._text = text
        self._root = root
        self._of_keys = of_keys

    def __getitem__(self, path: str) -> Span:
        found = find(self._root, path) if path else None
        if found is None or (self._of_keys and found[0] is None):
            raise KeyError(path)
        key, place = found
        begin, end = ends(place)
        return span_at(self._text, place, key if self._of_keys or begin == end else None)

    def __iter__(self) -> Iterator[str]:
        return (path for path in paths(self._root) if not self._of_keys or path in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def ends(place: Place) -> Offsets:
    """Where a place begins and ends in the text that it stands in."""
    if isinstance(place, Elsewhere):
        return ends(place.place)
    return (place.start, place.end) if isinstance(place, Branch) else place


def span_at(text: SourceText, place: Place, key: Offsets | None = None) -> Span:
    """The span of a place met in a text (of its key, where that is given), in the file that it really stands in."""
    return (place.text if isinstance(place, Elsewhere) else text).span(*(key or ends(place)))


def moved(text: SourceText, place: Place) -> Elsewhere:
    """The place as it is seen from outside of its text."""
    return place if isinstance(place, Elsewhere) else Elsewhere(text, place)


def _step(children: Any, rest: str) -> Iterator[tuple[Offsets | None, Place, str]]:
    """The children that the start of a path may name: (key's offsets, place, rest of the path).

    Keys may themselves hold dots (`app.kubernetes.io/name`), so every cut is tried, the longest key first; a key in
    brackets and double quotes is meant literally.
    """
    if isinstance(children, list):
        index = _INDEX.match(rest)
        if index and int(index[1]) < len(children):
            yield None, children[int(index[1])], rest[index.end() :]
        return
    quoted = _QUOTED_KEY.match(rest)
    if quoted and quoted[1] in children:
        yield *children[quoted[1]], rest[quoted.end() :]
    cuts = [len(rest), *(m.start() for m in re.finditer(r"[.\[]", rest))][:_MAX_CUTS]
    for cut in sorted(cuts, reverse=True):
        if rest[:cut] in children:
            yield *children[rest[:cut]], rest[cut + 1 if rest[cut : cut + 1] == "." else cut :]


def find(place: Place, path: str) -> tuple[Offsets | None, Place] | None:
    """The key's offsets and the place that a whole path leads to."""
    key: Offsets | None = None
    while path:
        if isinstance(place, Elsewhere):
            inside = find(place.place, path)
            return inside and (inside[0], moved(place.text, inside[1]))
        if not isinstance(place, Branch):
            return None
        choices = list(islice(_step(place.children, path), 4))
        for key, child, rest in choices[:-1]:
            if found := (key, child) if not rest else find(child, rest):
                return found
        if not choices:
            return None
        key, place, path = choices[-1]
    return key, place


def nearest(place: Place, path: str) -> Place:
    """The place of a path, or of the nearest thing around it that is there."""
    while path:
        if found := find(place, path):
            return found[1]
        cut = max(path.rfind("."), path.rfind("["))
        path = path[:cut] if cut > 0 else ""
    return place


def paths(place: Place, prefix: str = "") -> Iterator[str]:
    """Every attribute path below a place, in the file's order."""
    if isinstance(place, Elsewhere):
        place = place.place
    if not isinstance(place, Branch):
        return
    if isinstance(place.children, list):
        for index, child in enumerate(place.children):
            yield f"{prefix}[{index}]"
            yield from paths(child, f"{prefix}[{index}]")
        return
    for key, (_, child) in place.children.items():
        path = join_path(prefix, key)
        yield path
        yield from paths(child, path)


def join_path(prefix: str, key: str) -> str:
    """The attribute path of an entry; a key that is no plain word is written in brackets and quotes."""
    if not _PLAIN_KEY.fullmatch(key):
        return f'{prefix}["{key}"]'
    return f"{prefix}.{key}" if prefix else key
