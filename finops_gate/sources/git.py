"""A commit as a tree of files, read from git's objects: no checkout, no second clone, nothing of it executed."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from finops_gate.errors import IncompleteError
from finops_gate.sources.files import MAX_FILE_BYTES, SKIPPED_DIRECTORIES, decode, unreadable

REGULAR_FILES = ("100644", "100755")

QUIET = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "--no-optional-locks")
"""A repository's own configuration must not start programs of its author's choice."""


def command(directory: str | Path, *arguments: str) -> list[str]:
    return ["git", *QUIET, "-C", str(directory), *arguments]


def environment() -> dict[str, str]:
    return {**os.environ, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}


def git(directory: str | Path, *arguments: str) -> bytes | None:
    """The output of a git command, or None where it fails or git is not installed."""
    asked = command(directory, *arguments)
    try:
        done = subprocess.run(asked, input=b"", capture_output=True, check=False, env=environment())  # noqa: S603
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None


def batch_reader(directory: Path) -> subprocess.Popen[bytes]:
    """A git process that answers each object id on its input with the object."""
    pipe = subprocess.PIPE
    asked = command(directory, "cat-file", "--batch")
    return subprocess.Popen(asked, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, env=environment())  # noqa: S603


def repository_root(directory: Path) -> Path | None:
    """The nearest directory upwards that is a git work tree, found by looking, not by running git."""
    for candidate in (directory, *directory.parents):
        if (candidate / ".git").exists():
            return candidate
    return None


def fetching(ref: str) -> str:
    """The command that may bring a commit that is missing: an ancestor needs a longer history, not a name."""
    is_ancestor = "~" in ref or "^" in ref
    return "git fetch --deepen=100" if is_ancestor else f"git fetch --depth=1 origin {ref.removeprefix('origin/')}"


class GitTree:
    """The files of one commit of the repository at `root`."""

    def __init__(self, root: Path, ref: str) -> None:
        self.root, self.ref = root, ref
        self.commit = self._resolve(ref)
        self._blobs = self._list()
        self._paths = sorted(self._blobs)
        self._bytes: dict[str, bytes] = {}
        self._reader: subprocess.Popen[bytes] | None = None

    def _resolve(self, ref: str) -> str:
        if repository_root(self.root) is None:
            raise IncompleteError(f"--base {ref}: {self.root} is not in a git repository")
        found = git(self.root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
        if not found:
            raise IncompleteError(f"--base {ref}: no such commit here; fetch it first, for example `{fetching(ref)}`")
        return found.decode().strip()

    def _list(self) -> dict[str, str]:
        listing = git(self.root, "ls-tree", "-r", "-z", self.commit)
        if listing is None:
            raise IncompleteError(f"--base {self.ref}: git cannot list the files of {self.commit}")
        blobs = {}
        for entry in listing.decode("utf-8", "replace").split("\0")[:-1]:
            facts, path = entry.split("\t", 1)
            mode, _, blob = facts.split(" ")
            if mode in REGULAR_FILES and SKIPPED_DIRECTORIES.isdisjoint(path.split("/")[:-1]):
                blobs[path] = blob
        return blobs

    def paths(self, under: str = "") -> Sequence[str]:
        return [p for p in self._paths if not under or p.startswith(f"{under}/")]

    def exists(self, path: str) -> bool:
        return path in self._blobs

    def read_bytes(self, path: str) -> bytes:
        if path not in self._blobs:
            raise unreadable("missing-file", f"{path} does not exist in {self.ref}", path)
        if path not in self._bytes:
            self._bytes[path] = self._read(path)
        return self._bytes[path]

    def _read(self, path: str) -> bytes:
        """One object from the reader, which runs for as long as the tree is read."""
        if self._reader is None:
            self._reader = batch_reader(self.root)
        asked, answered = self._reader.stdin, self._reader.stdout
        if asked is None or answered is None:
            raise unreadable("unreadable-file", f"{path} cannot be read from {self.ref}", path)
        asked.write(f"{self._blobs[path]}\n".encode())
        asked.flush()
        header = answered.readline().split()
        if len(header) != 3:
            raise unreadable("unreadable-file", f"{path} cannot be read from {self.ref}", path)
        content = answered.read(int(header[2]) + 1)[:-1]
        if len(content) > MAX_FILE_BYTES:
            raise unreadable("file-too-large", f"{path} is over {MAX_FILE_BYTES // 2**20} MiB", path)
        return content

    def close(self) -> None:
        """Ends the reader."""
        if self._reader is not None:
            self._reader.communicate()
            self._reader = None

    def read_text(self, path: str) -> str:
        return decode(self.read_bytes(path), path)

    def digest(self, path: str) -> str:
        if path not in self._blobs:
            raise unreadable("missing-file", f"{path} does not exist in {self.ref}", path)
        return self._blobs[path]
