"""One job of a GitHub workflow: its instances, what they run on, how long they may take, as a resource."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from finops_gate.model import ONCE, ZERO, Notice, Range, Resource, Span, Unknown
from finops_gate.sources.ci.budget import INSTANCE, Budget
from finops_gate.sources.ci.github_expressions import Contexts, resolve
from finops_gate.sources.ci.github_machines import machine_of
from finops_gate.sources.ci.github_triggers import events, schedules
from finops_gate.sources.ci.github_values import Context, text_of
from finops_gate.sources.ci.github_workflow import JobPlaces, Workflow
from finops_gate.sources.ci.job import Machine, Timeout, Trigger, derived
from finops_gate.sources.ci.matrix import MAX_JOBS, MatrixError, combinations
from finops_gate.sources.ci.runners import SELF_HOSTED

DEFAULT_TIMEOUT = Decimal(360)
HOSTED_LIMIT = Decimal(360)
SELF_HOSTED_LIMIT = Decimal(7200)
"""Minutes: the default of `timeout-minutes`, and what a job may take at all on a hosted and on one's own machine.

https://docs.github.com/en/actions/reference/limits
"""


@dataclass(frozen=True, slots=True)
class Instance:
    """A run of a workflow, or one job of a matrix in it: what expressions can name there, and how often it is there."""

    contexts: Contexts
    count: Range = ONCE


@dataclass(frozen=True, slots=True)
class Job:
    """A job as it stands in its workflow. `note` takes what is to be said about it."""

    workflow: Workflow
    name: str
    content: Mapping[str, Any]
    note: Callable[[Notice], None]

    def span(self, path: str = "") -> Span:
        own = self.workflow.job_path(self.name)
        return self.workflow.span(f"{own}.{path}") if path else self.workflow.key_span(own)

    def problem(self, code: str, message: str, path: str = "") -> None:
        self.note(Notice(code, "error", f"the job {self.name!r} {message}", self.span(path)))


def instances(job: Job, runs: Iterable[Instance], budget: Budget) -> list[Instance]:
    """What the job's matrix makes of the runs of its workflow. Raises ExpressionSyntaxError and TooComplex."""
    strategy = job.content.get("strategy")
    matrix = strategy.get("matrix") if isinstance(strategy, dict) else None
    found: list[Instance] = []
    for run in runs:
        combined = _combinations(job, resolve(matrix, run.contexts), budget)
        if isinstance(combined, Unknown):
            # Whatever its matrix turns out to be, GitHub refuses a larger one.
            reason = f"its matrix is not known: {combined.reason}"
            count = Unknown(reason, combined.origin)
            found.append(_together(run, reason, Range(ZERO, count, Decimal(MAX_JOBS))))
        elif len(combined) > MAX_JOBS:
            found.append(_together(run, "its matrix is too large to run", Range.exact(len(combined))))
        else:
            budget.take(INSTANCE * len(combined))
            found += [Instance({**run.contexts, "matrix": Context(values)}, run.count) for values in combined]
    return found


def _together(run: Instance, reason: str, count: Range) -> Instance:
    """The instances of a matrix of which each one is not known."""
    return Instance({**run.contexts, "matrix": Context(otherwise=reason)}, count * run.count)


def _combinations(job: Job, matrix: Any, budget: Budget) -> list[dict[str, Any]] | Unknown:
    try:
        combined = combinations(matrix, budget)
    except MatrixError as error:
        path = f"strategy.matrix.{error.path}" if error.path else "strategy.matrix"
        job.problem("invalid-matrix", f"has a matrix that is not valid: {error}", path)
        return Unknown(f"it is not valid ({error})")
    if not isinstance(combined, Unknown) and len(combined) > MAX_JOBS:
        message = f"the matrix of {job.name!r} makes {len(combined)} jobs; GitHub refuses more than {MAX_JOBS}"
        job.note(Notice("matrix-too-large", "warning", message, job.span("strategy.matrix")))
    return combined


@dataclass(frozen=True, slots=True)
class Started:
    """How a job came to run: the workflow that was started, by what, and whether it is the first job of that run."""

    workflow: Workflow
    triggers: Sequence[Trigger]
    first: bool


