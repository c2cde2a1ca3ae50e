"""Functions of points in time, written as RFC 3339 has them."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from decimal import Decimal

from finops_gate.model import Unknown
from finops_gate.sources.terraform.functions.registry import function
from finops_gate.sources.terraform.problems import EvaluationError
from finops_gate.sources.terraform.scope import Scope
from finops_gate.sources.terraform.types import NUMBER, STRING
from finops_gate.sources.terraform.values import UnknownValue, Value

_RFC3339 = re.compile(r"(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.\d{1,9})?(Z|[+-]\d{2}:\d{2})", re.ASCII)
_DURATION = re.compile(r"[-+]?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+", re.ASCII)
_PART = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)", re.ASCII)
_SECONDS = {"h": "3600", "m": "60", "s": "1", "ms": "0.001", "us": "0.000001", "µs": "0.000001", "μs": "0.000001"}
_LAYOUT = re.compile(r"'((?:[^']|'')*)'|Y+|M+|D+|E+|h+|H+|AA|aa|m+|s+|Z+|[A-Za-z]|'|[^A-Za-z']+")
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


def moment(written: str) -> datetime:
    """Raises EvaluationError where the text is no point in time."""
    match = _RFC3339.fullmatch(written)
    if match is None:
        raise EvaluationError(f'"{written[:40]}" is not a time such as 2006-01-02T15:04:05Z')
    try:
        return datetime(*map(int, match.groups()[:6]), tzinfo=_zone(match[7]))  # type: ignore[arg-type,misc]
    except ValueError as error:
        raise EvaluationError(f'"{written[:40]}" is not a time: {error}') from error


def _zone(written: str) -> timezone:
    if written == "Z":
        return timezone.utc
    hours, minutes = int(written[1:3]), int(written[4:6])
    if hours > 23 or minutes > 59:
        raise ValueError("the offset is beyond a day")
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if written[0] == "-" else offset)


def rfc3339(time: datetime) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S").rjust(19, "0") + _offset(time, "Z")


@function("timeadd", STRING, STRING, returns=STRING)
def timeadd(time: str, duration: str) -> Value:
    if duration != "0" and not _DURATION.fullmatch(duration):
        raise EvaluationError(f'"{duration[:40]}" is not a duration such as 1h30m')
    seconds = sum((Decimal(n) * Decimal(_SECONDS.get(unit, "1e-9")) for n, unit in _PART.findall(duration)), Decimal(0))
    sign = -1 if duration.startswith("-") else 1
    try:
        return rfc3339(moment(time) + timedelta(seconds=sign * int(seconds)))
    except OverflowError as error:
        raise EvaluationError("the time is beyond the calendar") from error


@function("timecmp", STRING, STRING, returns=NUMBER)
def timecmp(a: str, b: str) -> Value:
    first, second = moment(a), moment(b)
    return Decimal((first > second) - (first < second))


@function("timestamp", returns=STRING, scoped=True)
def timestamp(scope: Scope) -> Value:
    return _now("timestamp", scope)


@function("plantimestamp", returns=STRING, scoped=True)
def plantimestamp(scope: Scope) -> Value:
    return _now("plantimestamp", scope)


def _now(name: str, scope: Scope) -> Value:
    """The first second of the day that the run was given; else nobody knows before it runs."""
    if scope.frame.today:
        return f"{scope.frame.today}T00:00:00Z"
    return UnknownValue(Unknown(f"the result of {name}() changes from run to run"), STRING)


@function("formatdate", STRING, STRING, returns=STRING)
def formatdate(layout: str, time: str) -> Value:
    when = moment(time)
    return "".join(_field(token, when) for token in _tokens(layout))


def _tokens(layout: str) -> list[str]:
    return [match[0] for match in _LAYOUT.finditer(layout)]


def _field(token: str, time: datetime) -> str:
    if token[0] == "'":
        if len(token) < 2:
            raise EvaluationError("the layout has an unfinished quotation")
        return token[1:-1].replace("''", "'")
    if not (token.isascii() and token[0].isalpha()):
        return token
    if token in ("Z", "ZZZ", "ZZZZ", "ZZZZZ"):
        return _offset(time, token)
    fields = _fields(time)
    if token not in fields:
        raise EvaluationError(f'"{token}" is not a field of a date')
    return fields[token]


def _fields(time: datetime) -> dict[str, str]:
    day, hour = _DAYS[time.weekday()], time.hour
    return {
        "YYYY": f"{time.year:04d}",
        "YY": f"{time.year % 100:02d}",
        "MMMM": _MONTHS[time.month - 1],
        "MMM": _MONTHS[time.month - 1][:3],
        "MM": f"{time.month:02d}",
        "M": str(time.month),
        "DD": f"{time.day:02d}",
        "D": str(time.day),
        "EEEE": day,
        "EEE": day[:3],
        "hh": f"{hour:02d}",
        "h": str(hour),
        "HH": f"{(hour - 1) % 12 + 1:02d}",
        "H": str((hour - 1) % 12 + 1),
        "AA": "AM" if hour < 12 else "PM",
        "aa": "am" if hour < 12 else "pm",
        "mm": f"{time.minute:02d}",
        "m": str(time.minute),
        "ss": f"{time.second:02d}",
        "s": str(time.second),
    }


def _offset(time: datetime, field: str) -> str:
    """The offset from UTC: `Z` and `ZZZZZ` as +01:00, `ZZZ` and `ZZZZ` as +0100; `Z` or `UTC` where there is none."""
    total = int((time.utcoffset() or timedelta()).total_seconds()) // 60
    if total == 0 and field in ("Z", "ZZZ"):
        return "UTC" if len(field) == 3 else "Z"
    hours, minutes = divmod(abs(total), 60)
    colon = "" if field in ("ZZZ", "ZZZZ") else ":"
    return f"{'-' if total < 0 else '+'}{hours:02d}{colon}{minutes:02d}"
