"""GitHub's expression language (`${{ matrix.os }}`), evaluated as far as the files settle it.

The language: https://docs.github.com/en/actions/reference/workflows-and-actions/expressions. What only a run knows
(`secrets`, `needs`, `github.ref`) is an Unknown that says so; where it leaves a few possible values, as in
`github.repository == 'a/b' && 'large' || 'small'`, the Unknown carries them, and is known after all when they agree.

    or       = and ("||" and)*             comparison = unary (("<" | "<=" | ">" | ">=") unary)*
    and      = equality ("&&" equality)*   unary      = "!" unary | postfix
    equality = comparison (("==" | "!=") comparison)*
    postfix  = primary ("." (name | "*") | "[" (or | "*") "]")*
    primary  = literal | name "(" [or ("," or)*] ")" | name | "(" or ")"
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from finops_gate.model import Unknown
from finops_gate.sources.ci.github_values import (
    BOOLEAN,
    COMPARE,
    FUNCTIONS,
    Context,
    Elements,
    concatenate,
    index,
    lift,
    one_of,
    truth,
)

MAX_LENGTH = 21_000
"""Characters in an expression, as GitHub allows."""
MAX_DEPTH = 50

_TOKEN = re.compile(
    r"\s*(?:(?P<number>[-+]?(?:0x[0-9a-fA-F]+|(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?))"
    r"|(?P<string>'(?:[^']|'')*')|(?P<name>[A-Za-z_][A-Za-z0-9_-]*)|(?P<mark>&&|\|\||[=!<>]=|[<>!().,*\[\]]))"
)
_LITERALS: dict[str, Any] = {"true": True, "false": False, "null": None}


class ExpressionSyntaxError(ValueError):
    """Text that is not an expression, so that GitHub refuses the workflow; the message says where it breaks."""


Contexts = Mapping[str, Context | Unknown | bool]
"""Context names, and the status functions by name with parentheses (`success()`), to what is known of them."""

_AT_RUN_TIME = Context(otherwise="it is set only when the workflow runs")
_CONTEXTS = frozenset(
    {"env", "github", "inputs", "job", "jobs", "matrix", "needs", "runner", "secrets", "steps", "strategy", "vars"}
)
_STATUS = frozenset({"always", "cancelled", "failure", "success"})

Evaluator = Callable[[Contexts], Any]


def resolve(value: Any, contexts: Contexts) -> Any:
    """A value of a workflow with every `${{ }}` in it evaluated. Raises ExpressionSyntaxError."""
    if isinstance(value, str):
        return interpolate(value, contexts)
    if isinstance(value, list):
        return [resolve(element, contexts) for element in value]
    if isinstance(value, dict):
        return {key: resolve(element, contexts) for key, element in value.items()}
    return value


def interpolate(text: str, contexts: Contexts) -> Any:
    """Text with its `${{ }}` evaluated: of the expression's own type where the text is nothing else."""
    if "${{" not in text:
        return text
    parts = [evaluate(part, contexts) if inside else part for part, inside in _split(text)]
    parts = [part for part in parts if part != ""]
    return parts[0] if len(parts) == 1 else lift(concatenate, parts)


def evaluate(text: str, contexts: Contexts) -> Any:
    """The value of an expression (without `${{ }}`). Raises ExpressionSyntaxError."""
    return _compile(text)(contexts)


def condition(text: Any, contexts: Contexts) -> bool | Unknown:
    """Whether an `if` holds; its `${{ }}` may be left out. Raises ExpressionSyntaxError."""
    if not isinstance(text, str):
        return truth(text)
    stripped = text.strip()
    return truth(interpolate(stripped, contexts) if "${{" in stripped else evaluate(stripped, contexts))


def _split(text: str) -> Iterable[tuple[str, bool]]:
    """The literal and the inner parts of a text, in order, each with whether it is inside `${{ }}`."""
    if len(text) > MAX_LENGTH:
        raise ExpressionSyntaxError(f"an expression may have {MAX_LENGTH:,} characters; this text has {len(text):,}")
    position = 0
    while (start := text.find("${{", position)) >= 0:
        yield text[position:start], False
        end = _closing(text, start + 3)
        yield text[start + 3 : end], True
        position = end + 2
    yield text[position:], False


