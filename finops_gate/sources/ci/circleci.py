"""CircleCI: each job of a workflow is a resource.

Syntax: https://circleci.com/docs/reference/configuration-reference/. A minute takes credits by the resource class, a
job whole ones (https://circleci.com/pricing/price-list/). Jobs of orbs, and what a setup workflow continues with, are
not in the repository and are said to be left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from finops_gate.model import UNBOUNDED, ZERO, Loaded, Notice, Range, Resource
from finops_gate.settings import Settings
from finops_gate.sources.ci.budget import JOB, Budget, TooComplex
from finops_gate.sources.ci.circleci_job import Around, instances, listed
from finops_gate.sources.ci.circleci_values import Values, defaults, holds
from finops_gate.sources.ci.job import Timeout, Trigger
from finops_gate.sources.ci.pipeline import SCHEDULE, Job, Note, assumed, problem, read, resource, value_at
from finops_gate.sources.ci.schedule import ScheduleError, runs_per_month
from finops_gate.sources.files import Tree
from finops_gate.sources.nodes import Node, child, entries, items

LONGEST = Decimal(300)
"""Minutes that a job may take in the largest plan, in others 60 and 180; no key of a job says less.

https://circleci.com/docs/reference/configuration-reference/#jobs
"""

WITHOUT_MACHINE = frozenset({"approval", "lock", "no-op", "release", "unlock"})

WRITTEN = {
    "instances": "parallelism",
    "retired_runners": "resource_class",
    "runner": "resource_class",
    "runner_skus": "resource_class",
    "runners": "resource_class",
}

SOURCES: Mapping[str, Mapping[str, str]] = {
    "push": {"pipeline.trigger_source": "webhook"},
    SCHEDULE: {"pipeline.trigger_source": "scheduled_pipeline"},
    "api": {"pipeline.trigger_source": "api"},
}
"""What starts a pipeline -> the values that tell it: https://circleci.com/docs/reference/variables/#pipeline-values"""

_EVERYTHING = ("/.*/", "/.+/", "/^.*$/", "/^.*/")


def load(tree: Tree, paths: Sequence[str], settings: Settings) -> Loaded:
    """The jobs of the workflows, and what is wrong with them."""
    notices: dict[Notice, None] = {}
    found: list[Resource] = []
    budget = Budget()
    for path in paths:
        root = read(tree, path, notices.setdefault)
        budget.next_workflow()
        if root is None:
            continue
        try:
            for job in _File(root, settings.ci, notices.setdefault, budget).jobs():
                found.append(resource(job, settings.ci))
        except TooComplex as error:
            message = f"{path} makes too many jobs, the rest of it is not counted: {error}"
            notices.setdefault(problem(root, message, "too-complex"))
    return Loaded(tuple(found), tuple(notices))


@dataclass(frozen=True, slots=True)
class Use:
    """A job in a workflow: its name there, the job it is of, what it says, and whether somebody must let it run."""

    name: str
    of: str
    node: Node
    by_hand: bool


def waiting_for_approval(found: Sequence[tuple[Use, Any]]) -> set[str]:
    """The names of approvals and of what requires them, directly or not."""
    waiting = {use.name for use, kind in found if kind == "approval"}
    required = {use.name: listed(value_at(use.node, "requires")) for use, _ in found}
    for _ in found:
        more = {name for name, names in required.items() if any(isinstance(n, str) and n in waiting for n in names)}
        if more <= waiting:
            break
        waiting |= more
    return waiting


