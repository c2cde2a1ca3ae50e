"""A kustomization as it is written: where it is, its fields, and which other files and directories it names.

The fields are those of https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice
from posixpath import dirname, join, normpath
from typing import Any

from finops_gate.sources.files import Tree
from finops_gate.sources.kubernetes.kustomize.problems import Problems
from finops_gate.sources.kubernetes.objects import mapping
from finops_gate.sources.nodes import Node, child, entries, items

FILE_NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")
LONGEST_NAME = 255
LONGEST_PATH = 2_000
"""No file is called more than that; asking the system for one would be an error."""

GROUP = "kustomize.config.k8s.io/"

BASES = ("resources", "bases", "components")
"""Fields whose entries are directories of other kustomizations, or files."""
PLUGINS = ("transformers", "generators", "validators")
FILES_OF_LISTS = (*BASES, *PLUGINS, "patchesStrategicMerge", "configurations", "crds")
FILES_OF_ENTRIES = {
    "patches": ("path",),
    "patchesJson6902": ("path",),
    "replacements": ("path",),
    "configMapGenerator": ("files", "envs", "env"),
    "secretGenerator": ("files", "envs", "env"),
    "helmCharts": ("valuesFile", "additionalValuesFiles"),
    "helmChartInflationGenerator": ("values",),
}
LISTS = (*FILES_OF_LISTS, *FILES_OF_ENTRIES, "labels", "images", "replicas", "vars")
MAPPINGS = (
    "commonLabels",
    "commonAnnotations",
    "metadata",
    "generatorOptions",
    "openapi",
    "helmGlobals",
    "sortOptions",
)
WORDS = ("apiVersion", "kind", "namespace", "namePrefix", "nameSuffix")
FIELDS = (*LISTS, *MAPPINGS, *WORDS, "buildMetadata")
SHAPES = {**dict.fromkeys(LISTS, list), **dict.fromkeys(MAPPINGS, dict), **dict.fromkeys(WORDS, str)}
SHAPE_NAMES = {list: "a list", dict: "a mapping", str: "a text"}


def is_kustomization(path: str) -> bool:
    return path.rpartition("/")[2] in FILE_NAMES


def kustomizations_in(tree: Tree, directory: str) -> list[str]:
    """The kustomizations of a directory: there should be one."""
    return [path for name in FILE_NAMES if tree.exists(path := join(directory, name))]


@dataclass(frozen=True, slots=True)
class Kustomization:
    """A kustomization; `node` is its content, always a mapping."""

    path: str
    node: Node

    @property
    def directory(self) -> str:
        return dirname(self.path)

    @property
    def is_component(self) -> bool:
        return bool(self.node.value.get("kind") == "Component")

    def field(self, name: str) -> Node | None:
        """A field that is written; one that is left empty is not."""
        found = child(self.node, name)
        return found if found is not None and found.value is not None else None

    def listed(self, *names: str) -> Iterator[Node]:
        """The items of fields that are lists."""
        for name in names:
            yield from items(self.field(name))

    def pairs(self, name: str) -> dict[str, Node]:
        found = self.field(name)
        return dict(entries(found)) if found else {}

    def word(self, name: str) -> Node | None:
        """A field that is a plain text; None where it is empty."""
        found = self.field(name)
        return found if found is not None and isinstance(found.value, str) and found.value else None

    def local(self, entry: str) -> str:
        """An entry's path, relative to the root of the run; it may lead outside (`..`), where nothing exists."""
        if "\0" in entry or any(len(name) > LONGEST_NAME for name in entry.split("/")) or len(entry) > LONGEST_PATH:
            return ".."
        path = normpath(join(self.directory, entry))
        return "" if path == "." else path

    def names(self) -> Iterator[str]:
        """The local files and directories that the kustomization names."""
        written = [item.value for item in self.listed(*FILES_OF_LISTS)]
        for field, keys in FILES_OF_ENTRIES.items():
            for entry in self.listed(field):
                written += _named(mapping(entry.value), keys)
        written += _named(mapping(self.node.value.get("openapi")), ("path",))
        for text in written:
            if isinstance(text, str) and text and "\n" not in text:
                yield self.local(text)


def _named(entry: Mapping[str, Any], keys: tuple[str, ...]) -> Iterator[Any]:
    """The files of an entry; a generator's may have a key before them (`key=file`)."""
    for key in keys:
        value = entry.get(key)
        for text in value if isinstance(value, list) else [value]:
            yield text.rpartition("=")[2] if isinstance(text, str) else None


def check_fields(kustomization: Kustomization, problems: Problems) -> None:
    """Says which fields do not exist or have the wrong shape: kustomize would refuse the whole file."""
    for name, node in islice(entries(kustomization.node), 2 * len(FIELDS)):
        if name not in FIELDS:
            near = get_close_matches(name[:80], FIELDS, 1)
            fix = f"Write {near[0]}." if near else ""
            problems.error("kustomize-unknown-field", f"a kustomization has no field {name[:80]!r}", node.key_span, fix)
        elif node.value is not None and not isinstance(node.value, SHAPES.get(name, object)):
            problems.error(
                "kustomize-invalid", f"`{name}` is {SHAPE_NAMES[SHAPES[name]]} in a kustomization", node.span
            )
