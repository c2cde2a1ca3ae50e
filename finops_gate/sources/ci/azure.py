"""Azure Pipelines: each job of a pipeline is a resource.

Syntax: https://learn.microsoft.com/azure/devops/pipelines/yaml-schema/. Minutes have no price there: what is billed is
the number of jobs that may run at once (https://learn.microsoft.com/azure/devops/pipelines/licensing/concurrent-jobs),
which `ci.parallel_jobs` of the settings says; without it a job is unpriced.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from finops_gate.model import NOTHING, ONCE, UNBOUNDED, ZERO, Loaded, Notice, Range, Resource, Span, Unknown
from finops_gate.settings import Settings
from finops_gate.sources.ci.azure_templates import Place, Templates, parameters_of, settled
from finops_gate.sources.ci.azure_values import Values, filled, text_of
from finops_gate.sources.ci.budget import Budget, TooComplex
from finops_gate.sources.ci.job import Machine, Timeout, Trigger
from finops_gate.sources.ci.machines import machine_of, unknown
from finops_gate.sources.ci.pipeline import MANUAL, SCHEDULE, Job, Note, assumed, number, problem, resource, value_at
from finops_gate.sources.ci.schedule import ScheduleError, runs_per_month
from finops_gate.sources.files import Tree
from finops_gate.sources.nodes import Node, child, entries, items

DEFAULT_TIMEOUT = Decimal(60)
HOSTED_LIMIT = Decimal(360)
"""Minutes: https://learn.microsoft.com/azure/devops/pipelines/process/phases#timeouts"""

SELF_HOSTED = "azure_self_hosted"
HOSTED_POOL = "Azure Pipelines"
FLAT = "Azure Pipelines bills jobs that may run at once by the month, not minutes"

WRITTEN = {
    "instances": "strategy",
    "retired_runners": "pool",
    "runner": "pool",
    "runner_skus": "pool",
    "runners": "pool",
    "timeout_declared": "timeoutInMinutes",
    "timeout_minutes": "timeoutInMinutes",
}
STARTS = frozenset({"pr", "resources", "schedules", "trigger"})
HOLDS = frozenset({"extends", "jobs", "stages", "steps"})

_NAME = re.compile(r"\.?azure-pipelines?(?:[.-][\w.-]{1,80})?\.ya?ml")
_VARIABLE = re.compile(r"\$\(([\w.]{1,100})\)")


def load(tree: Tree, paths: Sequence[str], settings: Settings) -> Loaded:
    """The jobs of the pipelines, and what is wrong with them. What others use as a template is none by itself."""
    loader = _Loader(tree, settings.ci)
    for path in paths:
        loader.start(path)
    jobs = [found for path in loader.jobs for found in loader.jobs[path] if path not in loader.used]
    notices = loader.notices
    return Loaded((*jobs, *_parallel_jobs(paths, settings.ci)), tuple(notices))


def _parallel_jobs(paths: Sequence[str], ci: Mapping[str, Any]) -> Iterator[Resource]:
    """The jobs that may run at once, as the settings say: they are billed once, however many pipelines there are."""
    bought = ci.get("parallel_jobs")
    if not paths or not isinstance(bought, Mapping):
        return
    numbers = {kind: Decimal(str(bought.get(kind, 0))) for kind in ("hosted", "self_hosted")}
    yield Resource(
        address="azure-pipelines:parallel-jobs",
        type="ci:parallel_jobs",
        source="ci",
        attributes={**numbers, "system": "azure"},
        span=Span(min(paths), 1, 1, 1, 1),
        provider="ci",
        project=posixpath.dirname(min(paths)),
    )


