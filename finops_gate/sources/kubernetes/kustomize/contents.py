"""What the files of kustomizations hold: kustomizations, objects and patches, each file looked at once."""

from __future__ import annotations

from collections.abc import Iterator

from finops_gate.model import Span
from finops_gate.sources.documents import Document, read_source
from finops_gate.sources.kubernetes.kustomize.item import Item, is_list, objects_in
from finops_gate.sources.kubernetes.kustomize.overlay import GROUP, Kustomization, check_fields, kustomizations_in
from finops_gate.sources.kubernetes.kustomize.patches import Patch
from finops_gate.sources.kubernetes.kustomize.problems import Problems
from finops_gate.sources.kubernetes.kustomize.schemas import Schemas
from finops_gate.sources.kubernetes.objects import mapping
from finops_gate.sources.kubernetes.reading import Files
from finops_gate.sources.nodes import InlineText, Node, child, items, root_of

HEADERS = frozenset({"apiVersion", "kind", "metadata"})


class Contents:
    """The files of a run, as kustomizations see them."""

    def __init__(self, files: Files, problems: Problems) -> None:
        self.tree = files.tree
        self._files = files
        self._problems = problems
        self._kustomizations: dict[str, Kustomization | None] = {}
        self._objects: dict[str, list[Item]] = {}
        self._schemas: dict[str, Schemas] = {}

    def kustomization(self, directory: str) -> Kustomization | None:
        """The kustomization of a directory; None where there is none that can be used."""
        if directory not in self._kustomizations:
            self._kustomizations[directory] = self._read(directory)
        return self._kustomizations[directory]

    @property
    def kustomizations(self) -> list[Kustomization]:
        """All that have been asked for."""
        return [found for found in self._kustomizations.values() if found is not None]

    def _read(self, directory: str) -> Kustomization | None:
        paths = kustomizations_in(self._files.tree, directory)
        if not paths:
            return None
        if len(paths) > 1:
            message = f"{directory or 'the root'} has {len(paths)} kustomizations: {', '.join(paths)}"
            self._problems.error("kustomize-invalid", message, Span(paths[1], 1, 1, 1, 1), "Keep one of them.")
        document = next(iter(self._files.documents(paths[0])), Document(None))
        version = mapping(document.value).get("apiVersion")
        if document.broken or not str(version or GROUP).startswith(GROUP):
            return None
        if not isinstance(document.value, dict) or HEADERS.issuperset(document.value):
            message = f"{paths[0]} is empty, or no kustomization"
            self._problems.error("kustomize-invalid", message, Span(paths[0], 1, 1, 1, 1))
            return None
        found = Kustomization(paths[0], root_of(document))
        check_fields(found, self._problems)
        return found

    def objects(self, path: str) -> list[Item]:
        """The objects of a file. Raises TooComplex."""
        if path not in self._objects:
            nodes = [root_of(d) for d in self._files.documents(path) if not d.broken and d.value is not None]
            self._objects[path] = [self._item(found) for node in nodes for found in objects_in(node)]
            for node in nodes:
                if next(objects_in(node), None) is None and not is_list(node):
                    self._problems.error("kustomize-invalid", f"{path} holds what is no Kubernetes object", node.span)
        return self._objects[path]

    def is_broken(self, path: str) -> bool:
        """Whether a part of a file cannot be read."""
        return any(document.broken for document in self._files.documents(path))

    def _item(self, node: Node) -> Item:
        return Item(node, self._problems.measure(node))

    def patches(self, kustomization: Kustomization, entry: Node) -> Iterator[Patch]:
        """The patches of an entry: its own text, or those of the file that it names."""
        target, options = child(entry, "target"), mapping(mapping(entry.value).get("options"))
        for document in self._patch_documents(kustomization, entry):
            if not document.broken and document.value is not None:
                yield Patch(root_of(document), target, options)

    def _patch_documents(self, kustomization: Kustomization, entry: Node) -> list[Document]:
        inline = child(entry, "patch")
        written = entry if isinstance(entry.value, str) else child(entry, "path")
        if isinstance(entry.value, str) and "\n" in entry.value:
            inline = entry
        if inline is not None and isinstance(inline.value, str):
            return self.inline(inline)
        if written is None or not isinstance(written.value, str):
            self._problems.error("kustomize-patch", "an entry has a `patch`, or the `path` of one", entry.span)
            return []
        path = kustomization.local(written.value)
        if not self.tree.exists(path):
            message = f"the patch {written.value[:200]!r} does not exist"
            self._problems.error("kustomize-missing", message, written.span)
            return []
        return self._files.documents(path)

    def schemas(self, kustomization: Kustomization) -> Schemas:
        """What the `openapi` of a kustomization says about other kinds than the API's own."""
        written = child(kustomization.field("openapi"), "path")
        path = kustomization.local(written.value) if written and isinstance(written.value, str) else ""
        if not path or not self.tree.exists(path):
            return Schemas()
        if path not in self._schemas:
            self._schemas[path] = Schemas(next(iter(self._files.documents(path)), Document(None)).value)
        return self._schemas[path]

    def replacements(self, kustomization: Kustomization, entry: Node) -> Iterator[Node]:
        """The replacements of an entry: the entry itself, or those of the file that it names."""
        if child(entry, "path") is None:
            yield entry
            return
        for document in self._patch_documents(kustomization, entry):
            if not document.broken and document.value is not None:
                node = root_of(document)
                yield from items(node) if isinstance(node.value, list) else (node,)

    def inline(self, text: Node) -> list[Document]:
        """The documents of a text within the kustomization."""
        documents = read_source(InlineText(text))
        for notice in (notice for document in documents for notice in document.notices):
            self._problems.note(notice)
        return documents
