"""`yamldecode`: one YAML document as Terraform reads it (YAML 1.2's plain scalars, no tags of Python's)."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from finops_gate.sources.terraform.convert import MAX_NUMBER_TEXT, convert, to_number
from finops_gate.sources.terraform.problems import EvaluationError
from finops_gate.sources.terraform.types import STRING
from finops_gate.sources.terraform.values import ARITHMETIC, NULL, Null, ObjectValue, TupleValue, Value, text

MAX_NODES = 200_000
MAX_DEPTH = 100
MAX_CHARACTERS = 2_000_000
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_OCTAL = re.compile(r"0o?[0-7]+")
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_TRUE = frozenset(["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"])
_FALSE = frozenset(["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"])
_DATE = re.compile(
    r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})"
    r"(?:(?:[Tt]|[ \t]+)([0-9]{1,2}):([0-9]{2}):([0-9]{2})(?:\.[0-9]*)?(.*))?"
)
_OFFSET = re.compile(r"[ \t]*(?:Z|([-+])([0-9]{1,2})(?::?([0-9]{2}))?)?")
_NULL = frozenset(("", "~", "null", "Null", "NULL"))


def decode(document: str) -> Value:
    """Raises EvaluationError where the text is not one YAML document, or is larger than is sane."""
    import yaml

    if len(document) > MAX_CHARACTERS:
        raise EvaluationError("the YAML is longer than 2 million characters")
    try:
        return _Reader(yaml, document).document()
    except yaml.YAMLError as error:
        problem = getattr(error, "problem", None) or "unreadable"
        raise EvaluationError(f"this is not YAML: {problem}") from error
    except RecursionError as error:
        raise EvaluationError("the YAML is nested too deeply") from error


class _Reader:
    """Builds values from the parser's events, so that aliases and depth are counted before anything is made."""

    def __init__(self, yaml: Any, document: str) -> None:
        self.yaml = yaml
        self.events = yaml.parse(document, Loader=yaml.SafeLoader)
        self.anchors: dict[str, Value] = {}
        self.nodes = 0

    def document(self) -> Value:
        kinds = self.yaml
        event = next(self.events)
        while isinstance(event, kinds.StreamStartEvent | kinds.DocumentStartEvent):
            event = next(self.events)
        if isinstance(event, kinds.StreamEndEvent):
            raise EvaluationError("the YAML is empty")
        value = self.value(event, 0)
        for event in self.events:
            if isinstance(event, kinds.DocumentStartEvent):
                raise EvaluationError("only one YAML document is allowed")
        return value

    def value(self, event: Any, depth: int) -> Value:
        kinds = self.yaml
        self.nodes += 1
        if self.nodes > MAX_NODES or depth > MAX_DEPTH:
            raise EvaluationError("the YAML is too large or nested too deeply")
        if isinstance(event, kinds.AliasEvent):
            if event.anchor not in self.anchors:
                raise EvaluationError(f"there is no anchor &{event.anchor}")
            return self.anchors[event.anchor]
        if isinstance(event, kinds.ScalarEvent):
            value = _scalar(event)
        elif isinstance(event, kinds.SequenceStartEvent):
            value = self.sequence(depth)
        else:
            value = self.mapping(depth)
        if event.anchor:
            self.anchors[event.anchor] = value
        return value

    def sequence(self, depth: int) -> Value:
        items = []
        while not isinstance(event := next(self.events), self.yaml.SequenceEndEvent):
            items.append(self.value(event, depth + 1))
        return TupleValue(items)

    def mapping(self, depth: int) -> Value:
        own: dict[str, Value] = {}
        merged: dict[str, Value] = {}
        while not isinstance(event := next(self.events), self.yaml.MappingEndEvent):
            plain = isinstance(event, self.yaml.ScalarEvent)
            if not plain:
                raise EvaluationError("a key of the YAML is not a text")
            key = _key(event)
            merges = key == "<<" and event.implicit[0]
            value = self.value(next(self.events), depth + 1)
            if merges:
                for part in value.items if isinstance(value, TupleValue) else [value]:
                    if not isinstance(part, ObjectValue):
                        raise EvaluationError("only a mapping can be merged")
                    merged = {**part.items, **merged}
            else:
                own[key] = value
        return ObjectValue({**merged, **own})


def _key(event: Any) -> str:
    """A key is a text, whatever it looks like."""
    value = convert(_scalar(event), STRING)
    if isinstance(value, Null):
        raise EvaluationError("a key of the YAML is null")
    key: str = value
    return key


def _in_base(written: str, base: int) -> Value:
    if len(written) > MAX_NUMBER_TEXT:
        raise EvaluationError(f"the YAML holds a number of more than {MAX_NUMBER_TEXT:,} digits")
    return ARITHMETIC.create_decimal(int(written, base))


def _scalar(event: Any) -> Value:
    written: str = event.value
    tag = event.tag or ""
    if tag.endswith(":str") or not (event.implicit[0] or tag):
        return text(written)
    if tag and not tag.startswith("tag:yaml.org,2002:"):
        raise EvaluationError(f"the YAML tag {tag[:40]} is not supported")
    if written in _NULL:
        return NULL
    if written in _TRUE | _FALSE:
        return written in _TRUE
    if _HEXADECIMAL.fullmatch(written):
        return _in_base(written, 16)
    if _OCTAL.fullmatch(written) and len(written) > 1:
        return _in_base(written.replace("o", ""), 8)
    if _INTEGER.fullmatch(written) or _FLOAT.fullmatch(written):
        return to_number(written)
    return _moment(written) or text(written)


def _moment(written: str) -> str | None:
    """A date or a time as RFC 3339 writes it; None where the text is none."""
    match = _DATE.fullmatch(written)
    if match is None:
        return None
    year, month, day, hour, minute, second, rest = match.groups()
    offset = _OFFSET.fullmatch(rest or "")
    if offset is None or not _is_day(int(year), int(month), int(day)):
        return None
    sign, hours, minutes = offset.groups()
    zone = f"{sign}{int(hours):02d}:{minutes or '00'}" if sign and int(hours + (minutes or "00")) else "Z"
    return f"{year}-{int(month):02d}-{int(day):02d}T{int(hour or 0):02d}:{minute or '00'}:{second or '00'}{zone}"


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True
