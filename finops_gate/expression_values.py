"""What the operators and functions of the expression language do with values: exact numbers, null and the unknown.

Every function here takes and returns plain values (see `model.Resource`). Unknown in, unknown out; where an unknown
has a finite number of choices the operation is tried on each, and is known after all when they agree.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal, DecimalException, InvalidOperation
from fnmatch import fnmatchcase
from typing import Any

from finops_gate.model import UNBOUNDED, ZERO, Unknown

MAX_CHOICES = 16
MAX_TEXT = 10_000
MAX_EXPONENT = 64

Operation = Callable[..., Any]


def strict(operation: Operation) -> Operation:
    """The operation, lifted over unknown arguments; what it cannot compute becomes an unknown that says why."""

    def lifted(*arguments: Any) -> Any:
        for argument in arguments:
            if argument.__class__ is Unknown:
                return over_choices(operation, arguments)
        try:
            return operation(*arguments)
        except (NotComputable, DecimalException):
            return guarded(operation, arguments)

    return lifted


def guarded(operation: Operation, arguments: tuple[Any, ...]) -> Any:
    try:
        return operation(*arguments)
    except NotComputable as error:
        return Unknown(str(error))
    except DecimalException:
        return Unknown("a figure beyond any sensible magnitude")


def over_choices(operation: Operation, arguments: tuple[Any, ...]) -> Any:
    """The result for every combination of choices: known if they agree, else unknown with those choices."""
    first = next(a for a in arguments if isinstance(a, Unknown))
    alternatives = [a.choices if isinstance(a, Unknown) else (a,) for a in arguments]
    combinations = 1
    for choices in alternatives:
        combinations *= len(choices)
    if not 0 < combinations <= MAX_CHOICES:
        return Unknown(first.reason, first.origin)
    results = [guarded(operation, combination) for combination in itertools.product(*alternatives)]
    if all(result == results[0] for result in results):
        return results[0]
    if any(isinstance(result, Unknown) for result in results):
        return Unknown(first.reason, first.origin)
    return Unknown(first.reason, first.origin, choices=tuple(results))


class NotComputable(Exception):
    """The values do not fit the operation; the message becomes the reason of an unknown."""


def number(value: Any) -> Decimal:
    """A number, also from text, as Terraform converts. Raises NotComputable."""
    if isinstance(value, Decimal):
        return value
    if value is None:
        raise NotComputable("a value that is not set")
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        raise NotComputable(f"{describe(value)} where a number is needed")
    try:
        found = Decimal(value)
    except InvalidOperation:
        raise NotComputable(f"{value!r} where a number is needed") from None
    if not found.is_finite():
        raise NotComputable(f"{value!r} where a number is needed")
    return found


def describe(value: Any) -> str:
    names = {bool: "true or false", str: "text", list: "a list", dict: "an object", Decimal: "a number"}
    return names.get(type(value), "null" if value is None else type(value).__name__)


def text(value: Any) -> str:
    """Text, as Terraform writes a number or a bool into a string. Raises NotComputable."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value.normalize() if value == value.to_integral_value() else value, "f")
    raise NotComputable(f"{describe(value)} where text is needed")


def items(value: Any) -> list[Any]:
    """A list of a list; nothing of null; one element of a single block."""
    if value is None:
        return []
    if isinstance(value, (list, tuple)):
        return list(value)
    if isinstance(value, dict):
        return [value]
    raise NotComputable(f"{describe(value)} where a list is needed")


def plus(a: Any, b: Any) -> Any:
    if isinstance(a, str) and isinstance(b, str):
        if len(a) + len(b) > MAX_TEXT:
            raise NotComputable(f"text of more than {MAX_TEXT:,} characters")
        return a + b
    if isinstance(a, list) and isinstance(b, list):
        return a + b
    return finite_or_unbounded(number(a), number(b), lambda x, y: x + y)


def minus(a: Any, b: Any) -> Decimal:
    return finite_or_unbounded(number(a), number(b), lambda x, y: x - y)


def times(a: Any, b: Any) -> Decimal:
    x, y = number(a), number(b)
    return ZERO if x == 0 or y == 0 else x * y


def divide(a: Any, b: Any) -> Decimal:
    x, y = number(a), number(b)
    if y == 0:
        raise NotComputable("a division by zero")
    return finite_or_unbounded(x, y, lambda p, q: p / q)


def modulo(a: Any, b: Any) -> Decimal:
    x, y = number(a), number(b)
    if y == 0:
        raise NotComputable("a division by zero")
    return x % y


def power(a: Any, b: Any) -> Decimal:
    x, y = number(a), number(b)
    if abs(y) > MAX_EXPONENT:
        raise NotComputable(f"a power above {MAX_EXPONENT}")
    result: Decimal = x**y
    return result


def finite_or_unbounded(a: Decimal, b: Decimal, operation: Callable[[Decimal, Decimal], Decimal]) -> Decimal:
    """The result; without a cap where two things without a cap have no difference or ratio that is known."""
    if a.is_infinite() and b.is_infinite():
        return UNBOUNDED
    return operation(a, b)


