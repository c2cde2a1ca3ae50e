"""Values that know their places, and edits that keep them: what a patch sets stands in the patch, the rest elsewhere.

A node is never changed. An edit makes new mappings and sequences along its path and shares the rest, so that one base
under a hundred overlays is held once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from finops_gate.model import Span
from finops_gate.sources.documents import Document
from finops_gate.sources.places import Branch, Elsewhere, Offsets, Place, SourceText, ends


@dataclass(frozen=True, slots=True)
class Node:
    """A plain value, the text that it stands in, its place there, and that of its key where it is a mapping's entry."""

    value: Any
    text: SourceText
    place: Place
    key: Offsets

    @property
    def span(self) -> Span:
        return self.text.span(*ends(self.place))

    @property
    def key_span(self) -> Span:
        return self.text.span(*self.key)


Change = Callable[[Node], Node]

EACH = "[]"


def root_of(document: Document) -> Node:
    return Node(document.value, document.text, document.root, ends(document.root))


def document_of(node: Node) -> Document:
    return Document(node.value, (), False, node.text, node.place)


def _node(around: Node, value: Any, place: Place, key: Offsets | None) -> Node:
    text = around.text
    if isinstance(place, Elsewhere):
        text, place = place.text, place.place
    return Node(value, text, place, key or ends(place))


def _children(node: Node) -> Any:
    return node.place.children if isinstance(node.place, Branch) else ()


def entries(node: Node) -> Iterator[tuple[str, Node]]:
    """The entries of a mapping; none of anything else."""
    if isinstance(node.value, dict):
        children = _children(node)
        for name, value in node.value.items():
            key, place = children[name]
            yield name, _node(node, value, place, key)


def items(node: Node | None) -> list[Node]:
    """The items of a sequence; none of anything else."""
    if node is None or not isinstance(node.value, list):
        return []
    return [_node(node, value, place, None) for value, place in zip(node.value, _children(node), strict=True)]


def child(node: Node | None, *names: str) -> Node | None:
    """What stands below some keys, or None."""
    for name in names:
        if node is None or not isinstance(node.value, dict) or name not in node.value:
            return None
        key, place = _children(node)[name]
        node = _node(node, node.value[name], place, key)
    return node


def _seen_from(node: Node, inside: Node) -> Place:
    return inside.place if inside.text is node.text else Elsewhere(inside.text, inside.place)


def mapping_of(node: Node, named: Mapping[str, Node]) -> Node:
    """A mapping of other entries, where the node stands."""
    start, end = ends(node.place)
    children = {name: (entry.key, _seen_from(node, entry)) for name, entry in named.items()}
    return replace(node, value={k: n.value for k, n in named.items()}, place=Branch(start, end, children))


def sequence_of(node: Node, listed: Iterable[Node]) -> Node:
    """A sequence of other items, where the node stands."""
    found = list(listed)
    start, end = ends(node.place)
    return replace(node, value=[n.value for n in found], place=Branch(start, end, [_seen_from(node, n) for n in found]))


def with_entry(node: Node, name: str, entry: Node) -> Node:
    """The mapping with an entry set; what is no mapping becomes one."""
    is_mapping = isinstance(node.value, dict)
    start, end = ends(node.place)
    children = {**(_children(node) if is_mapping else {}), name: (entry.key, _seen_from(node, entry))}
    value = {**(node.value if is_mapping else {}), name: entry.value}
    return replace(node, value=value, place=Branch(start, end, children))


def without_entry(node: Node, name: str) -> Node:
    return mapping_of(node, {key: entry for key, entry in entries(node) if key != name})


def edit(node: Node, path: Sequence[str], change: Change, origin: Node | None = None) -> Node:
    """The node with a change made at a path, in every item of the sequences on the way.

    Where the path does not lead anywhere, what is missing is made and stands at `origin`; without one nothing is done.
    A step that ends with `[]` is a sequence, which is never made.
    """
    if origin is None and not _leads(node.value, path):
        return node
    return _edit(node, path, change, origin)


