"""What a package may hold on disk, wherever it came from: regular files below its directory, within bounds."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from pathlib import Path

from finops_gate.sources.terraform.remote.problems import RemoteError

MAX_FILES = 20_000
MAX_UNPACKED_BYTES = 200 * 1024 * 1024
MAX_PATH = 1_000


def member_path(name: str) -> str:
    """The path of a member below the package's directory. Raises RemoteError where it would lie elsewhere."""
    path = posixpath.normpath(name)
    of_windows = "\\" in name or name[1:2] == ":"
    if not name or name.startswith("/") or of_windows or ".." in name.split("/") or "\0" in name or path == ".":
        raise RemoteError("it holds a path that leads out of it")
    if len(path) > MAX_PATH:
        raise RemoteError("it holds a path that is too long")
    return path


def write_member(target: Path, content: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)


def copy_linked(links: Mapping[str, str], into: Path) -> None:
    """Gives links the content of the files that they lead to; links themselves are never made.

    `links` maps paths to targets, both from the top of the package. Raises RemoteError where one leads out.
    """
    total = 0
    for path in sorted(links):
        source = into / _end_of(path, links)
        if source.is_file():
            total += source.stat().st_size
            if total > MAX_UNPACKED_BYTES:
                raise RemoteError("it unpacks to more than modules hold")
            write_member(into / path, source.read_bytes())


def _end_of(path: str, links: Mapping[str, str]) -> str:
    """Where a chain of links ends."""
    seen: set[str] = set()
    while path in links and path not in seen:
        seen.add(path)
        path = posixpath.normpath(links[path])
        if path.startswith(("/", "../")) or path == ".." or "\0" in path:
            raise RemoteError("it holds a link that leads out of it")
    return path
