"""Google Cloud Build: a build configuration is one job.

Schema: https://cloud.google.com/build/docs/build-config-file-schema. What starts a build stands in a trigger and not in
the file; it is taken to be a push.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from finops_gate.model import Loaded, Notice, Resource
from finops_gate.settings import Settings
from finops_gate.sources.ci.job import Machine, Timeout
from finops_gate.sources.ci.machines import machine_of, unknown
from finops_gate.sources.ci.pipeline import Job, Note, assumed, problem, read, resource, value_at
from finops_gate.sources.files import Tree
from finops_gate.sources.nodes import Node, child

DEFAULT_TIMEOUT = Decimal(60)
LONGEST_TIMEOUT = Decimal(1440)
"""Minutes of a build where `timeout` is silent, and the most it may say."""

PLAIN_MACHINES = ("cloud_build_e2_medium", "cloud_build_e2_standard_2")
"""What a build that names no machine may run on: which of the two is the default has changed."""

WRITTEN = {
    "retired_runners": "options.machineType",
    "runner": "options.machineType",
    "runner_skus": "options.machineType",
    "runners": "options.machineType",
    "timeout_declared": "timeout",
    "timeout_minutes": "timeout",
}
_SUBSTITUTION = re.compile(r"\$(?:(_[A-Z0-9_]{1,100})|\{(_[A-Z0-9_]{1,100})\})")
_SECONDS = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)s")


def load(tree: Tree, paths: Sequence[str], settings: Settings) -> Loaded:
    """The builds, and what is wrong with them."""
    notices: dict[Notice, None] = {}
    found: list[Resource] = []
    for path in paths:
        root = read(tree, path, notices.setdefault)
        if root is None:
            continue
        if child(root, "steps") is None:
            notices.setdefault(problem(root, f"{path} is not a build configuration: it has no `steps`"))
            continue
        found.append(resource(_job(path, root, settings.ci, notices.setdefault), settings.ci))
    return Loaded(tuple(found), tuple(notices))


def _job(path: str, root: Node, ci: Mapping[str, Any], note: Note) -> Job:
    return Job(
        system="cloudbuild",
        pipeline=path,
        workflow=posixpath.basename(path),
        name="build",
        node=root,
        machines=[_machine(root, ci)],
        timeout=_timeout(root, note),
        triggers=[assumed("push", ci)],
        written=WRITTEN,
    )


def _machine(root: Node, ci: Mapping[str, Any]) -> Machine:
    pool = value_at(root, "options", "pool", "name") or value_at(root, "options", "workerPool")
    if isinstance(pool, str):
        return machine_of("cloudbuild", pool, ci)
    asked = _substituted(root, value_at(root, "options", "machineType"))
    if isinstance(asked, str) and asked != "UNSPECIFIED":
        return machine_of("cloudbuild", asked, ci)
    return unknown("default", "no `options.machineType` is given, and the default has changed", PLAIN_MACHINES)


def _substituted(root: Node, written: Any) -> Any:
    """A value that is nothing but a substitution (`${_SIZE}`), as the file itself defines it."""
    match = _SUBSTITUTION.fullmatch(written) if isinstance(written, str) else None
    return value_at(root, "substitutions", match[1] or match[2]) or written if match else written


def _timeout(root: Node, note: Note) -> Timeout:
    written = child(root, "timeout")
    if written is None:
        return Timeout(DEFAULT_TIMEOUT, False, LONGEST_TIMEOUT)
    match = _SECONDS.fullmatch(written.value) if isinstance(written.value, str) else None
    seconds = Decimal(match[1]) if match else Decimal(0)
    if seconds <= 0:
        note(problem(written, f"`timeout` is a number of seconds, such as 1200s, not {str(written.value)[:80]!r}"))
        return Timeout(DEFAULT_TIMEOUT, False, LONGEST_TIMEOUT)
    return Timeout(seconds / 60, True, LONGEST_TIMEOUT)
