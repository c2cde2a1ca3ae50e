"""Jobs: how many pods a run starts, how long they run, and what share of the month that is.

Sources: https://kubernetes.io/docs/concepts/workloads/controllers/job/
https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from finops_gate.model import HOURS_PER_MONTH, NOTHING, UNBOUNDED, ZERO, Bound, Range, Unknown, add, multiply
from finops_gate.sources.ci.schedule import ScheduleError, runs_per_month
from finops_gate.sources.kubernetes.figures import Figures
from finops_gate.sources.kubernetes.objects import Manifest, mapping
from finops_gate.sources.kubernetes.settings import Cluster

ONE = Decimal(1)
MINUTES_PER_HOUR = Decimal(60)
SECONDS_PER_HOUR = Decimal(3600)
ONE_AT_A_TIME = ("Forbid", "Replace")
MAX_SCHEDULES = 100


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a job: the pods that run side by side, and the hours that each of those places is taken."""

    pods: Bound
    hours: Bound
    most_hours: Bound


def read_run(manifest: Manifest, path: str, figures: Figures, cluster: Cluster) -> Run:
    """The run that a job spec at `path` describes.

    Each completion is a pod; no more than `parallelism` run at a time, the others after them. A deadline is for the job
    as a whole.
    """
    spec = mapping(manifest.get(*path.split(".")))
    keys = ("completions", "parallelism", "activeDeadlineSeconds")
    completions, parallelism, deadline = (
        None if spec.get(key) is None else figures.count(spec[key], f"{path}.{key}") for key in keys
    )
    places = ONE if parallelism is None else parallelism
    pods = places if completions is None else _least(places, completions)
    hours = _hours(cluster.cron_minutes / MINUTES_PER_HOUR, pods, completions)
    if deadline is None:
        return Run(pods, hours, UNBOUNDED)
    most = multiply(deadline, ONE / SECONDS_PER_HOUR)
    return Run(pods, _least(hours, most), most)


def _hours(each: Decimal, pods: Bound, completions: Bound | None) -> Bound:
    """How long a place is taken by the completions that share it."""
    if completions is None or isinstance(pods, Unknown) or isinstance(completions, Unknown) or pods == 0:
        return each if not isinstance(completions, Unknown) else completions
    return each * completions / pods


def share_of_month(manifest: Manifest, run: Run, figures: Figures) -> Range:
    """The share of a month of 730 hours that a cron job's pods run.

    Where runs may overlap and no deadline ends them, nothing bounds it.
    """
    if manifest.get("spec", "suspend") is True:
        return NOTHING
    runs = _runs(manifest, figures)
    single = manifest.get("spec", "concurrencyPolicy") in ONE_AT_A_TIME
    expected, most = (_share(runs, hours) for hours in (run.hours, run.most_hours))
    return Range(ZERO, _least(expected, ONE), _least(most, ONE)) if single else Range(ZERO, expected, most)


def _runs(manifest: Manifest, figures: Figures) -> Bound:
    """How often a month `schedule` starts it, or the `schedules` that workflows may have several of."""
    several = manifest.get("spec", "schedules")
    if isinstance(several, list) and several:
        total: Bound = ZERO
        for index, schedule in enumerate(several[:MAX_SCHEDULES]):
            total = add(total, _runs_of(schedule, f"spec.schedules[{index}]", figures))
        return total
    return _runs_of(manifest.get("spec", "schedule"), "spec.schedule", figures)


def _runs_of(schedule: Any, path: str, figures: Figures) -> Bound:
    if not isinstance(schedule, str):
        return figures.refuse("invalid-schedule", f"a {figures.manifest.kind} needs a schedule such as 0 3 * * *", path)
    try:
        return runs_per_month(schedule)
    except ScheduleError as error:
        return figures.refuse("invalid-schedule", str(error), path)


def _share(runs: Bound, hours: Bound) -> Bound:
    return multiply(multiply(runs, hours), ONE / HOURS_PER_MONTH)


def _least(a: Bound, b: Bound) -> Bound:
    if isinstance(a, Unknown) or isinstance(b, Unknown):
        return a if isinstance(a, Unknown) else b
    return min(a, b)
