"""Where the resources of a plan are written: in the code beside it, where that is there, else in the plan's file."""

from __future__ import annotations

import posixpath
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from finops_gate.model import Resource, Span, no_entries
from finops_gate.sources.files import Tree
from finops_gate.sources.terraform.plan_configuration import Configuration
from finops_gate.sources.terraform.plan_json import mapping
from finops_gate.sources.terraform.syntax import line_starts

MAX_CODE_FILES = 5_000
_ADDRESS = re.compile(r'"address"\s*:\s*("(?:[^"\\]|\\.)*")')
_KEY = re.compile(r'\[(?:"(?:[^"\\]|\\.)*"|[^\]"]*)\]')


@dataclass(frozen=True, slots=True)
class Code:
    """The configuration that a plan was made of: its directory, and its resources with their places."""

    directory: str
    resources: Mapping[str, Resource] = field(default_factory=no_entries)
    blocks: Mapping[str, Resource] = field(default_factory=no_entries)
    secrets: tuple[Span, ...] = ()

    def find(self, address: str) -> Resource | None:
        """The resource of an address; of another instance of its block where the code does not tell its key."""
        return self.resources.get(address) or self.blocks.get(_KEY.sub("", address))


class Lines:
    """The place of each address in the text of a plan, found when first asked for."""

    def __init__(self, text: str, path: str) -> None:
        self.text, self.path = text, path
        self._starts: dict[str, int] | None = None
        self._lines: list[int] = []

    def span(self, address: str) -> Span:
        if self._starts is None:
            self._starts = {}
            self._lines = line_starts(self.text)
            for match in _ADDRESS.finditer(self.text):
                self._starts.setdefault(_plain(match[1]), match.start(1))
        start = self._starts.get(address)
        if start is None:
            return Span(self.path, 1, 1, 1, 1)
        line = bisect_right(self._lines, start)
        column = start - self._lines[line - 1] + 1
        return Span(self.path, line, column, line, column + len(address) + 2)


def _plain(quoted: str) -> str:
    import json

    return str(json.loads(quoted, strict=False)) if "\\" in quoted else quoted[1:-1]


def code_of(tree: Tree, path: str, configuration: Configuration, settings: Mapping[str, Any]) -> Code | None:
    """The code that a plan was made of, evaluated with the plan's variables; None where it is not in the tree."""
    from finops_gate.sources.terraform.reading import files_by_directory

    names = _declared_names(configuration)
    if not names:
        return None
    files = files_by_directory(tree.paths())
    directory = _directory(tree, posixpath.dirname(path), names, files)
    return None if directory is None else _evaluated(tree, directory, files, configuration, settings)


def _declared_names(configuration: Configuration) -> frozenset[str]:
    """`type.name` of each resource and `module.name` of each call of the root module."""
    found = {name for calls, name in configuration.resources if not calls}
    return frozenset(found | {f"module.{name}" for name in mapping(configuration.root.get("module_calls"))})


def _directory(tree: Tree, home: str, names: frozenset[str], files: Mapping[str, Sequence[str]]) -> str | None:
    """The directory that declares what the plan does: the plan's own, one above it, else the only one of all."""
    above = [home, *_parents(home)]
    near = [directory for directory in above if directory in files and 2 * _score(tree, directory, names, files) >= 1]
    if near:
        return near[0]
    if sum(map(len, files.values())) > MAX_CODE_FILES:
        return None
    whole = [
        directory for directory in sorted(files) if directory not in above and _is_whole(tree, directory, names, files)
    ]
    return whole[0] if len(whole) == 1 else None


def _parents(directory: str) -> Iterator[str]:
    while directory:
        directory = posixpath.dirname(directory)
        yield directory


def _is_whole(tree: Tree, directory: str, names: frozenset[str], files: Mapping[str, Sequence[str]]) -> bool:
    return _score(tree, directory, names, files) == 1


def _score(tree: Tree, directory: str, names: frozenset[str], files: Mapping[str, Sequence[str]]) -> float:
    """Which part of the names the code of a directory declares."""
    from finops_gate.sources.terraform.declarations import read_directory

    declared = read_directory(tree, directory, files[directory])
    resources = {f"{type}.{name}" for type, name in (*declared.resources, *declared.data)}
    found = resources | {f"module.{name}" for name in declared.calls}
    return len(names & found) / len(names)


def _evaluated(
    tree: Tree,
    directory: str,
    files: Mapping[str, list[str]],
    configuration: Configuration,
    settings: Mapping[str, Any],
) -> Code:
    from finops_gate.sources.terraform.inputs import Input
    from finops_gate.sources.terraform.module import Module
    from finops_gate.sources.terraform.project import Deployment, Project
    from finops_gate.sources.terraform.resources import resources_of
    from finops_gate.sources.terraform.settle import settler

    project = Project(tree, Deployment(directory, directory), files, settings, settle=settler())
    given = {name: mapping(item).get("value") for name, item in configuration.variables.items()}
    inputs = {name: Input(None, None, value) for name, value in given.items()}
    found = resources_of(project, Module(project, project.read(directory), inputs=inputs))
    resources = {resource.address: resource for resource in found}
    blocks: dict[str, Resource] = {}
    for resource in found:
        blocks.setdefault(_KEY.sub("", resource.address), resource)
    return Code(directory, resources, blocks, tuple(sorted(set(project.secrets.places))))
