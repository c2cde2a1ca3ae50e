"""`format` and `formatlist`: the verbs of https://developer.hashicorp.com/terraform/language/functions/format."""

from __future__ import annotations

import re
from decimal import Decimal

from finops_gate.model import Unknown
from finops_gate.sources.terraform.convert import convert
from finops_gate.sources.terraform.functions.graphemes import graphemes
from finops_gate.sources.terraform.functions.registry import anything, function
from finops_gate.sources.terraform.functions.strings import MAX_TEXT, short_enough
from finops_gate.sources.terraform.problems import EvaluationError
from finops_gate.sources.terraform.types import BOOL, DYNAMIC, NUMBER, STRING, ListType
from finops_gate.sources.terraform.values import (
    ARITHMETIC,
    ListValue,
    Null,
    SetValue,
    TupleValue,
    UnknownValue,
    Value,
    first_unknown,
    format_number,
)

_VERB = re.compile(
    r"%(?P<flags>[-+ #0]*)(?P<width>[0-9]{0,9})(?P<precision>\.[0-9]{0,9})?(?:\[(?P<index>[0-9]{1,9})\])?(?P<verb>.?)",
    re.S,
)
MAX_WIDTH = 10_000


@function("format", STRING, variadic=anything(), returns=STRING, deep=False)
def format_(template: str, *arguments: Value) -> Value:
    for argument in arguments:
        unknown = first_unknown(argument)
        if unknown is not None:
            return unknown.derived(STRING, present=True, prefix=template.partition("%")[0][:-1])
        if isinstance(argument, Null) and argument.type is DYNAMIC:
            return UnknownValue(Unknown("Terraform leaves open what it formats a null as"), STRING, present=True)
    return short_enough(formatted(template, list(arguments)))


def formatted(template: str, arguments: list[Value]) -> str:
    """Raises EvaluationError for a verb that does not exist, or too few or too many arguments."""
    used = 0
    next_index = 0
    explicit = False

    def write(match: re.Match[str]) -> str:
        nonlocal used, next_index, explicit
        verb = match["verb"]
        if verb == "%" and match[0] == "%%":
            return "%"
        if not verb:
            raise EvaluationError("the format ends within a verb")
        if match["index"]:
            next_index = int(match["index"]) - 1
            explicit = True
        if not 0 <= next_index < len(arguments):
            raise EvaluationError(f"there is no argument {next_index + 1} for {match[0]}")
        argument = arguments[next_index]
        next_index += 1
        used = max(used, next_index)
        return _written(match, verb, argument)

    result = _VERB.sub(write, template)
    if used < len(arguments) and not explicit:
        raise EvaluationError(f"{len(arguments)} arguments are too many for {used} verbs")
    return result


def _written(match: re.Match[str], verb: str, argument: Value) -> str:
    flags = match["flags"]
    width = int(match["width"] or 0)
    precision = int(match["precision"][1:] or 0) if match["precision"] else None
    if width > MAX_WIDTH or (precision or 0) > MAX_WIDTH:
        raise EvaluationError("the width is beyond any use")
    if verb == "v":
        return _padded(_any(argument, "#" in flags, flags, precision), flags, width, isinstance(argument, Decimal))
    if isinstance(argument, Null):
        raise EvaluationError(f"a null value has no form for {match[0]}")
    if verb == "t":
        return "true" if convert(argument, BOOL) else "false"
    if verb in "sq":
        return _padded(_text(argument, verb, precision), flags, width)
    if verb in "bdoxXeEfFgG":
        return _padded(_number(convert(argument, NUMBER), verb, flags, precision), flags, width, True)
    raise EvaluationError(f"%{verb} is not a verb")


def _any(argument: Value, as_json: bool, flags: str, precision: int | None) -> str:
    from finops_gate.sources.terraform.functions.encoding import to_json

    if isinstance(argument, str) and not as_json:
        return argument if precision is None else "".join(graphemes(argument)[:precision])
    if isinstance(argument, Decimal) and not as_json:
        return _number(argument, "g", flags, precision)
    if isinstance(argument, bool) and not as_json:
        return "true" if argument else "false"
    return to_json(argument)


