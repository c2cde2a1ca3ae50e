"""Counts of cron runs in a 730-hour month, against hand arithmetic and a day-by-day calendar."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finops_gate.sources.ci.schedule import ScheduleError, runs_per_month

DAYS = Decimal(730) / 24


@pytest.mark.parametrize(
    ("cron", "runs"),
    [
        ("0 * * * *", "730"),
        ("0 0 * * *", "30.416667"),
        ("@daily", "30.416667"),
        ("@midnight", "30.416667"),
        ("@hourly", "730"),
        ("@weekly", "4.345238"),  # 730 / 168
        ("@yearly", "0.083278"),  # 400 / 146097 x 30.416667
        ("0 0 * * 0", "4.345238"),
        ("0 0 * * 7", "4.345238"),
        ("0 0 * * SUN", "4.345238"),
        ("*/15 * * * *", "2920"),
        ("*/5 * * * *", "8760"),
        ("0/15 * * * ?", "2920"),
        ("0 9-17 * * 1-5", "195.535714"),  # 9 x 730 / 24 x 5 / 7
        ("0 9-17 * * mon-fri", "195.535714"),
        ("0 */6 * * *", "121.666667"),
        ("30 2 1 * *", "0.999336"),  # 4,800 / 146,097 x 30.416667
        ("0 0 31 * *", "0.582946"),  # 2,800 / 146,097 x 30.416667
        ("0 0 1,15 * 1", "6.059099"),  # the 1st, the 15th, and every Monday
        ("0 0 1-31 * 1", "30.416667"),  # every day of the month, or Monday
        ("0 0 */1 * 1", "4.345238"),
        ("0 0 29 2 *", "0.020195"),  # 97 leap days
        ("0 0 29 feb *", "0.020195"),
        ("0 0 30 2 *", "0"),
        ("0 0 * * 5-7", "13.035714"),  # 3 / 7
        ("0 0 * * */2", "17.380952"),  # Sunday, Tuesday, Thursday, Saturday
        ("@every 90m", "486.666667"),
        ("@every 1h30m", "486.666667"),
    ],
)
def test_runs_per_month(cron: str, runs: str) -> None:
    assert round(runs_per_month(cron), 6) == Decimal(runs)


def test_either_day() -> None:
    """Fridays (20,871 of the cycle) and thirteenths (4,800), of which 688 are both, the calendar's known oddity."""
    assert runs_per_month("0 0 13 * 5") == (20_871 + 4_800 - 688) * Decimal(730) / (24 * 146_097)


def test_a_timezone_does_not_change_the_count() -> None:
    assert runs_per_month("0 5 * * *", "Europe/Berlin") == DAYS


@pytest.mark.parametrize(
    ("cron", "says"),
    [
        ("", "five fields"),
        ("0 0 * *", "this one has 4"),
        ("0 0 0 * * *", "this one has 6"),
        ("60 * * * *", "minute '60': 60 is not within 0-59"),
        ("0 24 * * *", "hour '24'"),
        ("0 0 0 * *", "day of month '0': 0 is not within 1-31"),
        ("0 0 * 13 *", "month '13'"),
        ("0 0 * * 8", "day of week '8'"),
        ("0 0 * * fri-mon", "runs backwards"),
        ("*/0 * * * *", "step of 0"),
        ("0 0 L * *", "day of month 'l' is not understood"),
        ("0 0 * * 1#2", "day of week '1#2' is not understood"),
        ("0 0 1, * *", "day of month '' is not understood"),
        ("-5 * * * *", "minute '-5' is not understood"),
        ("٣ * * * *", "is not understood"),
        ("@fortnightly", "@weekly"),
        ("@every day", "write a duration"),
        ("0 " * 1000, "too long"),
    ],
)
def test_errors_say_what_is_wrong(cron: str, says: str) -> None:
    with pytest.raises(ScheduleError, match=says.replace("*", r"\*")):
        runs_per_month(cron)


CYCLE = [date(2000, 1, 1) + timedelta(days=n) for n in range(146_097)]
days_of_month = st.sets(st.integers(1, 31), min_size=1, max_size=4)
weekdays = st.sets(st.integers(0, 6), min_size=1, max_size=4)


@settings(max_examples=8, deadline=None)
@given(
    days=days_of_month | st.none(),
    months=st.sets(st.integers(1, 12), min_size=1, max_size=3),
    week=weekdays | st.none(),
)
def test_equals_a_count_of_every_day_of_the_cycle(
    days: set[int] | None, months: set[int], week: set[int] | None
) -> None:
    def fires(day: date) -> bool:
        on_day = days is None or day.day in days
        on_weekday = week is None or day.isoweekday() % 7 in week
        return day.month in months and (on_day or on_weekday if days and week else on_day and on_weekday)

    def text(values: set[int] | None) -> str:
        return ",".join(map(str, sorted(values))) if values else "*"

    expected = sum(map(fires, CYCLE)) * Decimal(730) / (24 * 146_097)
    assert runs_per_month(f"0 0 {text(days)} {text(months)} {text(week)}") == expected
