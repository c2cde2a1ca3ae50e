"""Regular expressions in Go's syntax (https://github.com/google/re2/wiki/Syntax), run by Python's engine.

Python's engine backtracks, so that some patterns take forever; patterns that repeat a repetition are therefore
refused for texts of more than a few characters, and texts are bounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from finops_gate.sources.terraform.problems import EvaluationError
from finops_gate.sources.terraform.types import STRING, ListType
from finops_gate.sources.terraform.values import ListValue, Null, ObjectValue, TupleValue, Value, text, type_of

MAX_PATTERN = 1_000
MAX_SUBJECT = 100_000
_POSIX = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "blank": r"\t ",
    "cntrl": r"\x00-\x1f\x7f",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": r"!-/:-@\[-`{-~",
    "space": r"\t\n\v\f\r ",
    "upper": "A-Z",
    "word": "0-9A-Za-z_",
    "xdigit": "0-9A-Fa-f",
}


@lru_cache(maxsize=512)
def compiled(pattern: str) -> re.Pattern[str]:
    if len(pattern) > MAX_PATTERN:
        raise EvaluationError(f"the pattern is longer than {MAX_PATTERN} characters")
    translated = re.sub(r"\[:(\w+):\]", lambda m: _POSIX.get(m[1], m[0]), pattern)
    translated = re.sub(r"(?<!\\)((?:\\\\)*)\\z", r"\1\\Z", translated)
    try:
        return re.compile(translated, re.ASCII)
    except (re.error, OverflowError, RecursionError) as error:
        raise EvaluationError(f"the pattern is not valid: {error}") from error


def bounded(subject: str) -> str:
    if len(subject) > MAX_SUBJECT:
        raise EvaluationError(f"the text is longer than {MAX_SUBJECT:,} characters")
    return subject


def replace_pattern(value: str, pattern: str, replacement: str) -> str:
    written: list[str] = []
    at = 0
    for match in matches(compiled(pattern), bounded(value)):
        written += [value[at : match.start()], _expanded(match, replacement)]
        at = match.end()
    return "".join([*written, value[at:]])


def matches(pattern: re.Pattern[str], value: str) -> Iterator[re.Match[str]]:
    """All matches but the empty ones that touch the one before, which Go leaves out."""
    end = -1
    for match in pattern.finditer(value):
        if match.end() > match.start() or match.start() != end:
            yield match
        end = match.end()


def _expanded(match: re.Match[str], replacement: str) -> str:
    """`$1`, `${1}`, `$name` and `$$` of a replacement; a group that is not there is empty."""

    def group(reference: re.Match[str]) -> str:
        name = reference[1] or reference[2]
        if name is None:
            return "$"
        try:
            return match[int(name) if name.isdigit() else name] or ""
        except (IndexError, KeyError):
            return ""

    return re.sub(r"\$(?:\{(\w+)\}|(\w+)|\$)", group, replacement)


def first_match(pattern: str, value: str) -> Value:
    match = compiled(pattern).search(bounded(value))
    if match is None:
        raise EvaluationError("the pattern does not match")
    return _captured(match)


def all_matches(pattern: str, value: str) -> Value:
    found = [_captured(match) for match in matches(compiled(pattern), bounded(value))]
    return ListValue(found, type_of(found[0]) if found else ListType(STRING).element)


def _captured(match: re.Match[str]) -> Value:
    """The whole match, the groups as a tuple, or the named groups as an object."""

    def value(part: str | None) -> Value:
        return Null(STRING) if part is None else text(part)

    if match.re.groupindex:
        return ObjectValue({name: value(part) for name, part in match.groupdict().items()})
    if match.re.groups:
        return TupleValue([value(part) for part in match.groups()])
    return text(match[0])
