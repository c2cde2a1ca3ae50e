"""A GitHub workflow file: read, held against what every workflow has, and the places of what is in it."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from finops_gate.model import Notice, Span
from finops_gate.sources.documents import Document, read_documents
from finops_gate.sources.places import join_path

OF_THE_WORKFLOW = {
    "events": "on",
    "on": "on",
    "schedules": "on.schedule",
    "triggers": "on",
    "workflow": "name",
    "workflow_concurrency": "concurrency",
}
OF_THE_JOB = {
    "instances": "strategy.matrix",
    "retired_runners": "runs-on",
    "runner": "runs-on",
    "runner_skus": "runs-on",
    "runners": "runs-on",
    "timeout_declared": "timeout-minutes",
    "timeout_minutes": "timeout-minutes",
}
"""Attributes that we derive -> the keys they are written under, in the workflow and in the job."""


@dataclass(frozen=True, slots=True)
class Workflow:
    """A workflow file. `root` is the directory that holds its `.github`; `on` and `jobs` are as written."""

    path: str
    document: Document
    on: Any
    jobs: Mapping[str, Any]
    notices: tuple[Notice, ...] = ()

    @property
    def root(self) -> str:
        return posixpath.dirname(posixpath.dirname(posixpath.dirname(self.path)))

    @property
    def name(self) -> str:
        name = self.document.value.get("name") if isinstance(self.document.value, dict) else None
        return name if isinstance(name, str) else posixpath.basename(self.path)

    @property
    def concurrency(self) -> Any:
        return self.document.value.get("concurrency") if isinstance(self.document.value, dict) else None

    @property
    def names(self) -> set[str]:
        """What it goes by where another awaits it: its name; without one its path."""
        return {self.name, posixpath.relpath(self.path, self.root or ".")}

    def job_path(self, job: str) -> str:
        return join_path("jobs", job)

    def span(self, path: str) -> Span:
        return self.document.span(path)

    def key_span(self, path: str) -> Span:
        return self.document.key_spans.get(path) or self.document.span(path)


def read_workflow(text: str, path: str) -> Workflow:
    """The workflow of a file; what is wrong with it is in its notices, and it then has no jobs."""
    documents = read_documents(text, path) or [Document(None)]
    first = documents[0]
    notices = tuple(notice for document in documents for notice in document.notices)
    if first.broken:
        return Workflow(path, first, None, {}, notices)
    value = first.value if isinstance(first.value, dict) else {}
    jobs = value.get("jobs")
    if not isinstance(jobs, dict) or not jobs or "on" not in value:
        missing = "`on`" if isinstance(jobs, dict) and jobs else "`jobs`"
        place = Span(path, 1, 1, 1, 1) if first.value is None else first.span("jobs")
        message = f"{path} is not a workflow: it has no {missing}"
        return Workflow(path, first, None, {}, (*notices, Notice("invalid-workflow", "error", message, place)))
    return Workflow(path, first, value["on"], jobs, notices)


class JobPlaces(Mapping[str, Span]):
    """The places of a job's attributes, those that we derive included; worked out when asked.

    What is of the workflow stands in the one that was started, which may be another than that of the job.
    """

    __slots__ = ("_content", "_job", "_on", "_of_the_start", "_spans")

    def __init__(self, workflow: Workflow, job: str, started: Workflow) -> None:
        self._spans, self._of_the_start = workflow.document.spans, started.document.spans
        self._job = workflow.job_path(job)
        self._content = workflow.jobs[job]
        self._on = started.on

    def __getitem__(self, path: str) -> Span:
        head = path.replace("[", ".").partition(".")[0]
        if head == "cancels_superseded":
            return self._cancelling()
        if head in OF_THE_WORKFLOW:
            return self._of_the_start[OF_THE_WORKFLOW[head] + path[len(head) :]]
        if head in OF_THE_JOB:
            return self._spans[f"{self._job}.{OF_THE_JOB[head]}"]
        return self._spans[self._job + (path if path.startswith("[") else f".{path}")]

    def _cancelling(self) -> Span:
        """Where it says what a newer run stops, or what starts a run that nothing stops."""
        own = self._spans.get(f"{self._job}.concurrency")
        written = (self._of_the_start.get(path) for path in ("concurrency", "on.pull_request", "on"))
        return next(span for span in (own, *written) if span is not None)

    def __iter__(self) -> Iterator[str]:
        yield from (
            name for name in sorted({"cancels_superseded", *OF_THE_WORKFLOW, *OF_THE_JOB} - {"on"}) if name in self
        )
        yield from attribute_paths(self._content, "")
        yield "on"
        yield from attribute_paths(self._on, "on")

    def __len__(self) -> int:
        return sum(1 for _ in self)


def attribute_paths(value: Any, prefix: str) -> Iterator[str]:
    """The attribute path of everything below a value."""
    if isinstance(value, dict):
        children = [(join_path(prefix, key), child) for key, child in value.items()]
    else:
        children = [(f"{prefix}[{i}]", child) for i, child in enumerate(value if isinstance(value, list) else ())]
    for path, child in children:
        yield path
        yield from attribute_paths(child, path)
