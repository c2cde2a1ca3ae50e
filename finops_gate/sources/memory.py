"""A tree of files that are only texts in memory: what tests of policies are made of, and standard input."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from finops_gate.sources.files import blob_id, unreadable


class MemoryTree:
    """Files by path, relative to a root that is nowhere."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self._files = dict(sorted(files.items()))

    def paths(self, under: str = "") -> Sequence[str]:
        return [path for path in self._files if not under or path == under or path.startswith(f"{under}/")]

    def exists(self, path: str) -> bool:
        return path in self._files

    def read_bytes(self, path: str) -> bytes:
        return self.read_text(path).encode()

    def read_text(self, path: str) -> str:
        if path not in self._files:
            raise unreadable("missing-file", f"{path} does not exist", path)
        return self._files[path]

    def digest(self, path: str) -> str:
        return blob_id(self.read_bytes(path))
