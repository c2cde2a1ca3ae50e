"""Globs as Argo CD has them: `*` stays within a directory, `**` does not, `{a,b}` is either.

Nothing here goes back over what it has read, so that no glob of a stranger takes long.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

MAX_GLOB = 300
MAX_CHOICES = 50
_CHOICE = re.compile(r"\{([^{}]*)\}")


def glob_matches(path: str, glob: str) -> bool:
    """Whether a path fits a glob as a whole; none fits one that is too long."""
    return any(_path_fits(path.split("/"), steps) for steps in _alternatives(glob))


@lru_cache(maxsize=1_000)
def _alternatives(glob: str) -> tuple[list[str], ...]:
    glob = glob.strip().removeprefix("./").rstrip("/")
    waiting = [glob] if 0 < len(glob) <= MAX_GLOB else []
    found: list[list[str]] = []
    while waiting and len(waiting) + len(found) <= MAX_CHOICES:
        current = waiting.pop()
        choice = _CHOICE.search(current)
        if choice is None:
            found.append(current.split("/"))
        else:
            waiting += _chosen(current, choice)
    return tuple(found)


def _chosen(glob: str, choice: re.Match[str]) -> Iterator[str]:
    for part in choice[1].split(",")[:MAX_CHOICES]:
        yield glob[: choice.start()] + part + glob[choice.end() :]


def _path_fits(path: list[str], globs: list[str]) -> bool:
    """Follows all the steps of the path that the globs so far may have come to."""
    reached = {0}
    for glob in globs:
        if glob == "**":
            reached = set(range(min(reached), len(path) + 1))
        else:
            reached = {at + 1 for at in reached if at < len(path) and name_fits(path[at], glob)}
        if not reached:
            return False
    return len(path) in reached


def name_fits(name: str, glob: str) -> bool:
    """Whether a name fits `*` and `?`; a star takes as little as it can, and one more where the rest does not fit."""
    at = star = 0
    resume, i = -1, 0
    while i < len(name):
        if at < len(glob) and glob[at] == "*":
            resume, star, at = i, at, at + 1
        elif at < len(glob) and glob[at] in ("?", name[i]):
            i, at = i + 1, at + 1
        elif resume >= 0:
            resume += 1
            i, at = resume, star + 1
        else:
            return False
    return glob[at:].strip("*") == ""
