"""AWS CodeBuild: the builds of a batch are jobs; a buildspec without a batch says nothing of a machine.

https://docs.aws.amazon.com/codebuild/latest/userguide/batch-build-buildspec.html. What machine a plain build runs on is
the project's to say, and `aws_codebuild_project` is priced where Terraform has it. What starts a batch stands in the
project, too; it is taken to be a push.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from finops_gate.model import ONCE, Loaded, Notice, Range, Resource
from finops_gate.settings import Settings
from finops_gate.sources.ci.budget import product
from finops_gate.sources.ci.job import Machine, Timeout
from finops_gate.sources.ci.machines import machine_of, unknown
from finops_gate.sources.ci.pipeline import Job, Note, assumed, number, problem, read, resource, value_at
from finops_gate.sources.files import Tree
from finops_gate.sources.nodes import Node, child, items

DEFAULT_TIMEOUT = Decimal(60)
LONGEST_TIMEOUT = Decimal(2160)
"""Minutes of a build where its project is silent, and the most that one may say.

https://docs.aws.amazon.com/codebuild/latest/userguide/create-project.html
"""

MOST_BUILDS = 100
"""Builds in a batch: https://docs.aws.amazon.com/codebuild/latest/userguide/limits.html"""
MOST_COUNTED = 1_000_000

LINUX = "LINUX_CONTAINER"
COMPUTE, SYSTEM = "compute-type", "type"

WRITTEN = {
    "retired_runners": "env.compute-type",
    "runner": "env.compute-type",
    "runner_skus": "env.compute-type",
    "runners": "env.compute-type",
}
IN_A_MATRIX = dict.fromkeys(("retired_runners", "runner", "runner_skus", "runners"), "dynamic.env.compute-type")


def load(tree: Tree, paths: Sequence[str], settings: Settings) -> Loaded:
    """The builds of the batches, and which buildspecs say nothing of a machine."""
    notices: dict[Notice, None] = {}
    found: list[Resource] = []
    for path in paths:
        root = read(tree, path, notices.setdefault)
        if root is not None:
            jobs = list(_jobs(path, root, settings.ci, notices.setdefault))
            found += [resource(job, settings.ci) for job in jobs]
    return Loaded(tuple(found), tuple(notices))


def _jobs(path: str, root: Node, ci: Mapping[str, Any], note: Note) -> Iterator[Job]:
    batch = child(root, "batch")
    if batch is None or not isinstance(batch.value, dict):
        if child(root, "phases") is None:
            note(problem(root, f"{path} is not a buildspec: it has no `phases`"))
        else:
            message = f"{path} names no machine: its project does, and is priced where it is an aws_codebuild_project"
            note(Notice("buildspec-without-machine", "info", message, root.span))
        return
    for kind in ("build-list", "build-graph"):
        for number_, task in enumerate(items(child(batch, kind)), 1):
            name = value_at(task, "identifier")
            label = name if isinstance(name, str) and name else f"{kind} {number_}"
            yield _job(path, label, task, [_machine(value_at(task, "env"), ci)], WRITTEN, ci)
    matrix = child(batch, "build-matrix")
    if matrix is not None:
        yield _job(path, "build-matrix", matrix, list(_combined(matrix, ci, note)), IN_A_MATRIX, ci)
    fanout = child(batch, "build-fanout")
    if fanout is not None:
        yield _job(path, "build-fanout", fanout, [_fanned_out(fanout, ci, note)], WRITTEN, ci)


def _job(
    path: str, name: str, node: Node, machines: Sequence[Machine], written: Mapping[str, str], ci: Mapping[str, Any]
) -> Job:
    return Job(
        system="codebuild",
        pipeline=path,
        workflow=posixpath.basename(path),
        name=name,
        node=node,
        machines=machines,
        timeout=Timeout(DEFAULT_TIMEOUT, False, LONGEST_TIMEOUT),
        triggers=[assumed("push", ci)],
        written=written,
    )


def _machine(env: Any, ci: Mapping[str, Any], count: Range = ONCE) -> Machine:
    """The machine of a build's `env`: a compute type, of Linux unless `type` says otherwise."""
    settings = env if isinstance(env, dict) else {}
    compute, system = settings.get(COMPUTE), settings.get(SYSTEM)
    if not isinstance(compute, str):
        return replace(unknown("the project's", "the project says which machine, the buildspec does not"), count=count)
    label = compute if system in (LINUX, None) else f"{system}/{compute}"
    return replace(machine_of("codebuild", label, ci), count=count)


def _combined(matrix: Node, ci: Mapping[str, Any], note: Note) -> Iterator[Machine]:
    """The machines of a matrix: its lists multiply, whatever `static` says holds for all of them."""
    static, dynamic = value_at(matrix, "static", "env"), value_at(matrix, "dynamic", "env")
    env = dict(dynamic) if isinstance(dynamic, dict) else {}
    variables = env.pop("variables", None)
    axes = [*env.values(), *(variables.values() if isinstance(variables, dict) else ())]
    axes.append(value_at(matrix, "dynamic", "buildspec"))
    count = product((len(axis) for axis in axes if isinstance(axis, list) and axis), MOST_COUNTED)
    if count > MOST_BUILDS:
        note(problem(matrix, f"a matrix of {count:,} builds or more; CodeBuild runs at most {MOST_BUILDS}"))
    computes = env.get(COMPUTE)
    choices = computes if isinstance(computes, list) and computes else [computes]
    shared = static if isinstance(static, dict) else {}
    for compute in dict.fromkeys(choice for choice in choices if isinstance(choice, str) or choice is None):
        named = {**shared, COMPUTE: compute} if compute is not None else shared
        yield _machine(named, ci, Range.exact(count * choices.count(compute) // len(choices)))


def _fanned_out(fanout: Node, ci: Mapping[str, Any], note: Note) -> Machine:
    written = child(fanout, "parallelism")
    count = None if written is None else number(written.value)
    if written is not None and (count is None or count < 1):
        note(problem(written, f"`parallelism` is a number of builds, not {str(written.value)[:80]!r}"))
    return _machine(value_at(fanout, "env"), ci, Range.exact(count) if count is not None and count >= 1 else ONCE)
