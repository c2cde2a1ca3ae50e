"""Terraform and OpenTofu: configurations in native and JSON syntax, and plans as JSON.

From text to resources, in the order to read the modules in: `hcl` and `json_syntax` make trees (`syntax`);
`declarations` sorts the blocks of a directory, `roots` finds the projects among directories, `var_files` and
`environments` the environments of each, `deployments` puts both together with what the settings declare, `inputs` is
what is given to them; `module` is one of them in use, `compute` computes what is in it, `settle` in which order;
`evaluate` makes values (`types`, `values`, `convert`) of expressions, with `operators`, `choices`, `traverse` and
`functions`; `blocks` and `expansion` unfold bodies, `count` and `for_each`; `providers`, `tracing` and `moves` add what
`resources` hands over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from finops_gate.model import EMPTY, Loaded, Notice, Resource, Span
from finops_gate.settings import Settings
from finops_gate.sources.files import Tree, WorkingTree
from finops_gate.sources.terraform.garbage import undisturbed
from finops_gate.sources.terraform.problems import EvaluationError

__all__ = ["EvaluationError", "evaluate_expression", "load", "load_directory", "matches", "recognises"]

_CODE = (".tf", ".tofu", ".tf.json", ".tofu.json")
_PLAN = re.compile(r"(?:.*/)?[^/]*(?:plan|\.tfplan)\.json")


def matches(path: str) -> bool:
    """Whether a file is Terraform's: code, or a plan as JSON by the usual names."""
    return path.endswith(_CODE) or _PLAN.fullmatch(path) is not None


def recognises(content: bytes) -> bool:
    """Whether a file that was named is a plan or a state, whatever its name."""
    from finops_gate.sources.terraform.plan_text import looks_like_a_plan

    return looks_like_a_plan(content)


def load_directory(path: str | Path, settings: Settings | None = None) -> Loaded:
    """The managed resources of every project below a directory, and what there is to say about their reading.

    Paths in what is returned are relative to the directory, and nothing outside of it is read. Raises Unreadable where
    there are too many files; a file that cannot be read is a notice.
    """
    tree = WorkingTree(path)
    return load(tree, [found for found in tree.paths() if matches(found)], settings or Settings())


def load(tree: Tree, paths: Sequence[str], settings: Settings) -> Loaded:
    """The managed resources of every project among these files, and what there is to say about their reading."""
    from finops_gate.sources.terraform.reading import limited_doubts

    with limited_doubts(), undisturbed() as leave:
        loaded = _load(tree, paths, settings)
        leave(len(paths) + len(loaded.resources))
        return loaded


def _load(tree: Tree, paths: Sequence[str], settings: Settings) -> Loaded:
    code = [path for path in paths if path.endswith(_CODE)]
    secrets: list[Span] = []
    resources, notices = _load_code(tree, code, settings, secrets) if code else ([], [])
    plans = [path for path in paths if not path.endswith(_CODE)]
    if not plans:
        return Loaded(_in_order(resources), tuple(dict.fromkeys(notices)), secrets=tuple(sorted(set(secrets))))
    from finops_gate.sources.terraform.plan import read_plans

    planned = read_plans(tree, plans, frozenset(path.rpartition("/")[0] for path in code), settings)
    before = None if planned.before is None else _in_order([*resources, *planned.before])
    notices += planned.notices
    return Loaded(
        _in_order([*resources, *planned.resources]),
        tuple(dict.fromkeys(notices)),
        before=before,
        secrets=(*sorted(set(secrets)), *planned.secrets),
    )


def _in_order(resources: Iterable[Resource]) -> tuple[Resource, ...]:
    return tuple(sorted(resources, key=lambda r: (r.project, r.address, r.span)))


def _load_code(
    tree: Tree, paths: Sequence[str], settings: Settings, secrets: list[Span]
) -> tuple[list[Resource], list[Notice]]:
    from finops_gate.sources.terraform.declarations import read_directory
    from finops_gate.sources.terraform.deployments import find_deployments
    from finops_gate.sources.terraform.environments import Code
    from finops_gate.sources.terraform.inputs import gather
    from finops_gate.sources.terraform.module import Module
    from finops_gate.sources.terraform.project import Project
    from finops_gate.sources.terraform.reading import files_by_directory
    from finops_gate.sources.terraform.remote.locate import remote_modules
    from finops_gate.sources.terraform.resources import resources_of
    from finops_gate.sources.terraform.scope import MAX_STEPS_OF_A_RUN, Budget
    from finops_gate.sources.terraform.settle import settler

    files = files_by_directory(tree.paths())
    selected = files_by_directory(paths)
    declared = {
        directory: read_directory(tree, directory, files.get(directory, found)) for directory, found in selected.items()
    }
    everything: dict[str, list[str]] = {}
    for path in tree.paths():
        everything.setdefault(path.rpartition("/")[0], []).append(path)
    deployments, notices = find_deployments(Code.of(tree, settings, declared, files))
    remote = remote_modules(tree, settings.terraform)
    whole = Budget(MAX_STEPS_OF_A_RUN)
    resources: list[Resource] = []
    for deployment in deployments:
        project = Project(tree, deployment, files, settings.terraform, remote, declared, whole, settle=settler())
        inputs, problems = gather(tree, settings.terraform, everything.get(deployment.directory, []), deployment)
        resources += resources_of(project, Module(project, project.read(deployment.directory), inputs=inputs))
        notices += [*problems, *project.notices]
        secrets += project.secrets.places
    notices += [notice for found in declared.values() for notice in found.notices]
    return resources, notices


def evaluate_expression(text: str, variables: Mapping[str, Any] = EMPTY, root: str | None = None) -> Any:
    """The plain Python value of an expression: str, bool, Decimal, None, list, dict or Unknown.

    `variables` are the names it may use (`{"var": {"size": 3}}`); `root` is the directory that file functions
    may read. Raises EvaluationError where the text is no expression, or Terraform would refuse it.
    """
    from finops_gate.sources.terraform.standalone import evaluate_text
    from finops_gate.sources.terraform.values import export, from_plain

    return export(evaluate_text(text, {name: from_plain(value) for name, value in variables.items()}, root))