def _text(argument: Value, verb: str, precision: int | None) -> str:
    from finops_gate.sources.terraform.functions.encoding import to_json

    value: str = convert(argument, STRING)
    if precision is not None:
        value = "".join(graphemes(value)[:precision])
    return to_json(value) if verb == "q" else value


def _number(value: Decimal, verb: str, flags: str, precision: int | None) -> str:
    """A number's digits with its sign, before padding."""
    sign = "-" if value < 0 else "+" if "+" in flags else " " if " " in flags else ""
    return sign + _digits(value.copy_abs(), verb, precision, "#" in flags)


def _digits(value: Decimal, verb: str, precision: int | None, alternate: bool) -> str:
    if verb in "bdoxX":
        if value != value.to_integral_value():
            raise EvaluationError(f"%{verb} needs a whole number")
        prefix = {"b": "0b", "o": "0", "x": "0x", "X": "0X"}.get(verb, "") if alternate else ""
        digits = f"{value:.0f}" if verb == "d" else f"{int(value):{verb}}"
        return prefix + (digits.rjust(precision, "0") if precision is not None else digits)
    if verb in "fF":
        return f"{value:.{6 if precision is None else precision}f}"
    if verb in "eE":
        return _exponential(value, 6 if precision is None else precision, verb)
    return _shortest(value, verb, precision)


def _exponential(value: Decimal, precision: int, letter: str) -> str:
    mantissa, _, exponent = f"{value:.{precision}e}".partition("e")
    power = int(exponent) if value else 0
    return f"{mantissa}{letter}{'-' if power < 0 else '+'}{abs(power):02d}"


def _shortest(value: Decimal, verb: str, precision: int | None) -> str:
    """`%g`: with an exponent below -4 and from the precision on (6 where none is given), else plain digits."""
    if precision is not None and value:
        value = Decimal(f"{value:.{max(precision, 1) - 1}e}")
    value = value.normalize(ARITHMETIC)
    power = value.adjusted() if value else 0
    digits = len(value.as_tuple().digits)
    limit = 6 if precision is None else max(precision, 1)
    if precision is not None and limit > digits >= power + 1:
        limit = digits
    if value and (power < -4 or power >= limit):
        return _exponential(value, digits - 1, "e" if verb == "g" else "E")
    return format_number(value)


def _padded(value: str, flags: str, width: int, numeric: bool = False) -> str:
    missing = width - len(graphemes(value))
    if missing <= 0:
        return value
    if "-" in flags:
        return value + " " * missing
    if "0" in flags:
        sign = value[:1] if numeric and value[:1] in ("-", "+", " ") else ""
        return sign + "0" * missing + value[len(sign) :]
    return " " * missing + value


@function("formatlist", STRING, variadic=anything(), returns=ListType(STRING), deep=False)
def formatlist(template: str, *arguments: Value) -> Value:
    for argument in arguments:
        if isinstance(argument, UnknownValue):
            if argument.type in (STRING, NUMBER, BOOL):
                continue
            return argument.derived(ListType(STRING), present=True)
    columns = [a.items if isinstance(a, ListValue | TupleValue | SetValue) else None for a in arguments]
    lengths = {len(column) for column in columns if column is not None}
    if len(lengths) > 1:
        raise EvaluationError("all lists must be of the same length")
    rows = lengths.pop() if lengths else 1
    result: list[Value] = []
    for row in range(rows):
        values = [a if c is None else c[row] for a, c in zip(arguments, columns, strict=True)]
        result.append(format_(template, *values))
    if sum(len(item) for item in result if isinstance(item, str)) > MAX_TEXT:
        raise EvaluationError("the text grows beyond 4 million characters")
    return ListValue(result, STRING)
