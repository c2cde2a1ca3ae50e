"""One job of a GitLab pipeline: its instances, what they run on, how long they may take."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from finops_gate.model import ONCE, ZERO, Range, Unknown
from finops_gate.sources.ci.budget import INSTANCE, Budget, product
from finops_gate.sources.ci.gitlab_config import Found, listed
from finops_gate.sources.ci.job import Machine, Timeout
from finops_gate.sources.ci.machines import machine, unheard_of, unknown
from finops_gate.sources.ci.pipeline import Note, number, problem
from finops_gate.sources.ci.runners import find
from finops_gate.sources.nodes import Node, child, entries

UNTAGGED = "saas-linux-small-amd64"
"""What runs a job without tags: https://docs.gitlab.com/ci/runners/hosted_runners/"""

DEFAULT_TIMEOUT = Decimal(60)
HOSTED_LIMIT = Decimal(180)
OWN_LIMIT = Decimal(43_200)
"""Minutes: a project's default (https://docs.gitlab.com/ci/pipelines/settings/#set-a-limit-for-how-long-jobs-can-run),
the most on GitLab.com's runners (https://docs.gitlab.com/ci/runners/hosted_runners/), a project's longest, a month."""

MOST_PARALLEL = 200
"""https://docs.gitlab.com/ci/yaml/#parallel"""

MOST_COUNTED = 1_000_000

Combination = Mapping[str, Any]

_VARIABLE = re.compile(r"\$(?:([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)\})")
_PART = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)\s*([a-z]{0,10})")
_BETWEEN = re.compile(r"(?:\s|,|and)*")
_SECONDS = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds", ""), Decimal(1)),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), Decimal(60)),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), Decimal(3600)),
    **dict.fromkeys(("d", "day", "days"), Decimal(86_400)),
    **dict.fromkeys(("w", "wk", "wks", "week", "weeks"), Decimal(604_800)),
}


def minutes_of(written: str) -> Decimal | None:
    """A duration as GitLab takes it (`1h 30m`, `3 hours and 30 minutes`) in minutes; None where it is none."""
    text = written.strip().lower()
    total, position = ZERO, 0
    while position < len(text) and len(text) <= 100:
        match = _PART.match(text, position)
        if match is None or match[2] not in _SECONDS:
            return None
        total += Decimal(match[1]) * _SECONDS[match[2]]
        between = _BETWEEN.match(text, match.end())
        position = between.end() if between else match.end()
    return total / 60 if total > 0 else None


def timeout_of(found: Found, machines: Sequence[Machine], note: Note) -> Timeout:
    """When a job is stopped: as it says, else as projects have it by default."""
    hosted = bool(machines) and all(isinstance(m.sku, str) and m.size != "self-hosted" for m in machines)
    limit = HOSTED_LIMIT if hosted else OWN_LIMIT
    written = child(found.node, "timeout")
    if written is None or written.value is None:
        return Timeout(DEFAULT_TIMEOUT, False, limit)
    minutes = minutes_of(f"{written.value}")
    if minutes is None:
        note(problem(written, f"`timeout` is a duration such as 1h 30m, not {str(written.value)[:80]!r}"))
        return Timeout(DEFAULT_TIMEOUT, False, limit)
    return Timeout(minutes, True, limit)


def machines_of(
    found: Found, variables: Mapping[str, Any], ci: Mapping[str, Any], note: Note, budget: Budget
) -> list[Machine]:
    """What the instances of a job run on, equal ones together. Raises TooComplex."""
    tags = child(found.node, "tags")
    if tags is None and found.missing:
        return [unknown("unknown", f"it extends {found.missing[0]}, which is not in this repository")]
    parallel = child(found.node, "parallel")
    counts: dict[Machine, Range] = {}
    for combination, count in _instances(parallel, _varies(tags), note, budget):
        one = _machine(tags, {**variables, **combination}, ci)
        counts[one] = counts.get(one, Range.exact(0)) + Range.exact(count)
    return [replace(one, count=count) for one, count in counts.items()]


def _varies(tags: Node | None) -> bool:
    """Whether the tags name variables, which an instance may have a value of its own for."""
    return tags is not None and any("$" in str(tag.value) for tag in listed(tags))


def _instances(parallel: Node | None, each: bool, note: Note, budget: Budget) -> Iterator[tuple[Combination, int]]:
    """What `parallel` makes of a job: the variables of an instance, and how many there are; one by one if `each`."""
    matrix = child(parallel, "matrix")
    if parallel is None or parallel.value is None:
        yield {}, 1
    elif matrix is None:
        yield {}, _count(parallel, number(parallel.value), note)
    else:
        axes = [dict(entries(entry)) for entry in listed(matrix)]
        count = sum(_product(named) for named in axes)
        _count(parallel, Decimal(count), note)
        if not each or count > MOST_PARALLEL:
            yield {}, count
            return
        budget.take(INSTANCE * count)
        for named in axes:
            values = [[node.value for node in listed(axis)] for axis in named.values()]
            yield from ((dict(zip(named, chosen, strict=True)), 1) for chosen in itertools.product(*values))


def _product(axes: Mapping[str, Node]) -> int:
    return product((len(listed(axis)) for axis in axes.values()), MOST_COUNTED)


def _count(parallel: Node, count: Decimal | None, note: Note) -> int:
    """The number of instances, if GitLab takes it; else it is noted."""
    if count is None or count != int(count) or count < 1:
        note(problem(parallel, f"`parallel` is a number of jobs from 1 to {MOST_PARALLEL}, or a matrix"))
        return 1
    if count > MOST_PARALLEL:
        note(problem(parallel, f"`parallel` makes {int(count):,} jobs; GitLab refuses more than {MOST_PARALLEL}"))
    return int(count)


def _machine(tags: Node | None, variables: Mapping[str, Any], ci: Mapping[str, Any]) -> Machine:
    """The machine of a set of tags: of the first that anybody knows."""
    declared = {str(own): str(meant) for own, meant in (ci.get("runners") or {}).items()}
    labels = [expanded(str(tag.value), variables) for tag in listed(tags)]
    for label in labels:
        if isinstance(label, Unknown):
            return unknown("unknown", label.reason)
    named = [label for label in labels if isinstance(label, str)]
    if not named:
        runner = find("gitlab", "untagged", declared) or find("gitlab", UNTAGGED, declared)
        return machine(runner, runner.label) if runner else unheard_of(UNTAGGED)
    joined = ", ".join(named)
    runners = (find("gitlab", name, declared) for name in (joined, *named))
    runner = next((runner for runner in runners if runner is not None), None)
    return unheard_of(joined) if runner is None else replace(machine(runner, joined), count=ONCE)


def expanded(text: str, variables: Mapping[str, Any]) -> str | Unknown:
    """A text with its variables filled in, once over; Unknown where one has no value that the files tell."""
    names = [match[1] or match[2] for match in _VARIABLE.finditer(text)]
    absent = next((name for name in names if not isinstance(variables.get(name), (str, Decimal))), None)
    if absent is not None:
        return Unknown(f"${absent} has its value only when it runs; give it under `ci.vars` in .finops-gate.yaml")
    return _VARIABLE.sub(lambda match: str(variables[match[1] or match[2]]), text)
