"""Template expressions of Azure Pipelines (`${{ if eq(parameters.size, 'large') }}`), as far as the files settle them.

https://learn.microsoft.com/azure/devops/pipelines/process/template-expressions. A variable, or a function that is not
one of a few, is an Unknown: what stands below an `if` that hangs on it may be there.

    value = text | number | "true" | "false" | name "(" [value ("," value)*] ")" | name ("." name | "['" name "']")*
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from finops_gate.model import Unknown

MAX_LENGTH = 5_000
MAX_DEPTH = 30

Values = Mapping[str, Any]
"""What names stand for in a template: `parameters`, `variables` by their names in lower case, the name of an `each`."""

_WHOLE = re.compile(r"\s*\$\{\{((?:(?!\}\}).)*)\}\}\s*", re.DOTALL)
_ANY = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>-?[0-9]+(?:\.[0-9]+)?)|(?P<name>[A-Za-z_][\w-]*)|(?P<mark>[(),.\[\]]))"
)
_PLACE = re.compile(r"\{([0-9]{1,3})\}")
TOO_LONG = Unknown("a text is too long")
_AT_RUN_TIME = Unknown("it is worked out only when the pipeline runs")


def filled(value: Any, values: Values) -> Any:
    """A value with its `${{ }}` filled in, of the expression's own type where it is nothing else."""
    if not isinstance(value, str) or "${{" not in value:
        return value
    if whole := _WHOLE.fullmatch(value):
        return evaluate(whole[1], values)
    parts = [evaluate(match[1], values) for match in _ANY.finditer(value)]
    unsettled = next((part for part in parts if isinstance(part, Unknown)), None)
    if unsettled is not None:
        return unsettled
    texts = [text_of(part) for part in parts]
    if sum(map(len, texts)) > MAX_LENGTH:
        return TOO_LONG
    found = iter(texts)
    return _ANY.sub(lambda _: next(found), value)


def evaluate(text: str, values: Values) -> Any:
    """The value of an expression; an Unknown where it is none, or not known."""
    if len(text) > MAX_LENGTH:
        return Unknown("an expression is too long")
    try:
        return _Parser(text, values).parse()
    except ValueError as error:
        return Unknown(f"{text.strip()[:80]!r} is not understood: {error}")


def truth(value: Any) -> bool | Unknown:
    """Whether a value counts as true: not so are false, 0, the empty text and nothing."""
    if isinstance(value, Unknown):
        return value
    return not (value in (None, False, "") or (isinstance(value, Decimal) and value == 0))


def text_of(value: Any) -> str:
    """A value as a template writes it into a text."""
    if value is None or isinstance(value, (list, dict)):
        return ""
    return ("True" if value else "False") if isinstance(value, bool) else str(value)


class _Parser:
    """Evaluates while it reads."""

    def __init__(self, text: str, values: Values) -> None:
        self.values = values
        self.tokens: list[tuple[str, str]] = []
        self.position = self.depth = 0
        position, end = 0, len(text.rstrip())
        while position < end:
            match = _TOKEN.match(text, position)
            if match is None or match.lastgroup is None:
                raise ValueError("not an expression")
            self.tokens.append((match.lastgroup, match[match.lastgroup]))
            position = match.end()

    def parse(self) -> Any:
        value = self.value()
        if self.position < len(self.tokens):
            raise ValueError("more than one value")
        return value

    def accept(self, mark: str) -> bool:
        found = self.position < len(self.tokens) and self.tokens[self.position] == ("mark", mark)
        self.position += found
        return found

    def take(self, *kinds: str) -> tuple[str, str]:
        if self.position >= len(self.tokens) or self.tokens[self.position][0] not in kinds:
            raise ValueError("a value is missing")
        self.position += 1
        return self.tokens[self.position - 1]

    def value(self) -> Any:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ValueError("nested too deep")
        kind, text = self.take("text", "number", "name")
        found: Any
        if kind == "text":
            found = text[1:-1].replace("''", "'")
        elif kind == "number":
            found = Decimal(text)
        elif self.accept("("):
            found = _call(text.lower(), self.arguments())
        else:
            found = self.path(text)
        self.depth -= 1
        return found

    def arguments(self) -> list[Any]:
        found: list[Any] = []
        while not self.accept(")"):
            if found and not self.accept(","):
                raise ValueError("a comma is missing")
            found.append(self.value())
        return found

    def path(self, name: str) -> Any:
        if name.lower() in ("true", "false"):
            return name.lower() == "true"
        value = self.values.get(name, _AT_RUN_TIME)
        while True:
            if self.accept("."):
                key = self.take("name")[1]
            elif self.accept("["):
                key = self.take("text")[1][1:-1]
                if not self.accept("]"):
                    raise ValueError("a bracket that is not closed")
            else:
                return value
            if name == "variables" and isinstance(value, dict):
                value = value.get(key.lower(), _AT_RUN_TIME)
            else:
                value = value if isinstance(value, Unknown) else value.get(key) if isinstance(value, dict) else None


