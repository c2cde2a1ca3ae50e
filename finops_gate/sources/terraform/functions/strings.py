"""Functions of texts."""

from __future__ import annotations

from finops_gate.sources.terraform.functions.collections import whole
from finops_gate.sources.terraform.functions.graphemes import graphemes
from finops_gate.sources.terraform.functions.registry import Parameter, function
from finops_gate.sources.terraform.problems import EvaluationError
from finops_gate.sources.terraform.scope import Scope
from finops_gate.sources.terraform.template import SPACES
from finops_gate.sources.terraform.types import BOOL, DYNAMIC, NUMBER, STRING, ListType
from finops_gate.sources.terraform.values import ListValue, Null, UnknownValue, Value, text

MAX_TEXT = 4_000_000


def short_enough(value: str) -> str:
    """The text, unless it has grown beyond what any configuration needs. Raises EvaluationError."""
    if len(value) > MAX_TEXT:
        raise EvaluationError("the text grows beyond 4 million characters")
    return text(value)


@function("chomp", STRING, returns=STRING)
def chomp(value: str) -> Value:
    return value.rstrip("\r\n")


@function("startswith", Parameter(STRING, unknown=True), STRING, returns=BOOL)
def startswith(value: str | UnknownValue, prefix: str) -> Value:
    if isinstance(value, UnknownValue):
        known = value.prefix
        if known.startswith(prefix):
            return True
        return value.derived(BOOL, present=True) if prefix.startswith(known) else False
    return value.startswith(prefix)


@function("endswith", STRING, STRING, returns=BOOL)
def endswith(value: str, suffix: str) -> Value:
    return value.endswith(suffix)


@function("strcontains", STRING, STRING, returns=BOOL)
def strcontains(value: str, part: str) -> Value:
    return part in value


@function("indent", NUMBER, STRING, returns=STRING)
def indent(spaces: object, value: str) -> Value:
    width = whole(spaces)  # type: ignore[arg-type]
    if width < 0:
        raise EvaluationError("the indentation must not be negative")
    if "\n" not in value:
        return value
    if value.count("\n") * width > MAX_TEXT:
        raise EvaluationError("the text grows beyond 4 million characters")
    return value.replace("\n", "\n" + " " * width)


@function("join", STRING, ListType(STRING), variadic=ListType(STRING), returns=STRING)
def join(separator: str, *lists: ListValue) -> Value:
    items = [item for part in lists for item in part.items]
    if any(isinstance(item, Null) for item in items):
        raise EvaluationError("a null value cannot be part of a text")
    if sum(map(len, items)) + len(separator) * len(items) > MAX_TEXT:
        raise EvaluationError("the text grows beyond 4 million characters")
    return text(separator.join(items))


@function("split", STRING, STRING, returns=ListType(STRING))
def split(separator: str, value: str) -> Value:
    if separator:
        return ListValue(list(value.split(separator)), STRING)
    return ListValue(list(graphemes(value)), STRING)


@function("lower", STRING, returns=STRING)
def lower(value: str) -> Value:
    return text("".join(c.lower() if len(c.lower()) == 1 else c for c in value))


@function("upper", STRING, returns=STRING)
def upper(value: str) -> Value:
    return text("".join(c.upper() if len(c.upper()) == 1 else c for c in value))


@function("title", STRING, returns=STRING)
def title(value: str) -> Value:
    """The first letter of each word large; a word goes on through letters, digits and underscores."""
    result = []
    previous = " "
    for character in value:
        starts = not (previous.isalnum() or previous == "_") and (previous.isascii() or previous.isspace())
        result.append(character.upper() if starts and len(character.upper()) == 1 else character)
        previous = character
    return "".join(result)


@function("strrev", STRING, returns=STRING)
def strrev(value: str) -> Value:
    return text("".join(reversed(graphemes(value))))


@function("substr", STRING, NUMBER, NUMBER, returns=STRING)
def substr(value: str, offset: object, length: object) -> Value:
    clusters = graphemes(value)
    start, count = whole(offset), whole(length)  # type: ignore[arg-type]
    if start < 0:
        start, count = (
            max(start + len(clusters), 0),
            count or -1,
        )  # Terraform cuts off nothing here where it is asked to
    end = len(clusters) if count < 0 else start + count
    return text("".join(clusters[start:end]))


@function("trim", STRING, STRING, returns=STRING)
def trim(value: str, characters: str) -> Value:
    return value.strip(characters)


@function("trimprefix", STRING, STRING, returns=STRING)
def trimprefix(value: str, prefix: str) -> Value:
    return value.removeprefix(prefix)


@function("trimsuffix", STRING, STRING, returns=STRING)
def trimsuffix(value: str, suffix: str) -> Value:
    return value.removesuffix(suffix)


@function("trimspace", STRING, returns=STRING)
def trimspace(value: str) -> Value:
    return value.strip(SPACES)


@function("replace", STRING, STRING, STRING, returns=STRING, scoped=True)
def replace(scope: Scope, value: str, search: str, replacement: str) -> Value:
    """A search in slashes is a regular expression, whose groups the replacement may name (`$1`)."""
    if len(search) > 1 and search[0] == search[-1] == "/":
        from finops_gate.sources.terraform.functions.patterns import replace_pattern

        return short_enough(replace_pattern(value, search[1:-1], replacement, scope.frame.budget.spend))
    if value.count(search) * len(replacement) > MAX_TEXT:
        raise EvaluationError("the text grows beyond 4 million characters")
    return text(value.replace(search, replacement))


@function("regex", STRING, STRING, scoped=True)
def regex(scope: Scope, pattern: str, value: str) -> Value:
    from finops_gate.sources.terraform.functions.patterns import first_match

    return first_match(pattern, value, scope.frame.budget.spend)


@function("regexall", STRING, STRING, returns=ListType(DYNAMIC), scoped=True)
def regexall(scope: Scope, pattern: str, value: str) -> Value:
    from finops_gate.sources.terraform.functions.patterns import all_matches

    return all_matches(pattern, value, scope.frame.budget.spend)
