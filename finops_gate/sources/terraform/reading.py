"""From the files of a directory to their trees: which of them count, how each is read, what is wrong with them."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable

from finops_gate.model import Notice
from finops_gate.sources.files import Tree
from finops_gate.sources.parse_cache import parsed
from finops_gate.sources.terraform import hcl
from finops_gate.sources.terraform.scope import SourceFile
from finops_gate.sources.terraform.syntax import Source, SyntaxProblem
from finops_gate.sources.terraform.unread import mark

NATIVE = (".tf", ".tofu")
JSON = (".tf.json", ".tofu.json")


def parse_file(tree: Tree, path: str) -> SourceFile:
    """Raises Unreadable."""
    if path.endswith(".json"):
        from finops_gate.sources.terraform import json_syntax

        parser = json_syntax.parse_values if path.endswith(".tfvars.json") else read_json
        return SourceFile(path, parsed(tree, path, parser))
    return SourceFile(path, parsed(tree, path, read_native))


def read_json(text: str) -> Source:
    """The tree of a text in JSON syntax."""
    from finops_gate.sources.terraform import json_syntax

    return mark(json_syntax.parse(text))


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
