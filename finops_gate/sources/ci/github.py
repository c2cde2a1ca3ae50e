"""GitHub Actions: each job of a workflow is a resource, with its machines, its minutes and its runs a month.

Syntax: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax. A call of a workflow in the
same repository is expanded: the called jobs are resources of the caller. A workflow that only others call is a resource
of its own only where nobody that was read calls it.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from finops_gate.model import NOTHING, UNBOUNDED, ZERO, Loaded, Notice, Range, Resource
from finops_gate.settings import Settings
from finops_gate.sources.ci import github_triggers as on
from finops_gate.sources.ci.budget import JOB, TRIGGER, Budget, TooComplex
from finops_gate.sources.ci.github_expressions import ExpressionSyntaxError, resolve
from finops_gate.sources.ci.github_job import Instance, Job, Started, instances, resource
from finops_gate.sources.ci.github_values import Context, text_of
from finops_gate.sources.ci.github_workflow import Workflow, read_workflow
from finops_gate.sources.ci.job import Trigger, assumed_runs
from finops_gate.sources.files import Tree, Unreadable

MAX_CALLS_DEEP = 10
"""Workflows that may call one another in a row: https://docs.github.com/en/actions/reference/workflows-and-actions/reusing-workflow-configurations"""

AFTER_A_RUN = "workflow_run"
MAX_AWAITED = 50
MAX_RUNS_IN_A_ROW = 3
"""Workflows that may start after one another: https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows#workflow_run"""


def load(tree: Tree, paths: Sequence[str], settings: Settings) -> Loaded:
    """The jobs of the workflows, and what is wrong with them."""
    return _Loader(tree, settings.ci).load(paths)


@dataclass(frozen=True, slots=True)
class Entry:
    """How the jobs of a workflow come to run: by which triggers, in which runs, and by which calls.

    An entry by the workflow's own triggers is one run; a calling job's matrix makes several, each with its inputs.
    """

    triggers: tuple[Trigger, ...]
    runs: tuple[Instance, ...]
    prefix: str
    calls: tuple[str, ...]
    start: Workflow