def _closing(text: str, position: int) -> int:
    """Where the `}}` is that ends an expression: not one within a string."""
    while True:
        end, quote = text.find("}}", position), text.find("'", position)
        if end < 0:
            raise ExpressionSyntaxError("`${{` without the `}}` that ends it")
        if quote < 0 or end < quote:
            return end
        position = text.find("'", quote + 1) + 1
        if position == 0:
            raise ExpressionSyntaxError("a string without its closing quote")


@lru_cache(maxsize=4096)
def _compile(text: str) -> Evaluator:
    return _Parser(_tokens(text)).parse()


def _tokens(text: str) -> list[tuple[str, str]]:
    if len(text) > MAX_LENGTH:
        raise ExpressionSyntaxError(f"an expression may have {MAX_LENGTH:,} characters; this one has {len(text):,}")
    tokens: list[tuple[str, str]] = []
    position, end = 0, len(text.rstrip())
    while position < end:
        match = _TOKEN.match(text, position)
        if match is None or match.lastgroup is None:
            hint = "; strings take single quotes" if '"' in text[position : position + 2] else ""
            raise ExpressionSyntaxError(f"not an expression at {text[position : position + 20].strip()!r}{hint}")
        tokens.append((match.lastgroup, match[match.lastgroup]))
        position = match.end()
    return tokens


