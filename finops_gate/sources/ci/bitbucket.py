"""Bitbucket Pipelines: each step of a pipeline is a resource.

Syntax: https://support.atlassian.com/bitbucket-cloud/docs/bitbucket-pipelines-configuration-reference/. A step bills
its minutes times its size (https://support.atlassian.com/bitbucket-cloud/docs/step-options/), counted in seconds
(https://confluence.atlassian.com/bbkb/how-build-minutes-seconds-are-calculated-in-bitbucket-cloud-1387868759.html).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from finops_gate.model import ONCE, ZERO, Loaded, Notice, Range, Resource
from finops_gate.settings import Settings
from finops_gate.sources.ci.job import Machine, Timeout, Trigger
from finops_gate.sources.ci.machines import machine_of, unknown
from finops_gate.sources.ci.pipeline import MANUAL, Job, Note, assumed, number, problem, read, resource, value_at
from finops_gate.sources.files import Tree
from finops_gate.sources.nodes import Node, child, entries, items

DEFAULT_TIMEOUT = Decimal(120)
LONGEST_TIMEOUT = Decimal(720)
"""Minutes of a step where `max-time` is silent, and the most it may say."""

SELF_HOSTED = "bitbucket_self_hosted"
"""Has no price a minute: own runners beyond the free ones are billed by the slot."""

EVENTS = {"default": "push", "branches": "push", "tags": "tag", "pull-requests": "pull_request", "custom": MANUAL}
"""Section of `pipelines` -> what starts what is in it. A custom one is started by hand or by a schedule of the UI."""

WRITTEN = {
    "retired_runners": "size",
    "runner": "size",
    "runner_skus": "size",
    "runners": "size",
    "timeout_declared": "max-time",
    "timeout_minutes": "max-time",
}


def load(tree: Tree, paths: Sequence[str], settings: Settings) -> Loaded:
    """The steps of the pipelines, and what is wrong with them."""
    notices: dict[Notice, None] = {}
    found: list[Resource] = []
    for path in paths:
        root = read(tree, path, notices.setdefault)
        if root is not None:
            found += [resource(job, settings.ci) for job in _jobs(path, root, settings.ci, notices.setdefault)]
    return Loaded(tuple(found), tuple(notices))


@dataclass(frozen=True, slots=True)
class Pipeline:
    """One of the pipelines of a file: its name (`branches/main`), what it holds and what starts it."""

    name: str
    content: Node
    trigger: Trigger


def _jobs(path: str, root: Node, ci: Mapping[str, Any], note: Note) -> Iterator[Job]:
    options = child(root, "options")
    for pipeline in _pipelines(root, ci, note):
        names: dict[str, int] = {}
        by_hand = False
        for step, manual in _steps(pipeline.content):
            by_hand = by_hand or manual
            name = _named(step, names)
            trigger = _by_hand(pipeline.trigger) if by_hand else pipeline.trigger
            yield Job(
                system="bitbucket",
                pipeline=path,
                workflow=pipeline.name,
                name=f"{pipeline.name}/{name}",
                node=step,
                machines=[_machine(step, options, ci)],
                timeout=_timeout(step, options, note),
                triggers=[trigger],
                written=WRITTEN,
                around={"triggers": pipeline.content},
            )


def _pipelines(root: Node, ci: Mapping[str, Any], note: Note) -> Iterator[Pipeline]:
    pipelines = child(root, "pipelines")
    if pipelines is None:
        note(problem(root, f"{root.text.path} has no `pipelines`"))
        return
    for section, content in entries(pipelines):
        event = EVENTS.get(section)
        if event is None:
            continue
        named = [("", content)] if section == "default" else list(entries(content))
        for name, held in named:
            if child(held, "import") is not None:
                message = f"the pipeline {name or section!r} is imported from another repository: not priced"
                note(Notice("remote-workflow", "info", message, held.span))
            yield Pipeline(f"{section}/{name}" if name else section, held, assumed(event, ci))


def _steps(content: Node, manual: bool = False) -> Iterator[tuple[Node, bool]]:
    """The steps of a pipeline in their order, each with whether somebody must start it."""
    for entry in items(content):
        for kind, held in entries(entry):
            if kind == "step":
                yield held, manual or value_at(held, "trigger") == "manual"
            elif kind in ("parallel", "stage"):
                inner = held if isinstance(held.value, list) else child(held, "steps")
                if inner is not None:
                    yield from _steps(inner, manual or value_at(held, "trigger") == "manual")


def _named(step: Node, names: dict[str, int]) -> str:
    """The step's name, told apart from those before it."""
    written = value_at(step, "name")
    name = written.strip() if isinstance(written, str) and written.strip() else "step"
    names[name] = names.get(name, 0) + 1
    return name if names[name] == 1 and name != "step" else f"{name} {names[name]}"


def _by_hand(trigger: Trigger) -> Trigger:
    """What is left of a trigger where somebody must press a button."""
    return Trigger(trigger.event, Range(ZERO, ZERO, trigger.runs.ceiling), usage=trigger.usage)


def _machine(step: Node, options: Node | None, ci: Mapping[str, Any]) -> Machine:
    asked = value_at(step, "runs-on")
    labels = [label for label in (asked if isinstance(asked, list) else [asked]) if isinstance(label, str)]
    if "self.hosted" in labels:
        return Machine(", ".join(labels), SELF_HOSTED, ONCE, size="self-hosted", parts_per_minute=Decimal(60))
    size = str(value_at(step, "size") or value_at(options, "size") or "1x")
    for runtime in (value_at(step, "runtime", "cloud", "arch"), value_at(options, "runtime", "cloud", "arch")):
        if runtime == "arm":
            return unknown(f"{size} arm", "the price of a step on Arm is not known")
    return machine_of("bitbucket", size, ci)


def _timeout(step: Node, options: Node | None, note: Note) -> Timeout:
    written = child(step, "max-time") or child(options, "max-time")
    if written is None:
        return Timeout(DEFAULT_TIMEOUT, False, LONGEST_TIMEOUT)
    minutes = number(written.value)
    if minutes is None or minutes <= 0:
        note(problem(written, f"`max-time` is a number of minutes above 0, not {str(written.value)[:80]!r}"))
        return Timeout(DEFAULT_TIMEOUT, False, LONGEST_TIMEOUT)
    return Timeout(minutes, True, LONGEST_TIMEOUT)
