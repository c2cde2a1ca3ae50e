"""What is evaluated: each root module with each set of values that it is used with.

Where the settings (or an `infracost.yml`) declare projects, those; else every root that is found, once for each of the
environments that its tfvars files stand for.
"""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from finops_gate.environments import USUAL_NAMES, environment_at
from finops_gate.model import Notice
from finops_gate.settings import DeclaredProject, Settings
from finops_gate.sources.files import Tree, Unreadable
from finops_gate.sources.terraform.declarations import Declarations
from finops_gate.sources.terraform.inputs import automatic
from finops_gate.sources.terraform.project import Deployment
from finops_gate.sources.terraform.reading import parse_file
from finops_gate.sources.terraform.roots import (
    MAX_NAMED,
    Roots,
    Signs,
    find_roots,
    is_idle,
    is_in,
    matches_any,
    notices_of,
    requires,
)
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
        named = [path for path in tree.paths() if path.endswith((LOCK, *SUFFIXES))]
        return cls(tree, settings, declared, files, [p for p in named if not matches_any(p, settings.exclude)])

    def names_in(self, path: str) -> Collection[str]:
        """The variables that a tfvars file sets; none where it cannot be read."""
        try:
            return parse_file(self.tree, path).source.body.attributes
        except Unreadable:
            return ()


def find_deployments(code: Code) -> tuple[list[Deployment], list[Notice]]:
    """All deployments of a run, by name, and what there is to say about how they were found."""
    notices: list[Notice] = []
    found: list[Deployment] = []
    covered: set[str] = set()
    for project in code.settings.terraform.get("projects", ()):
        roots = _roots_of(project, code)
        covered.update(roots)
        found += _declared(project, roots, code, notices)
        notices += [] if roots else _missing(project, code)
    undeclared = _undeclared(code, covered)
    if undeclared:
        signs = _signs(code, undeclared)
        roots_found = find_roots(undeclared, signs)
        notices += notices_of(roots_found)
        found += _discovered(roots_found, code, notices)
    found = _distinct(sorted(found, key=lambda d: (d.name, d.workspace, d.var_files)))
    return _with_own_files(found, code.settings), notices


def _undeclared(code: Code, covered: Collection[str]) -> dict[str, Declarations]:
    """The directories to find roots in: below paths that no declared project lies in, or asked for by `include`."""
    include = code.settings.terraform.get("include", ())
    targets = [posixpath.dirname(t) if code.tree.exists(t) else t for t in code.settings.targets]
    opened = [t for t in targets if not any(is_in(directory, t) for directory in covered)]
    return {
        directory: declared
        for directory, declared in code.declared.items()
        if directory not in covered
        and (any(is_in(directory, t) for t in opened) or (covered and matches_any(directory, include)))
    }


def _signs(code: Code, directories: Collection[str]) -> Signs:
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


def _explicit(settings: Settings) -> bool:
    """Whether tfvars files are named for all roots, so that none are looked for."""
    return bool(settings.terraform.get("var_files") or command_line(settings).get("var_files"))


# --- found -----------------------------------------------------------------------------------------------------------


def _discovered(roots: Roots, code: Code, notices: list[Notice]) -> Iterator[Deployment]:
    by_root = {} if _explicit(code.settings) else _environments(roots.found, code, notices)
    workspace = command_line(code.settings).get("workspace") or code.settings.terraform.get("workspace")
    for directory in roots.found:
        known = by_root.get(directory, [])
        known = [item for item in known if workspace in (item.name, item.env)] or known
        notices += _recognised(directory, known)
        for item in known:
            label = _label(directory, known, item)
            yield Deployment(directory, label, item.env, item.files, assumed_workspace=item.name)
        if not known:
            yield Deployment(directory, directory)


def _environments(roots: Sequence[str], code: Code, notices: list[Notice]) -> dict[str, list[Environment]]:
    """The environments of each root, as its tfvars files name them."""
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
    given = set(_signs(code, (root,)).given)
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


def _label(directory: str, known: Sequence[Environment], item: Environment, name: str = "") -> str:
    """`infra (prod)`; the directory alone where it says the environment itself, and there is no other."""
    if len(known) == 1 and item.name in directory.split("/"):
        return name or directory
    return f"{name or directory or '.'} ({item.name})"


def _recognised(directory: str, known: Sequence[Environment]) -> Iterator[Notice]:
    if known:
        each = "; ".join(f"{item.name} ({', '.join(item.files)})" for item in known)
        message = f"{directory or '.'} is counted once for each environment that tfvars files are named for: {each}"
        fix = "To choose, pass --var-file, or declare `terraform: projects` in the settings."
        yield Notice("environments-recognised", "info", message, None, fix)


