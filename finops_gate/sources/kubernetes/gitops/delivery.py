"""What a controller is told to deploy: a directory of the repository, and what is changed on the way."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from posixpath import join, normpath
from typing import Any

from finops_gate.model import Notice, Span, no_entries
from finops_gate.sources.files import Tree
from finops_gate.sources.kubernetes.gitops.globs import glob_matches
from finops_gate.sources.kubernetes.gitops.variables import with_variables
from finops_gate.sources.kubernetes.kustomize.build import Build
from finops_gate.sources.kubernetes.kustomize.item import NO_NAMESPACE, Item
from finops_gate.sources.kubernetes.kustomize.overlay import Kustomization
from finops_gate.sources.kubernetes.kustomize.problems import Problems
from finops_gate.sources.kubernetes.objects import Manifest, dig
from finops_gate.sources.nodes import Node, child, items, mapping_of, root_of

MAX_SHOWN = 200
LONGEST_PATH = 1_000
_STEP = re.compile(r"\[(\d{1,9})\]|([^.\[\]]+)")


@dataclass(frozen=True, slots=True)
class Delivery:
    """A directory that a controller deploys.

    `namespace` is that of objects which name none. `changes` are fields of a kustomization that is laid over the
    objects. `recurse`, `include` and `exclude` say which files of a plain directory count; a `generated` one is read
    as Flux does it. The rest is for charts: `value_files` are paths of the repository.
    """

    by: Manifest
    name: str
    path: str
    span: Span
    namespace: str = ""
    changes: Mapping[str, Node] = field(default_factory=no_entries)
    substitute: Mapping[str, str] = field(default_factory=no_entries)
    recurse: bool = False
    include: str = ""
    exclude: str = ""
    is_chart: bool = False
    release: str = ""
    value_files: Sequence[str] = ()
    values: Mapping[str, Any] = field(default_factory=no_entries)
    parameters: Sequence[tuple[str, str]] = ()
    strings: Sequence[tuple[str, str]] = ()

    @property
    def project(self) -> str:
        """What tells its objects from those of other deliveries of the same directory."""
        return f"{self.path or '.'} ({self.name})"

    def takes(self, inside: str) -> bool:
        """Whether a file of the directory counts, by its path in it."""
        if not self.recurse and "/" in inside:
            return False
        name = inside.rpartition("/")[2]
        is_meant = not self.include or glob_matches(inside, self.include) or glob_matches(name, self.include)
        return is_meant and not (glob_matches(inside, self.exclude) or glob_matches(name, self.exclude))

    def change(self, objects: list[Item], build: Build, problems: Problems) -> list[Item]:
        """What becomes of the objects of the directory: changes first, then variables, then the namespace."""
        by = node_of(self.by)
        if self.changes:
            kustomization = Kustomization(join(self.path, "kustomization.yaml"), mapping_of(by, self.changes))
            objects = build.overlaid(objects, kustomization)
        objects = build.finished(objects)
        if self.substitute:
            problems.spend(sum(item.size for item in objects))
            objects = [replace(item, node=with_variables(item.node, self.substitute)) for item in objects]
        if self.namespace:
            name = child(by, "metadata", "name") or by
            objects = [_in_namespace(item, replace(name, value=self.namespace)) for item in objects]
        return objects


MAX_WORK = 5_000_000
"""Texts and paths that are gone through for the controllers of a run."""


class Work:
    """How much more may be done for strangers' objects."""

    def __init__(self) -> None:
        self.left = MAX_WORK

    def is_too_much(self, more: int) -> bool:
        """Counts some more work, and says whether that is more than a run does."""
        self.left -= more
        return self.left < 0


@dataclass(frozen=True, slots=True)
class Where:
    """The repository that is looked into; `name` is OWNER/NAME, empty where nobody said it."""

    tree: Tree
    name: str = ""
    work: Work = field(default_factory=Work)

    def is_here(self, url: str) -> bool:
        """Whether a URL may be this repository's: it is taken for it unless its name is known to be another."""
        owner_and_name = "/".join(re.split(r"[/:]", url.strip().rstrip("/").removesuffix(".git"))[-2:])
        return not self.name or not url or owner_and_name.lower() == self.name.lower()

    def directory(self, written: str) -> str | None:
        """A directory, relative to the root; None where there is none with files in it."""
        if len(written) > LONGEST_PATH or "\0" in written or "{{" in written:
            return None
        path = normpath(written.strip().lstrip("/") or ".")
        if path.startswith(".."):
            return None
        path = "" if path == "." else path
        return path if self.tree.paths(path) else None


def _in_namespace(item: Item, namespace: Node) -> Item:
    """The object in a namespace, if it is of one and names none."""
    identity = item.identity
    written = dig(item.node.value, "metadata", "namespace")
    if written or identity.namespace == NO_NAMESPACE:
        return item
    return item.edited(("metadata", "namespace"), lambda _: namespace, namespace)


def not_here(manifest: Manifest, what: str, span: Span) -> Notice:
    """What is said about a source that is not in the repository."""
    message = f"{manifest.kind} {manifest.name} deploys {what[:MAX_SHOWN]}, which is not here: it is not in the totals"
    return Notice("gitops-elsewhere", "info", message, span, "Check the repository that it is in as well.")


def not_followed(manifest: Manifest, what: str, span: Span) -> Notice:
    """What is said about a way of deploying that nobody reads here."""
    message = (
        f"{what[:MAX_SHOWN]} of {manifest.kind} {manifest.name} is not followed: what it makes is not in the totals"
    )
    return Notice("gitops-not-followed", "info", message, span, "Check the rendered objects as well.")


def node_of(manifest: Manifest) -> Node:
    """The content of an object with its places, also where it stands in a List."""
    node = root_of(manifest.document)
    for index, name in _STEP.findall(manifest.prefix):
        node = items(node)[int(index)] if index else child(node, name) or node
    return node


def text(node: Node | None, *path: str) -> str:
    """The text below some keys; empty where there is none."""
    found = child(node, *path)
    return found.value if found is not None and isinstance(found.value, str) else ""


def texts(node: Node | None, *path: str) -> Iterator[str]:
    """The texts of a list below some keys."""
    for item in items(child(node, *path)):
        if isinstance(item.value, str):
            yield item.value


def pairs(node: Node | None, name: str = "name", value: str = "value") -> Iterator[tuple[str, str, Node]]:
    """The entries of a list of `{name, value}`, with each entry itself."""
    for item in items(node):
        key, found = child(item, name), child(item, value)
        if key is not None and isinstance(key.value, str) and found is not None:
            yield key.value, str(found.value), item
