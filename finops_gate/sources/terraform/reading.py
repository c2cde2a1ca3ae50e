"""From the files of a directory to their trees: which of them count, how each is read, what is wrong with them."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from finops_gate.model import Notice
from finops_gate.sources.files import Tree
from finops_gate.sources.parse_cache import parsed
from finops_gate.sources.terraform import hcl
from finops_gate.sources.terraform.scope import SourceFile
from finops_gate.sources.terraform.syntax import Source, SyntaxProblem
from finops_gate.sources.terraform.unread import mark

NATIVE = (".tf", ".tofu")
JSON = (".tf.json", ".tofu.json")


MAX_DOUBTFUL = 1_000_000
"""How many characters python-hcl2 is asked about in one reading: some five seconds, however many files are broken."""


class Doubts:
    """The files of one reading that python-hcl2 is asked about: the first of them that make no more than this."""

    __slots__ = ("asked", "left")

    def __init__(self, characters: int = MAX_DOUBTFUL) -> None:
        self.left = characters
        self.asked: dict[str, bool] = {}

    def allow(self, digest: str, characters: int) -> bool:
        if digest not in self.asked:
            self.asked[digest] = characters <= self.left
            self.left -= characters if self.asked[digest] else 0
        return self.asked[digest]


_DOUBTS: ContextVar[Doubts | None] = ContextVar("doubts", default=None)


@contextmanager
def limited_doubts(characters: int = MAX_DOUBTFUL) -> Iterator[None]:
    """Within it, what Terraform refuses is read leniently as far as a run can bear it."""
    before = _DOUBTS.set(Doubts(characters))
    try:
        yield
    finally:
        _DOUBTS.reset(before)


def parse_file(tree: Tree, path: str) -> SourceFile:
    """Raises Unreadable."""
    if path.endswith(".json"):
        from finops_gate.sources.terraform import json_syntax

        parser = json_syntax.parse_values if path.endswith(".tfvars.json") else read_json
        return SourceFile(path, parsed(tree, path, parser))
    source = parsed(tree, path, read_strictly)
    doubts = _DOUBTS.get()
    if source.problems and (doubts is None or doubts.allow(tree.digest(path), len(source.text))):
        source = parsed(tree, path, read_native)
    return SourceFile(path, source)


def read_json(text: str) -> Source:
    """The tree of a text in JSON syntax."""
    from finops_gate.sources.terraform import json_syntax

    return mark(json_syntax.parse(text))


def read_strictly(text: str) -> Source:
    """The tree of a text in native syntax, as far as Terraform could read it."""
    source = hcl.parse(text)
    return mark(source) if source.problems else source


def read_native(text: str) -> Source:
    """The tree of a text in native syntax; python-hcl2's where we find it wrong and python-hcl2 makes more of it."""
    source = hcl.parse(text)
    if not source.problems:
        return source
    from finops_gate.sources.terraform.reference import second_opinion

    lenient = second_opinion(text)
    if lenient is None or len(lenient.blocks) < len(source.body.blocks):
        return mark(source)
    first, *rest = source.problems
    message = f"{first.message} (not valid for Terraform; the file is read leniently)"
    return Source(text, lenient, [SyntaxProblem(message, first.start, first.end), *rest])


def in_force(paths: Iterable[str]) -> list[str]:
    """The files that count: overrides last, and a .tofu file instead of the .tf file of the same name."""
    found = sorted(paths)
    stems = {path.removesuffix(".json").removesuffix(".tofu") for path in found if ".tofu" in path}
    kept = [p for p in found if ".tofu" in p or p.removesuffix(".json").removesuffix(".tf") not in stems]
    return sorted(kept, key=lambda path: (is_override(path), path))


def is_override(path: str) -> bool:
    stem = posixpath.basename(path).split(".")[0]
    return stem == "override" or stem.endswith("_override")


def syntax_notices(file: SourceFile) -> list[Notice]:
    """A notice for each problem of a text, at its exact place."""
    return [
        Notice("syntax-error", "error", problem.message, file.source.span(file.path, problem.start, problem.end))
        for problem in file.source.problems
    ]


def files_by_directory(paths: Iterable[str]) -> dict[str, list[str]]:
    """The files of the language, by the directory they stand in; `.` never begins a path."""
    found: dict[str, list[str]] = {}
    for path in paths:
        if path.endswith(NATIVE + JSON):
            found.setdefault(posixpath.dirname(path), []).append(path)
    return found
