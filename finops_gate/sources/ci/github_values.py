"""The values of GitHub's expressions: what counts as true or equal, what functions do, and what is not known.

Values are null, booleans, numbers (Decimal), text, lists, mappings, a Context, or an Unknown with its possible values.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from finops_gate.model import Unknown

MAX_CHOICES = 16
MAX_DIGITS = 40
MAX_TEXT = 10_000

BOOLEAN = (True, False)
_PLACEHOLDER = re.compile(r"\{\{|\}\}|\{([0-9]{1,4})\}")


@dataclass(frozen=True, slots=True)
class Context:
    """One of the objects an expression can name (`github`, `vars`): the values that the files settle.

    What it does not hold is an Unknown for the reason `otherwise`, or null where that is empty.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    otherwise: str = ""

    def get(self, name: str) -> Any:
        for key, value in self.values.items():
            if key.lower() == name.lower():
                return value
        return Unknown(self.otherwise.replace("{name}", name)) if self.otherwise else None


def index(value: Any, key: Any) -> Any:
    """`value.key`, null where there is none; names ignore case, and `a.*.b` maps over the elements of `a`."""
    if isinstance(value, Context):
        return value.get(text_of(key))
    if isinstance(value, Elements):
        return Elements(index(element, key) for element in value)
    if isinstance(value, list) and isinstance(key, Decimal):
        return value[int(key)] if 0 <= key < len(value) else None
    if isinstance(value, dict) and isinstance(key, str):
        return Context(value).get(key)
    return None


class Elements(list[Any]):
    """The elements that a `.*` stands for."""


def truth(value: Any) -> bool | Unknown:
    """Whether a value counts as true: not so are false, 0, the empty string and null."""
    if isinstance(value, Unknown):
        truths = {bool(truth(choice)) for choice in value.choices}
        return truths.pop() if len(truths) == 1 else Unknown(value.reason, value.origin, choices=BOOLEAN)
    return not (value is None or value is False or value == "" or (isinstance(value, Decimal) and value == 0))


def text_of(value: Any) -> str:
    """A value as GitHub writes it into a string."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        plain = f"{value:f}" if abs(value.adjusted()) < MAX_DIGITS else str(value)
        return plain.rstrip("0").rstrip(".") if "." in plain else plain
    return value if isinstance(value, str) else ("Array" if isinstance(value, list) else "Object")


def one_of(cause: Unknown, results: Sequence[Any]) -> Any:
    """A value that is one of the results: itself where they agree, else not known for the cause's reason."""
    flat: list[Any] = []
    for result in results:
        if isinstance(result, Unknown) and not result.choices:
            return Unknown(cause.reason, cause.origin)
        for choice in result.choices if isinstance(result, Unknown) else (result,):
            if not any(same(choice, known) for known in flat):
                flat.append(choice)
    if len(flat) == 1:
        return flat[0]
    return Unknown(cause.reason, cause.origin, choices=tuple(flat) if len(flat) <= MAX_CHOICES else ())


def same(a: Any, b: Any) -> bool:
    """Whether two values are the same, types included: true is not 1."""
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    return type(a) is type(b) and bool(a == b)


def lift(operation: Callable[..., Any], arguments: Sequence[Any], fallback: tuple[Any, ...] = ()) -> Any:
    """The operation over arguments that may be unknown: tried on every combination of their choices.

    `fallback` are the possible results where nothing is known of an argument.
    """
    causes = [argument for argument in arguments if isinstance(argument, Unknown)]
    if not causes:
        return operation(*arguments)
    alternatives = [argument.choices if isinstance(argument, Unknown) else (argument,) for argument in arguments]
    combinations = 1
    for choices in alternatives:
        combinations *= len(choices)
    if not 0 < combinations <= MAX_CHOICES:
        return Unknown(causes[0].reason, causes[0].origin, choices=fallback)
    return one_of(causes[0], [operation(*chosen) for chosen in itertools.product(*alternatives)])


def _number(value: Any) -> Decimal:
    """A value as a number, for comparison across types; NaN where it is none."""
    if isinstance(value, Decimal):
        return value
    if value is None or isinstance(value, bool) or value == "":
        return Decimal(1 if value is True else 0)
    try:
        found = Decimal(value.strip()) if isinstance(value, str) and len(value) < 64 else Decimal("NaN")
    except InvalidOperation:
        return Decimal("NaN")
    return found if found.is_finite() else Decimal("NaN")


def _equal(a: Any, b: Any) -> bool:
    """Loose equality: text without case, different types as numbers; collections only if they are one."""
    if isinstance(a, str) and isinstance(b, str):
        return a.upper() == b.upper()
    if isinstance(a, (list, dict, Context)) or isinstance(b, (list, dict, Context)):
        return a is b
    return (a is None and b is None) or _number(a) == _number(b)


def _less(a: Any, b: Any) -> bool:
    if isinstance(a, str) and isinstance(b, str):
        return a.upper() < b.upper()
    x, y = _number(a), _number(b)
    return not x.is_nan() and not y.is_nan() and x < y


COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "==": _equal,
    "!=": lambda a, b: not _equal(a, b),
    "<": _less,
    ">": lambda a, b: _less(b, a),
    "<=": lambda a, b: _less(a, b) or _equal(a, b),
    ">=": lambda a, b: _less(b, a) or _equal(a, b),
}


def concatenate(*parts: Any) -> Any:
    return _bounded([text_of(part) for part in parts])


def _bounded(parts: Sequence[str]) -> Any:
    if sum(map(len, parts)) > MAX_TEXT:
        return Unknown(f"text of more than {MAX_TEXT:,} characters")
    return "".join(parts)


def _contains(container: Any, sought: Any) -> bool:
    if isinstance(container, list):
        return any(_equal(element, sought) for element in container)
    return text_of(sought).lower() in text_of(container).lower()


def _format(pattern: Any, *values: Any) -> Any:
    texts = [text_of(value) for value in values]
    parts: list[str] = []
    position = 0
    template = text_of(pattern)
    for match in _PLACEHOLDER.finditer(template):
        parts.append(template[position : match.start()])
        number = match[1]
        parts.append(match[0][0] if number is None else texts[int(number)] if int(number) < len(texts) else "")
        position = match.end()
    return _bounded([*parts, template[position:]])


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _from_json(text: Any) -> Any:
    try:
        return json.loads(text_of(text), parse_float=Decimal, parse_int=Decimal, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return Unknown("fromJSON() was given text that is not JSON")


def _join(values: Any, separator: Any = ",") -> Any:
    if not isinstance(values, list):
        return text_of(values)
    parts = [part for value in values for part in (text_of(separator), text_of(value))]
    return _bounded(parts[1:])


FUNCTIONS: dict[str, tuple[int, Callable[..., Any], tuple[Any, ...]]] = {
    "contains": (2, _contains, BOOLEAN),
    "endswith": (2, lambda text, end: text_of(text).lower().endswith(text_of(end).lower()), BOOLEAN),
    "format": (1, _format, ()),
    "fromjson": (1, _from_json, ()),
    "join": (1, _join, ()),
    "startswith": (2, lambda text, start: text_of(text).lower().startswith(text_of(start).lower()), BOOLEAN),
}
"""Name -> fewest arguments, function of plain values, possible results where an argument is not known."""
