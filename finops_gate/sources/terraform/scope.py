"""What an expression may name: iterators by themselves, everything else through the frame it stands in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from finops_gate.model import Span
from finops_gate.sources.terraform.problems import EvaluationError
from finops_gate.sources.terraform.syntax import Node, Source
from finops_gate.sources.terraform.values import Value, from_plain

MAX_STEPS = 3_000_000


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
    """Bounds the work of one evaluation, so that a hostile file costs seconds and not days."""

    __slots__ = ("left",)

    def __init__(self, steps: int = MAX_STEPS) -> None:
        self.left = steps

    def spend(self, steps: int) -> None:
        self.left -= steps
        if self.left < 0:
            raise EvaluationError("too much to compute: the loops of this code make millions of values")


class Frame(Protocol):
    """What surrounds an expression: a module, or the variables of a template file."""

    @property
    def budget(self) -> Budget:
        """The work that is left to all expressions together."""

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


class Constants:
    """A frame of given values: a template's variables, or those of `evaluate_expression`."""

    def __init__(self, variables: Mapping[str, Value], around: Frame | None = None) -> None:
        self.variables = variables
        self.around = around
        self.budget = around.budget if around else Budget()

    @classmethod
    def plain(cls, variables: Mapping[str, object]) -> Constants:
        return cls({name: from_plain(value) for name, value in variables.items()})

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
