"""The files of a run: a working tree or a commit of it, read safely.

This is the only module that touches the disk for input. Real paths stay inside the root, directory symlinks are
not followed, sizes are bounded, and text is UTF-8 (with or without a byte order mark) or a notice says it is not.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from finops_gate.model import Notice, Span

MAX_FILE_BYTES = 20 * 1024 * 1024
MAX_FILES = 50_000
MAX_SHOWN = 200
SKIPPED_DIRECTORIES = frozenset(
    {".git", ".terraform", "node_modules", ".venv", "venv", "__pycache__", ".terragrunt-cache"}
)


class Unreadable(Exception):
    """A file that is there and cannot be used; `notice` says why, for the report."""

    def __init__(self, notice: Notice) -> None:
        super().__init__(notice.message)
        self.notice = notice


class Tree(Protocol):
    """What a run reads: paths are posix and relative to the root."""

    def paths(self, under: str = "") -> Sequence[str]:
        """Every regular file below a directory of the root, sorted, but for the directories nobody means."""

    def exists(self, path: str) -> bool:
        """Whether a regular file of that path is there and inside the root."""

    def read_bytes(self, path: str) -> bytes:
        """The content of a file. Raises Unreadable: missing, too large, outside the root."""

    def read_text(self, path: str) -> str:
        """The content of a file without its byte order mark, line ends as they are. Raises Unreadable."""

    def digest(self, path: str) -> str:
        """A key that two files share exactly when their bytes are equal (git's blob id). Raises Unreadable."""


def unreadable(code: str, message: str, path: str, fix: str = "") -> Unreadable:
    return Unreadable(Notice(code, "error", message, Span(path, 1, 1, 1, 1), fix))


def wide_encoding(content: bytes) -> str:
    """The encoding of text whose characters take two or four bytes each; empty for any other content.

    Its byte order mark tells, or which of the first bytes are zero: https://www.rfc-editor.org/rfc/rfc4627#section-3
    """
    start = content[:4]
    if start in (b"\xff\xfe\0\0", b"\0\0\xfe\xff"):
        return "UTF-32"
    zeros = tuple(byte == 0 for byte in start)
    if zeros in ((True, True, True, False), (False, True, True, True)):
        return "UTF-32"
    if start[:2] in (b"\xff\xfe", b"\xfe\xff") or zeros in ((True, False) * 2, (False, True) * 2):
        return "UTF-16"
    return ""


def decode(content: bytes, path: str) -> str:
    """Text of a file's bytes. Raises Unreadable where they are binary or not UTF-8, with the offset."""
    wide = wide_encoding(content)
    if wide:
        raise unreadable("not-utf-8", f"{path} is {wide}, not UTF-8", path, "Save it as UTF-8.")
    if b"\0" in content:
        raise unreadable("binary-file", f"{path} is binary, not text", path)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise unreadable(
            "not-utf-8",
            f"{path} is not UTF-8: byte {error.start} is {content[error.start]:#04x}",
            path,
            "Save it as UTF-8.",
        ) from None


def blob_id(content: bytes) -> str:
    """The id git gives these bytes, so that a working file and a committed one can be told equal."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


class WorkingTree:
    """The files on disk below `root`."""

    def __init__(self, root: str | Path) -> None:
        self.root = Path(root).resolve()
        self._paths: dict[str, list[str]] = {}
        self._bytes: dict[str, bytes] = {}
        self._directories: dict[str, Path] = {}

    def paths(self, under: str = "") -> Sequence[str]:
        if under not in self._paths:
            self._paths[under] = sorted(self._walk(under))
        return self._paths[under]

    def _walk(self, under: str) -> list[str]:
        found: list[str] = []
        for directory, names, files in os.walk(self._real(under)):
            names[:] = sorted(n for n in names if n not in SKIPPED_DIRECTORIES)
            prefix = Path(directory).relative_to(self.root).as_posix()
            found += [name if prefix == "." else f"{prefix}/{name}" for name in files]
            if len(found) > MAX_FILES:
                message = f"more than {MAX_FILES:,} files below {self.root}"
                raise unreadable("too-many-files", message, under or ".", "Name a smaller path.")
        return found

    def _real(self, path: str) -> Path:
        """Where a path really is. Raises Unreadable where that is nowhere, or outside the root."""
        directory, name = os.path.split(path)
        if directory not in self._directories:
            self._directories[directory] = self._resolved(directory)
        real = self._directories[directory] / name
        return self._resolved(path) if name in ("", "..") or os.path.islink(real) else real

    def _resolved(self, path: str) -> Path:
        try:
            real = (self.root / path).resolve()
        except (OSError, RuntimeError, ValueError) as error:
            message = f"{path[:MAX_SHOWN]} leads nowhere: it is a link to itself, or no path of this system"
            raise unreadable("unreadable-file", message, path) from error
        if real != self.root and self.root not in real.parents:
            raise unreadable("outside-root", f"{path} leads outside the scanned repository", path)
        return real

    def exists(self, path: str) -> bool:
        try:
            return os.path.isfile(self._real(path))  # False, and no error, also for a name that is too long
        except Unreadable:
            return False

    def read_bytes(self, path: str) -> bytes:
        if path not in self._bytes:
            real = self._real(path)
            if not os.path.isfile(real):
                raise unreadable("missing-file", f"{path[:MAX_SHOWN]} does not exist", path)
            if real.stat().st_size > MAX_FILE_BYTES:
                raise unreadable("file-too-large", f"{path} is over {MAX_FILE_BYTES // 2**20} MiB", path)
            try:
                self._bytes[path] = real.read_bytes()
            except OSError as error:
                raise unreadable("unreadable-file", f"{path} cannot be read: {error.strerror}", path) from None
        return self._bytes[path]

    def read_text(self, path: str) -> str:
        return decode(self.read_bytes(path), path)

    def digest(self, path: str) -> str:
        return blob_id(self.read_bytes(path))
