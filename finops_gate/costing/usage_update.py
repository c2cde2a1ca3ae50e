"""Adds to an `infracost-usage.yml` what it lacks, and leaves every character of it as it is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from finops_gate.costing.usage_file import SECTION, Entry, block, commented, lacking
from finops_gate.errors import ConfigurationError
from finops_gate.sources.documents import Document, read_documents

_NAMED = re.compile(r"(?:# ?)?([A-Za-z_]\w*):")
_FLOW = "write it as a block, one key a line, so that comments can stand in it"


@dataclass(frozen=True, slots=True)
class Update:
    """The text with what it lacked; how many addresses that were, and of how many others it lacked keys."""

    text: str
    addresses: int
    completed: int


def updated(text: str, path: str, found: Sequence[Entry]) -> Update:
    """A usage file with the addresses and keys that it lacks as comments.

    Raises ConfigurationError where it is no usage file, or is written in a way that nothing can be added to.
    """
    document = the_document(text, path)
    lines = text.removesuffix("\n").split("\n") if text else []
    end_of_line = "\r\n" if "\r\n" in text else "\n"
    start = section_line(document, lines)
    declared = (document.value or {}).get(SECTION) or {}
    places = {address: document.key_spans[f"{SECTION}.{address}"] for address in declared}
    indent = " " * (min((span.column for span in places.values()), default=3) - 1)
    inserts: dict[int, list[str]] = {}
    for entry in found:
        if entry.address in places:
            at = places[entry.address].line - 1
            end = end_of_block(lines, at)
            more = list(missing_keys(entry, lines[at : end + 1], indent))
            if more:
                inserts[end] = more
    completed = len(inserts)
    new = lacking(found, declared)
    if new:
        end = end_of_block(lines, start) if start < len(lines) else start
        inserts.setdefault(end, []).extend(line for entry in new for line in block(entry, indent))
    result = end_of_line.join(line.removesuffix("\r") for line in _inserted(lines, inserts, start)) + end_of_line
    agree(document, the_document(result, path), path)
    return Update(result, len(new), completed)


def the_document(text: str, path: str) -> Document:
    """The one document of a usage file. Raises ConfigurationError for what is none."""
    documents = read_documents(text, path)
    for notice in (notice for document in documents for notice in document.notices if notice.severity == "error"):
        raise ConfigurationError(notice.message, notice.span)
    document = documents[0] if documents else Document(None)
    if len(documents) > 1 or not isinstance(document.value, (dict, type(None))):
        raise ConfigurationError(f"{path} is no usage file: that is a mapping with `{SECTION}`")
    return document


def section_line(document: Document, lines: Sequence[str]) -> int:
    """The line of `resource_usage:`; the one after the last where there is none yet."""
    if SECTION not in (document.value or {}):
        return len(lines)
    span = document.key_spans[SECTION]
    if after_key(lines[span.line - 1]):
        raise ConfigurationError(f"`{SECTION}` cannot be added to: {_FLOW}", span)
    return span.line - 1


def after_key(line: str) -> str:
    """What stands on the line of a key behind its colon, but for a comment."""
    found = re.search(r":(?:\s+(.*))?$", re.sub(r"\s#.*$", "", line.rstrip()))
    return (found[1] or "").strip() if found else line


def end_of_block(lines: Sequence[str], start: int) -> int:
    """The last line that belongs to the key of a line, by its indentation; comments that stand deeper do."""
    depth, end = _depth(lines[start]), start
    for i in range(start + 1, len(lines)):
        if not lines[i].strip():
            continue
        if _depth(lines[i]) <= depth:
            break
        end = i
    return end


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())


def missing_keys(entry: Entry, lines: Sequence[str], indent: str) -> Iterator[str]:
    """The keys that an address has neither declared nor as comments; none where it is written on one line."""
    if after_key(lines[0]):
        return
    depth = min((_depth(line) for line in lines[1:] if line.strip()), default=0)
    named = {found[1] for line in lines[1:] if (found := _NAMED.match(line[depth:]))}
    keys = {name: key for name, key in entry.keys.items() if name not in named}
    yield from commented(entry, keys, indent)


def _inserted(lines: Sequence[str], inserts: dict[int, list[str]], start: int) -> Iterator[str]:
    for i, line in enumerate(lines):
        yield line
        yield from inserts.get(i, ())
    if start == len(lines) and start in inserts:
        yield f"{SECTION}:"
        yield from inserts[start]


def agree(before: Document, after: Document, path: str) -> None:
    """Holds that nothing declared has changed: a strange way of writing YAML must not cost anybody's figures."""

    def declared(document: Document) -> dict[str, object]:
        value = document.value or {}
        kept = {k: v for k, v in (value.get(SECTION) or {}).items() if v is not None}
        return {**value, SECTION: kept}

    if declared(before) != declared(after):
        raise ConfigurationError(f"{path} is written in a way that nothing can be added to; {_FLOW}")
