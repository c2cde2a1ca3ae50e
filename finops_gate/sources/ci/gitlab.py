"""GitLab CI/CD: each job of a pipeline is a resource, those of child pipelines in the same repository included.

Syntax: https://docs.gitlab.com/ci/yaml/. Prices: minutes times the cost factor of the runner
(https://docs.gitlab.com/ci/pipelines/compute_minutes/), counted in seconds. Schedules stand in the user interface and
not in the files; their runs are `ci.runs.schedule` of the settings.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from finops_gate.model import Loaded, Notice, Resource, Span
from finops_gate.settings import Settings
from finops_gate.sources.ci.budget import JOB, Budget, TooComplex
from finops_gate.sources.ci.gitlab_config import Config, Found, Jobs, Reader, listed
from finops_gate.sources.ci.gitlab_job import machines_of, timeout_of
from finops_gate.sources.ci.gitlab_rules import EVENTS, Event, RuleError, to_speak_of, triggers
from finops_gate.sources.ci.job import Trigger
from finops_gate.sources.ci.pipeline import Job, problem, resource, value_at
from finops_gate.sources.files import Tree
from finops_gate.sources.nodes import Node, child, entries

MAX_PIPELINES_DEEP = 2
"""Child pipelines in a row: https://docs.gitlab.com/ci/pipelines/downstream_pipelines/#nested-child-pipelines"""

TWICE = {"push", "pull_request"}
RUNS_TWICE = "runs_twice"
"""Of the first job of a pipeline that a push to a merge request's branch starts both as a push and as a request.

https://docs.gitlab.com/ci/jobs/job_rules/#avoid-duplicate-pipelines
"""

WRITTEN = {
    "cancels_superseded": "interruptible",
    "instances": "parallel",
    "retired_runners": "tags",
    "runner": "tags",
    "runner_skus": "tags",
    "runners": "tags",
    "runs_twice": "rules",
    "timeout_declared": "timeout",
    "timeout_minutes": "timeout",
    "triggers": "rules",
}


def is_start(path: str) -> bool:
    """Whether GitLab starts a pipeline with a file of that name; others are included."""
    return posixpath.basename(path) in (".gitlab-ci.yml", ".gitlab-ci.yaml")


def load(tree: Tree, paths: Sequence[str], settings: Settings) -> Loaded:
    """The jobs of the pipelines, and what is wrong with them. A file that no pipeline includes stands for itself."""
    loader = _Loader(tree, settings.ci)
    for path in sorted(paths, key=lambda p: (not is_start(p), p)):
        if path not in loader.read:
            loader.start(path)
    return Loaded(tuple(loader.resources), tuple(loader.notices))


@dataclass(frozen=True, slots=True)
class Run:
    """How a pipeline comes to run: the file that is started, what is before its jobs' names, and by which events.

    `cancels` is whether a newer run of it stops this one.
    """

    pipeline: str
    prefix: str
    events: Sequence[Event]
    runs: Mapping[str, Trigger] | None
    deep: int
    cancels: bool = False


