"""Cron schedules, counted exactly: how many times a month of 730 hours an expression fires.

An average month, not a particular one: the share of matching days in the Gregorian calendar's 400-year cycle
(146,097 days, after which dates and weekdays repeat) times 730 / 24 days. So `0 0 31 * *` is 0.582946 runs a month.

The grammar is crontab(5)'s, five fields, with what CI systems and Kubernetes add to it: names of months and weekdays,
7 as Sunday, `?` for `*`, `N/STEP` for `N-max/STEP`, `@daily` and its kin, `@every 1h30m`. Where both days of the month
and weekdays are restricted, a day needs to match only one of them (https://man7.org/linux/man-pages/man5/crontab.5.html).
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache

from finops_gate.model import HOURS_PER_MONTH

DAYS_PER_CYCLE = 146_097
YEARS_PER_CYCLE = 400
MAX_LENGTH = 500

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
MACROS = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
SECONDS = {"h": Decimal(3600), "m": Decimal(60), "s": Decimal(1)}


class ScheduleError(ValueError):
    """A schedule that cannot be counted; the message says which part is wrong and what would be right."""


@dataclass(frozen=True, slots=True)
class Field:
    """One of cron's five fields: its name, its bounds, and the names it knows for `low`, `low + 1`, ..."""

    name: str
    low: int
    high: int
    names: tuple[str, ...] = ()


FIELDS = (
    Field("minute", 0, 59),
    Field("hour", 0, 23),
    Field("day of month", 1, 31),
    Field("month", 1, 12, MONTHS),
    Field("day of week", 0, 7, WEEKDAYS),
)


@lru_cache(maxsize=1024)
def runs_per_month(cron: str, timezone: str | None = None) -> Decimal:
    """How many times `cron` fires in a month of 730 hours. Raises ScheduleError.

    A timezone moves the runs and, but for the two nights a year when clocks change, not their number; it is
    accepted so that callers need not know that.
    """
    if len(cron) > MAX_LENGTH:
        raise ScheduleError(f"a schedule of {len(cron)} characters is too long (at most {MAX_LENGTH})")
    text = cron.strip().lower()
    if text.startswith("@every"):
        return HOURS_PER_MONTH * SECONDS["h"] / _duration_seconds(text.removeprefix("@every").strip())
    fields = _fields(text)
    minutes, hours, days, months, weekdays = (_values(field, FIELDS[i]) for i, field in enumerate(fields))
    if _is_unrestricted(fields[2]) or _is_unrestricted(fields[4]):
        matching = _matching_days(months, days, weekdays, either=False)
    else:
        matching = _matching_days(months, days, weekdays, either=True)
    return matching * len(minutes) * len(hours) * HOURS_PER_MONTH / (24 * DAYS_PER_CYCLE)


def _fields(text: str) -> list[str]:
    if text.startswith("@"):
        if text not in MACROS:
            raise ScheduleError(f"{text!r} is not a schedule; known are {', '.join(sorted(MACROS))} and @every")
        text = MACROS[text]
    fields = text.split()
    if len(fields) != len(FIELDS):
        names = ", ".join(field.name for field in FIELDS)
        raise ScheduleError(f"a schedule has five fields ({names}), this one has {len(fields)}")
    return fields


def _values(text: str, field: Field) -> frozenset[int]:
    """The numbers that a field allows; Sunday is 0."""
    values: set[int] = set()
    for item in text.split(","):
        values.update(_item(item, field))
    return frozenset(0 if value == 7 else value for value in values) if field.names == WEEKDAYS else frozenset(values)


def _item(item: str, field: Field) -> range:
    """One entry of a field's list: `*`, `N`, `N-M`, each with an optional `/STEP`."""
    span, slash, step_text = item.partition("/")
    step = _number(step_text, item, field) if slash else 1
    if step == 0:
        raise ScheduleError(f"{field.name} {item!r}: a step of 0 never advances")
    if span in ("*", "?"):
        # 7 is only another name of Sunday: steps count over 0 to 6.
        return range(field.low, (6 if field.names == WEEKDAYS else field.high) + 1, step)
    first_text, dash, last_text = span.partition("-")
    first = _value(first_text, item, field)
    last = _value(last_text, item, field) if dash else (field.high if slash else first)
    if last < first:
        raise ScheduleError(f"{field.name} {item!r} runs backwards; write it as two ranges, joined by a comma")
    return range(first, last + 1, step)


def _value(text: str, item: str, field: Field) -> int:
    if text in field.names:
        return field.names.index(text) + field.low
    number = _number(text, item, field)
    if not field.low <= number <= field.high:
        raise ScheduleError(f"{field.name} {item!r}: {number} is not within {field.low}-{field.high}")
    return number


def _number(text: str, item: str, field: Field) -> int:
    if not re.fullmatch(r"[0-9]{1,4}", text):
        names = f" or {field.names[0]}-{field.names[-1]}" if field.names else ""
        raise ScheduleError(
            f"{field.name} {item!r} is not understood; use {field.low}-{field.high}{names}, *, - , and /"
        )
    return int(text)


def _is_unrestricted(text: str) -> bool:
    return any(item in ("*", "?", "*/1", "?/1") for item in text.split(","))


def _matching_days(months: frozenset[int], days: frozenset[int], weekdays: frozenset[int], *, either: bool) -> int:
    """How many days of the 400-year cycle match."""
    total = 0
    for (month, length, first), occurrences in _months_of_cycle().items():
        if month in months:
            on_day = {day for day in days if day <= length}
            on_weekday = {day for day in range(1, length + 1) if (first + day - 1) % 7 in weekdays}
            total += occurrences * len(on_day | on_weekday if either else on_day & on_weekday)
    return total


@cache
def _months_of_cycle() -> Counter[tuple[int, int, int]]:
    """How often each (month, its days, weekday of its first) comes in 400 years: 4,800 months of 96 kinds."""
    kinds: Counter[tuple[int, int, int]] = Counter()
    weekday = 6  # 1 January 2000 was a Saturday.
    for year in range(2000, 2000 + YEARS_PER_CYCLE):
        leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
        for month, length in enumerate((31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31), 1):
            kinds[month, length, weekday] += 1
            weekday = (weekday + length) % 7
    return kinds


def _duration_seconds(text: str) -> Decimal:
    """Seconds of a Go duration (`1h30m`), as `@every` takes it; below a second it is a second."""
    if not re.fullmatch(r"(?:[0-9]{1,9}(?:\.[0-9]{1,9})?[hms])+", text):
        raise ScheduleError(f"@every {text!r} is not understood; write a duration such as 1h30m")
    parts = re.findall(r"([0-9.]+)([hms])", text)
    seconds = sum((Decimal(number) * SECONDS[unit] for number, unit in parts), Decimal(0))
    return max(seconds.to_integral_value(rounding="ROUND_DOWN"), Decimal(1))
