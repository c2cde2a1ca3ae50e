"""What `require` and `forbid` say of one attribute: a literal, a list of literals, or operators.

    gp3                                   is gp3
    [gp3, io2]                            is one of these
    {one_of: [..]} {none_of: [..]}        the same, and its opposite
    {like: "t*.micro"} {pattern: "CC-[0-9]{4}"}
    {present: true}                       the author wrote it
    {min: 7} {max: 32Gi} {max_size: 4xlarge}
    {max: 60, default: 360}               `default` is what the platform takes where the attribute is absent

Several operators must hold together. An absent attribute without a `default` breaks what asks for a value (a literal,
`one_of`, `like`, `pattern`, `min`, `present: true`) and keeps what sets a bound (`none_of`, `max`, `max_size`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from finops_gate.errors import ConfigurationError
from finops_gate.expression import nearest
from finops_gate.expression_functions import kleene
from finops_gate.expression_values import equal, matches, strict, text
from finops_gate.model import Range, Span, Unknown
from finops_gate.policy.literals import figure, measure
from finops_gate.policy.patterns import compile_pattern, fits

Test = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Operator:
    """How an operator is built, what it makes of an absent value, and which bound of a range it takes."""

    build: Callable[[Any, Span | None], Test]
    absent: bool
    bound: str = "expected"


@dataclass(frozen=True, slots=True)
class Matcher:
    """A compiled matcher: its tests, the value an absent attribute amounts to, and the limit as people read it."""

    tests: tuple[tuple[Operator, Test], ...]
    default: Any
    limit: str
    present: bool | None = None

    def holds(self, value: Any) -> bool | Unknown:
        """Whether a value keeps to all of it; Unknown where that hangs on what nobody declared."""
        if self.present is not None:
            written = is_present(value)
            if isinstance(written, Unknown) or written is not self.present:
                return written if isinstance(written, Unknown) else False
        if value is None:
            value = self.default
        return kleene((judge(operator, test, value) for operator, test in self.tests), False)


def judge(operator: Operator, test: Test, value: Any) -> bool | Unknown:
    if value is None:
        return operator.absent
    if isinstance(value, Range):
        value = getattr(value, operator.bound)
    found: bool | Unknown = test(value)
    return found


def is_present(value: Any) -> bool | Unknown:
    """Whether the author wrote a value: an empty text or list is none, another resource's attribute is one."""
    if isinstance(value, Unknown):
        return True if value.reference else value
    return value is not None and value not in ("", [], {})


def listed(raw: Any) -> list[Any]:
    return raw if isinstance(raw, list) else [raw]


def one_of(raw: Any, span: Span | None) -> Test:
    allowed = listed(raw)
    return strict(lambda value: any(equal(value, choice) for choice in allowed))


def none_of(raw: Any, span: Span | None) -> Test:
    refused = listed(raw)
    return strict(lambda value: not any(equal(value, choice) for choice in refused))


def like(raw: Any, span: Span | None) -> Test:
    globs = listed(raw)
    if not all(isinstance(glob, str) for glob in globs):
        raise ConfigurationError("`like` takes a glob or a list of globs, such as t3.*", span)
    return strict(lambda value: matches(value, globs))


def pattern(raw: Any, span: Span | None) -> Test:
    compiled = compile_pattern(raw, span)
    return strict(lambda value: fits(compiled, text(value)))


def at_least(raw: Any, span: Span | None) -> Test:
    limit = figure(raw, span)
    return strict(lambda value: measure(value, limit) >= limit.amount)


def at_most(raw: Any, span: Span | None) -> Test:
    limit = figure(raw, span)
    return strict(lambda value: measure(value, limit) <= limit.amount)


def at_most_size(raw: Any, span: Span | None) -> Test:
    limit = figure(raw, span)
    if limit.kind != "size":
        raise ConfigurationError(f"`max_size` takes a size such as 4xlarge, not {limit.written!r}", span)
    return strict(lambda value: measure(value, limit) <= limit.amount)


OPERATORS: dict[str, Operator] = {
    "one_of": Operator(one_of, absent=False),
    "none_of": Operator(none_of, absent=True),
    "like": Operator(like, absent=False),
    "pattern": Operator(pattern, absent=False),
    "min": Operator(at_least, absent=False, bound="floor"),
    "max": Operator(at_most, absent=True, bound="ceiling"),
    "max_size": Operator(at_most_size, absent=True),
}
WORDS = (*OPERATORS, "present", "default")


def compile_matcher(raw: Any, span: Span | None = None) -> Matcher:
    """The matcher that a policy writes. Raises ConfigurationError for an operator that does not exist."""
    if not isinstance(raw, Mapping):
        return Matcher(((OPERATORS["one_of"], one_of(raw, span)),), None, describe({"one_of": raw}))
    for word in raw:
        if word not in WORDS:
            raise ConfigurationError(f"there is no operator `{word}`{nearest(str(word), WORDS)}", span)
    present = raw.get("present")
    if present not in (None, True, False) or not set(raw) - {"default"}:
        raise ConfigurationError(
            f"a matcher takes at least one of {', '.join(WORDS)}; `present` is true or false", span
        )
    tests = tuple((OPERATORS[w], OPERATORS[w].build(raw[w], span)) for w in OPERATORS if w in raw)
    return Matcher(tests, raw.get("default"), describe(raw), present)


LIMITS = {
    "one_of": "{}",
    "none_of": "not {}",
    "like": "{}",
    "pattern": "{}",
    "min": "at least {}",
    "max": "at most {}",
    "max_size": "at most {}",
}


def describe(raw: Mapping[str, Any]) -> str:
    """The limit in a message: `at least 7, at most 35`."""
    return ", ".join(LIMITS[word].format(spoken(raw[word])) for word in LIMITS if word in raw)


def spoken(value: Any) -> str:
    """A value as people say it: a list ends in `or`."""
    parts = [text(v) if isinstance(v, (str, bool, Decimal)) else str(v) for v in listed(value)]
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} or {parts[-1]}" if parts else "nothing"
