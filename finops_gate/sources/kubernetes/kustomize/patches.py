"""Patches: which objects they are for, and what becomes of those."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from finops_gate.model import no_entries
from finops_gate.sources.kubernetes.kustomize.item import Identity, Item
from finops_gate.sources.kubernetes.kustomize.json_patch import json_patch
from finops_gate.sources.kubernetes.kustomize.merge import strategic_merge
from finops_gate.sources.kubernetes.kustomize.problems import PatchError, Problems
from finops_gate.sources.kubernetes.kustomize.schemas import Schemas
from finops_gate.sources.kubernetes.kustomize.selectors import select
from finops_gate.sources.nodes import Node, child, entries, mapping_of, with_entry, without_entry

PERMISSIONS = ("allowNameChange", "allowKindChange")


@dataclass(frozen=True, slots=True)
class Patch:
    """A patch as it is written: an object or a list of operations, the target, and what it may change."""

    content: Node
    target: Node | None = None
    options: Mapping[str, Any] = field(default_factory=no_entries)


class NoTarget(PatchError):
    """The object that a patch is for is not among those that it is applied to."""


def apply(patch: Patch, objects: Sequence[Item], problems: Problems, schemas: Schemas) -> list[Item]:
    """The objects with a patch applied. Raises PatchError (NoTarget) and TooComplex."""
    found: list[Item | None] = list(objects)
    for index in _meant(patch, objects, problems):
        item = objects[index]
        if isinstance(patch.content.value, list):
            node = json_patch(item.node, patch.content, problems)
            found[index] = replace(item.renamed(), node=node, size=problems.measure(node))
        else:
            found[index] = _merged(item, patch, problems, schemas)
    return [item for item in found if item is not None]


def _meant(patch: Patch, objects: Sequence[Item], problems: Problems) -> list[int]:
    content = patch.content
    if not isinstance(content.value, dict | list):
        raise PatchError("a patch is an object to merge, or a list of operations", content.span)
    if patch.target is not None:
        return select(objects, patch.target, problems)
    if isinstance(content.value, list):
        raise PatchError("a list of operations needs a target", content.span)
    return [_namesake(content, objects, problems)]


def _namesake(content: Node, objects: Sequence[Item], problems: Problems) -> int:
    """The one object that has, or once had, the identity that a patch states."""
    wanted = Item(content).identity
    problems.spend(len(objects))
    found = [i for i, item in enumerate(objects) if wanted in item.identities]
    if len(found) == 1:
        return found[0]
    if found:
        raise PatchError(f"{_said(wanted)} is the name of {len(found)} objects", content.span)
    raise NoTarget(f"there is no {_said(wanted)} to patch", _name_of(content).span)


def _said(identity: Identity) -> str:
    return f"{identity.version} {identity.kind} {identity.name}"[:200]


def _name_of(content: Node) -> Node:
    return child(content, "metadata", "name") or content


def _merged(item: Item, patch: Patch, problems: Problems, schemas: Schemas) -> Item | None:
    """The object with an object merged into it, its identity kept unless the patch may change it."""
    names, kinds = (patch.options.get(key) is True for key in PERMISSIONS)
    content = patch.content
    for key in ("apiVersion",) if kinds else ("apiVersion", "kind"):
        content = without_entry(content, key)
    metadata = child(content, "metadata")
    if metadata is not None and isinstance(metadata.value, dict):
        kept = {k: n for k, n in entries(metadata) if k != "namespace" and (names or k != "name")}
        content = with_entry(content, "metadata", mapping_of(metadata, kept))
    if names or kinds:
        item = item.renamed()
    node = strategic_merge(item.node, content, problems, schemas)
    return None if node is None or not node.value else replace(item, node=node, size=problems.measure(node))
