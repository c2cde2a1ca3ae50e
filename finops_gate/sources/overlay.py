"""A tree with further directories laid over it, such as packages of modules that lie outside of what is scanned."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from finops_gate.model import Span
from finops_gate.sources.files import Tree, Unreadable, WorkingTree


@dataclass(frozen=True, slots=True)
class Mount:
    """A directory `inside` another tree (empty: its root), which is seen below `prefix`."""

    prefix: str
    tree: Tree
    inside: str = ""

    def inner(self, path: str) -> str:
        rest = path[len(self.prefix) + 1 :]
        return f"{self.inside}/{rest}" if self.inside and rest else self.inside or rest

    def outer(self, path: str) -> str:
        return f"{self.prefix}/{path[len(self.inside) + 1 :] if self.inside else path}"


class OverlayTree:
    """Reads what is below a mount from there, and all else from the tree itself, which walks as if it were alone."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.mounts: dict[str, Mount] = {}

    def mount(self, prefix: str, tree: Tree, inside: str = "") -> None:
        self.mounts.setdefault(prefix, Mount(prefix, tree, inside))

    def package_of(self, path: str) -> str:
        """The prefix of the mount that a path lies below; empty for the tree itself."""
        mount = self._mount_of(path)
        return mount.prefix if mount else ""

    def _mount_of(self, path: str) -> Mount | None:
        if not self.mounts:
            return None
        end = len(path)
        while end > 0:
            mount = self.mounts.get(path[:end])
            if mount is not None:
                return mount
            end = path.rfind("/", 0, end)
        return None

    def paths(self, under: str = "") -> Sequence[str]:
        mount = self._mount_of(under)
        if mount is None:
            return self.tree.paths(under)
        try:
            return [mount.outer(path) for path in mount.tree.paths(mount.inner(under))]
        except Unreadable as error:
            raise _seen_from_outside(error, mount) from None

    def exists(self, path: str) -> bool:
        mount = self._mount_of(path)
        return self.tree.exists(path) if mount is None else mount.tree.exists(mount.inner(path))

    def read_bytes(self, path: str) -> bytes:
        mount = self._mount_of(path)
        if mount is None:
            return self.tree.read_bytes(path)
        try:
            return mount.tree.read_bytes(mount.inner(path))
        except Unreadable as error:
            raise _seen_from_outside(error, mount) from None

    def read_text(self, path: str) -> str:
        mount = self._mount_of(path)
        if mount is None:
            return self.tree.read_text(path)
        try:
            return mount.tree.read_text(mount.inner(path))
        except Unreadable as error:
            raise _seen_from_outside(error, mount) from None

    def digest(self, path: str) -> str:
        mount = self._mount_of(path)
        if mount is None:
            return self.tree.digest(path)
        try:
            return mount.tree.digest(mount.inner(path))
        except Unreadable as error:
            raise _seen_from_outside(error, mount) from None


def with_directories(tree: Tree, directories: Iterable[str]) -> OverlayTree:
    """A tree and the absolute directories outside of it that the command line names files of."""
    overlay = OverlayTree(tree)
    for directory in directories:
        overlay.mount(directory, WorkingTree(directory))
    return overlay


def _seen_from_outside(error: Unreadable, mount: Mount) -> Unreadable:
    """The same trouble, with the path by which people know the file."""
    notice = error.notice
    if notice.span is None:
        return error
    inner, outer = notice.span.path, mount.outer(notice.span.path)
    message = notice.message.replace(inner, outer, 1)
    span = Span(outer, notice.span.line, notice.span.column, notice.span.end_line, notice.span.end_column)
    return Unreadable(replace(notice, message=message, span=span))
