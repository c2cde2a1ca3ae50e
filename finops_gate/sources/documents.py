"""YAML and JSON text as plain values, each of which knows its place in the file.

`document_builder.py` makes the values. What is wrong with a text is said in notices of its documents, never raised: a
file that cannot be read is one finding, and the rest goes on.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from finops_gate.model import Notice, Span
from finops_gate.sources.document_builder import MAX_DUPLICATES, Builder, Reference, Refused
from finops_gate.sources.places import Place, SourceText, Spans, ends, nearest, span_at

__all__ = ["MAX_DUPLICATES", "Document", "Reference", "read_documents", "read_source"]

MAX_CHARACTERS = 5 * 1024 * 1024
MAX_BROKEN = 20
MAX_DIRECTIVES = 50
"""Lines such as `%TAG ! tag:example.com,2000:`: libyaml compares each with all before it."""

MAX_ACTIONS = 50
"""Of those that a broken file has, so many are looked at: a template has one early."""

_GO_TEMPLATE = re.compile(r"\{\{-?\s{0,9}(?:/\*|[.$(\w\"`][^{}\n]{0,500}\}\})")
_JSON_ESCAPE = re.compile(r"\\(?:u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})|.)")
_DOCUMENT_START = re.compile(r"^---(?=\s|$)", re.MULTILINE)
_DIRECTIVE = re.compile(r"^%[A-Z]", re.MULTILINE)


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


def read_documents(text: str, path: str, *, templates: bool = False) -> list[Document]:
    """The documents of a YAML or JSON text.

    Never raises for what the text holds. What cannot be read is a broken document whose notice is the error
    `invalid-yaml` or `too-complex`; the documents around it still count. With `templates` (or where the path itself is
    one's) what is no YAML for being a Go template is the info `go-template`, and so is what follows it.
    """
    text = _yaml_of_json(text) if path.endswith(".json") else text
    return read_source(SourceText(text, path), templates=templates or "{{" in path)


def read_source(source: SourceText, *, templates: bool = False) -> list[Document]:
    """The documents of a YAML text, as `read_documents`; the source says where in which file its parts stand."""
    refused = _refused_unread(source.text)
    if refused is not None:
        return [_broken(source, refused, templates)]
    builder = Builder(source)
    documents: list[Document] = []
    offset = 0
    for _ in range(MAX_BROKEN):
        try:
            for value, place, notices in builder.read(offset):
                documents.append(Document(value, notices, False, source, place))
            break
        except Refused as error:
            documents.append(_broken(source, error, templates))
        resume = None if builder.is_exhausted else _next_document(documents[-1], offset)
        if resume is None:
            break
        offset = resume
    return documents


def _refused_unread(text: str) -> Refused | None:
    """Why a text is not even given to the parser, if it is not."""
    if len(text) > MAX_CHARACTERS:
        return Refused("file-too-large", f"more than {MAX_CHARACTERS:,} characters", 0)
    if "%" in text and len(_DIRECTIVE.findall(text)) > MAX_DIRECTIVES:
        return Refused("too-complex", f"more than {MAX_DIRECTIVES} YAML directives", 0)
    return None


def _next_document(broken: Document, begun: int) -> int | None:
    """Where to read on after a broken document; what follows a Go template may be part of it."""
    if broken.notices[0].code == "go-template":
        return None
    resume = _DOCUMENT_START.search(broken.text.text, max(ends(broken.root)[0], begun + 1))
    return resume.start() if resume else None


def _yaml_of_json(text: str) -> str:
    """The two things of JSON that YAML lacks: tabs to indent with, and surrogate pairs for one character."""
    if "\\u" in text:
        text = _JSON_ESCAPE.sub(lambda m: f"\\U{_code_point(m[1], m[2]):08x}" if m[1] else m[0], text)
    return text.replace("\t", " ")


def _code_point(high: str, low: str) -> int:
    return 0x10000 + ((int(high, 16) - 0xD800) << 10) + int(low, 16) - 0xDC00


def _broken(source: SourceText, refused: Refused, templates: bool) -> Document:
    at = refused.offset
    if templates and refused.code == "invalid-yaml" and is_go_template(source.text):
        message = (
            f"{source.path} is a Helm or Go template: it is not readable before rendering, so nothing in it is priced"
        )
        notice = Notice("go-template", "info", message, source.span(at, at), "Render it and check the result.")
    else:
        notice = Notice(refused.code, "error", refused.message, source.span(at, at + 1))
    return Document(None, (notice,), True, source, (at, at))


def is_go_template(text: str) -> bool:
    """Whether a text that is no YAML has actions of a Go template (`{{ .Values.x }}`) outside of comments.

    `${{ x }}` is an expression of a workflow, and none.
    """
    return any(_is_action(text, found.start()) for found in islice(_GO_TEMPLATE.finditer(text), MAX_ACTIONS))


def _is_action(text: str, at: int) -> bool:
    line = text[text.rfind("\n", 0, at) + 1 : at]
    return "#" not in line and not line.endswith("$")
