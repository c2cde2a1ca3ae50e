"""Variations of the examples of cost models: what a repository may hold that is nearly, but not quite, what its author
meant. One to all of an example's values are replaced: by those of the model's other examples, by what nobody declared,
by ranges, by nothing, and by what is negative, huge or of the wrong kind.
"""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from random import Random
from typing import Any

from finops_gate.costing.examples import Example
from finops_gate.costing.model_definition import UsageKey, UsageKeys
from finops_gate.model import UNBOUNDED, ZERO, Range, Unknown

NOT_DECLARED = Unknown("not declared")
HUGE = Decimal(10) ** 30
Spot = tuple[Any, Any]
"""A dict or a list, and the key or index of a value in it."""


def varied(example: Example, examples: Sequence[Example], keys: UsageKeys, random: Random) -> Example:
    """The example with some values of its attributes, its usage and the resources around it replaced."""
    value = copy.deepcopy({part: dict(example.value.get(part) or {}) for part in ("given", "with", "usage")})
    for part in ("given", "usage"):
        for name, values in written(examples, part).items():
            value[part].setdefault(name, None if random.random() < 0.8 else random.choice(values))
    forecasts(value["usage"], keys, random)
    roots = [value["given"], value["usage"], *value["with"].values()]
    spots = [spot for root in roots for spot in spots_in(root)]
    pool = written(examples, "given")
    for holder, key in random.sample(spots, min(len(spots), random.choice((0, 1, 1, 2, 4, 100)))):
        holder[key] = another(holder[key], pool.get(key, []), random)
    return dataclasses.replace(example, value={**example.value, **value})


def written(examples: Sequence[Example], part: str) -> dict[str, list[Any]]:
    """What the examples give each attribute, or declare for each usage key."""
    found: dict[str, list[Any]] = {}
    for example in examples:
        for name, value in (example.value.get(part) or {}).items():
            found.setdefault(name, []).append(copy.deepcopy(value))
    return found


def forecasts(usage: dict[str, Any], keys: UsageKeys, random: Random) -> None:
    """Declares some of the usage keys that the examples leave out."""
    for name, key in keys.items():
        if not isinstance(key, UsageKey):
            below = usage.setdefault(name, {})
            if isinstance(below, dict):
                forecasts(below, key, random)
        elif not key.is_setting and not key.by and random.random() < 0.3:
            usage.setdefault(name, Decimal(random.choice((0, 1, 7, 1_000, 3_000_000, 10**12))))


def spots_in(value: Any) -> Iterator[Spot]:
    """Every place in nested values."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in inside:
        yield value, key
        yield from spots_in(below)


def another(value: Any, seen: Sequence[Any], random: Random) -> Any:
    """Another value for a place: one that was seen there, one of its kind, or one that does not belong."""
    kind = random.random()
    if kind < 0.3:
        return copy.deepcopy(random.choice(seen)) if seen else value
    if kind < 0.45:
        return random.choice((NOT_DECLARED, None))
    return random.choice(list(of_its_kind(value)))


def of_its_kind(value: Any) -> Iterator[Any]:
    yield NOT_DECLARED
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, Decimal):
        yield from (ZERO, Decimal(1), -value, value * 1_000_000, HUGE, -HUGE, value / 3)
        yield from (Range(ZERO, value, UNBOUNDED), Range(value / 2, value, value * 2), Range(ZERO, NOT_DECLARED, value))
        yield Unknown("one of two", choices=(value, value + 1))
    elif isinstance(value, str):
        yield from ("", "no-such", Decimal(7), Unknown("one of two", choices=(value, "no-such")))
        yield Unknown("one of one", choices=(value,))
    elif isinstance(value, list):
        yield from ([], value + copy.deepcopy(value), [None], [NOT_DECLARED], {}, "text")
    elif isinstance(value, Mapping):
        yield from ({}, [], [value], "text")
