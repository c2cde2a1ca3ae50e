"""The environments of each root of a run: what beside its code is known, and what tfvars files stand for."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from finops_gate.model import Notice
from finops_gate.settings import Settings
from finops_gate.sources.files import Tree, Unreadable
from finops_gate.sources.terraform.declarations import Declarations
from finops_gate.sources.terraform.inputs import automatic
from finops_gate.sources.terraform.reading import parse_file
from finops_gate.sources.terraform.roots import MAX_NAMED, Signs, is_idle, matches_any, requires
from finops_gate.sources.terraform.var_files import SUFFIXES, Environment, environments, naming, var_files_by_root

LOCK = ".terraform.lock.hcl"
MAX_ENVIRONMENTS = 100


@dataclass(frozen=True, slots=True)
class Code:
    """The Terraform code of a run: `declared` are the directories that are read, `files` all that hold code.

    `beside` are the files that say something of the roots: of values, and of providers that were chosen for them.
    """

    tree: Tree
    settings: Settings
    declared: Mapping[str, Declarations]
    files: Mapping[str, Sequence[str]]
    beside: Sequence[str]

    @classmethod
    def of(
        cls, tree: Tree, settings: Settings, declared: Mapping[str, Declarations], files: Mapping[str, Sequence[str]]
    ) -> Code:
        """The code of a run, with the files beside it that are not excluded."""
        named = [path for path in tree.paths() if path.endswith((LOCK, *SUFFIXES))]
        return cls(tree, settings, declared, files, [p for p in named if not matches_any(p, settings.exclude)])

    def names_in(self, path: str) -> Collection[str]:
        """The variables that a tfvars file sets; none where it cannot be read."""
        try:
            return parse_file(self.tree, path).source.body.attributes
        except Unreadable:
            return ()


def signs_of(code: Code, directories: Collection[str]) -> Signs:
    """What beside their code tells roots among directories from modules."""
    terraform = code.settings.terraform
    given = {*terraform.get("environment", ()), *terraform.get("vars", ())}
    last = command_line(code.settings)
    given.update(
        last.get("vars", ()), *map(code.names_in, (*terraform.get("var_files", ()), *last.get("var_files", ())))
    )
    beside = {posixpath.dirname(path) for path in code.beside}
    return Signs(
        code.settings.targets,
        beside & set(directories),
        given,
        terraform.get("include", ()),
        terraform.get("exclude", ()),
    )


def command_line(settings: Settings) -> Mapping[str, Any]:
    """What the command line says of variables and workspace, which goes before all else."""
    found: Mapping[str, Any] = settings.terraform.get("command_line") or {}
    return found


def is_explicit(settings: Settings) -> bool:
    """Whether tfvars files are named for all roots, so that none are looked for."""
    return bool(settings.terraform.get("var_files") or command_line(settings).get("var_files"))


def environments_by_root(roots: Sequence[str], code: Code, notices: list[Notice]) -> dict[str, list[Environment]]:
    """The environments of each root, as its tfvars files name them; what there is to say is added to `notices`."""
    settings = code.settings
    rules = naming(settings.environments, settings.terraform.get("env_names", ()))
    declares = {root: code.declared[root].variables for root in roots}
    live = {d for d in code.files if d in declares or d not in code.declared or not is_idle(code.declared[d])}
    by_root = var_files_by_root(code.beside, live, declares, code.names_in)
    found = {root: environments(root, files, rules, code.names_in) for root, files in by_root.items()}
    for root, known in found.items():
        notices += _too_many(root, known) if len(known) > MAX_ENVIRONMENTS else ()
        notices += () if known else _unread(root, by_root[root], code)
    return {root: known[:MAX_ENVIRONMENTS] for root, known in found.items()}


def _too_many(root: str, known: Sequence[Environment]) -> Iterator[Notice]:
    message = f"{root or '.'} has tfvars files for {len(known):,} environments; {MAX_ENVIRONMENTS} of them are counted"
    fix = "Declare `terraform: projects` in the settings."
    yield Notice("too-many-environments", "error", message, None, fix)


def _unread(root: str, files: Sequence[str], code: Code) -> Iterator[Notice]:
    """Says which tfvars files would give what nothing gives, but are named for no environment."""
    given = set(signs_of(code, (root,)).given)
    for path in automatic([path for path in code.beside if posixpath.dirname(path) == root]):
        given.update(code.names_in(path))
    missing = requires(code.declared[root]) - given
    useful = [path for path in files if not missing.isdisjoint(code.names_in(path))]
    if useful:
        some = ", ".join(f"var.{name}" for name in sorted(missing)[:MAX_NAMED])
        message = (
            f"{root or '.'}: nothing gives {some}, but files that are not read do: {', '.join(useful[:MAX_NAMED])}"
        )
        fix = f"Pass one (`--var-file {useful[0]}`), or declare `terraform: projects` in the settings."
        yield Notice("var-files-not-read", "info", message, None, fix)


def label_of(directory: str, known: Sequence[Environment], item: Environment, name: str = "") -> str:
    """`infra (prod)`; the directory alone where it says the environment itself, and there is no other."""
    if len(known) == 1 and item.name in directory.split("/"):
        return name or directory
    return f"{name or directory or '.'} ({item.name})"


def recognised(directory: str, known: Sequence[Environment]) -> Iterator[Notice]:
    """Says for which environments a root is counted, for Terraform itself knows nothing of them."""
    if known:
        each = "; ".join(f"{item.name} ({', '.join(item.files)})" for item in known)
        message = f"{directory or '.'} is counted once for each environment that tfvars files are named for: {each}"
        fix = "To choose, pass --var-file, or declare `terraform: projects` in the settings."
        yield Notice("environments-recognised", "info", message, None, fix)