def _leads(value: Any, path: Sequence[str]) -> bool:
    """Whether there is anything at a path: most paths of an object lead nowhere, and finding that out must be cheap."""
    for index, name in enumerate(path):
        if isinstance(value, list):
            return any(_leads(item, path[index:]) for item in value)
        value = value.get(name.removesuffix(EACH)) if isinstance(value, dict) else None
        if value is None:
            return False
    return True


def _edit(node: Node, path: Sequence[str], change: Change, origin: Node | None) -> Node:
    if isinstance(node.value, list):
        before = items(node)
        after = [_edit(item, path, change, origin) if path else change(item) for item in before]
        return node if all(a is b for a, b in zip(after, before, strict=True)) else sequence_of(node, after)
    if not path:
        return change(node)
    if not isinstance(node.value, dict):
        return node
    name = path[0].removesuffix(EACH)
    inside = child(node, name)
    if inside is None or inside.value is None:
        if origin is None or name != path[0]:
            return node
        inside = replace(origin, value=None if len(path) == 1 else {}, place=_empty(origin))
    changed = _edit(inside, path[1:], change, origin)
    return node if changed is inside else with_entry(node, name, changed)


def with_texts(node: Node, change: Callable[[str], Any]) -> Node:
    """The node with every text in it changed; keys stay."""
    if isinstance(node.value, str):
        changed = change(node.value)
        return node if changed is node.value else replace(node, value=changed)
    if isinstance(node.value, dict):
        before = dict(entries(node))
        after = {name: with_texts(entry, change) for name, entry in before.items()}
        return node if all(after[name] is entry for name, entry in before.items()) else mapping_of(node, after)
    listed = items(node)
    found = [with_texts(item, change) for item in listed]
    return node if all(a is b for a, b in zip(found, listed, strict=True)) else sequence_of(node, found)


def _empty(origin: Node) -> Branch:
    return Branch(*ends(origin.place), {})


def size(node: Node, most: int) -> int:
    """How many values a node holds, itself included; counting ends when they are more than `most`."""
    count = 0
    waiting = [node.value]
    while waiting and count <= most:
        value = waiting.pop()
        count += 1
        if isinstance(value, dict):
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
    return count


def depth(node: Node) -> int:
    """How many levels of mappings and sequences a node has; those that it shares are looked at once."""
    deepest, level = 0, [node.value]
    while level := [v for v in level if isinstance(v, dict | list)]:
        deepest += 1
        level = list({id(i): i for v in level for i in (v.values() if isinstance(v, dict) else v)}.values())
    return deepest


class InlineText(SourceText):
    """A text that is itself a scalar of another: its positions are those of the file around it.

    They are exact in a block scalar (`|`), whose lines are lines of the file; in others the scalar's own place counts.
    """

    def __init__(self, node: Node) -> None:
        super().__init__(node.value, node.text.path)
        self._around = node.span
        self._first = self._around.line + 1
        self._indents = self._margins(node)

    def _margins(self, node: Node) -> list[int]:
        """The indentation of each line; empty where the lines are not those of the file."""
        start, end = ends(node.place)
        outer, inner = node.text.text[start:end].split("\n")[1:], self.text.split("\n")
        if not node.text.text.startswith("|", start) or len(outer) < len(inner) - 1:
            return []
        pairs = list(zip(outer, inner, strict=False))
        margins = [len(line.rstrip("\r")) - len(said) for line, said in pairs]
        return margins if all(line.rstrip("\r").endswith(said) for line, said in pairs) else []

    def span(self, start: int, end: int) -> Span:
        if not self._indents:
            return self._around
        begin, stop = self._outside(start), self._outside(max(start, end))
        return Span(self.path, *begin, *stop)

    def _outside(self, offset: int) -> tuple[int, int]:
        line, column = self.position(offset)
        margin = self._indents[min(line, len(self._indents)) - 1]
        return self._first + line - 1, column + max(margin, 0)
