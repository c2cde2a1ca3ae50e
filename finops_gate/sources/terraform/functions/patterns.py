"""`regex`, `regexall` and `replace` with a pattern."""

from __future__ import annotations

import re

from finops_gate.sources.terraform.functions.regex_machine import Captures, Program, Spend, compiled, find_all, search
from finops_gate.sources.terraform.problems import EvaluationError
from finops_gate.sources.terraform.types import STRING, ObjectType, TupleType, Type
from finops_gate.sources.terraform.values import ListValue, Null, ObjectValue, TupleValue, Value, text

_REFERENCE = re.compile(r"\$(?:\{(\w+)\}|(\w+)|\$)", re.ASCII)


def replace_pattern(value: str, pattern: str, replacement: str, spend: Spend) -> str:
    """The text with every match replaced; `$1`, `${1}`, `$name` are groups, `$$` a dollar sign."""
    program = compiled(pattern)
    written: list[str] = []
    at = 0
    for match in find_all(program, value, spend):
        written += [value[at : match[0]], _expanded(program, match, value, replacement)]
        at = match[1]
    return "".join([*written, value[at:]])


def _expanded(program: Program, match: Captures, value: str, replacement: str) -> str:
    def group(reference: re.Match[str]) -> str:
        name = reference[1] or reference[2]
        if name is None:
            return "$"
        if name.isdecimal():
            number = int(name) if len(name) < 10 else -1
        else:
            number = program.names.index(name) + 1 if name in program.names else -1
        return _part(match, number, value) or ""

    return _REFERENCE.sub(group, replacement)


def _part(match: Captures, number: int, value: str) -> str | None:
    """The text of a group; None where it took no part, or does not exist."""
    if not 0 <= number < len(match) // 2 or match[2 * number] < 0:
        return None
    return value[match[2 * number] : match[2 * number + 1]]


def first_match(pattern: str, value: str, spend: Spend) -> Value:
    program = compiled(pattern)
    match = search(program, value, spend=spend)
    if match is None:
        raise EvaluationError("the pattern does not match")
    return _captured(program, match, value)


def all_matches(pattern: str, value: str, spend: Spend) -> Value:
    program = compiled(pattern)
    found = find_all(program, value, spend)
    return ListValue([_captured(program, match, value) for match in found], match_type(program))


def match_type(program: Program) -> Type:
    """What a match is: an object of named groups, a tuple of unnamed ones, else the whole text."""
    if any(program.names):
        if not all(program.names):
            raise EvaluationError("either all groups have names or none has")
        return ObjectType(dict.fromkeys(program.names, STRING))
    return TupleType((STRING,) * len(program.names)) if program.names else STRING


def _captured(program: Program, match: Captures, value: str) -> Value:
    of = match_type(program)
    parts = [_part(match, number, value) for number in range(1, len(program.names) + 1)]
    values: list[Value] = [Null(STRING) if part is None else text(part) for part in parts]
    if isinstance(of, ObjectType):
        return ObjectValue(dict(zip(program.names, values, strict=True)))
    return TupleValue(values) if values else text(value[match[0] : match[1]])
