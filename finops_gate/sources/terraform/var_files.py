"""Which tfvars files are an environment's: `prod.tfvars`, `envs/prod.tfvars`, `prod/terraform.tfvars` and their like.

Terraform reads such files only where it is told to, so their names are all there is to go by. A file belongs to the
root module that it lies in or below; one that lies in no module, to the roots beside it that declare what it sets.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import pairwise

from finops_gate.environments import USUAL_NAMES
from finops_gate.sources.terraform.inputs import automatic
from finops_gate.sources.terraform.roots import is_in

SUFFIXES = (".tfvars", ".tfvars.json")
FOLDERS = frozenset({"env", "envs", "environment", "environments"})
"""Folders whose entries are environments whatever they are called."""
PLAIN = frozenset({"terraform", "vars", "variables", "tfvars", "main", "config", "values", "params", "parameters"})
"""File and folder names that say nothing about the environment."""
COMMON = frozenset({"all", "base", "common", "default", "defaults", "global", "globals", "shared"})
"""Names of files that hold what the environments around them have in common."""

NamesIn = Callable[[str], Collection[str]]


@dataclass(frozen=True, slots=True)
class Environment:
    """One set of values for a root. `name` is as the files have it, `env` as policies call it."""

    name: str
    env: str
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Naming:
    """How environments are recognised: names (with wildcards) -> what policies call them, and globs of paths."""

    names: Mapping[str, str]
    globs: Mapping[str, Sequence[str]]

    def exact(self, word: str) -> str:
        """What policies call an environment of this very name; empty where there is none."""
        lower = word.lower()
        return self.names.get(lower) or next((env for name, env in self.names.items() if fnmatchcase(lower, name)), "")

    def part(self, word: str) -> str:
        """The part of a name that is an environment's: `prod` of `network-prod`."""
        return next((token for token in reversed(re.split(r"[-_.]", word)) if self.exact(token)), "")

    def of_path(self, path: str, root: str) -> str:
        """The environment that the settings' globs give a path, where they do not give it to the whole root."""
        named = next((name for name, globs in self.globs.items() if any(fnmatchcase(path, g) for g in globs)), "")
        return "" if named and any(fnmatchcase(f"{root}/", g) for g in self.globs[named]) else named

    def env(self, name: str, paths: Iterable[str], root: str) -> str:
        """What policies call an environment."""
        declared = (self.of_path(path, root) for path in paths)
        return next(filter(None, declared), "") or self.exact(name) or name


def naming(globs: Mapping[str, Sequence[str]], names: Sequence[str] = ()) -> Naming:
    """The usual names, or those that a configuration lists instead."""
    listed = {name.lower(): USUAL_NAMES.get(name.lower(), name) for name in names}
    return Naming(listed or USUAL_NAMES, globs)


def var_files_by_root(
    paths: Iterable[str], code: Collection[str], declares: Mapping[str, Collection[str]], names_in: NamesIn
) -> dict[str, list[str]]:
    """The tfvars files that may be an environment's, by their root.

    `code` are the directories that hold Terraform code; `declares` has the variables of each root; `names_in` says
    which variables a file sets.
    """
    found: dict[str, list[str]] = {root: [] for root in declares}
    for path in paths:
        if path.endswith(SUFFIXES):
            for root in _owners(path, code, declares, names_in):
                found[root].append(path)
    unasked = {root: set(automatic(_beside(root, files))) for root, files in found.items()}
    return {root: [path for path in files if path not in unasked[root]] for root, files in found.items()}


def _owners(path: str, code: Collection[str], declares: Mapping[str, Collection[str]], names_in: NamesIn) -> list[str]:
    directory = posixpath.dirname(path)
    holder = next((d for d in _upwards(directory) if d in code), None)
    if holder is not None:
        near = [holder] if holder in declares else []
        if holder == directory:
            return near
    else:
        beside = ([root for root in declares if is_in(root, d)] for d in _upwards(directory))
        near = next(filter(None, beside), [])
    return [root for root in near if not set(declares[root]).isdisjoint(names_in(path))]


def environments(root: str, files: Sequence[str], rules: Naming, names_in: NamesIn) -> list[Environment]:
    """The environments that the tfvars files of a root stand for, by name.

    Files of one environment that set different variables complement each other; where they set the same, each is an
    environment of its own.
    """
    common = [path for path in files if _is_common(path)]
    by_name: dict[str, list[str]] = {}
    for path in files:
        name = "" if path in common else _name_of(_words(root, path), rules) or rules.of_path(path, root)
        if name:
            by_name.setdefault(name, []).append(path)
    found: list[Environment] = []
    for name, members in sorted(by_name.items()):
        for label, chosen in _parted(name, members, root, names_in):
            shared = [c for c in common if any(is_in(posixpath.dirname(p), posixpath.dirname(c)) for p in chosen)]
            found.append(Environment(label, rules.env(name, chosen, root), (*shared, *chosen)))
    return found


def _parted(name: str, files: list[str], root: str, names_in: NamesIn) -> list[tuple[str, list[str]]]:
    """The files of one environment together, or each by itself where they are alternatives."""
    ordered = sorted(files, key=lambda path: (path.count("/"), path))
    names = [set(names_in(path)) for path in ordered]
    if len(set().union(*names)) == sum(map(len, names)):
        return [(name, ordered)]
    labels = [" ".join(w for w in _words(root, path) if w not in PLAIN | FOLDERS) for path in ordered]
    if len(set(labels)) < len(labels):
        labels = [" ".join(_words(root, path)) for path in ordered]
    return [(label or name, [path]) for label, path in zip(labels, ordered, strict=True)]


def _words(root: str, path: str) -> list[str]:
    """The folders from the root (or from what both lie in) to the file, and its name without suffixes."""
    relative = posixpath.relpath(path, root or ".").split("/")
    *folders, name = (part for part in relative if part != "..")
    return [*folders, re.sub(r"(?:\.auto)?\.tfvars(?:\.json)?$", "", name)]


def _name_of(words: Sequence[str], rules: Naming) -> str:
    """The environment that the path of a file names: a whole word of it, then a part of one, the nearest first."""
    for word in reversed(words):
        if rules.exact(word):
            return word
    for word in reversed(words):
        if part := rules.part(word):
            return part
    for folder, entry in pairwise(words):
        if folder.lower() in FOLDERS and entry not in PLAIN:
            return entry
    return ""


def _is_common(path: str) -> bool:
    stem = posixpath.basename(path).split(".")[0].lower()
    return set(re.split(r"[-_]", stem)) <= COMMON | PLAIN and not COMMON.isdisjoint(re.split(r"[-_]", stem))


def _beside(root: str, files: Iterable[str]) -> list[str]:
    return [path for path in files if posixpath.dirname(path) == root]


def _upwards(directory: str) -> list[str]:
    """The directory and those around it, nearest first; the last is the root of the tree."""
    found = [directory]
    while found[-1]:
        found.append(posixpath.dirname(found[-1]))
    return found