def _call(name: str, arguments: Sequence[Any]) -> Any:
    if name in ("and", "or"):
        decisive = name == "or"
        truths = [truth(argument) for argument in arguments]
        unsettled = next((t for t in truths if isinstance(t, Unknown)), None)
        return decisive if any(t is decisive for t in truths) else unsettled if unsettled is not None else not decisive
    unsettled = next((a for a in arguments if isinstance(a, Unknown)), None)
    if name not in FUNCTIONS or unsettled is not None:
        return unsettled if unsettled is not None else _AT_RUN_TIME
    try:
        return FUNCTIONS[name](*arguments)
    except TypeError:
        raise ValueError(f"{name}() takes other arguments") from None


def _same(a: Any, b: Any) -> bool:
    return text_of(a).lower() == text_of(b).lower()


def _not(value: Any) -> bool | Unknown:
    found = truth(value)
    return found if isinstance(found, Unknown) else not found


def _replace(text: Any, old: Any, new: Any) -> Any:
    found = text_of(text).replace(text_of(old), text_of(new)) if text_of(old) else text_of(text)
    return found if len(found) <= MAX_LENGTH else TOO_LONG


def _join(separator: Any, values: Any) -> Any:
    found = text_of(separator).join(map(text_of, values)) if isinstance(values, list) else text_of(values)
    return found if len(found) <= MAX_LENGTH else TOO_LONG


def _format(pattern: Any, *values: Any) -> Any:
    found = _PLACE.sub(
        lambda match: text_of(values[int(match[1])]) if int(match[1]) < len(values) else "", text_of(pattern)
    )
    return found if len(found) <= MAX_LENGTH else TOO_LONG


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "coalesce": lambda *values: next((value for value in values if value not in (None, "")), None),
    "contains": lambda text, part: text_of(part).lower() in text_of(text).lower(),
    "containsvalue": lambda values, part: isinstance(values, list) and any(_same(v, part) for v in values),
    "endswith": lambda text, end: text_of(text).lower().endswith(text_of(end).lower()),
    "eq": _same,
    "format": _format,
    "iif": lambda test, then, otherwise: then if truth(test) is True else otherwise,
    "in": lambda value, *others: any(_same(value, other) for other in others),
    "join": _join,
    "length": lambda value: Decimal(len(value)) if isinstance(value, (str, list, dict)) else Decimal(0),
    "lower": lambda text: text_of(text).lower(),
    "ne": lambda a, b: not _same(a, b),
    "not": _not,
    "notin": lambda value, *others: not any(_same(value, other) for other in others),
    "replace": _replace,
    "startswith": lambda text, start: text_of(text).lower().startswith(text_of(start).lower()),
    "trim": lambda text: text_of(text).strip(),
    "upper": lambda text: text_of(text).upper(),
}
