"""Kustomizations: which files belong to them as patches, and are no objects of their own.

They are not rendered yet: what their patches and replicas change is not in the costs, and a notice says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from posixpath import dirname, join, normpath
from typing import Any

from finops_gate.model import Notice
from finops_gate.sources.documents import Document
from finops_gate.sources.kubernetes.objects import numbered

FILE_NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")
FILES_OF_LISTS = ("patchesStrategicMerge", "transformers", "generators", "validators", "configurations")
FILES_OF_ENTRIES = ("patches", "patchesJson6902", "replacements")
CHANGES_COST = ("patches", "patchesStrategicMerge", "patchesJson6902", "replicas", "components", "helmCharts")


def is_kustomization(path: str) -> bool:
    return path.rpartition("/")[2] in FILE_NAMES


def patch_files(documents: Iterable[Document]) -> frozenset[str]:
    """The files that kustomizations apply to objects, relative to the root of the run."""
    return frozenset(
        normpath(join(dirname(document.path), name))
        for document in documents
        if isinstance(document.value, dict)
        for name in _named(document.value)
        if "\n" not in name
    )


def _named(kustomization: Mapping[str, Any]) -> Iterator[str]:
    for key in FILES_OF_LISTS:
        entries = kustomization.get(key)
        yield from (entry for entry in (entries if isinstance(entries, list) else ()) if isinstance(entry, str))
    for key in FILES_OF_ENTRIES:
        yield from (e["path"] for _, e in numbered(kustomization.get(key)) if isinstance(e.get("path"), str))


def not_rendered(document: Document) -> Iterator[Notice]:
    """What a kustomization would change about the costs."""
    value = document.value if isinstance(document.value, dict) else {}
    changing = [key for key in CHANGES_COST if value.get(key)]
    if changing:
        message = f"{document.path} is not rendered: its {', '.join(changing)} are not in the costs"
        span = document.key_spans[changing[0]]
        yield Notice("kustomize-not-rendered", "info", message, span, "Check the output of `kubectl kustomize`.")
