"""What the modules of CI systems share: a pipeline's file as a node, and one of its jobs as a resource."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from finops_gate.model import UNBOUNDED, ZERO, Notice, Range, Resource, Span, no_entries
from finops_gate.sources.ci.job import Machine, Timeout, Trigger, assumed_runs, derived
from finops_gate.sources.documents import read_documents
from finops_gate.sources.files import Tree, Unreadable
from finops_gate.sources.nodes import Node, child, root_of
from finops_gate.sources.places import Spans, find, span_at

Note = Callable[[Notice], None]

SCHEDULE = "schedule"
MANUAL = "manual"
"""Names under `ci.runs` of what is started by a schedule that stands in no file, and by hand."""


LARGEST = Decimal(10) ** 9
"""The largest number that a pipeline may give: beyond it no system has minutes or machines."""


@dataclass(frozen=True, slots=True)
class Job:
    """A job as its system's module worked it out.

    `pipeline` is the file that is started, `workflow` what it is called there, `name` the job's name in its address.
    `written` says where in the job an attribute that we derive stands, `around` which node it stands at if elsewhere.
    `more` are attributes of the system's own, `said` what the reader should know beside what was assumed.
    """

    system: str
    pipeline: str
    workflow: str
    name: str
    node: Node
    machines: Sequence[Machine]
    timeout: Timeout
    triggers: Sequence[Trigger]
    written: Mapping[str, str] = field(default_factory=no_entries)
    around: Mapping[str, Node] = field(default_factory=no_entries)
    more: Mapping[str, Any] = field(default_factory=no_entries)
    said: Sequence[str] = ()


def resource(job: Job, ci: Mapping[str, Any]) -> Resource:
    """The job with what its cost hangs on."""
    content = job.node.value if isinstance(job.node.value, dict) else {}
    worked_out = derived(job.machines, job.timeout, job.triggers, ci)
    attributes = {
        **content,
        **worked_out,
        "assumptions": [*worked_out["assumptions"], *job.said],
        "system": job.system,
        "workflow": job.workflow,
        "pipeline": job.pipeline,
        **job.more,
    }
    return Resource(
        address=f"{job.pipeline}:{job.name}",
        type="ci:job",
        source="ci",
        attributes=attributes,
        span=job.node.key_span,
        spans=JobSpans(job),
        provider="ci",
        project=posixpath.dirname(job.pipeline),
    )


class JobSpans(Mapping[str, Span]):
    """The places of a job's attributes, those that we derive included; worked out when asked."""

    __slots__ = ("_around", "_node", "_written")

    def __init__(self, job: Job) -> None:
        self._node, self._written, self._around = job.node, job.written, job.around

    def __getitem__(self, path: str) -> Span:
        head = path.replace("[", ".").partition(".")[0]
        if head in self._around:
            return self._around[head].span
        wanted = self._written.get(head, path)
        found = find(self._node.place, wanted) if wanted else None
        if found is None:
            raise KeyError(path)
        return span_at(self._node.text, found[1])

    def __iter__(self) -> Iterator[str]:
        derived = {*self._written, *self._around}
        yield from (name for name in sorted(derived) if name in self)
        own = Spans(self._node.text, self._node.place)
        yield from (path for path in own if path.replace("[", ".").partition(".")[0] not in derived)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def read(tree: Tree, path: str, note: Note) -> Node | None:
    """A pipeline's file, of which the first document counts; None, with its notice, where it is no mapping."""
    documents = read_all(tree, path, note)
    return documents[0] if documents else None


def read_all(tree: Tree, path: str, note: Note) -> list[Node]:
    """The documents of a pipeline's file that are mappings; what is wrong with the others is noted."""
    try:
        documents = read_documents(tree.read_text(path), path)
    except Unreadable as error:
        note(error.notice)
        return []
    for document in documents:
        for notice in document.notices:
            note(notice)
    found = [root_of(document) for document in documents if isinstance(document.value, dict)]
    if not found and not any(document.broken for document in documents):
        note(Notice("invalid-pipeline", "error", f"{path} is not a pipeline: it is no mapping", Span(path, 1, 1, 1, 1)))
    return found


def assumed(event: str, ci: Mapping[str, Any], usage: str = "") -> Trigger:
    """A trigger whose runs are assumed, for the files do not tell them."""
    usage = usage or event
    return Trigger(event, Range(ZERO, assumed_runs(usage, ci), UNBOUNDED), usage=usage)


def problem(node: Node, message: str, code: str = "invalid-pipeline") -> Notice:
    return Notice(code, "error", message, node.span)


def value_at(node: Node | None, *names: str) -> Any:
    """The value below some keys; None where there is none."""
    found = child(node, *names)
    return None if found is None else found.value


def number(value: Any) -> Decimal | None:
    """A number, however it is written; None where it is none, or one that nobody means."""
    try:
        found = value if isinstance(value, Decimal) else Decimal(value.strip()) if isinstance(value, str) else None
    except ArithmeticError:
        return None
    return found if found is not None and found.is_finite() and abs(found) <= LARGEST else None