class _Parser:
    """Recursive descent over the tokens; each method leaves an evaluator."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self.tokens = tokens
        self.position = 0
        self.depth = 0

    def parse(self) -> Evaluator:
        evaluator = self.either()
        if self.position < len(self.tokens):
            raise self.unexpected()
        return evaluator

    def unexpected(self) -> ExpressionSyntaxError:
        if self.position < len(self.tokens):
            return ExpressionSyntaxError(f"unexpected {self.tokens[self.position][1]!r} in the expression")
        return ExpressionSyntaxError("the expression ends too early")

    def accept(self, *marks: str) -> str | None:
        if self.position < len(self.tokens):
            kind, text = self.tokens[self.position]
            if kind == "mark" and text in marks:
                self.position += 1
                return text
        return None

    def expect(self, mark: str) -> None:
        if not self.accept(mark):
            raise self.unexpected()

    def either(self) -> Evaluator:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ExpressionSyntaxError(f"nested more than {MAX_DEPTH} deep")
        left = self.both()
        while self.accept("||"):
            left = _or(left, self.both())
        self.depth -= 1
        return left

    def both(self) -> Evaluator:
        left = self.equality()
        while self.accept("&&"):
            left = _and(left, self.equality())
        return left

    def equality(self) -> Evaluator:
        left = self.comparison()
        while mark := self.accept("==", "!="):
            left = _binary(COMPARE[mark], left, self.comparison())
        return left

    def comparison(self) -> Evaluator:
        left = self.unary()
        while mark := self.accept("<", "<=", ">", ">="):
            left = _binary(COMPARE[mark], left, self.unary())
        return left

    def unary(self) -> Evaluator:
        negations = 0
        while self.accept("!"):
            negations += 1
        operand = self.postfix()
        return operand if negations == 0 else _truth(operand, negated=negations % 2 == 1)

    def postfix(self) -> Evaluator:
        value = self.primary()
        while mark := self.accept(".", "["):
            if self.accept("*"):
                value = _every(value)
            elif mark == ".":
                value = _item(value, _constant(self.name()))
            else:
                value = _item(value, self.either())
            if mark == "[":
                self.expect("]")
        return value

    def name(self) -> str:
        if self.position < len(self.tokens) and self.tokens[self.position][0] == "name":
            self.position += 1
            return self.tokens[self.position - 1][1]
        raise self.unexpected()

    def primary(self) -> Evaluator:
        if self.accept("("):
            value = self.either()
            self.expect(")")
            return value
        if self.position == len(self.tokens) or self.tokens[self.position][0] == "mark":
            raise self.unexpected()
        kind, text = self.tokens[self.position]
        self.position += 1
        if kind == "string":
            return _constant(text[1:-1].replace("''", "'"))
        if kind == "number":
            return _constant(Decimal(int(text, 16)) if "x" in text.lower() else Decimal(text))
        if self.accept("("):
            return _call(text.lower(), self.arguments())
        return _constant(_LITERALS[text]) if text in _LITERALS else _context(text)

    def arguments(self) -> list[Evaluator]:
        arguments: list[Evaluator] = []
        if self.accept(")"):
            return arguments
        arguments.append(self.either())
        while self.accept(","):
            arguments.append(self.either())
        self.expect(")")
        return arguments


# Evaluators


def _constant(value: Any) -> Evaluator:
    return lambda contexts: value


def _context(name: str) -> Evaluator:
    if name.lower() not in _CONTEXTS:
        raise ExpressionSyntaxError(f"there is no context `{name}`; strings take single quotes")
    return lambda contexts: contexts.get(name.lower(), _AT_RUN_TIME)


def _item(base: Evaluator, key: Evaluator) -> Evaluator:
    return lambda contexts: lift(index, [base(contexts), key(contexts)])


def _every(base: Evaluator) -> Evaluator:
    def elements(value: Any) -> Any:
        if isinstance(value, Context):
            return Unknown(value.otherwise) if value.otherwise else Elements(value.values.values())
        return Elements(value.values() if isinstance(value, dict) else value if isinstance(value, list) else ())

    return lambda contexts: lift(elements, [base(contexts)])


def _or(left: Evaluator, right: Evaluator) -> Evaluator:
    """The first value that counts as true, else the last; the right is evaluated only where it may matter."""

    def evaluate_or(contexts: Contexts) -> Any:
        return _branch(left(contexts), None, lambda: right(contexts))

    return evaluate_or


def _and(left: Evaluator, right: Evaluator) -> Evaluator:
    def evaluate_and(contexts: Contexts) -> Any:
        return _branch(left(contexts), lambda: right(contexts), None)

    return evaluate_and


def _branch(value: Any, if_true: Callable[[], Any] | None, if_false: Callable[[], Any] | None) -> Any:
    """What follows from a value by whether it counts as true (None: the value); both where that is not known."""
    if not isinstance(value, Unknown):
        follow = if_true if truth(value) else if_false
        return value if follow is None else follow()
    # A value of which nothing is known may be itself, or may be empty.
    alternatives = value.choices or (value, "")
    truthful = [c for c in alternatives if isinstance(c, Unknown) or truth(c)]
    empty = [c for c in alternatives if not (isinstance(c, Unknown) or truth(c))]
    results = [
        result
        for choices, follow in ((truthful, if_true), (empty, if_false))
        if choices
        for result in (choices if follow is None else [follow()])
    ]
    return one_of(value, results)


def _truth(operand: Evaluator, *, negated: bool) -> Evaluator:
    def evaluate_truth(contexts: Contexts) -> Any:
        value = truth(operand(contexts))
        return value if isinstance(value, Unknown) else value is not negated

    return evaluate_truth


def _binary(operation: Callable[[Any, Any], bool], left: Evaluator, right: Evaluator) -> Evaluator:
    return lambda contexts: lift(operation, [left(contexts), right(contexts)], fallback=BOOLEAN)


def _call(name: str, arguments: list[Evaluator]) -> Evaluator:
    if name in _STATUS:
        known = True if name == "always" else Unknown("it depends on how the run goes", choices=BOOLEAN)
        return lambda contexts: contexts.get(f"{name}()", known)
    if name == "case":
        return _case(arguments)
    if name not in FUNCTIONS:
        return _constant(Unknown(f"{name}() is worked out only when the workflow runs"))
    fewest, function, results = FUNCTIONS[name]
    if len(arguments) < fewest:
        raise ExpressionSyntaxError(f"{name}() takes at least {fewest} arguments")
    return lambda contexts: lift(function, [argument(contexts) for argument in arguments], results)


def _case(arguments: list[Evaluator]) -> Evaluator:
    """`case(condition, value, ..., default)`: the value of the first condition that holds."""
    if len(arguments) < 3 or len(arguments) % 2 == 0:
        raise ExpressionSyntaxError("case() takes pairs of condition and value, and a default")
    chosen = arguments[-1]
    for test, value in reversed(list(zip(arguments[:-1:2], arguments[1::2], strict=True))):
        chosen = _if(_truth(test, negated=False), value, chosen)
    return chosen


def _if(test: Evaluator, value: Evaluator, otherwise: Evaluator) -> Evaluator:
    return lambda contexts: _branch(test(contexts), lambda: value(contexts), lambda: otherwise(contexts))