class _Loader:
    """One reading of a set of pipelines."""

    def __init__(self, tree: Tree, ci: Mapping[str, Any]) -> None:
        self.tree, self.ci = tree, ci
        self.notices: dict[Notice, None] = {}
        self.files: dict[str, Node | None] = {}
        self.jobs: dict[str, list[Resource]] = {}
        self.used: set[str] = set()
        self.budget = Budget()

    def note(self, notice: Notice) -> None:
        self.notices.setdefault(notice)

    def start(self, path: str) -> None:
        templates = Templates(self.tree, path, self.note, self.budget, self.files)
        root = templates.file(path)
        if root is None or not _is_pipeline(root, path):
            return
        self.budget.next_workflow()
        found = self.jobs.setdefault(path, [])
        try:
            names: dict[str, int] = {}
            for place in templates.jobs(Place(root, parameters_of(root))):
                self.used |= set(place.around)
                found.append(resource(self.job(root, place, names), self.ci))
        except TooComplex as error:
            message = f"{path} makes too many jobs, the rest of it is not counted: {error}"
            self.note(problem(root, message, "too-complex"))

    def job(self, root: Node, place: Place, names: dict[str, int]) -> Job:
        machines = _machines(place, self.ci, self.note)
        return Job(
            system="azure",
            pipeline=root.text.path,
            workflow=root.text.path,
            name=_named(place, names),
            node=place.node,
            machines=machines,
            timeout=_timeout(place, machines, self.note),
            triggers=[] if _never(place) else _triggers(root, self.ci, self.note),
            written=WRITTEN,
            around={name: node for name, node in (("triggers", child(root, "trigger")),) if node is not None},
            more={
                "cancels_superseded": value_at(root, "pr", "autoCancel") is not False,
                "schedules": [{"cron": str(value_at(e, "cron"))} for e in items(child(root, "schedules"))],
            },
            said=() if self.ci.get("parallel_jobs") else (FLAT,),
        )


def _is_pipeline(root: Node, path: str) -> bool:
    """Whether a file is started, and not only used as a template."""
    keys = set(root.value)
    return bool(keys & HOLDS) and (bool(keys & STARTS) or _NAME.fullmatch(posixpath.basename(path)) is not None)


def _named(place: Place, names: dict[str, int]) -> str:
    """The job's name behind its stage's, told apart from those before it."""
    written = filled(value_at(place.node, "job") or value_at(place.node, "deployment"), place.values)
    own = written if isinstance(written, str) and written else "job"
    name = f"{place.stage}/{own}" if place.stage else own
    names[name] = names.get(name, 0) + 1
    return name if names[name] == 1 else f"{name} {names[name]}"


def _never(place: Place) -> bool:
    return filled(value_at(place.node, "condition"), place.values) in (False, "false", "False")


# What starts it


def _triggers(root: Node, ci: Mapping[str, Any], note: Note) -> list[Trigger]:
    """What starts a pipeline; by default every push and every pull request."""
    found = [t for entry in items(child(root, "schedules")) if (t := _scheduled(entry, note)) is not None]
    for event, key in (("push", "trigger"), ("pull_request", "pr")):
        written = value_at(root, key)
        tags_only = isinstance(written, dict) and "tags" in written and "branches" not in written
        if written != "none":
            found.append(assumed("tag" if event == "push" and tags_only else event, ci))
    return found or [assumed(MANUAL, ci)]


def _scheduled(entry: Node, note: Note) -> Trigger | None:
    """A schedule: it runs for each branch, and unless it says `always`, only if something has changed."""
    cron = child(entry, "cron")
    if cron is None:
        return None
    try:
        runs = runs_per_month(str(cron.value))
    except ScheduleError as error:
        note(problem(cron, f"{cron.value!r}: {error}", "invalid-schedule"))
        return None
    branches = value_at(entry, "branches", "include")
    names = branches if isinstance(branches, list) else [branches]
    known = branches is None or all(isinstance(name, str) and "*" not in name for name in names)
    times = Range.exact(len(names)) if known else Range(ONCE.floor, ONCE.expected, UNBOUNDED)
    always = value_at(entry, "always") is True
    return Trigger(SCHEDULE, Range(runs if always else ZERO, runs, runs) * times, str(cron.value))


# What it runs on


