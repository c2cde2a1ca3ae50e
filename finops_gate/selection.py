"""Which files a run is about: the scan root, the paths that were named, and what belongs to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from finops_gate.errors import IncompleteError
from finops_gate.sources import FORMATS, claim, claim_named
from finops_gate.sources.files import Tree, Unreadable
from finops_gate.sources.git import repository_root


@dataclass(frozen=True, slots=True)
class Selection:
    """`root` is absolute; `targets` are the named paths relative to it (`""` is the root itself)."""

    root: Path
    targets: tuple[str, ...]


def select(paths: Sequence[str], directory: Path) -> Selection:
    """The scan root (the git work tree around the paths, else the directory they share) and the targets.

    Raises IncompleteError for a path that does not exist or that lies in another repository than the first.
    """
    named = [(directory / path).resolve() for path in (paths or ["."])]
    for path, real in zip(paths or ["."], named, strict=True):
        if not real.exists():
            raise IncompleteError(f"{path}: no such file or directory")
    first = named[0] if named[0].is_dir() else named[0].parent
    root = repository_root(first) or shared_parent(named)
    for path, real in zip(paths or ["."], named, strict=True):
        if real != root and root not in real.parents:
            raise IncompleteError(f"{path}: outside of {root}, where {paths[0]} lies; check one repository at a time")
    return Selection(root, tuple("" if p == root else p.relative_to(root).as_posix() for p in named))


def shared_parent(paths: Sequence[Path]) -> Path:
    directories = [p if p.is_dir() else p.parent for p in paths]
    shared = directories[0]
    while not all(shared == d or shared in d.parents for d in directories):
        shared = shared.parent
    return shared


def files_of(tree: Tree, targets: Sequence[str], exclude: Sequence[str]) -> dict[str, list[str]]:
    """The files of the targets by the format that claims them; a named file must be claimed by one."""
    found: set[str] = set()
    named: dict[str, str] = {}
    for target in targets:
        if target and tree.exists(target):
            named[target] = format_of(tree, target)
        else:
            found.update(p for p in tree.paths(target) if not any(excluded(p, glob) for glob in exclude))
    claimed = claim(sorted(found.difference(named)))
    for path, name in sorted(named.items()):
        claimed[name] = [*claimed.get(name, ()), path]
    return {name: sorted(claimed[name]) for name in FORMATS if name in claimed}


def format_of(tree: Tree, path: str) -> str:
    """The format of a file that was named. Raises IncompleteError where there is none."""
    try:
        name = claim_named(tree, path)
    except Unreadable as error:
        raise IncompleteError(error.notice.message) from None
    if name is None:
        raise IncompleteError(f"{path}: not a file that finops-gate reads")
    return name


def excluded(path: str, glob: str) -> bool:
    return fnmatchcase(path, glob) or fnmatchcase(path, f"{glob.rstrip('/')}/*")
