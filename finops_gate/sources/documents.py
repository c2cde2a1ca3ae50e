"""YAML and JSON text as plain values, each of which knows its place in the file.

The tree is built straight from the parser's events, never by PyYAML's composer: that one recurses in C, and 50 kB of
`[` make it overrun the stack. Depth, nodes (aliases count for all that they stand for) and size are bounded while
the events arrive, so hostile text costs no more than honest text of the limits' size.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from finops_gate.model import Notice, Span
from finops_gate.sources.places import Branch, Offsets, Place, SourceText, Spans, ends, nearest, span_at
from finops_gate.sources.scalars import scalar

MAX_CHARACTERS = 5 * 1024 * 1024
MAX_DEPTH = 100
MAX_NODES = 400_000
NODES_OF_A_DOCUMENT = 10
"""What a document counts for by itself, so that a file of a million empty ones ends, too."""
MAX_BROKEN = 20
MAX_DUPLICATES = 20

_PARSER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_GO_TEMPLATE = re.compile(r"^[^#\n]*?(?<!\$)\{\{", re.MULTILINE)
_JSON_ESCAPE = re.compile(r"\\(?:u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})|.)")
_DOCUMENT_START = re.compile(r"^---(?=\s|$)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a YAML stream.

    `value` is plain: str, bool, Decimal, None, list and dict with string keys. It is shared where the file uses an
    alias, so it must not be edited. A `broken` document has the value None, and `notices` say why.
    """

    value: Any
    notices: tuple[Notice, ...] = ()
    broken: bool = False
    _text: SourceText = field(default_factory=lambda: SourceText("", ""), repr=False, compare=False)
    _root: Place = field(default=(0, 0), repr=False, compare=False)

    @property
    def path(self) -> str:
        return self._text.path

    @property
    def text(self) -> SourceText:
        """The text that the document stands in."""
        return self._text

    @property
    def root(self) -> Place:
        """The places of the document's values."""
        return self._root

    def span(self, path: str = "") -> Span:
        """The place of the value at an attribute path, or of the nearest thing around it that is there."""
        return span_at(self._text, nearest(self._root, path))

    @property
    def spans(self) -> Mapping[str, Span]:
        """Attribute path -> place of its value, worked out when asked."""
        return Spans(self._text, self._root)

    @property
    def key_spans(self) -> Mapping[str, Span]:
        """Attribute path -> place of its key, for what is an entry of a mapping."""
        return Spans(self._text, self._root, of_keys=True)


def read_documents(text: str, path: str) -> list[Document]:
    """The documents of a YAML or JSON text.

    Never raises for what the text holds. What cannot be read is a broken document whose notice is the error
    `invalid-yaml` or `too-complex`, or the info `go-template`; the documents around it still count, but for those
    that follow a Go template, which may be part of it.
    """
    return read_source(SourceText(_yaml_of_json(text) if path.endswith(".json") else text, path))


def read_source(source: SourceText) -> list[Document]:
    """The documents of a YAML text, as `read_documents`; the source says where in which file its parts stand."""
    if len(source.text) > MAX_CHARACTERS:
        return [_broken(source, _Refused("file-too-large", f"more than {MAX_CHARACTERS:,} characters", 0))]
    builder = _Builder(source)
    documents: list[Document] = []
    offset = 0
    for _ in range(MAX_BROKEN):
        documents += builder.read(offset)
        if not documents or not documents[-1].broken or builder.is_exhausted:
            break
        resume = _DOCUMENT_START.search(source.text, max(ends(documents[-1]._root)[0], offset + 1))
        if resume is None or documents[-1].notices[0].code == "go-template":
            break
        offset = resume.start()
    return documents


def _yaml_of_json(text: str) -> str:
    """The two things of JSON that YAML lacks: tabs to indent with, and surrogate pairs for one character."""
    if "\\u" in text:
        text = _JSON_ESCAPE.sub(lambda m: f"\\U{_code_point(m[1], m[2]):08x}" if m[1] else m[0], text)
    return text.replace("\t", " ")


def _code_point(high: str, low: str) -> int:
    return 0x10000 + ((int(high, 16) - 0xD800) << 10) + int(low, 16) - 0xDC00


class Reference(list[Any]):
    """A sequence tagged `!reference`: keys that lead elsewhere in the document, as GitLab's pipelines have it."""

    TAG = "!reference"


class _Refused(Exception):
    """A document that is not built: the code of its notice, the sentence and the offset."""

    def __init__(self, code: str, message: str, offset: int) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.offset = offset


def _broken(source: SourceText, refused: _Refused) -> Document:
    at = refused.offset
    if refused.code == "invalid-yaml" and _GO_TEMPLATE.search(source.text):
        message = (
            f"{source.path} is a Helm or Go template: it is not readable before rendering, so nothing in it is priced"
        )
        notice = Notice("go-template", "info", message, source.span(at, at), "Render it and check the result.")
    else:
        notice = Notice(refused.code, "error", refused.message, source.span(at, at + 1))
    return Document(None, (notice,), True, source, (at, at))


def _syntax_error(error: yaml.YAMLError, source: SourceText, offset: int) -> _Refused:
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        at = offset + error.problem_mark.index
        said = ", ".join(part for part in (error.problem, error.context) if part)
    else:
        at = min(offset + getattr(error, "position", 0), len(source.text))
        said = str(getattr(error, "reason", error))
    return _Refused("invalid-yaml", f"not valid YAML: {said}", at)


