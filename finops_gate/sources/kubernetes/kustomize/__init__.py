"""Kustomizations, rendered: what `kubectl kustomize` would print, each value with the place that set it.

A kustomization that no other includes is a root, and renders objects of its own: one base under two overlays is two
sets. `overlay.py` is a kustomization as it is written, `contents.py` what its files hold; `build.py` puts the objects
together, `patches.py`, `transform.py` and `names.py` change them; `node.py` holds values with their places.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from posixpath import dirname

from finops_gate.model import Notice, Span
from finops_gate.sources.documents import Document
from finops_gate.sources.kubernetes.kustomize.build import Build
from finops_gate.sources.kubernetes.kustomize.overlay import BASES, PLUGINS, Kustomization, is_kustomization
from finops_gate.sources.kubernetes.kustomize.problems import MAX_WORK, Problems, TooComplex
from finops_gate.sources.kubernetes.reading import Files
from finops_gate.sources.nodes import document_of

__all__ = ["Rendered", "is_kustomization", "render"]


@dataclass(frozen=True, slots=True)
class Rendered:
    """The objects of all roots, each with its root's directory, and the files that belong to kustomizations."""

    documents: tuple[tuple[str, Document], ...]
    files: frozenset[str]
    notices: tuple[Notice, ...]


def render(paths: Iterable[str], files: Files) -> Rendered:
    """Renders the kustomizations among some files."""
    problems = Problems()
    build = Build(files, problems)
    directories = sorted({dirname(path) for path in paths if is_kustomization(path)})
    named = {d: k for d in directories if (k := build.contents.kustomization(d)) is not None}
    documents: list[tuple[str, Document]] = []
    try:
        for root in _roots(named, build, problems):
            documents += [(root.directory, document_of(item.node)) for item in build.rendered(root)]
    except TooComplex:
        message = f"these kustomizations make more than {MAX_WORK:,} values: the rest is not in the totals"
        problems.error("too-complex", message, Span(root.path, 1, 1, 1, 1))
    own = {
        path for kustomization in build.contents.kustomizations for path in (kustomization.path, *kustomization.names())
    }
    return Rendered(tuple(documents), frozenset(own), tuple(problems.notices))


def _roots(named: dict[str, Kustomization], build: Build, problems: Problems) -> list[Kustomization]:
    """The kustomizations that no other includes; of a circle of them, the first."""
    included = {directory for kustomization in named.values() for directory in _included(kustomization)}
    roots = [k for d, k in named.items() if d not in included]
    components = [k for k in roots if k.is_component]
    if len(components) < len(roots):
        for component in components:
            message = (
                f"no kustomization here includes the component {component.directory or '.'}: it is not in the totals"
            )
            problems.info("kustomize-unused-component", message, Span(component.path, 1, 1, 1, 1))
        roots = [k for k in roots if not k.is_component]
    reached: set[str] = set()
    for directory, kustomization in [(k.directory, k) for k in roots] + list(named.items()):
        if directory not in reached:
            _reach(directory, build, reached)
            if kustomization not in roots and not kustomization.is_component:
                roots.append(kustomization)
    return roots


def _included(kustomization: Kustomization) -> set[str]:
    written = [entry.value for entry in kustomization.listed(*BASES, *PLUGINS)]
    return {kustomization.local(text) for text in written if isinstance(text, str)} - {kustomization.directory}


def _reach(directory: str, build: Build, reached: set[str]) -> None:
    waiting = [directory]
    while waiting:
        current = waiting.pop()
        kustomization = build.contents.kustomization(current) if current not in reached else None
        reached.add(current)
        waiting += _included(kustomization) if kustomization else ()