class _Loader:
    """One reading of a set of pipelines."""

    def __init__(self, tree: Tree, ci: Mapping[str, Any]) -> None:
        self.tree, self.ci = tree, ci
        self.read: set[str] = set()
        self.first: set[tuple[str, str]] = set()
        self.notices: dict[Notice, None] = {}
        self.resources: list[Resource] = []
        self.budget = Budget()

    def note(self, notice: Notice) -> None:
        self.notices.setdefault(notice)

    def start(self, path: str) -> None:
        self.budget.next_workflow()
        try:
            self.pipeline([path], {}, Run(path, "", EVENTS, None, 0))
        except TooComplex as error:
            message = f"{path} makes too many jobs, the rest of it is not counted: {error}"
            self.note(Notice("too-complex", "error", message, Span(path, 1, 1, 1, 1)))

    def pipeline(self, paths: Sequence[str], inputs: Mapping[str, Any], run: Run) -> None:
        reader = Reader(self.tree, run.pipeline, self.note, self.budget)
        config = reader.read(paths, inputs)
        self.read |= set(reader.paths)
        if config is None:
            return
        jobs = Jobs(config, self.note, self.budget)
        shared = _variables(config.root)
        names = jobs.names()
        self.budget.take(JOB * len(names))
        found = [jobs.job(name) for name in names]
        run = replace(run, cancels=_cancels(config, found))
        for job in found:
            self.job(job, config, shared, run)

    def job(self, found: Found, config: Config, shared: Mapping[str, Any], run: Run) -> None:
        variables = {**shared, **_variables(found.node)}
        try:
            started = self.started(found, config, variables, run)
        except RuleError as error:
            self.note(problem(child(found.node, "rules") or found.node, f"{found.name}: {error}", "invalid-expression"))
            return
        if child(found.node, "trigger") is not None:
            self.child_pipeline(found, started, run)
            return
        spoken = to_speak_of(started)
        first_of = [t.event for t in spoken if (run.pipeline, t.event) not in self.first]
        self.first |= {(run.pipeline, event) for event in first_of}
        twice = {t.event for t in started if t.certain} >= TWICE and (run.pipeline, RUNS_TWICE) not in self.first
        self.first |= {(run.pipeline, RUNS_TWICE)} if twice else set()
        machines = machines_of(found, {**variables, **(self.ci.get("vars") or {})}, self.ci, self.note, self.budget)
        made = Job(
            system="gitlab",
            pipeline=run.pipeline,
            workflow=run.pipeline,
            name=run.prefix + found.name,
            node=found.node,
            machines=machines,
            timeout=timeout_of(found, machines, self.note),
            triggers=spoken,
            written=WRITTEN,
            more={"cancels_superseded": run.cancels, "first_of": first_of, RUNS_TWICE: twice},
        )
        self.resources.append(resource(made, self.ci))

    def started(self, found: Found, config: Config, variables: Mapping[str, Any], run: Run) -> list[Trigger]:
        """What starts a job; in a child pipeline no more than started the job above it."""
        workflow = value_at(config.root, "workflow")
        known = {name: str(value) for name, value in variables.items() if not isinstance(value, bool)}
        own = triggers(found.node.value, workflow, known, self.ci, run.events)
        if run.runs is None:
            return own
        return [t if t.runs.expected == 0 else run.runs[t.event] for t in own if t.event in run.runs]

    def child_pipeline(self, found: Found, started: Sequence[Trigger], run: Run) -> None:
        """The jobs of a pipeline that a job triggers in the same repository; what is triggered elsewhere is said."""
        trigger = child(found.node, "trigger")
        assert trigger is not None
        included = listed(child(trigger, "include"))
        reader = Reader(self.tree, run.pipeline, self.note, self.budget)
        files = [file for entry in included for file in reader.included(entry)]
        if not included:
            message = f"the job {found.name!r} triggers a pipeline of another project: not priced"
            self.note(Notice("remote-workflow", "info", message, trigger.span))
        elif run.deep >= MAX_PIPELINES_DEEP:
            self.note(problem(trigger, f"{found.name} triggers pipelines too deep", "workflow-recursion"))
        elif files:
            events = _as_child(run.events, {t.event for t in started})
            runs = {t.event: t for t in started}
            below = replace(run, prefix=f"{run.prefix}{found.name}/", events=events, runs=runs, deep=run.deep + 1)
            inputs = {name: value for _, given in files for name, value in given.items()}
            self.pipeline([path for path, _ in files], inputs, below)


def _cancels(config: Config, jobs: Sequence[Found]) -> bool:
    """Whether a newer pipeline stops this one: https://docs.gitlab.com/ci/yaml/#workflowauto_cancelon_new_commit"""
    asked = value_at(config.root, "workflow", "auto_cancel", "on_new_commit")
    return asked != "none" and any(job.node.value.get("interruptible") is True for job in jobs)


def _as_child(events: Sequence[Event], names: set[str]) -> list[Event]:
    """The events as a child pipeline sees them: they tell their branch or request, but not their source."""
    return [
        replace(event, variables={**event.variables, "CI_PIPELINE_SOURCE": "parent_pipeline"})
        for event in events
        if event.name in names
    ]


def _variables(node: Node) -> dict[str, Any]:
    """The variables that stand at a job or at the top of a pipeline; one with options has its value in `value`."""
    found: dict[str, Any] = {}
    held = child(node, "variables")
    for name, entry in entries(held) if held is not None else ():
        value = value_at(entry, "value") if isinstance(entry.value, dict) else entry.value
        if isinstance(value, (str, bool)) or value is not None:
            found[name] = value
    return found
