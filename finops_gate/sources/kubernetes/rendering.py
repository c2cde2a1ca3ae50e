"""Manifests as they reach a cluster: as written, or rendered by kustomize, by Helm, or for a controller.

A file counts once: what a kustomization names, a chart holds or a controller deploys does not count by itself.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from posixpath import dirname, join

from finops_gate.model import Notice
from finops_gate.settings import Settings
from finops_gate.sources.document_builder import TOO_MUCH
from finops_gate.sources.documents import Document
from finops_gate.sources.kubernetes import helm
from finops_gate.sources.kubernetes.charts import CHART, Chart, chart_in, charts_among, not_rendered
from finops_gate.sources.kubernetes.gitops import deliveries_of
from finops_gate.sources.kubernetes.gitops.delivery import Delivery, Where, not_followed
from finops_gate.sources.kubernetes.helm import Release, releases_of
from finops_gate.sources.kubernetes.kustomize import Kustomizations
from finops_gate.sources.kubernetes.kustomize.item import Item
from finops_gate.sources.kubernetes.kustomize.overlay import kustomizations_in
from finops_gate.sources.kubernetes.objects import Manifest, manifests_of
from finops_gate.sources.kubernetes.reading import Files
from finops_gate.sources.kubernetes.settings import RENDER_CHARTS

MAX_DELIVERIES = 2_000
MAX_DELIVERED = 5_000
"""Objects that controllers deploy: one file of theirs may ask for any number of copies."""
SUFFIXES = (".yaml", ".yml", ".json")


@dataclass(frozen=True, slots=True)
class Rendered:
    """All objects, what there is to say, and the files that they come from."""

    manifests: tuple[Manifest, ...]
    notices: tuple[Notice, ...]
    files: frozenset[str]


@dataclass(slots=True)
class _Part:
    """Objects that are applied together: those of a file, of a kustomization, of a chart or of a delivery."""

    manifests: list[Manifest] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)


def render(files: Files, paths: Sequence[str], settings: Settings) -> Rendered:
    """Renders what some files of a tree deploy."""
    return _Rendering(files, paths, settings).rendered()


class _Rendering:
    """One run: what is applied unless a controller deploys it (`_plain`, `_roots`, `_charts`), and what one does."""

    def __init__(self, files: Files, paths: Sequence[str], settings: Settings) -> None:
        self._files = files
        self._where = Where(files.tree, str(settings.ci.get("repository") or ""))
        self._kubernetes = settings.kubernetes
        self._charts = charts_among(paths, files)
        self._of_charts = {path for path in paths if any(chart.holds(path) for chart in self._charts.values())}
        self._kustomizations = Kustomizations([path for path in paths if path not in self._of_charts], files)
        self._roots = {root: self._of_a_root(root) for root in self._kustomizations.roots}
        taken = self._kustomizations.files | self._of_charts
        self._plain = {path: self._of_a_file(path) for path in paths if path not in taken}
        self._delivered: dict[str, _Part] = {}
        self._left = MAX_DELIVERED

    def rendered(self) -> Rendered:
        self._deliver([*self._plain.values(), *self._roots.values()])
        charts = {directory: self._of_a_chart(chart) for directory, chart in list(self._charts.items())}
        self._deliver(list(charts.values()))
        own = [part for directory, part in charts.items() if directory in self._charts]
        parts = [*self._plain.values(), *self._roots.values(), *own, *self._delivered.values()]
        kustomized = self._kustomizations.files
        notices = [*self._files.notices(kustomized), *(n for part in parts for n in part.notices)]
        manifests = tuple(manifest for part in parts for manifest in part.manifests)
        files = kustomized.union(self._of_charts, (m.path for m in manifests), (n.span.path for n in notices if n.span))
        return Rendered(manifests, (*dict.fromkeys([*notices, *self._kustomizations.notices]),), files)

    def _of_a_file(self, path: str) -> _Part:
        part = _Part()
        if self._files.may_hold_objects(path):
            for document in self._files.documents(path):
                found = list(manifests_of(document))
                part.manifests += found
                part.notices += document.notices if found or self._is_trouble(path, document) else ()
        return part

    def _is_trouble(self, path: str, document: Document) -> bool:
        """Whether a document cannot be read that may be a manifest: a table of data is too large, and no concern."""
        is_large = all(notice.code == TOO_MUCH for notice in document.notices)
        return document.broken and not (is_large and not self._files.names_objects(path))

    def _of_a_root(self, directory: str) -> _Part:
        return _part(self._kustomizations.documents(directory), directory)

    def _of_a_chart(self, chart: Chart) -> _Part:
        """The releases of a chart that the settings declare, else one with the values of its own."""
        if chart.is_library:
            return _Part()
        part = _Part()
        for release in releases_of(self._kubernetes, chart) or [Release(chart, chart.name)]:
            found = self._released(release, chart.directory if release.name == chart.name else release.project)
            part.manifests += found.manifests
            part.notices += found.notices
        return part

    def _released(self, release: Release, directory: str) -> _Part:
        documents, notices = self._documents_of(release)
        part = _part(documents, directory)
        part.notices += notices
        return part

    def _documents_of(self, release: Release) -> tuple[list[Document], list[Notice]]:
        """What a release consists of; nothing, and why, where it is not rendered."""
        if not self._kubernetes.get(RENDER_CHARTS):
            return [], [not_rendered(release.chart, release.place)]
        try:
            documents = helm.rendered(release, self._files.tree)
        except helm.HelmError as error:
            return [], [error.notice]
        return documents, [notice for document in documents for notice in document.notices]

    def _deliver(self, parts: Iterable[_Part]) -> None:
        """Follows what the objects deploy, and what the objects that are deployed deploy in turn."""
        waiting = deque(manifest for part in parts for manifest in part.manifests)
        while waiting:
            for found in deliveries_of(waiting.popleft(), self._where):
                key = repr(found) if isinstance(found, Notice) else _key(found)
                if key in self._delivered:
                    continue
                if len(self._delivered) >= MAX_DELIVERIES or self._left < 0:
                    self._delivered["too much"] = _Part(notices=[_too_much(found)])
                    return
                part = _Part(notices=[found]) if isinstance(found, Notice) else self._of_a_delivery(found)
                self._delivered[key] = part
                self._left -= len(part.manifests)
                waiting += part.manifests

    def _of_a_delivery(self, delivery: Delivery) -> _Part:
        """The objects that a controller deploys, which then do not count by themselves."""
        if delivery.is_chart or self._files.tree.exists(join(delivery.path, CHART)):
            self._charts.pop(delivery.path, None)
            documents, notices = self._documents_of(_release(delivery, chart_in(delivery.path, self._files)))
            items = self._kustomizations.items(documents)
        elif kustomizations_in(self._files.tree, delivery.path):
            self._roots.pop(delivery.path, None)
            items, notices = self._kustomizations.objects(delivery.path), []
        else:
            items, notices = self._of_a_directory(delivery)
        documents = self._kustomizations.changed(items, delivery.change, delivery.path)
        part = _part(documents, delivery.project)
        part.notices += notices
        return part

    def _of_a_directory(self, delivery: Delivery) -> tuple[list[Item], list[Notice]]:
        """The objects of the manifests in a directory, and of the kustomizations below it where those count, too."""
        items: list[Item] = []
        notices: list[Notice] = []
        begin = len(delivery.path) + 1 if delivery.path else 0
        there = self._files.tree.paths(delivery.path)
        if self._where.work.is_too_much(len(there)):
            return [], [not_followed(delivery.by, "the path, for controllers deploy too much,", delivery.span)]
        paths = [path for path in there if delivery.takes(path[begin:])]
        inner = {path: self._kustomized_above(path, delivery.path) for path in paths}
        for directory in sorted({directory for directory in inner.values() if directory is not None}):
            self._roots.pop(directory, None)
            items += self._kustomizations.objects(directory)
        for path in paths:
            if path.endswith(SUFFIXES) and inner[path] is None and path not in self._of_charts:
                part = self._plain.pop(path, None) or self._of_a_file(path)
                notices += part.notices
                items += self._kustomizations.items(self._files.documents(path) if part.manifests else [])
        return items, notices

    def _kustomized_above(self, path: str, top: str) -> str | None:
        """The uppermost directory with a kustomization that a file lies in, below another directory."""
        found, directory = None, dirname(path)
        while directory != top:
            found = directory if kustomizations_in(self._files.tree, directory) else found
            directory = dirname(directory)
        return found


def _part(documents: Iterable[Document], directory: str) -> _Part:
    return _Part([manifest for document in documents for manifest in manifests_of(document, directory)])


def _too_much(found: Delivery | Notice) -> Notice:
    most = f"{MAX_DELIVERED:,} objects, or {MAX_DELIVERIES:,} directories"
    message = f"controllers deploy more than {most}: the rest is left out"
    return Notice("too-complex", "error", message, found.span)


def _key(delivery: Delivery) -> str:
    """What two deliveries share exactly when they are the same one, met twice."""
    by = delivery.by
    return repr((by.kind, by.namespace, delivery.name, delivery.path, delivery.release, by.value.get("spec")))


def _release(delivery: Delivery, chart: Chart) -> Release:
    return Release(
        chart=chart,
        name=delivery.release or delivery.name,
        namespace=delivery.namespace,
        value_files=delivery.value_files,
        values=delivery.values,
        parameters=delivery.parameters,
        strings=delivery.strings,
        span=delivery.span,
    )
