"""Regular expressions in policies: short, whole matches, and none that can take for ever.

The repository a policy is held against is anyone's, so a pattern that backtracks without bound is refused when the
policy is loaded: nested repeats, repeats of alternatives that may overlap, backreferences and look-arounds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from finops_gate.errors import ConfigurationError
from finops_gate.model import Span

try:  # the parser moved in 3.11
    from re import _parser as parser  # type: ignore[attr-defined,unused-ignore]
except ImportError:  # pragma: no cover
    import sre_parse as parser  # type: ignore[no-redef,unused-ignore]

MAX_PATTERN = 200
MAX_VALUE = 256
REPEATS = ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT")
REFUSED = {
    "GROUPREF": "backreferences",
    "GROUPREF_EXISTS": "conditional groups",
    "ASSERT": "look-around",
    "ASSERT_NOT": "look-around",
}


def compile_pattern(raw: Any, span: Span | None = None) -> re.Pattern[str]:
    """The pattern, for `fullmatch`. Raises ConfigurationError for what does not parse or may not end."""
    if not isinstance(raw, str):
        raise ConfigurationError("a pattern is text", span)
    if len(raw) > MAX_PATTERN:
        raise ConfigurationError(f"the pattern is longer than {MAX_PATTERN} characters", span)
    try:
        tree = parser.parse(raw)
        compiled = re.compile(raw)
    except (re.error, RecursionError, OverflowError) as error:
        raise ConfigurationError(f"the pattern {raw!r} is not a regular expression: {error}", span) from None
    for objection in objections(tree, False):
        raise ConfigurationError(f"the pattern {raw!r} has {objection}, which may take for ever to match", span)
    return compiled


def objections(tree: Any, repeated: bool) -> Iterator[str]:
    """What in a parsed pattern could make it backtrack without bound."""
    for operation, argument in tree:
        name = str(operation)
        if name in REFUSED:
            yield REFUSED[name]
        elif name in REPEATS:
            many = argument[1] != 0 and argument[1] > 1
            if repeated and many:
                yield "a repeat inside a repeat"
            yield from objections(argument[2], repeated or many)
        else:
            if name == "BRANCH" and repeated:
                yield "alternatives inside a repeat"
            for inner in nested(argument):
                yield from objections(inner, repeated)


def nested(argument: Any) -> Iterator[Any]:
    """The patterns inside an operation's argument (groups, branches)."""
    if isinstance(argument, parser.SubPattern):
        yield argument
    elif isinstance(argument, (list, tuple)):
        for part in argument:
            yield from nested(part)


def fits(pattern: re.Pattern[str], value: str) -> bool:
    """Whether the whole value fits; what is longer than any name people give does not."""
    return len(value) <= MAX_VALUE and pattern.fullmatch(value) is not None
