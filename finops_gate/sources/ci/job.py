"""What every CI system's job comes to, in the terms of the cost model: machines, minutes and runs a month.

A system's module finds out which machines a job asks for, how long it may take and how often it runs; this one turns
that into the attributes of a `ci:job`, the same for all systems.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Any

from finops_gate.model import NOTHING, ZERO, Bound, Range, Unknown

DEFAULT_MINUTES = Decimal(10)
"""Minutes a job is expected to take where the settings (`ci.minutes`) are silent."""

DEFAULT_RUNS = {
    "push": Decimal(60),
    "pull_request": Decimal(120),
    "pull_request_target": Decimal(120),
    "merge_group": Decimal(60),
}
"""Runs a month that an event is expected to start where the settings (`ci.runs`) are silent; others count 0."""

ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Timeout:
    """Minutes after which a job is stopped: what was declared or the platform's default, and the platform's limit."""

    minutes: Decimal | Unknown
    declared: bool
    limit: Decimal


@dataclass(frozen=True, slots=True)
class Machine:
    """What some instances of a job run on.

    `label` is as the author wrote it. `sku` is what is billed, or an Unknown with the possible ones. `billed` is false
    where nothing is: a retired image never starts, a public repository's standard runners are free. `os`, `size` and
    `vcpu` are those of `pricing/runners/`, empty where they are not known. `parts_per_minute` is in how many parts a
    minute is billed, each begun one in full: 1, 60 (seconds), or the credits that a minute takes. `retired` is the ISO
    date that its image was announced to retire on, empty if it was not. `timeout` is that of these instances, where it
    may be another than that of the job's other ones.
    """

    label: str
    sku: str | Unknown
    count: Range
    billed: bool = True
    os: str = ""
    size: str = ""
    vcpu: Decimal | None = None
    parts_per_minute: Decimal = ONE
    retired: str = ""
    timeout: Timeout | None = None


@dataclass(frozen=True, slots=True)
class Trigger:
    """One thing that starts a job, and how often a month.

    `cron` where it is a schedule, `after` the workflows by whose runs it is started; else `usage` is the name under
    `ci.runs` by which its runs are assumed. `certain` is false where not every such event starts the job.
    """

    event: str
    runs: Range
    cron: str = ""
    usage: str = ""
    after: str = ""
    certain: bool = True


def setting(table: Mapping[str, Any], name: str, default: Decimal) -> Decimal:
    """A number of the settings, however the reader typed it."""
    value = table.get(name)
    return default if value is None else Decimal(str(value))


def assumed_runs(usage: str, ci: Mapping[str, Any]) -> Decimal:
    """Runs a month of a trigger, by the settings or by default."""
    return setting(ci.get("runs") or {}, usage, DEFAULT_RUNS.get(usage, ZERO))


def minutes(timeout: Timeout, ci: Mapping[str, Any], *, by_the_minute: bool = True) -> Range:
    """Minutes of one instance: one, as expected, at most what the timeout allows; whole ones where those are billed.

    Where less than a minute is billed, the cost model rounds up, and what is expected to take less has that floor.
    """
    cap = timeout.limit if isinstance(timeout.minutes, Unknown) else min(timeout.minutes, timeout.limit)
    expected = setting(ci, "minutes", DEFAULT_MINUTES)
    if not by_the_minute:
        return Range(min(ONE, expected, cap), min(expected, cap), cap)
    ceiling = max(whole(cap), ONE)
    return Range(ONE, min(max(whole(expected), ONE), ceiling), ceiling)


def whole(number: Decimal) -> Decimal:
    return number.to_integral_value(rounding=ROUND_CEILING)


def derived(
    machines: Sequence[Machine], timeout: Timeout, triggers: Sequence[Trigger], ci: Mapping[str, Any]
) -> dict[str, Any]:
    """The attributes of a `ci:job` that its cost hangs on; `timeout` is the longest of its instances'."""
    by_the_minute = all(machine.parts_per_minute == 1 for machine in machines)
    billed = [machine for machine in machines if machine.billed]
    taken = [minutes(machine.timeout or timeout, ci, by_the_minute=by_the_minute) for machine in billed]
    runners = by_label(machines)
    return {
        "triggers": list(dict.fromkeys(trigger.event for trigger in triggers)),
        "runner": next(iter(runners)) if len(runners) == 1 else list(runners),
        "runners": {label: figure(count) for label, count in runners.items()},
        "runner_skus": [billed_as(machine, each, billed) for machine, each in zip(billed, taken, strict=True)],
        "retired_runners": [{"label": m.label, "retired": m.retired} for m in machines if m.retired],
        "instances": total(machines).expected,
        "timeout_minutes": timeout.minutes,
        "timeout_declared": timeout.declared,
        "minutes": minutes(timeout, ci, by_the_minute=by_the_minute),
        "per_run_minutes": sum((m.count * each for m, each in zip(billed, taken, strict=True)), NOTHING),
        "runs_per_month": sum((trigger.runs for trigger in triggers), NOTHING),
        "assumptions": assumptions(triggers, ci),
    }


def billed_as(machine: Machine, each: Range, among: Sequence[Machine]) -> dict[str, Any]:
    """A machine as the cost model and policies see it; one whose timeouts differ is several, told apart by them."""
    apart = sum(other.label == machine.label for other in among) > 1
    return {
        "label": f"{machine.label}, at most {shown(each.ceiling)}" if apart else machine.label,
        "sku": machine.sku,
        "count": figure(machine.count),
        "minutes": each,
        "os": machine.os or None,
        "size": machine.size or None,
        "vcpu": machine.vcpu,
        "parts_per_minute": machine.parts_per_minute,
    }


def shown(most: Bound) -> str:
    return "minutes not known" if isinstance(most, Unknown) else f"{most:f} minutes"


def total(machines: Sequence[Machine]) -> Range:
    return sum((machine.count for machine in machines), NOTHING)


def by_label(machines: Sequence[Machine]) -> dict[str, Range]:
    """How many instances ask for each label, in the order first met."""
    counts: dict[str, Range] = {}
    for machine in machines:
        counts[machine.label] = counts.get(machine.label, NOTHING) + machine.count
    return counts


def figure(count: Range) -> Decimal | Range:
    """A count as a plain number where it is the same idle, expected and at most."""
    known = isinstance(count.expected, Decimal) and count.floor == count.expected == count.ceiling
    return count.expected if known and isinstance(count.expected, Decimal) else count


def assumptions(triggers: Sequence[Trigger], ci: Mapping[str, Any]) -> list[str]:
    """What the reader should know was assumed about use."""
    runs = {trigger.usage: assumed_runs(trigger.usage, ci) for trigger in triggers if trigger.usage}
    said = [f"{number:f} runs a month on {name}" for name, number in runs.items() if number]
    none = [name for name, number in runs.items() if not number]
    said += [f"none on {' and '.join(none)}"] if none else []
    said += [f"it runs after each run of {trigger.after}" for trigger in triggers if trigger.after]
    return [*said, f"{setting(ci, 'minutes', DEFAULT_MINUTES):f} minutes a job"]