class _Loader:
    """One reading of a set of workflows: each file once, each notice once."""

    def __init__(self, tree: Tree, ci: Mapping[str, Any]) -> None:
        self.tree, self.ci = tree, ci
        self.workflows: dict[str, Workflow | None] = {}
        self.notices: dict[Notice, None] = {}
        self.resources: list[Resource] = []
        self.budget = Budget()
        self.entered = False
        self.starts: dict[tuple[str, int], list[Trigger]] = {}
        self.named: dict[tuple[str, str], list[Workflow]] = {}

    def load(self, paths: Sequence[str]) -> Loaded:
        read = [workflow for workflow in map(self.workflow, paths) if workflow is not None]
        called = {path for workflow in read for path in called_paths(workflow)}
        for workflow in read:
            for name in workflow.names:
                self.named.setdefault((workflow.root, name), []).append(workflow)
        for workflow in read:
            self.enter(workflow, called)
        return Loaded(tuple(self.resources), tuple(self.notices))

    def note(self, notice: Notice) -> None:
        self.notices.setdefault(notice)

    def workflow(self, path: str) -> Workflow | None:
        """A workflow by its path; None, with its notice, where it cannot be read."""
        if path not in self.workflows:
            self.workflows[path] = None
            try:
                workflow = read_workflow(self.tree.read_text(path), path)
            except Unreadable as error:
                self.note(error.notice)
            else:
                self.workflows[path] = workflow
                for notice in (*workflow.notices, *on.schedule_notices(workflow.on, workflow.span)):
                    self.note(notice)
        return self.workflows[path]

    def enter(self, workflow: Workflow, called: set[str]) -> None:
        """The jobs of a workflow as its own triggers start it."""
        triggers = self.started(workflow)
        if not triggers:
            if workflow.path in called:
                return
            calls = Range(ZERO, assumed_runs("workflow_call", self.ci), UNBOUNDED)
            triggers = [Trigger("workflow_call", calls, usage="workflow_call")]
        run = Instance(on.contexts(workflow.on, triggers, self.ci))
        self.budget.next_workflow()
        self.entered = False
        try:
            self.jobs_of(workflow, Entry(tuple(triggers), (run,), f"{workflow.path}:", (workflow.path,), workflow))
        except TooComplex as error:
            message = f"{workflow.path} makes too many jobs, the rest of it is not counted: {error}"
            self.note(Notice("too-complex", "error", message, workflow.span("jobs")))

    def started(self, workflow: Workflow, deep: int = 0) -> list[Trigger]:
        """What starts a workflow; after another's run it runs as often as that one, where it was read."""
        key = (workflow.path, deep)
        if key not in self.starts:
            found = on.triggers(workflow.on, self.ci)
            self.starts[key] = [self.after(workflow, t, deep) if t.event == AFTER_A_RUN else t for t in found]
        return self.starts[key]

    def after(self, workflow: Workflow, trigger: Trigger, deep: int) -> Trigger:
        """A run after other workflows' runs, as often as these run; of some branches no pull request counts."""
        names, stages, of_all = on.awaited(workflow.on)
        if AFTER_A_RUN in (self.ci.get("runs") or {}) or len(names) > MAX_AWAITED or deep >= MAX_RUNS_IN_A_ROW:
            return trigger
        before = [w for name in sorted(names) for w in self.named.get((workflow.root, name), ())]
        if len(before) < len(names):
            return trigger
        counted = [t for w in before for t in self.started(w, deep + 1) if of_all or "pull_request" not in t.event]
        runs = sum((t.runs for t in counted), NOTHING) * Decimal(stages)
        floor = runs.floor if of_all else ZERO
        return replace(trigger, runs=Range(floor, *list(runs)[1:]), usage="", after=" and ".join(sorted(names)))

    def jobs_of(self, workflow: Workflow, entry: Entry) -> None:
        for name, content in workflow.jobs.items():
            job = Job(workflow, name, content if isinstance(content, dict) else {}, self.note)
            self.budget.take(JOB + TRIGGER * len(entry.triggers) * len(entry.runs))
            try:
                self.job(job, entry)
            except ExpressionSyntaxError as error:
                job.problem("invalid-expression", f"holds an expression that is not valid: {error}")

    def job(self, job: Job, entry: Entry) -> None:
        entry = self.left_by_if(job, entry)
        if "uses" in job.content:
            self.call(job, entry)
        elif "runs-on" in job.content:
            made = instances(job, entry.runs, self.budget)
            started = Started(entry.start, entry.triggers, not self.entered)
            self.entered = True
            self.resources.append(resource(job, entry.prefix + job.name, started, made, self.ci))
        else:
            job.problem("invalid-workflow", "has neither `runs-on` nor `uses`")

    def left_by_if(self, job: Job, entry: Entry) -> Entry:
        """The entry with the triggers and runs that the job's `if` leaves; a job that never runs keeps its runs."""
        test = job.content.get("if")
        if test is None or test == "":
            return entry
        left = [(run, self.triggers_left(job, test, entry, run)) for run in entry.runs]
        kept = tuple(run for run, triggers in left if triggers)
        longest = max((triggers for _, triggers in left), key=len, default=())
        return replace(entry, triggers=longest, runs=kept or entry.runs)

    def triggers_left(self, job: Job, test: Any, entry: Entry, run: Instance) -> tuple[Trigger, ...]:
        called = len(entry.calls) > 1
        found = (
            on.left_by(test, trigger, on.under(trigger, job.workflow.on, run.contexts, self.ci, called=called))
            for trigger in entry.triggers
        )
        return tuple(trigger for trigger in found if trigger is not None)

    def call(self, job: Job, entry: Entry) -> None:
        """The jobs of the workflow that a job calls."""
        used = text_of(job.content["uses"])
        if not used.startswith("./"):
            message = f"the job {job.name!r} calls {used}, which is not in this repository: not priced"
            self.note(Notice("remote-workflow", "info", message, job.span("uses")))
            return
        path = called_path(job.workflow, used)
        if path in entry.calls or len(entry.calls) > MAX_CALLS_DEEP:
            job.problem("workflow-recursion", f"calls {used} in a circle or too deep", "uses")
        elif not self.tree.exists(path):
            job.problem("missing-workflow", f"calls {used}, which does not exist", "uses")
        elif called := self.workflow(path):
            runs = tuple(with_inputs(called, job, run) for run in instances(job, entry.runs, self.budget))
            calls = (*entry.calls, path)
            self.jobs_of(called, Entry(entry.triggers, runs, f"{entry.prefix}{job.name}/", calls, entry.start))


def called_path(workflow: Workflow, used: str) -> str:
    """The path of `./.github/workflows/x.yml`, which counts from the repository of the caller."""
    return posixpath.normpath(posixpath.join(workflow.root, used))


def called_paths(workflow: Workflow) -> set[str]:
    """The paths that a workflow's jobs call."""
    used = (job.get("uses") for job in workflow.jobs.values() if isinstance(job, dict))
    return {called_path(workflow, path) for path in used if isinstance(path, str) and path.startswith("./")}


def with_inputs(called: Workflow, job: Job, run: Instance) -> Instance:
    """A run of a called workflow: with the inputs that the call gives, else their defaults."""
    config = on.events(called.on).get("workflow_call")
    declared = config.get("inputs") if isinstance(config, dict) else None
    defaults = {k: on.default_input(v) for k, v in declared.items()} if isinstance(declared, dict) else {}
    given = job.content.get("with")
    values = resolve(given, run.contexts) if isinstance(given, dict) else {}
    inherited = {name: known for name, known in run.contexts.items() if name not in ("inputs", "matrix")}
    return Instance({**inherited, "inputs": Context({**defaults, **values})}, run.count)