def resource(job: Job, address: str, started: Started, made: Sequence[Instance], ci: Mapping[str, Any]) -> Resource:
    """The job with what its cost hangs on. Raises ExpressionSyntaxError."""
    machines = _machines(job, made, ci)
    on = started.workflow.on
    concurrency = started.workflow.concurrency
    said = (concurrency, job.workflow.concurrency, job.content.get("concurrency"))
    attributes = {
        **job.content,
        **derived(machines, _longest(machines), started.triggers, ci),
        "system": "github",
        "pipeline": address.partition(":")[0],
        "workflow": job.workflow.name,
        "workflow_concurrency": concurrency,
        "on": on,
        "events": {event: {} if config is None else config for event, config in events(on).items()},
        "schedules": schedules(on),
        "first": started.first,
        "cancels_superseded": any(map(cancels, said)),
    }
    return Resource(
        address=address,
        type="ci:job",
        source="ci",
        attributes=attributes,
        span=job.span(),
        spans=JobPlaces(job.workflow, job.name, started.workflow),
        provider="ci",
        project=posixpath.dirname(job.workflow.path),
    )


def cancels(concurrency: Any) -> bool:
    """Whether a newer run stops the one before it; an expression may say so."""
    said = concurrency.get("cancel-in-progress") if isinstance(concurrency, dict) else None
    return said is True or (isinstance(said, str) and "${{" in said)


def _machines(job: Job, made: Sequence[Instance], ci: Mapping[str, Any]) -> list[Machine]:
    """What the instances run on, equal ones together."""
    counts: dict[Machine, Range] = {}
    for instance in made:
        machine = machine_of(job.content["runs-on"], instance.contexts, ci)
        machine = replace(machine, timeout=_timeout(job, instance, machine))
        counts[machine] = counts[machine] + instance.count if machine in counts else instance.count
    return [replace(machine, count=count) for machine, count in counts.items()]


def _longest(machines: Sequence[Machine]) -> Timeout:
    """The longest timeout of a job's instances; one that is not known may be the longest."""
    timeouts = [machine.timeout for machine in machines if machine.timeout is not None]
    unsettled = next((timeout for timeout in timeouts if isinstance(timeout.minutes, Unknown)), None)
    declared = Timeout(DEFAULT_TIMEOUT, False, HOSTED_LIMIT)
    return unsettled or max(timeouts, key=lambda timeout: (timeout.minutes, timeout.limit), default=declared)


def _timeout(job: Job, instance: Instance, machine: Machine) -> Timeout:
    """The timeout of an instance; steps that are all limited are together a limit as well."""
    hosted = isinstance(machine.sku, str) and machine.sku != SELF_HOSTED
    limit = HOSTED_LIMIT if hosted else SELF_HOSTED_LIMIT
    declared = _job_timeout(job, instance, limit)
    steps = _step_timeouts(job.content.get("steps"))
    if steps is None or (isinstance(declared.minutes, Decimal) and declared.minutes <= steps):
        return declared
    return Timeout(steps, True, limit)


def _step_timeouts(steps: Any) -> Decimal | None:
    """The sum of the steps' timeouts; None where a step has none."""
    listed = steps if isinstance(steps, list) else []
    written = [step.get("timeout-minutes") if isinstance(step, dict) else None for step in listed]
    known = [value for value in written if isinstance(value, Decimal) and value > 0]
    return sum(known, ZERO) if known and len(known) == len(written) else None


def _job_timeout(job: Job, instance: Instance, limit: Decimal) -> Timeout:
    written = job.content.get("timeout-minutes")
    if written is None:
        return Timeout(DEFAULT_TIMEOUT, False, limit)
    value = resolve(written, instance.contexts)
    return Timeout(value if isinstance(value, Unknown) else _minutes(job, value), True, limit)


def _minutes(job: Job, value: Any) -> Decimal:
    """A number of minutes; the default, with a notice, where it is none."""
    try:
        found = Decimal(text_of(value))
    except ArithmeticError:
        found = ZERO
    if found.is_finite() and found > 0:
        return found
    job.problem("invalid-workflow", f"has the timeout {text_of(value)[:80]!r}, not a number above 0", "timeout-minutes")
    return DEFAULT_TIMEOUT
