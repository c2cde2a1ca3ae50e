"""JSON Patch: a list of operations on places of an object. https://www.rfc-editor.org/rfc/rfc6902"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from finops_gate.sources.kubernetes.kustomize.problems import PatchError, Problems
from finops_gate.sources.nodes import (
    Node,
    child,
    depth,
    items,
    sequence_of,
    with_entry,
    without_entry,
)

MAX_STEPS = 100
"""Of a path, and of what is copied: as deep as a document may be."""

Path = Sequence[str]
Step = Callable[[Node, str], Node]


def json_patch(base: Node, operations: Node, problems: Problems) -> Node:
    """The object with the operations applied in turn. Raises PatchError and TooComplex."""
    for operation in items(operations):
        base = _Operation(operation, problems).applied(base)
    return base


class _Operation:
    """One operation: what is written, and who counts the work."""

    def __init__(self, written: Node, problems: Problems) -> None:
        self._written = written
        self._problems = problems

    def applied(self, base: Node) -> Node:
        verb = child(self._written, "op")
        name = verb.value if verb else None
        path = self._pointer("path")
        if name in ("add", "replace", "test"):
            value = child(self._written, "value")
            if value is None:
                raise self._error(f"`op: {name}` needs a value")
            if name == "test":
                return self._tested(base, path, value)
            return self._set(base, path, value, add=name == "add")
        if name == "remove":
            return self._removed(base, path)
        if name in ("copy", "move"):
            return self._copied(base, self._pointer("from"), path, keep=name == "copy")
        raise self._error("an operation has an `op` of add, remove, replace, move, copy or test")

    def _pointer(self, key: str) -> list[str]:
        """The steps of a JSON pointer (https://www.rfc-editor.org/rfc/rfc6901)."""
        written = child(self._written, key)
        if written is None or not isinstance(written.value, str) or written.value[:1] != "/":
            raise self._error(f"an operation needs a `{key}` such as /spec/replicas")
        steps = [step.replace("~1", "/").replace("~0", "~") for step in written.value[1:].split("/")]
        if len(steps) > MAX_STEPS:
            raise self._error(f"a path of more than {MAX_STEPS} steps")
        return steps

    def _tested(self, base: Node, path: Path, value: Node) -> Node:
        self._problems.measure(value)
        if self._at(base, path).value != value.value:
            raise self._error(f"the test of /{'/'.join(path)[:200]} fails")
        return base

    def _copied(self, base: Node, source: Path, path: Path, *, keep: bool) -> Node:
        value = self._at(base, source)
        self._problems.measure(value)
        if depth(value) > MAX_STEPS:
            raise self._error(f"what is copied is nested more than {MAX_STEPS} levels deep")
        return self._set(base if keep else self._removed(base, source), path, value, add=True)

    def _set(self, base: Node, path: Path, value: Node, *, add: bool) -> Node:
        def last(node: Node, step: str) -> Node:
            if isinstance(node.value, dict):
                if not add and step not in node.value:
                    raise self._missing(path)
                return with_entry(node, step, value)
            listed = items(node)
            if add:
                at = len(listed) if step == "-" else self._index(step, len(listed) + 1)
                return sequence_of(node, [*listed[:at], value, *listed[at:]])
            listed[self._index(step, len(listed))] = value
            return sequence_of(node, listed)

        return self._changed(base, path, last)

    def _removed(self, base: Node, path: Path) -> Node:
        def last(node: Node, step: str) -> Node:
            if isinstance(node.value, dict):
                if step not in node.value:
                    raise self._missing(path)
                return without_entry(node, step)
            listed = items(node)
            del listed[self._index(step, len(listed))]
            return sequence_of(node, listed)

        return self._changed(base, path, last)

    def _changed(self, node: Node, path: Path, last: Step) -> Node:
        """The node with `last` done to what holds the last step of the path."""
        if not isinstance(node.value, dict | list):
            raise self._missing(path)
        self._problems.spend(1 + len(node.value))
        if len(path) == 1:
            return last(node, path[0])
        changed = self._changed(self._at(node, path[:1]), path[1:], last)
        if isinstance(node.value, dict):
            return with_entry(node, path[0], changed)
        listed = items(node)
        listed[self._index(path[0], len(listed))] = changed
        return sequence_of(node, listed)

    def _at(self, base: Node, path: Path) -> Node:
        found: Node | None = base
        for step in path:
            if found is not None and isinstance(found.value, list):
                listed = items(found)
                self._problems.spend(len(listed))
                found = listed[self._index(step, len(listed))]
            else:
                found = child(found, step)
        if found is None:
            raise self._missing(path)
        return found

    def _index(self, step: str, length: int) -> int:
        if step.isascii() and step.isdecimal() and len(step) < 9 and int(step) < length:
            return int(step)
        raise self._error(f"{step[:40]!r} is no index of a list of {length}")

    def _missing(self, path: Path) -> PatchError:
        return self._error(f"there is no {'/'.join(path)[:200]} to apply this to")

    def _error(self, message: str) -> PatchError:
        return PatchError(message, self._written.span)