class _File:
    """One configuration."""

    def __init__(self, root: Node, ci: Mapping[str, Any], note: Note, budget: Budget) -> None:
        self.root, self.ci, self.note, self.budget = root, ci, note, budget
        self.values = defaults(root, "pipeline.parameters")
        self.around = Around(root, self.values, ci, note, budget)

    def jobs(self) -> Iterator[Job]:
        setup = child(self.root, "setup")
        if setup is not None and setup.value is True:
            message = f"{self.root.text.path} continues with a configuration that is made when it runs: not priced"
            self.note(Notice("remote-workflow", "info", message, setup.span))
        workflows = child(self.root, "workflows")
        if workflows is None:
            build = child(self.root, "jobs", "build")
            if build is None:
                self.note(problem(self.root, f"{self.root.text.path} has neither `workflows` nor a job `build`"))
            else:
                yield from self.made(Use("build", "build", build, False), self.root, "", [assumed("push", self.ci)])
            return
        for name, workflow in entries(workflows):
            if isinstance(workflow.value, dict):
                yield from self.workflow(name, workflow)

    def workflow(self, name: str, workflow: Node) -> Iterator[Job]:
        started = self.started(workflow)
        for use in self.uses(workflow):
            self.budget.take(JOB)
            if child(self.root, "jobs", use.of) is not None:
                yield from self.made(use, workflow, f"{name}/", self.filtered(use, started))
            elif "/" in use.of:
                message = f"the job {use.of} is of an orb, which is not in this repository: not priced"
                self.note(Notice("remote-workflow", "info", message, use.node.span))
            else:
                self.note(problem(use.node, f"the workflow {name} runs the job {use.of}, which does not exist"))

    def uses(self, workflow: Node) -> Iterator[Use]:
        """The jobs of a workflow in their order; what waits for an approval is started by hand."""
        found = [self.use(entry) for entry in items(child(workflow, "jobs"))]
        waiting = waiting_for_approval(found)
        named: dict[str, int] = {}
        for use, kind in found:
            if use.of and kind not in WITHOUT_MACHINE:
                named[use.name] = named.get(use.name, 0) + 1
                name = use.name if named[use.name] == 1 else f"{use.name} {named[use.name]}"
                yield replace(use, name=name, by_hand=use.name in waiting)

    def use(self, entry: Node) -> tuple[Use, Any]:
        """An entry of a workflow's jobs, with the type of the job."""
        if isinstance(entry.value, dict) and entry.value:
            of, said = next(iter(entries(entry)))
        else:
            of, said = entry.value if isinstance(entry.value, str) else "", entry
        written = value_at(said, "name")
        name = written if isinstance(written, str) and "<<" not in written else of
        return Use(name, of, said, False), value_at(said, "type") or value_at(self.root, "jobs", of, "type")

    # What starts it

    def started(self, workflow: Node) -> list[Trigger]:
        """What starts a workflow: its schedules, else the first kind of pipeline that its condition allows.

        What allows none waits for a parameter that a call of the API gives.
        """
        scheduled = items(child(workflow, "triggers"))
        if scheduled:
            return [t for entry in scheduled for t in self.scheduled(entry)]
        allowed = (event for event, known in SOURCES.items() if self.allows(workflow, {**self.values, **known}))
        return [assumed(next(allowed, "api"), self.ci)]

    def allows(self, workflow: Node, values: Values) -> bool:
        """Whether a workflow's condition may hold."""
        when, unless = value_at(workflow, "when"), value_at(workflow, "unless")
        runs = holds(when, values) if when is not None else True
        stops = holds(unless, values) if unless is not None else False
        return runs is not False and stops is not True

    def scheduled(self, entry: Node) -> Iterator[Trigger]:
        cron = child(entry, "schedule", "cron")
        if cron is None:
            return
        try:
            runs = runs_per_month(str(cron.value))
        except ScheduleError as error:
            self.note(problem(cron, f"{cron.value!r}: {error}", "invalid-schedule"))
            runs = ZERO
        branches = value_at(entry, "schedule", "filters", "branches", "only")
        names = branches if isinstance(branches, list) else [branches]
        known = all(isinstance(name, str) and not name.startswith("/") for name in names)
        # It runs once for every branch that fits; how many fit a pattern is not known.
        times = Range.exact(len(names)) if known else Range(Decimal(1), Decimal(1), UNBOUNDED)
        yield Trigger(SCHEDULE, Range.exact(runs) * times, str(cron.value))

    def filtered(self, use: Use, started: Sequence[Trigger]) -> list[Trigger]:
        """What is left of the triggers of a workflow for a job with filters."""
        found: list[Trigger] = []
        for trigger in started:
            ignored = listed(value_at(use.node, "filters", "branches", "ignore"))
            if trigger.event != "push" or not any(pattern in _EVERYTHING for pattern in ignored):
                found.append(trigger)
            if trigger.event == "push" and value_at(use.node, "filters", "tags", "only") is not None:
                found.append(assumed("tag", self.ci))
        if use.by_hand:
            return [replace(t, runs=Range(ZERO, ZERO, t.runs.ceiling)) for t in found]
        return found

    def made(self, use: Use, workflow: Node, prefix: str, triggers: Sequence[Trigger]) -> Iterator[Job]:
        job = child(self.root, "jobs", use.of)
        assert job is not None
        found = instances(job, use.node, self.around)
        yield Job(
            system="circleci",
            pipeline=self.root.text.path,
            workflow=prefix.rstrip("/") or use.name,
            name=prefix + use.name,
            node=job,
            machines=found.machines,
            timeout=Timeout(LONGEST, False, LONGEST),
            triggers=triggers,
            written=WRITTEN,
            around={"triggers": workflow, "schedules": workflow},
            more={
                "schedules": [{"cron": trigger.cron} for trigger in triggers if trigger.cron],
                "layer_cached": found.layer_cached,
            },
        )
