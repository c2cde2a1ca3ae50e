"""What starts a GitHub workflow, how often a month, and what an `if` leaves of it.

Events: https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows. A schedule is
counted exactly; for every other event the number of runs is the settings' or a default assumption, without a cap.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from finops_gate.model import UNBOUNDED, ZERO, Bound, Notice, Range, Span, Unknown
from finops_gate.sources.ci.github_expressions import Contexts, condition
from finops_gate.sources.ci.github_values import MAX_CHOICES, Context, text_of
from finops_gate.sources.ci.job import Trigger, assumed_runs
from finops_gate.sources.ci.schedule import ScheduleError, runs_per_month

MOST_SCHEDULED_RUNS = Decimal(8760)
"""Every five minutes, the shortest interval that GitHub runs a schedule at, for 730 hours."""

TAG = "tag"
"""The name under `ci.runs` of pushes that only concern tags."""

_AT_RUN_TIME = "github.{name} is known only when the workflow runs"
_FROM_SETTINGS = "vars.{name} is set on GitHub; give it under `ci.vars` in .finops-gate.yaml"
PASSING: Mapping[str, Any] = {"success()": True, "failure()": False, "cancelled()": False}
"""The status functions in a run that goes well."""


def events(on: Any) -> dict[str, Any]:
    """Event -> its configuration, for every way to write `on`."""
    if isinstance(on, str):
        return {on: None}
    if isinstance(on, list):
        return {event: None for event in on if isinstance(event, str)}
    return dict(on) if isinstance(on, dict) else {}


def schedules(on: Any) -> list[dict[str, Any]]:
    """The entries of `on.schedule` that have a cron expression."""
    entries = events(on).get("schedule")
    return [e for e in entries if isinstance(e, dict) and e.get("cron")] if isinstance(entries, list) else []


def triggers(on: Any, ci: Mapping[str, Any]) -> list[Trigger]:
    """Everything that starts the workflow by itself, in the file's order (a call from another does not)."""
    found: list[Trigger] = []
    for event, config in events(on).items():
        if event == "schedule":
            found += [
                Trigger("schedule", Range.exact(scheduled_runs(text_of(e["cron"]))), text_of(e["cron"]))
                for e in schedules(on)
            ]
        elif event != "workflow_call":
            usage = TAG if event == "push" and _only_tags(config) else event
            found.append(Trigger(event, Range(ZERO, assumed_runs(usage, ci), UNBOUNDED), usage=usage))
    return found


def awaited(on: Any) -> tuple[set[str], int, bool]:
    """The names of the workflows whose runs start this one, by how many of their stages, and whether of all branches.

    https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows#workflow_run
    """
    config = events(on).get("workflow_run")
    entry = config if isinstance(config, dict) else {}
    named, types = entry.get("workflows"), entry.get("types")
    names = {name for name in (named if isinstance(named, list) else [named]) if isinstance(name, str)}
    stages = len(set(map(text_of, types))) if isinstance(types, list) else 1
    return names, max(stages, 1), not any(key in entry for key in ("branches", "branches-ignore"))


def _only_tags(config: Any) -> bool:
    """Whether a push must be of a tag: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#onpushbranchestagsbranches-ignoretags-ignore"""
    keys = set(config) if isinstance(config, dict) else set()
    return bool(keys & {"tags", "tags-ignore"}) and not keys & {"branches", "branches-ignore"}


def scheduled_runs(cron: str) -> Bound:
    try:
        return min(runs_per_month(cron), MOST_SCHEDULED_RUNS)
    except ScheduleError as error:
        return Unknown(f"the schedule is not valid: {error}")