# --- declared --------------------------------------------------------------------------------------------------------


def _roots_of(project: DeclaredProject, code: Code) -> list[str]:
    """The directory of a declared project, or the roots below it where it holds no code itself."""
    if project.path in code.declared:
        return [project.path]
    below = {d: declared for d, declared in code.declared.items() if is_in(d, project.path)}
    signs = _signs(code, below)
    exclude = (*signs.exclude, *project.exclude)
    return find_roots(below, replace(signs, targets=(project.path,), exclude=exclude)).found if below else []


def _missing(project: DeclaredProject, code: Code) -> Iterator[Notice]:
    """A declared project that is not there makes the run incomplete, if it is what the run is about."""
    asked = any(is_in(project.path, target) for target in code.settings.targets)
    there = code.tree.exists(project.path) or any(is_in(directory, project.path) for directory in code.files)
    if asked and not there:
        message = f"the project {project.path or '.'} holds no Terraform code"
        yield Notice("project-not-found", "error", message, project.span, "Correct its path, or remove it.")


def _declared(
    project: DeclaredProject, roots: Sequence[str], code: Code, notices: list[Notice]
) -> Iterator[Deployment]:
    settings = code.settings
    explicit = project.var_files or _explicit(settings) or not project.recognise
    by_root = {} if explicit else _environments(roots, code, notices)
    for directory in roots:
        name = project.name
        if name and len(roots) > 1:
            name = f"{name}/{posixpath.relpath(directory, project.path or '.')}"
        known = by_root.get(directory, [])
        wanted = {project.env, _canonical(project.env, settings), project.workspace} - {""}
        if wanted:
            known = [item for item in known if wanted & {item.name, item.env}]
        else:
            notices += _recognised(directory, known)
        for item in known:
            label = name if name and wanted else _label(directory, known, item, name)
            yield _deployment(project, directory, label, settings, item)
        if not known:
            chosen = project.env or project.workspace or (project.var_files and _env_of(project, "", settings))
            label = name or (f"{directory or '.'} ({chosen})" if chosen else directory)
            yield _deployment(project, directory, label, settings)


def _deployment(
    project: DeclaredProject, directory: str, label: str, settings: Settings, item: Environment | None = None
) -> Deployment:
    files = item.files if item else tuple(project.var_files)
    env = project.env or (item.env if item else _env_of(project, directory, settings))
    return Deployment(
        directory,
        label,
        _canonical(env, settings) if env else None,
        files,
        vars=project.vars,
        environment=project.environment,
        workspace=project.workspace,
        assumed_workspace=item.name if item else project.env,
        usage_file=project.usage_file,
    )


def _canonical(env: str, settings: Settings) -> str:
    """The name that policies use for an environment, which may be written `production`."""
    return env if env in settings.environments else USUAL_NAMES.get(env.lower(), env)


def _env_of(project: DeclaredProject, directory: str, settings: Settings) -> str | None:
    """The environment that the parts of a declared project name, the most telling first."""
    return environment_at((project.name, project.workspace, *project.var_files, f"{directory}/"), settings)


def _distinct(found: Sequence[Deployment]) -> list[Deployment]:
    """Every deployment under a name of its own: reports, budgets and comparisons go by it."""
    times = Counter(item.name for item in found)
    taken: set[str] = set()
    result: list[Deployment] = []
    for item in found:
        name = item.name
        if times[name] > 1:
            told = item.workspace or " ".join(posixpath.basename(f).split(".")[0] for f in item.var_files)
            name = f"{name or '.'} ({told})" if told else name
        numbered = (name if number == 1 else f"{name or '.'} #{number}" for number in count(1))
        taken.add(free := next(candidate for candidate in numbered if candidate not in taken))
        result.append(replace(item, name=free))
    return result


def _with_own_files(found: Sequence[Deployment], settings: Settings) -> list[Deployment]:
    """Tells each deployment which of the tfvars files named for it are meant for it alone."""
    for_all = (*settings.terraform.get("var_files", ()), *command_line(settings).get("var_files", ()))
    uses: dict[str, set[str]] = {}
    for item in found:
        for path in (*item.var_files, *for_all):
            uses.setdefault(path, set()).add(item.directory)
    own = frozenset(path for path, directories in uses.items() if len(directories) == 1)
    return [replace(item, own_files=own) for item in found]
