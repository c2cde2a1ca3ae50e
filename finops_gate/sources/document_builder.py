"""Builds plain values and their places from the events of PyYAML's parser, within bounds.

The composer of PyYAML is not used: it recurses in C, and 50 kB of `[` make it overrun the stack. Depth, width and the
number of values are bounded while the events arrive, so hostile text costs no more than honest text of that size.
The loops of collections handle plain scalars, which most of their children are, themselves: a call for each of them
would take as long as all the rest.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    StreamEndEvent,
)

from finops_gate.model import Notice
from finops_gate.sources.places import Branch, Offsets, Place, SourceText
from finops_gate.sources.scalars import plain, scalar, text_of

MAX_DEPTH = 100
MAX_WIDTH = 20_000
"""Children of one mapping or list."""
MAX_FREE_VALUES = 20_000
CHARACTERS_OF_A_VALUE = 6
"""A text may hold this many values and keys, and one more for so many of its characters: the densest manifests that
people write have nine for each, bombs of aliases have none."""
VALUES_OF_A_DOCUMENT = 10
"""What a document counts for by itself, so that a file of a million empty ones ends, too."""
TOO_MUCH = "too-large"
"""The code for what is plainly more than people write, and no trick: it may be data, and nobody's manifest."""
MAX_DUPLICATES = 20
MAX_SHOWN_KEY = 80

_PARSER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Built = tuple[Any, Place, tuple[Notice, ...]]
"""The value of a document, its places, and what there is to say about it."""


class Reference(list[Any]):
    """A sequence tagged `!reference`: keys that lead elsewhere in the document, as GitLab's pipelines have it."""

    TAG = "!reference"


class Refused(Exception):
    """A document that is not built: the code of its notice, the sentence and the offset."""

    def __init__(self, code: str, message: str, offset: int) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.offset = offset