def equal(a: Any, b: Any) -> bool:
    """Equality across the types that a configuration file confuses: 10 and "10", true and "true"."""
    if type(a) is type(b) or a is None or b is None:
        return bool(a == b)
    if isinstance(a, (str, bool, Decimal)) and isinstance(b, (str, bool, Decimal)):
        numbers = {type(a), type(b)} == {str, Decimal}
        return same_number(a, b) if numbers else text(a) == text(b)
    return bool(a == b)


def same_number(a: Any, b: Any) -> bool:
    try:
        return number(a) == number(b)
    except NotComputable:
        return False


def ordering(compare: Callable[[Any, Any], bool]) -> Operation:
    """An order that is false where either side is not set, and compares text only with text that is no number."""

    def ordered(a: Any, b: Any) -> bool:
        if a is None or b is None:
            return False
        if isinstance(a, str) and isinstance(b, str):
            return compare(a, b)
        return compare(number(a), number(b))

    return ordered


def member(a: Any, container: Any) -> bool:
    if isinstance(container, str):
        return text(a) in container
    if isinstance(container, dict):
        return isinstance(a, str) and a in container
    return any(equal(a, element) for element in items(container))


def truth(value: Any) -> bool | Unknown:
    """Whether a condition holds: true and false as they are, null as false, nothing else."""
    if isinstance(value, (bool, Unknown)):
        return value
    if value is None:
        return False
    if value in ("true", "false"):
        return bool(value == "true")
    return Unknown(f"{describe(value)} where true or false is needed")


def whole(rounding: str) -> Operation:
    def rounded(value: Any, places: Any = ZERO) -> Decimal:
        figure = number(value)
        if figure.is_infinite():
            return figure
        return figure.quantize(Decimal(1).scaleb(-int(number(places))), rounding=rounding)

    return rounded


def extreme(choose: Callable[..., Any]) -> Operation:
    def chosen(*arguments: Any) -> Decimal:
        figures = [number(v) for a in arguments for v in (a if isinstance(a, list) else [a]) if v is not None]
        if not figures:
            raise NotComputable("no figures to choose from")
        found: Decimal = choose(figures)
        return found

    return chosen


def length(value: Any) -> Decimal:
    return Decimal(len(value) if isinstance(value, (str, dict)) else len(items(value)))


def lookup(table: Any, key: Any, default: Any = None) -> Any:
    if not isinstance(table, Mapping):
        raise NotComputable(f"{describe(table)} where a table is needed")
    return table.get(key, default) if isinstance(key, str) else table.get(text(key), default)


def flatten(value: Any) -> list[Any]:
    flat: list[Any] = []
    for element in items(value):
        flat += flatten(element) if isinstance(element, list) else [element]
    return flat


def parse_json(value: Any) -> Any:
    try:
        return json.loads(text(value), parse_float=Decimal, parse_int=Decimal)
    except (ValueError, RecursionError):
        raise NotComputable("text that is not JSON") from None


def startswith(value: Any, start: Any) -> bool:
    """Whether text begins so; what nobody wrote does not."""
    return value is not None and text(value).startswith(text(start))


def endswith(value: Any, end: Any) -> bool:
    """Whether text ends so; what nobody wrote does not."""
    return value is not None and text(value).endswith(text(end))


def matches(value: Any, *globs: Any) -> bool:
    """Whether text fits one of the globs (`*`, `?`, `[abc]`), as a whole and in its case."""
    patterns = [p for glob in globs for p in (glob if isinstance(glob, list) else [glob])]
    return value is not None and any(fnmatchcase(text(value), text(pattern)) for pattern in patterns)


FUNCTIONS: dict[str, tuple[int, int, Operation]] = {
    "abs": (1, 1, strict(lambda v: abs(number(v)))),
    "ceil": (1, 2, strict(whole(ROUND_CEILING))),
    "contains": (2, 2, strict(lambda container, value: container is not None and member(value, container))),
    "endswith": (2, 2, strict(endswith)),
    "flatten": (1, 1, strict(flatten)),
    "floor": (1, 2, strict(whole(ROUND_FLOOR))),
    "join": (2, 2, strict(lambda by, parts: text(by).join(text(p) for p in items(parts)))),
    "keys": (1, 1, strict(lambda v: sorted(v) if isinstance(v, dict) else [])),
    "length": (1, 1, strict(length)),
    "lookup": (2, 3, strict(lookup)),
    "lower": (1, 1, strict(lambda v: text(v).lower())),
    "matches": (2, 20, strict(matches)),
    "max": (1, 20, strict(extreme(max))),
    "min": (1, 20, strict(extreme(min))),
    "number": (1, 1, strict(number)),
    "parse_json": (1, 1, strict(parse_json)),
    "replace": (3, 3, strict(lambda v, old, new: text(v).replace(text(old), text(new)))),
    "round": (1, 2, strict(whole(ROUND_HALF_UP))),
    "split": (2, 2, strict(lambda by, v: text(v).split(text(by)))),
    "startswith": (2, 2, strict(startswith)),
    "text": (1, 1, strict(text)),
    "upper": (1, 1, strict(lambda v: text(v).upper())),
    "values": (1, 1, strict(lambda v: [v[k] for k in sorted(v)] if isinstance(v, dict) else [])),
}
"""The functions that look only at their values: name -> fewest arguments, most arguments, function."""