def _machines(place: Place, ci: Mapping[str, Any], note: Note) -> list[Machine]:
    """What the legs of a job run on; a job without an agent runs on none."""
    pool = child(place.node, "pool") or place.pool
    pool = settled(pool, place.values) if pool is not None and isinstance(pool.value, dict) else pool
    if filled(None if pool is None else pool.value, place.values) == "server":
        return []
    counts: dict[Machine, Range] = {}
    for variables, count in _legs(place, note):
        known = {**place.values.get("variables", {}), **{str(name).lower(): value for name, value in variables.items()}}
        machine = _machine(pool, place.values, known, ci)
        counts[machine] = counts.get(machine, NOTHING) + count * place.count
    return [replace(machine, count=count) for machine, count in counts.items()]


def _legs(place: Place, note: Note) -> Iterator[tuple[Mapping[str, Any], Range]]:
    """What `strategy` makes of a job: the variables of a leg, and how often it is there."""
    matrix, parallel = child(place.node, "strategy", "matrix"), child(place.node, "strategy", "parallel")
    if matrix is not None and isinstance(matrix.value, dict):
        for _, leg in entries(matrix):
            yield leg.value if isinstance(leg.value, dict) else {}, ONCE
    elif matrix is not None:
        yield {}, Range(ZERO, Unknown("its matrix is made when the pipeline runs"), UNBOUNDED)
    elif parallel is not None:
        value = filled(parallel.value, place.values)
        count = number(value)
        if count is None and not isinstance(value, Unknown):
            note(problem(parallel, f"`parallel` is a number of jobs, not {str(value)[:80]!r}"))
        yield {}, Range.exact(value) if isinstance(value, Unknown) else Range.exact(count or ONCE.expected)
    else:
        yield {}, ONCE


def _machine(pool: Node | None, values: Values, variables: Mapping[str, Any], ci: Mapping[str, Any]) -> Machine:
    """The machine of a pool: a hosted image, or a pool of one's own by its name."""
    name = _text(
        value_at(pool, "name") if pool and isinstance(pool.value, dict) else pool and pool.value, values, variables
    )
    image = _text(value_at(pool, "vmImage"), values, variables)
    for part in (name, image):
        if isinstance(part, Unknown):
            return unknown("pool", part.reason)
    bought = bool(ci.get("parallel_jobs"))
    if image or not name or name == HOSTED_POOL:
        found = machine_of("azure", str(image or "ubuntu-latest"), ci)
        return replace(found, billed=found.billed and not bought)
    own = machine_of("azure", str(name), ci)
    if isinstance(own.sku, Unknown):
        return replace(own, sku=SELF_HOSTED, size="self-hosted", billed=not bought)
    return own


def _text(written: Any, values: Values, variables: Mapping[str, Any]) -> str | Unknown | None:
    """A text with its `${{ }}` and `$( )` filled in."""
    value = filled(written, values)
    if not isinstance(value, str) or "$(" not in value:
        return value if isinstance(value, (str, Unknown)) else None
    names = [match[1] for match in _VARIABLE.finditer(value)]
    absent = next((n for n in names if not isinstance(variables.get(n.lower()), (str, Decimal, bool))), None)
    if absent is not None:
        return Unknown(f"$({absent}) has its value only when the pipeline runs")
    return _VARIABLE.sub(lambda match: text_of(variables[match[1].lower()]), value)


def _timeout(place: Place, machines: Sequence[Machine], note: Note) -> Timeout:
    """When a job is stopped: 0 asks for as long as the agent allows."""
    limit = UNBOUNDED if any(machine.size == "self-hosted" for machine in machines) else HOSTED_LIMIT
    written = child(place.node, "timeoutInMinutes")
    if written is None:
        return Timeout(DEFAULT_TIMEOUT, False, limit)
    value = filled(written.value, place.values)
    if isinstance(value, Unknown):
        return Timeout(value, True, limit)
    minutes = number(value)
    if minutes is None or minutes < 0:
        note(problem(written, f"`timeoutInMinutes` is a number of 0 or more, not {str(value)[:80]!r}"))
        return Timeout(DEFAULT_TIMEOUT, False, limit)
    return Timeout(minutes or limit, True, limit)
