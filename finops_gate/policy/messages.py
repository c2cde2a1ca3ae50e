"""Messages of policies: fixed placeholders, checked when the policy is loaded, and never `str.format`.

A clause after `;` is left out where one of its placeholders has no value, so `{resource} uses gp2; gp3 saves
{savings} a month.` says nothing of savings that cannot be worked out; nor does `; it costs {monthly} a month` of what
costs nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from itertools import accumulate
from typing import Any

from finops_gate.currency import current, is_figure, written
from finops_gate.errors import ConfigurationError
from finops_gate.expression import nearest
from finops_gate.expression_values import text
from finops_gate.model import ZERO, Range, Span, Unknown

PLACEHOLDERS = {
    "resource": "the resource's address",
    "type": "its type",
    "element": "the name of the container or list element the finding is about",
    "attribute": "the path of the offending attribute",
    "value": "the offending value",
    "limit": "what the policy allows",
    "missing": "the tags or attributes that are missing",
    "wrong": "the tags whose values are not allowed",
    "problems": "what is wrong with the tags, as the rest of a sentence",
    "env": "the environment",
    "region": "the region",
    "project": "the directory of the root module",
    "group": "the team, owner or other group whose cost it is",
    "monthly": "the expected cost a month",
    "floor": "what it costs a month when idle",
    "ceiling": "the most it can cost a month",
    "before": "the expected cost a month before the change",
    "change": "how much the change adds a month",
    "change_percent": "the same as a share of the cost before",
    "share": "the cost as a share of the limit",
    "per_run": "the most that one run of a job can cost",
    "savings": "what the fix saves a month; where it sets nothing, what the first cheaper alternative does",
    "top": "the resources that add most",
    "title": "the policy's title",
}
TOKEN = re.compile(r"\{([^{}]*)\}")
MAX_VALUE = 120
MAX_LISTING = 3 * MAX_VALUE
_WIDE = Context(prec=60, rounding=ROUND_HALF_UP)
NO_VALUE = "(not known)"


@dataclass(frozen=True, slots=True)
class Message:
    """A compiled message: clauses of (text, placeholder) pairs; the first clause always stands."""

    clauses: tuple[tuple[tuple[str, str], ...], ...]
    source: str

    @property
    def placeholders(self) -> frozenset[str]:
        return frozenset(name for clause in self.clauses for _, name in clause if name)

    def render(self, facts: Mapping[str, Any]) -> str:
        said, nothing = "", dollars(ZERO)
        for i, clause in enumerate(self.clauses):
            if i == 0 or not any(shown(facts.get(name)) in ("", nothing) for _, name in clause if name):
                said += "".join(
                    before + (shown(facts.get(name)) or NO_VALUE if name else "") for before, name in clause
                )
        return said if not said or said[-1] in ".!?" or self.source[-1:] not in ".!?" else said + self.source[-1]


def compile_message(source: str, span: Span | None = None) -> Message:
    """The message of a policy. Raises ConfigurationError for a placeholder that does not exist."""
    return Message(tuple(_clause(part, span) for part in re.split(r"(?=;\s)", source)), source)


def _clause(part: str, span: Span | None) -> tuple[tuple[str, str], ...]:
    pieces: list[tuple[str, str]] = []
    end = 0
    for found in TOKEN.finditer(part):
        if found[1] not in PLACEHOLDERS:
            raise ConfigurationError(f"there is no placeholder {{{found[1]}}}{nearest(found[1], PLACEHOLDERS)}", span)
        pieces.append((part[end : found.start()], found[1]))
        end = found.end()
    return (*pieces, (part[end:], ""))


def shown(value: Any) -> str:
    """A value in a message; empty where there is none. Figures of money arrive as text from `dollars`."""
    if value is None or isinstance(value, Unknown):
        return ""
    if isinstance(value, Range):
        low, high = shown(value.floor), shown(value.ceiling)
        return low if low == high else f"{low} to {high}"
    if isinstance(value, Decimal) and value.is_infinite():
        return "unbounded"
    if isinstance(value, (str, bool, Decimal)):
        return shorten(text(value))
    if isinstance(value, (list, tuple)):
        return listing(_that_fit([shown(v) or NO_VALUE for v in value]))
    return "an object" if isinstance(value, Mapping) else shorten(str(value))


def quotable(value: Any) -> bool:
    """Whether a value says something by itself: an object, or a list of them, does not."""
    if isinstance(value, (list, tuple)):
        return all(map(quotable, value))
    return not isinstance(value, Mapping)


def listing(words: Sequence[str]) -> str:
    """Words as a sentence lists them: `a, b and c`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""


def _that_fit(words: Sequence[str]) -> list[str]:
    """The first of the words, as whole ones; how many more there are is the last."""
    room = accumulate(len(word) + 2 for word in words)
    fitting = [word for word, taken in zip(words, room, strict=True) if taken <= MAX_LISTING]
    return fitting if len(fitting) == len(words) else [*fitting, f"{len(words) - len(fitting):,} more"]


def shorten(said: str) -> str:
    return said if len(said) <= MAX_VALUE else said[: MAX_VALUE - 1] + "…"


def dollars(amount: Any) -> str:
    """Dollars in a message, in the currency of the report, to the cent; empty where there is no figure to print."""
    return written(amount * current().rate) if is_figure(amount) else ""


def percent(share: Any) -> str:
    """A fraction as a share of a hundred, to one decimal; empty where there is no figure to print."""
    return f"{_WIDE.quantize(share * 100, Decimal('0.1'))}%" if is_figure(share) else ""
