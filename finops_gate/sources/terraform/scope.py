"""What an expression may name: iterators by themselves, everything else through the frame it stands in."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from finops_gate.model import Span
from finops_gate.sources.files import Tree, Unreadable
from finops_gate.sources.terraform.problems import EvaluationError
from finops_gate.sources.terraform.secrecy import Secrets
from finops_gate.sources.terraform.syntax import Node, Source
from finops_gate.sources.terraform.values import ListValue, MapValue, ObjectValue, SetValue, TupleValue, Value

MAX_STEPS = 3_000_000
MAX_STEPS_OF_A_RUN = 10_000_000
MAX_NAME = 200


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A parsed file at its path; files of equal content share the source."""

    path: str
    source: Source

    def span(self, node: Node) -> Span:
        return self.source.span(self.path, node.start, node.end)


class Namespace:
    """A name that only means something with an attribute behind it: `var`, `data.aws_ami`, a resource type."""

    __slots__ = ("attribute", "name")

    def __init__(self, name: str, attribute: Callable[[str], Value | Namespace]) -> None:
        self.name, self.attribute = name, attribute


class Budget:
    """Bounds the work of one evaluation, and of all those of a run, so that hostile files cost seconds and not days.

    A step is about a microsecond: an element of a loop or of what a function makes, an attribute of an instance, 64
    characters of a text that is made or looked through.
    """

    __slots__ = ("left", "whole")

    def __init__(self, steps: int = MAX_STEPS, whole: Budget | None = None) -> None:
        self.left, self.whole = steps, whole

    def spend(self, steps: int, at: Span | None = None) -> None:
        """Raises EvaluationError where nothing is left."""
        self.left -= steps
        if self.left < 0:
            raise EvaluationError("too much to compute: this code makes millions of values", at)
        if self.whole is not None:
            self.whole.spend(steps, at)

    def spend_on(self, *values: Value) -> None:
        """The steps of making or looking through some values: by their texts and elements, not by what is in these."""
        self.spend(sum(map(_size, values)))


def _size(value: Value) -> int:
    if isinstance(value, str):
        return len(value) // 64
    return len(value.items) // 8 if type(value) in _FILLED else 0


_FILLED = frozenset((ListValue, MapValue, ObjectValue, SetValue, TupleValue))


class Frame(Protocol):
    """What surrounds an expression: a module, or the variables of a template file."""

    @property
    def budget(self) -> Budget:
        """The work that is left to all expressions together."""

    @property
    def secrets(self) -> Secrets:
        """What of all values is secret."""

    @property
    def today(self) -> str:
        """The ISO date of a run that was given one, so that the time in it is known; else empty."""

    def root(self, name: str) -> Value | Namespace:
        """The value of the first name of a traversal. Raises EvaluationError where there is none."""

    def read_file(self, path: str) -> bytes | None:
        """A file named by an expression, inside the root only; None where it is not there."""

    def list_files(self, directory: str) -> list[str]:
        """The files below a directory, relative to it."""


class Scope:
    """The iterators in reach (`each`, `count`, `self`, those of `for` and `dynamic`) and the frame around."""

    __slots__ = ("file", "frame", "names")

    def __init__(self, frame: Frame, file: SourceFile, names: Mapping[str, Value] | None = None) -> None:
        self.frame, self.file, self.names = frame, file, names or {}

    def lookup(self, name: str) -> Value | Namespace:
        found = self.names.get(name)
        return self.frame.root(name) if found is None else found

    def with_names(self, names: Mapping[str, Value]) -> Scope:
        return Scope(self.frame, self.file, {**self.names, **names})


class Files:
    """The files that expressions may name: those of the tree, from the directory where Terraform would run."""

    __slots__ = ("directory", "tree")

    def __init__(self, tree: Tree, directory: str = "") -> None:
        self.tree, self.directory = tree, directory

    def _inside(self, path: str) -> str | None:
        inside = posixpath.normpath(posixpath.join(self.directory, path))
        if posixpath.isabs(inside) or inside == ".." or inside.startswith("../") or "\0" in inside:
            return None
        return inside if max(map(len, inside.split("/"))) <= MAX_NAME else None

    def read_file(self, path: str) -> bytes | None:
        inside = self._inside(path)
        if inside is None or not self.tree.exists(inside):
            return None
        try:
            return self.tree.read_bytes(inside)
        except Unreadable as error:
            raise EvaluationError(error.notice.message) from error

    def list_files(self, directory: str) -> list[str]:
        inside = self._inside(directory)
        if inside is None:
            return []
        if inside == ".":
            return list(self.tree.paths())
        try:
            found = self.tree.paths(inside)
        except Unreadable:
            return []
        return [path[len(inside) + 1 :] for path in found if path.startswith(f"{inside}/")]


class Constants:
    """A frame of given values: a template's variables, or those of `evaluate_expression`."""

    def __init__(self, variables: Mapping[str, Value], around: Frame | Files | None = None, depth: int = 0) -> None:
        self.variables = variables
        self.around = around
        self.depth_of_templates = depth
        self.budget = Budget() if around is None or isinstance(around, Files) else around.budget
        self.secrets = Secrets() if around is None or isinstance(around, Files) else around.secrets
        self.today = "" if around is None or isinstance(around, Files) else around.today

    def root(self, name: str) -> Value | Namespace:
        if name not in self.variables:
            raise EvaluationError(f'there is nothing named "{name}" here')
        return self.variables[name]

    def read_file(self, path: str) -> bytes | None:
        return self.around.read_file(path) if self.around else None

    def list_files(self, directory: str) -> list[str]:
        return self.around.list_files(directory) if self.around else []


def as_index(value: Decimal) -> int | None:
    """The whole number that an index is; None where it is none."""
    return int(value) if value == value.to_integral_value() else None