class Builder:
    """Builds the documents of a file. The values of all of them are counted together."""

    def __init__(self, source: SourceText) -> None:
        self._source = source
        self._granted = self._left = MAX_FREE_VALUES
        self._end = 0

    @property
    def is_exhausted(self) -> bool:
        return self._left < 0

    def read(self, offset: int) -> Iterator[Built]:
        """The documents from an offset on. Raises Refused for the first that cannot be read."""
        self._base = offset
        try:
            parser = _PARSER(self._source.text[offset:] if offset else self._source.text)
            yield from self._documents(parser.get_event)
        except yaml.YAMLError as error:
            raise _syntax_error(error, self._source, offset) from None

    def _documents(self, get_event: Any) -> Iterator[Built]:
        self._event = get_event
        while type(event := get_event()) is not StreamEndEvent:
            if type(event) is DocumentStartEvent:
                self._count(VALUES_OF_A_DOCUMENT, event)
                self._anchors: dict[str, tuple[Any, Place, int] | None] = {}
                self._notices: list[Notice] = []
                value, place = self._node(get_event(), 0)
                yield value, place, tuple(self._notices)

    def _node(self, event: Any, depth: int) -> tuple[Any, Place]:
        """Any value, which its collection has counted; plain and quoted texts of collections do not come here."""
        kind = type(event)
        if kind is AliasEvent:
            self._end = self._base + event.end_mark.index
            return self._alias(event)
        if kind is not ScalarEvent:
            return self._collection(event, kind, depth + 1)
        offsets = (self._base + event.start_mark.index, self._base + event.end_mark.index)
        value = scalar(event)
        self._end = offsets[1]
        if event.anchor is not None:
            self._anchors[event.anchor] = (value, offsets, 1)
        return value, offsets

    def _collection(self, event: Any, kind: type, depth: int) -> tuple[Any, Place]:
        if depth > MAX_DEPTH:
            raise self._refuse("too-complex", f"nested more than {MAX_DEPTH} levels deep", event)
        before = self._used
        if event.anchor is not None:
            self._anchors[event.anchor] = None
        build = self._mapping if kind is MappingStartEvent else self._sequence
        value, place = build(event, depth)
        if event.anchor is not None:
            self._anchors[event.anchor] = (value, place, self._used - before + 1)
        return value, place

    def _sequence(self, start: Any, depth: int) -> tuple[Any, Branch]:
        values: list[Any] = Reference() if start.tag == Reference.TAG else []
        places: list[Place] = []
        get_event, base, counted = self._event, self._base, 0
        for number in range(MAX_WIDTH + 1):
            kind = type(event := get_event())
            if kind is ScalarEvent and event.anchor is None and event.tag is None:
                values.append(text_of(event.value) if event.style else plain(event.value))
                self._end = end = base + event.end_mark.index
                places.append((base + event.start_mark.index, end))
                continue
            self._count(number + 1 - counted, event)
            counted = number + 1
            if kind is SequenceEndEvent:
                break
            value, place = self._node(event, depth)
            values.append(value)
            places.append(place)
        else:
            raise self._too_wide(start)
        return values, self._branch(start, event, places)

    def _mapping(self, start: Any, depth: int) -> tuple[Any, Branch]:
        values: dict[str, Any] = {}
        places: dict[str, tuple[Offsets, Place]] = {}
        merged: list[tuple[Any, Any]] = []
        get_event, base, counted = self._event, self._base, 0
        for number in range(MAX_WIDTH + 1):
            key_event = get_event()
            if type(key_event) is MappingEndEvent:
                break
            key = key_event.value if type(key_event) is ScalarEvent else self._aliased_key(key_event)
            key_offsets = (base + key_event.start_mark.index, base + key_event.end_mark.index)
            kind = type(event := get_event())
            if kind is ScalarEvent and event.anchor is None and event.tag is None:
                value: Any = text_of(event.value) if event.style else plain(event.value)
                self._end = end = base + event.end_mark.index
                place: Place = (base + event.start_mark.index, end)
            else:
                self._count(2 * (number + 1 - counted), event)
                counted = number + 1
                value, place = self._node(event, depth)
            if key == "<<" and not key_event.style:
                merged += self._merged(value, place, key_event)
                continue
            if key in values:
                self._duplicate(key, key_offsets)
            values[key] = value
            places[key] = (key_offsets, place)
        else:
            raise self._too_wide(start)
        self._count(2 * (number - counted), key_event)
        self._merge(merged, values, places, key_event)
        return values, self._branch(start, key_event, places)

    def _merge(self, merged: Any, values: dict[str, Any], places: dict[str, Any], event: Any) -> None:
        """Adds what merge keys name; the mapping's own entries go before, wherever they stand."""
        for mapping, branch in merged:
            self._count(len(mapping), event)
            for key, value in mapping.items():
                if key not in values:
                    values[key] = value
                    places[key] = branch.children[key]

    def _branch(self, start: Any, end: Any, children: Any) -> Branch:
        """A block collection ends with what was read last in it: its end event comes only at the next token."""
        if start.flow_style or not children:
            self._end = self._base + end.end_mark.index
        return Branch(self._base + start.start_mark.index, self._end, children)

    def _aliased_key(self, event: Any) -> str:
        """A key is its text as written; an alias may stand for a scalar. Others have no use in what we read."""
        text = self._alias(event)[0] if type(event) is AliasEvent else None
        if not isinstance(text, str):
            message = "not usable: a mapping key must be a plain word, not a collection"
            raise self._refuse("invalid-yaml", message, event)
        return text

    def _merged(self, value: Any, place: Place, event: Any) -> list[tuple[Any, Any]]:
        """The mappings that a merge key names, the first winning (https://yaml.org/type/merge.html)."""
        if isinstance(value, dict):
            return [(value, place)]
        if isinstance(value, list) and isinstance(place, Branch) and all(isinstance(v, dict) for v in value):
            return list(zip(value, place.children, strict=True))
        raise self._refuse("invalid-yaml", "not valid YAML: `<<` merges a mapping or a list of mappings", event)

    def _alias(self, event: Any) -> tuple[Any, Place]:
        name = event.anchor
        if name not in self._anchors:
            raise self._refuse("invalid-yaml", f"not valid YAML: no anchor &{name[:MAX_SHOWN_KEY]} before this", event)
        known = self._anchors[name]
        if known is None:
            message = f"the alias *{name[:MAX_SHOWN_KEY]} stands inside its own anchor"
            raise self._refuse("too-complex", message, event)
        value, place, size = known
        self._count(size, event)
        return value, place

    @property
    def _used(self) -> int:
        return self._granted - self._left

    def _count(self, values: int, event: Any) -> None:
        self._left -= values
        if self._left < 0:
            self._grant(event)

    def _grant(self, event: Any) -> None:
        """Allows what the text that was read so far makes room for."""
        used = self._used
        self._granted = MAX_FREE_VALUES + (self._base + event.start_mark.index) // CHARACTERS_OF_A_VALUE
        self._left = self._granted - used
        if self._left < 0:
            message = f"{used:,} values and keys, aliases expanded: no manifest of this size has so many"
            raise self._refuse(self._excess, message, event)

    @property
    def _excess(self) -> str:
        return "too-complex" if self._anchors or self._notices else TOO_MUCH

    def _too_wide(self, start: Any) -> Refused:
        return self._refuse(self._excess, f"a mapping or list of more than {MAX_WIDTH:,} entries", start)

    def _duplicate(self, key: str, offsets: Offsets) -> None:
        if len(self._notices) < MAX_DUPLICATES:
            message = f"the key {key[:MAX_SHOWN_KEY]!r} is given twice; the last one counts"
            span = self._source.span(*offsets)
            self._notices.append(Notice("duplicate-key", "warning", message, span, "Remove one of the two."))

    def _refuse(self, code: str, message: str, event: Any) -> Refused:
        return Refused(code, message, self._base + event.start_mark.index)


def _syntax_error(error: yaml.YAMLError, source: SourceText, offset: int) -> Refused:
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        at = offset + error.problem_mark.index
        said = ", ".join(part for part in (error.problem, error.context) if part)
    else:
        at = min(offset + getattr(error, "position", 0), len(source.text))
        said = str(getattr(error, "reason", error))
    return Refused("invalid-yaml", f"not valid YAML: {said}", at)
