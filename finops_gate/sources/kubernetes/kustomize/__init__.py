"""Kustomizations, rendered: what `kubectl kustomize` would print, each value with the place that set it.

A kustomization that no other includes is a root, and renders objects of its own: one base under two overlays is two
sets. `overlay.py` is a kustomization as it is written, `contents.py` what its files hold; `build.py` puts the objects
together, `patches.py`, `transform.py` and `names.py` change them; `node.py` holds values with their places.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from posixpath import dirname

from finops_gate.model import Notice, Span
from finops_gate.sources.documents import Document
from finops_gate.sources.kubernetes.kustomize.build import Build
from finops_gate.sources.kubernetes.kustomize.item import Item, objects_in
from finops_gate.sources.kubernetes.kustomize.overlay import BASES, PLUGINS, Kustomization, is_kustomization
from finops_gate.sources.kubernetes.kustomize.problems import MAX_WORK, Problems, TooComplex
from finops_gate.sources.kubernetes.reading import Files
from finops_gate.sources.nodes import document_of, root_of

__all__ = ["Change", "Kustomizations", "is_kustomization"]

Change = Callable[[list[Item], Build, Problems], list[Item]]
"""What is done to objects on their way to a cluster."""


class Kustomizations:
    """The kustomizations among some files, each rendered when it is asked for."""

    def __init__(self, paths: Iterable[str], files: Files) -> None:
        self._problems = Problems()
        self._build = Build(files, self._problems)
        contents = self._build.contents
        directories = sorted({dirname(path) for path in paths if is_kustomization(path)})
        named = {d: k for d in directories if (k := contents.kustomization(d)) is not None}
        self.roots = [root.directory for root in _roots(named, self._build, self._problems)]
        """The directories of those that no other includes."""

    @property
    def notices(self) -> tuple[Notice, ...]:
        return tuple(self._problems.notices)

    @property
    def files(self) -> frozenset[str]:
        """The files that belong to the kustomizations that have been looked at."""
        found = self._build.contents.kustomizations
        return frozenset(path for kustomization in found for path in (kustomization.path, *kustomization.names()))

    def documents(self, directory: str) -> list[Document]:
        """What the kustomization of a directory prints."""
        return _documents(self._bounded(lambda: self._build.rendered(directory), directory))

    def objects(self, directory: str) -> list[Item]:
        """The objects of the kustomization of a directory, before names are followed."""
        return self._bounded(lambda: self._build.objects(directory), directory)

    def items(self, documents: Iterable[Document]) -> list[Item]:
        """The objects of documents that no kustomization names."""
        nodes = [root_of(document) for document in documents if not document.broken]
        found = [node for root in nodes for node in objects_in(root)]
        return self._bounded(lambda: [Item(node, self._problems.measure(node)) for node in found], "")

    def changed(self, items: list[Item], change: Change, directory: str) -> list[Document]:
        """What objects become on their way to a cluster."""
        return _documents(self._bounded(lambda: change(items, self._build, self._problems), directory))

    def _bounded(self, make: Callable[[], list[Item]], directory: str) -> list[Item]:
        try:
            return make()
        except TooComplex:
            message = f"these kustomizations make more than {MAX_WORK:,} values: the rest is not in the totals"
            self._problems.error("too-complex", message, Span(directory or ".", 1, 1, 1, 1))
            return []


def _documents(items: Iterable[Item]) -> list[Document]:
    return [document_of(item.node) for item in items]


def _roots(named: Mapping[str, Kustomization], build: Build, problems: Problems) -> list[Kustomization]:
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
