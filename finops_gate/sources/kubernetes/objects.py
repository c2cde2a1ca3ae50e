"""The objects of manifests: documents that have an `apiVersion` and a `kind`, lists taken apart."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from finops_gate.model import EMPTY, Span
from finops_gate.sources.documents import Document

BUILT_IN_KINDS = frozenset(
    {
        *("CronJob", "DaemonSet", "Deployment", "HorizontalPodAutoscaler", "Ingress", "Job", "LimitRange", "Namespace"),
        *("Node", "PersistentVolume", "PersistentVolumeClaim", "Pod", "ReplicaSet", "ReplicationController"),
        *("Service", "StatefulSet", "StorageClass"),
    }
)
"""Kinds that other API groups reuse for things of their own (Knative's Service)."""

DEFAULT_NAMESPACE = "default"

_KIND = re.compile(r"[A-Za-z][A-Za-z0-9]{0,62}")
_GROUP = re.compile(r"[a-z0-9][a-z0-9.-]{0,252}")
_MAX_LIST_DEPTH = 10


Target = tuple[str, str, str]
"""What another object names: its home, kind and name."""


@dataclass(frozen=True, slots=True, eq=False)
class Manifest:
    """One object, equal only to itself. `prefix` is its path in the document: empty, or `items[3]` in a List.

    `directory` is that of its file or, where it is rendered, of the overlay that it is rendered for.
    """

    document: Document
    prefix: str
    value: Mapping[str, Any]
    group: str
    kind: str
    namespace: str
    name: str
    directory: str

    @property
    def path(self) -> str:
        return self.document.path

    @property
    def home(self) -> str:
        """The namespace it is applied to: `default` where it names none, as far as the files can tell."""
        return self.namespace or DEFAULT_NAMESPACE

    @property
    def qualified_kind(self) -> str:
        """The kind, with its API group where a stranger has a well-known name: `Service.serving.knative.dev`."""
        return qualified(self.group, self.kind)

    @property
    def address(self) -> str:
        local = f"{self.qualified_kind}/{self.name}"
        return f"{self.namespace}/{local}" if self.namespace else local

    def get(self, *keys: str) -> Any:
        return dig(self.value, *keys)

    def span(self, path: str = "") -> Span:
        """The place of a value, or of the nearest thing around it."""
        return self.document.span(_below(self.prefix, path))

    def key_span(self, path: str) -> Span:
        """The place of an entry's key, which is what an object's findings point at where nothing better is known."""
        return self.document.key_spans.get(_below(self.prefix, path)) or self.span(path)


def qualified(group: str, kind: str) -> str:
    """A kind as we name it, by its API group."""
    foreign = "." in group and not group.endswith(".k8s.io")
    return f"{kind}.{group}" if foreign and kind in BUILT_IN_KINDS else kind


def dig(value: Any, *keys: str) -> Any:
    """The value below some keys, or None where any of them is absent or not a mapping."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def mapping(value: Any) -> Mapping[str, Any]:
    """The value where it is a mapping, else an empty one: manifests hold whatever their authors wrote."""
    return value if isinstance(value, dict) else EMPTY


def numbered(value: Any) -> list[tuple[int, Mapping[str, Any]]]:
    """The mappings of a list, with their indexes; nothing where it is no list."""
    return [(i, v) for i, v in enumerate(value) if isinstance(v, dict)] if isinstance(value, list) else []


def manifests_of(document: Document, directory: str | None = None) -> Iterator[Manifest]:
    """The objects of a document, for a directory or that of its file; none where it is not Kubernetes."""
    owner = document.path.rpartition("/")[0] if directory is None else directory
    yield from _objects(document, owner, "", document.value, 0)


def _objects(document: Document, directory: str, prefix: str, value: Any, depth: int) -> Iterator[Manifest]:
    version, kind = dig(value, "apiVersion"), dig(value, "kind")
    if not isinstance(version, str) or not isinstance(kind, str) or not _KIND.fullmatch(kind):
        return
    group = version.rpartition("/")[0]
    if group and not _GROUP.fullmatch(group):
        return
    if kind.endswith("List") and isinstance(value.get("items"), list):
        for i, item in enumerate(value["items"] if depth < _MAX_LIST_DEPTH else ()):
            yield from _objects(document, directory, f"{_below(prefix, 'items')}[{i}]", item, depth + 1)
        return
    metadata = mapping(value.get("metadata"))
    name = _text(metadata.get("name")) or f"{_text(metadata.get('generateName'))}*"
    yield Manifest(document, prefix, value, group, kind, _text(metadata.get("namespace")), name, directory)


def _text(value: Any) -> str:
    return "" if value is None or isinstance(value, dict | list) else str(value)


def _below(prefix: str, path: str) -> str:
    return f"{prefix}.{path}" if prefix and path else prefix or path


class ManifestSpans(Mapping[str, Span]):
    """Attribute path -> place. Derived attributes borrow the place of what they were derived from: `aliases` holds its
    path or, where it stands in another object (an autoscaler's), its place.
    """

    __slots__ = ("_aliases", "_manifest", "_spans")

    def __init__(self, manifest: Manifest, aliases: Mapping[str, str | Span] = EMPTY) -> None:
        self._manifest = manifest
        self._aliases = aliases
        self._spans = manifest.document.spans

    def __getitem__(self, path: str) -> Span:
        root = next((p for p in _roots(path) if p in self._aliases), None)
        alias = "" if root is None else self._aliases[root]
        if isinstance(alias, Span):
            return alias
        real = path if root is None else alias + path[len(root) :]
        try:
            return self._spans[_below(self._manifest.prefix, real)]
        except KeyError:
            raise KeyError(path) from None

    def __iter__(self) -> Iterator[str]:
        start = f"{self._manifest.prefix}." if self._manifest.prefix else ""
        yield from (path[len(start) :] for path in self._spans if path.startswith(start))
        yield from (path for path in self._aliases if path in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _roots(path: str) -> Iterator[str]:
    """The path and what it is below of, longest first: `a[0].b`, `a[0]`, `a`."""
    while path:
        yield path
        path = path[: max(path.rfind("."), path.rfind("["), 0)]