def schedule_notices(on: Any, span: Callable[[str], Span]) -> Iterator[Notice]:
    """What is wrong with the schedules, each at its line."""
    entries = events(on).get("schedule")
    for number, entry in enumerate(entries if isinstance(entries, list) else []):
        place = span(f"on.schedule[{number}].cron")
        cron = text_of(entry.get("cron")) if isinstance(entry, dict) else ""
        try:
            runs = runs_per_month(cron)
        except ScheduleError as error:
            yield Notice("invalid-schedule", "error", f"{cron!r}: {error}", place)
            continue
        if cron.strip().startswith("@"):
            yield Notice("invalid-schedule", "warning", f"GitHub does not know {cron!r}", place, "Write five fields.")
        elif runs > MOST_SCHEDULED_RUNS:
            message = f"{cron!r} asks for more than GitHub runs: a schedule starts at most every five minutes"
            yield Notice("schedule-too-frequent", "warning", message, place, "Write */5 or less often.")


# Contexts


def contexts(on: Any, started_by: Sequence[Trigger], ci: Mapping[str, Any]) -> Contexts:
    """What expressions can name in a workflow that nobody calls, as far as it is the same for all its triggers."""
    return {
        "github": github_context(started_by, ci),
        "vars": Context({k: text_of(v) for k, v in (ci.get("vars") or {}).items()}, otherwise=_FROM_SETTINGS),
        "inputs": dispatch_inputs(on, started_by),
    }


def github_context(started_by: Sequence[Trigger], ci: Mapping[str, Any]) -> Context:
    names = list(dict.fromkeys(t.event for t in started_by))
    values: dict[str, Any] = {}
    if len(names) == 1:
        values["event_name"] = names[0]
    elif names:
        choices = tuple(names) if len(names) <= MAX_CHOICES else ()
        values["event_name"] = Unknown("it depends on the event", choices=choices)
    if len(started_by) == 1 and started_by[0].cron:
        values["event"] = {"schedule": started_by[0].cron}
    repository = ci.get("repository")
    if isinstance(repository, str):
        values |= {"repository": repository, "repository_owner": repository.partition("/")[0]}
    return Context(values, otherwise=_AT_RUN_TIME)


def dispatch_inputs(on: Any, started_by: Sequence[Trigger]) -> Context:
    """The inputs of a run: the defaults where somebody starts it by hand, nothing where an event does."""
    if not any(t.event == "workflow_dispatch" for t in started_by):
        return Context()
    config = events(on).get("workflow_dispatch")
    declared = config.get("inputs") if isinstance(config, dict) else None
    if not isinstance(declared, dict):
        return Context()
    defaults = {name: default_input(entry) for name, entry in declared.items()}
    if all(t.event == "workflow_dispatch" for t in started_by):
        return Context(defaults)
    reason = "it depends on whether the workflow is started by hand"
    return Context({name: Unknown(reason, choices=(None, value)) for name, value in defaults.items()})


def default_input(declared: Any) -> Any:
    """The value of an input that is not given: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#onworkflow_callinputs"""
    entry = declared if isinstance(declared, dict) else {}
    if entry.get("default") is not None:
        return entry["default"]
    options = entry.get("options")
    if entry.get("type") == "choice" and isinstance(options, list) and options:
        return options[0]
    return {"boolean": False, "number": ZERO}.get(text_of(entry.get("type")), "")


def under(trigger: Trigger, on: Any, base: Contexts, ci: Mapping[str, Any], *, called: bool) -> Contexts:
    """The contexts of a run that one trigger starts; the inputs of a called workflow stay what the call gave."""
    known = {**base, "github": github_context([trigger], ci)}
    return known if called else {**known, "inputs": dispatch_inputs(on, [trigger])}


def left_by(test: Any, trigger: Trigger, known: Contexts) -> Trigger | None:
    """What an `if` leaves of a trigger: None where it never holds, no floor where it may not.

    Expected are runs in which the steps before succeed. Raises ExpressionSyntaxError.
    """
    possible = condition(test, known)
    if possible is False:
        return None
    usual = condition(test, {**known, **PASSING})
    floor = trigger.runs.floor if possible is True else ZERO
    expected = ZERO if usual is False else trigger.runs.expected
    return replace(trigger, runs=Range(floor, expected, trigger.runs.ceiling))