class _Builder:
    """Builds the documents of a file from the parser's events. The nodes of all of them are counted together."""

    def __init__(self, source: SourceText) -> None:
        self._source = source
        self._nodes = 0
        self._end = 0

    @property
    def is_exhausted(self) -> bool:
        return self._nodes > MAX_NODES

    def read(self, offset: int) -> Iterator[Document]:
        """The documents from an offset on, up to and with the first that is broken."""
        self._base = offset
        try:
            parser = _PARSER(self._source.text[offset:])
            yield from self._documents(parser.get_event)
        except _Refused as refused:
            yield _broken(self._source, refused)
        except yaml.YAMLError as error:
            yield _broken(self._source, _syntax_error(error, self._source, offset))

    def _documents(self, get_event: Callable[[], Any]) -> Iterator[Document]:
        self._event = get_event
        while not isinstance(event := get_event(), yaml.StreamEndEvent):
            if isinstance(event, yaml.DocumentStartEvent):
                self._count(NODES_OF_A_DOCUMENT, event)
                self._anchors: dict[str, tuple[Any, Place, int] | None] = {}
                self._notices: list[Notice] = []
                value, place = self._node(get_event(), 0)
                yield Document(value, tuple(self._notices), False, self._source, place)

    def _node(self, event: Any, depth: int) -> tuple[Any, Place]:
        self._count(1, event)
        kind = type(event)
        if kind is yaml.ScalarEvent:
            offsets = (self._base + event.start_mark.index, self._base + event.end_mark.index)
            value = scalar(event)
            self._end = offsets[1]
            if event.anchor is not None:
                self._anchors[event.anchor] = (value, offsets, 1)
            return value, offsets
        if kind is yaml.AliasEvent:
            self._end = self._base + event.end_mark.index
            return self._alias(event)
        return self._collection(event, kind, depth + 1)

    def _collection(self, event: Any, kind: type, depth: int) -> tuple[Any, Place]:
        if depth > MAX_DEPTH:
            raise self._refuse("too-complex", f"nested more than {MAX_DEPTH} levels deep", event)
        before = self._nodes
        if event.anchor is not None:
            self._anchors[event.anchor] = None
        build = self._mapping if kind is yaml.MappingStartEvent else self._sequence
        value, place = build(event, depth)
        if event.anchor is not None:
            self._anchors[event.anchor] = (value, place, self._nodes - before + 1)
        return value, place

    def _sequence(self, start: Any, depth: int) -> tuple[Any, Branch]:
        values: list[Any] = Reference() if start.tag == Reference.TAG else []
        places: list[Place] = []
        while type(event := self._event()) is not yaml.SequenceEndEvent:
            value, place = self._node(event, depth)
            values.append(value)
            places.append(place)
        return values, self._branch(start, event, places)

    def _mapping(self, start: Any, depth: int) -> tuple[Any, Branch]:
        values: dict[str, Any] = {}
        places: dict[str, tuple[Offsets, Place]] = {}
        merged: list[tuple[Any, Any]] = []
        while type(event := self._event()) is not yaml.MappingEndEvent:
            key, key_offsets = self._key(event)
            value, place = self._node(self._event(), depth)
            if key == "<<" and not event.style:
                merged += self._merged(value, place, event)
                continue
            if key in values:
                self._duplicate(key, key_offsets)
            values[key] = value
            places[key] = (key_offsets, place)
        for mapping, branch in merged:
            for key, value in mapping.items():
                if key not in values:
                    self._count(1, start)
                    values[key] = value
                    places[key] = branch.children[key]
        return values, self._branch(start, event, places)

    def _branch(self, start: Any, end: Any, children: Any) -> Branch:
        """A block collection ends with what was read last in it: its end event comes only at the next token."""
        if start.flow_style or not children:
            self._end = self._base + end.end_mark.index
        return Branch(self._base + start.start_mark.index, self._end, children)

    def _key(self, event: Any) -> tuple[str, Offsets]:
        """A key is its text as written; an alias may stand for a scalar. Others have no use in what we read."""
        text = event.value if isinstance(event, yaml.ScalarEvent) else None
        if isinstance(event, yaml.AliasEvent):
            text, _ = self._alias(event)
        if not isinstance(text, str):
            raise self._refuse(
                "invalid-yaml", "not usable: a mapping key must be a plain word, not a collection", event
            )
        return text, (self._base + event.start_mark.index, self._base + event.end_mark.index)

    def _merged(self, value: Any, place: Place, event: Any) -> list[tuple[Any, Any]]:
        """The mappings that a merge key names, the first winning (https://yaml.org/type/merge.html)."""
        if isinstance(value, dict):
            return [(value, place)]
        if isinstance(value, list) and isinstance(place, Branch) and all(isinstance(v, dict) for v in value):
            return list(zip(value, place.children, strict=True))
        raise self._refuse("invalid-yaml", "not valid YAML: `<<` merges a mapping or a list of mappings", event)

    def _alias(self, event: Any) -> tuple[Any, Place]:
        if event.anchor not in self._anchors:
            raise self._refuse("invalid-yaml", f"not valid YAML: no anchor &{event.anchor} before this alias", event)
        known = self._anchors[event.anchor]
        if known is None:
            raise self._refuse("too-complex", f"the alias *{event.anchor} stands inside its own anchor", event)
        value, place, nodes = known
        self._count(nodes, event)
        return value, place

    def _count(self, nodes: int, event: Any) -> None:
        self._nodes += nodes
        if self._nodes > MAX_NODES:
            raise self._refuse("too-complex", f"more than {MAX_NODES:,} values, aliases expanded", event)

    def _duplicate(self, key: str, offsets: Offsets) -> None:
        if len(self._notices) < MAX_DUPLICATES:
            message = f"the key {key[:80]!r} is given twice; the last one counts"
            span = self._source.span(*offsets)
            self._notices.append(Notice("duplicate-key", "warning", message, span, "Remove one of the two."))

    def _refuse(self, code: str, message: str, event: Any) -> _Refused:
        return _Refused(code, message, self._base + event.start_mark.index)
