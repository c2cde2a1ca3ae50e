"""What is evaluated: each root module with each set of values that it is used with.

Where the settings (or an `infracost.yml`) declare projects, those; else every root that is found, once for each of the
environments that its tfvars files stand for.
"""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import count

from finops_gate.environments import USUAL_NAMES, environment_at
from finops_gate.model import Loaded, Notice, Resource
from finops_gate.settings import DeclaredProject, Settings
from finops_gate.sources.terraform.declarations import Declarations
from finops_gate.sources.terraform.environments import (
    Code,
    command_line,
    environments_by_root,
    is_explicit,
    label_of,
    recognised,
    signs_of,
)
from finops_gate.sources.terraform.project import Deployment
from finops_gate.sources.terraform.roots import Roots, find_roots, is_in, matches_any, notices_of
from finops_gate.sources.terraform.var_files import Environment


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
        signs = signs_of(code, undeclared)
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


# --- found -----------------------------------------------------------------------------------------------------------


def _discovered(roots: Roots, code: Code, notices: list[Notice]) -> Iterator[Deployment]:
    by_root = {} if is_explicit(code.settings) else environments_by_root(roots.found, code, notices)
    workspace = command_line(code.settings).get("workspace") or code.settings.terraform.get("workspace")
    for directory in roots.found:
        known = by_root.get(directory, [])
        known = [item for item in known if workspace in (item.name, item.env)] or known
        notices += recognised(directory, known)
        for item in known:
            label = label_of(directory, known, item)
            yield Deployment(directory, label, item.env, item.files, assumed_workspace=item.name)
        if not known:
            yield Deployment(directory, directory)


# --- declared --------------------------------------------------------------------------------------------------------


def _roots_of(project: DeclaredProject, code: Code) -> list[str]:
    """The directory of a declared project, or the roots below it where it holds no code itself."""
    if project.path in code.declared:
        return [project.path]
    below = {d: declared for d, declared in code.declared.items() if is_in(d, project.path)}
    signs = signs_of(code, below)
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
    explicit = project.var_files or is_explicit(settings) or not project.recognise
    by_root = {} if explicit else environments_by_root(roots, code, notices)
    for directory in roots:
        name = project.name
        if name and len(roots) > 1:
            name = f"{name}/{posixpath.relpath(directory, project.path or '.')}"
        known = by_root.get(directory, [])
        wanted = {project.env, _canonical(project.env, settings), project.workspace} - {""}
        if wanted:
            known = [item for item in known if wanted & {item.name, item.env}]
        else:
            notices += recognised(directory, known)
        for item in known:
            label = name if name and wanted else label_of(directory, known, item, name)
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


def as_declared(plan: Loaded, path: str, settings: Settings) -> Loaded:
    """What a plan holds, under the name, environment and usage file that a project declares for its path."""
    project = next((p for p in settings.terraform.get("projects", ()) if p.path == path), None)
    if project is None:
        return plan
    env = _canonical(project.env, settings) or _env_of(project, posixpath.dirname(path), settings)

    def named(found: Iterable[Resource]) -> tuple[Resource, ...]:
        of = {"env": env, "usage_file": project.usage_file}
        return tuple(replace(r, project=project.name or r.project, **of) for r in found)

    return replace(plan, resources=named(plan.resources), before=None if plan.before is None else named(plan.before))


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
