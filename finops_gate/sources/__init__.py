"""Input formats: how files become resources. Adding a format is one module and one line here."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any

from finops_gate.model import Loaded, Notice, Resource, Span
from finops_gate.settings import Settings
from finops_gate.sources.crowds import thinned
from finops_gate.sources.files import Tree

FORMATS: dict[str, str] = {
    "ci": "finops_gate.sources.ci",
    "terraform": "finops_gate.sources.terraform",
    "kubernetes": "finops_gate.sources.kubernetes",
}
"""Name -> module with `matches(path)` and `load(tree, paths, settings)`, in the order in which they claim files."""


def format_module(name: str) -> Any:
    return import_module(FORMATS[name])


def claim(paths: Sequence[str]) -> dict[str, list[str]]:
    """The files each format claims; a file belongs to the first format that wants it."""
    claimed: dict[str, list[str]] = {name: [] for name in FORMATS}
    for path in paths:
        name = next((n for n in FORMATS if format_module(n).matches(path)), None)
        if name:
            claimed[name].append(path)
    return {name: found for name, found in claimed.items() if found}


def claim_named(tree: Tree, path: str) -> str | None:
    """The format of a file that was named: of the first that recognises its content, else by its name.

    A format that can tell has `recognises(content)`. Raises Unreadable.
    """
    for name in FORMATS:
        recognises = getattr(format_module(name), "recognises", None)
        if recognises is not None and recognises(tree.read_bytes(path)):
            return name
    return next(iter(claim([path])), None)


def load(tree: Tree, claimed: dict[str, list[str]], settings: Settings) -> Loaded:
    """The resources and notices of all claimed files, format by format.

    Where one of them tells what there was before, what the others hold was there already.
    """
    resources: list[Resource] = []
    notices: list[Notice] = []
    files: list[str] = []
    before: list[Resource] = []
    secrets: list[Span] = []
    told = False
    for name, found in claimed.items():
        part: Loaded = format_module(name).load(tree, found, settings)
        resources += part.resources
        notices += part.notices
        files += found if part.files is None else part.files
        before += part.resources if part.before is None else part.before
        secrets += part.secrets
        told = told or part.before is not None
    return Loaded(tuple(resources), thinned(notices), tuple(files), tuple(before) if told else None, tuple(secrets))
