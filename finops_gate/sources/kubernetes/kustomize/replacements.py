"""Replacements: the value of a field of one object, copied into fields of others.

Source: https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/replacements/
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from finops_gate.sources.kubernetes.kustomize.item import Item
from finops_gate.sources.kubernetes.kustomize.problems import PatchError, Problems
from finops_gate.sources.kubernetes.kustomize.selectors import FIELDS, select
from finops_gate.sources.kubernetes.objects import mapping
from finops_gate.sources.nodes import Node, child, depth, entries, items, mapping_of, sequence_of, with_entry
from finops_gate.sources.places import Branch, ends
from finops_gate.sources.scalars import plain

MAX_STEPS = 100
"""Of a path, and of what is copied: as deep as a document may be."""
MAX_TEXT = 1_000_000
NAME = "metadata.name"
EACH = "*"
_STEP = re.compile(r"\[([^\[\]]*)\]|((?:\\.|[^.\[\\])+)")

Change = Callable[[Node | None], Node]


def with_replacement(objects: Sequence[Item], written: Node, problems: Problems) -> list[Item]:
    """The objects with one replacement made. Raises PatchError and TooComplex."""
    source = child(written, "source")
    value = _Value(_source_of(objects, source, written, problems), source, problems)
    found = list(objects)
    for target in items(child(written, "targets")):
        for index in _meant(found, target, problems):
            item = found[index].renamed()
            problems.spend(item.size)
            paths = [str(node.value) for node in items(child(target, "fieldPaths"))] or [NAME]
            for path in paths:
                node = _replaced(item.node, path, value, target)
                item = replace(item, node=node, size=problems.measure(node))
            found[index] = item
    return found


def _source_of(objects: Sequence[Item], source: Node | None, written: Node, problems: Problems) -> Node:
    """The field that the value is taken from."""
    if source is None:
        raise PatchError("a replacement has a `source`", written.span)
    chosen = select(objects, _selector(source), problems)
    if len(chosen) != 1:
        raise PatchError(f"a replacement has one source, and {len(chosen)} objects are selected", source.span)
    path = mapping(source.value).get("fieldPath") or NAME
    found: list[Node] = []

    def note(node: Node | None) -> Node:
        found.append(node or source)
        return found[-1]

    _at(objects[chosen[0]].node, _steps(str(path), source), note, None)
    if not found:
        raise PatchError(f"the source has no field {str(path)[:200]}", source.span)
    return found[0]


def _selector(node: Node) -> Node:
    return mapping_of(node, {name: entry for name, entry in entries(node) if name in FIELDS})


def _meant(objects: Sequence[Item], target: Node, problems: Problems) -> list[int]:
    chosen = child(target, "select")
    if chosen is None:
        raise PatchError("a target of a replacement has a `select`", target.span)
    rejected = {i for node in items(child(target, "reject")) for i in select(objects, _selector(node), problems)}
    return [i for i in select(objects, _selector(chosen), problems) if i not in rejected]


@dataclass(frozen=True, slots=True)
class _Value:
    """What is copied, by whom it is declared, and who counts the work."""

    node: Node
    source: Node | None
    problems: Problems

    def put(self, old: Node | None, options: dict[str, Any]) -> Node:
        """The value in the place of another: a plain one takes its type, and may be put into a part of its text."""
        if any(isinstance(node.value, dict | list) for node in (old, self.node) if node is not None):
            if depth(self.node) > MAX_STEPS:
                raise PatchError(f"what is copied is nested more than {MAX_STEPS} levels deep", self.node.span)
            return self.node
        text = _part(_text(self.node.value), mapping(mapping(self.source and self.source.value).get("options")))
        if old is None:
            return self.node if text == _text(self.node.value) else replace(self.node, value=text)
        whole = _joined(_text(old.value), text, options)
        self.problems.spend(len(whole))
        if len(whole) > MAX_TEXT:
            raise PatchError(f"a replacement makes a text of more than {MAX_TEXT:,} characters", self.node.span)
        return replace(self.node, value=whole if isinstance(old.value, str) else plain(whole), key=old.key)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)


def _part(text: str, options: Any) -> str:
    """The part of a text that the options of a source name."""
    parts = text.split(options["delimiter"]) if options.get("delimiter") else [text]
    index = _index(options)
    return parts[index] if 0 <= index < len(parts) else text


def _joined(old: str, new: str, options: Any) -> str:
    """A text with one of its parts replaced; an index before or after them all adds one."""
    delimiter = options.get("delimiter")
    if not delimiter:
        return new
    parts, index = old.split(delimiter), _index(options)
    parts = [new, *parts] if index < 0 else [*parts[:index], new, *parts[index + 1 :]]
    return str(delimiter).join(parts)


def _index(options: Any) -> int:
    index = options.get("index")
    return int(index) if isinstance(index, Decimal) and abs(index) < 10_000 else 0


def _replaced(node: Node, path: str, value: _Value, target: Node) -> Node:
    options = dict(mapping(mapping(target.value).get("options")))
    hits = 0

    def put(old: Node | None) -> Node:
        nonlocal hits
        hits += 1
        return value.put(old, options)

    changed = _at(node, _steps(path, target), put, target if options.get("create") is True else None)
    if not hits:
        raise PatchError(f"a target of a replacement has no field {path[:200]}", target.span)
    return changed


def _steps(path: str, at: Node) -> list[str]:
    """`spec.containers.[name=web].image`: keys, `[key=value]` of items, indexes and `*`; dots may be escaped."""
    found = [
        f"[{inside}" if "=" in inside else inside or re.sub(r"\\(.)", r"\1", bare)
        for inside, bare in _STEP.findall(path[: MAX_STEPS * 100])
    ]
    if not found or len(found) > MAX_STEPS:
        raise PatchError(f"{path[:200]!r} is no path of a field", at.span)
    return found


def _at(node: Node, steps: Sequence[str], change: Change, origin: Node | None) -> Node:
    """The node with a change made at a path, wherever it leads; `origin` is where what is made stands, if any is."""
    if not steps:
        return change(node)
    step, rest = steps[0], steps[1:]
    if isinstance(node.value, list):
        before = items(node)
        after = [_at(n, rest, change, origin) if _is_meant(n, i, step) else n for i, n in enumerate(before)]
        return sequence_of(node, after)
    if not isinstance(node.value, dict):
        return node
    inside = child(node, step)
    if inside is None and origin is None:
        return node
    if inside is None and origin is not None and rest:
        inside = replace(origin, value={}, place=Branch(*ends(origin.place), {}))
    return with_entry(node, step, _at(inside, rest, change, origin) if rest and inside else change(inside))


def _is_meant(item: Node, index: int, step: str) -> bool:
    if step.startswith("["):
        key, _, wanted = step[1:].partition("=")
        inside = child(item, *key.split("."))
        return inside is not None and _text(inside.value) == wanted
    return step in (EACH, str(index))
