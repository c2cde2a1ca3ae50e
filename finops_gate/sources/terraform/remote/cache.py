"""Downloaded packages on disk, each under the commit or the digest of what it is: it never changes once it is there.

Packages are made in a directory of their own and moved into place as a whole, so that runs side by side, or one that
is cut off, leave none that is half there. Deleting the cache, or a part of it, costs a download and nothing else.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from finops_gate.sources.terraform.remote.problems import RemoteError
from finops_gate.user_cache import cache_dir, own_directory

NAME = "modules"


@dataclass(frozen=True, slots=True)
class Entry:
    """What a name, such as a version of a registry's module, was found to be. `key` is that of a package."""

    key: str
    subdirectory: str


class Cache:
    """Packages by key (`git-<repository>-<commit>`, `sha256-<digest>`), and names whose meaning is known."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @property
    def scratch(self) -> Path:
        """Where what is not whole yet may lie: on the same disk, so that moving it is one step."""
        return self._made(self.root / "scratch")

    def find(self, key: str) -> Path | None:
        directory = self.root / "packages" / key
        return directory if directory.is_dir() else None

    def add(self, key: str, fill: Callable[[Path], object]) -> Path:
        """The package of that key, filled where it is not there yet. Raises what `fill` raises."""
        found = self.find(key)
        if found is not None:
            return found
        made = Path(tempfile.mkdtemp(dir=self.scratch))
        try:
            fill(made)
            return self.keep(made, key)
        finally:
            shutil.rmtree(made, ignore_errors=True)

    def keep(self, made: Path, key: str) -> Path:
        """Moves a finished directory to its place; another run's, which is equal, stays where it was first."""
        target = self._made(self.root / "packages") / key
        try:
            os.replace(made, target)
        except OSError:
            if not target.is_dir():
                raise
        return target

    def recall(self, name: str) -> Entry | None:
        """What a name was found to be, where the package is still there."""
        try:
            found = json.loads(self._note(name).read_text(encoding="utf-8"))
            entry = Entry(found["key"], found["subdirectory"])
        except (OSError, ValueError, KeyError, TypeError):
            return None
        texts = isinstance(entry.key, str) and isinstance(entry.subdirectory, str)
        return entry if texts and self.find(entry.key) else None

    def remember(self, name: str, entry: Entry) -> None:
        with contextlib.suppress(OSError):
            handle, path = tempfile.mkstemp(dir=self.scratch)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump({"key": entry.key, "subdirectory": entry.subdirectory}, file)
            self._made(self.root / "names")
            os.replace(path, self._note(name))

    def _note(self, name: str) -> Path:
        return self.root / "names" / f"{hashlib.sha256(name.encode()).hexdigest()[:32]}.json"

    def _made(self, directory: Path) -> Path:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        return directory


def open_cache() -> Cache:
    """The user's cache, or one for this run alone where that cannot be written."""
    cache = Cache(cache_dir() / NAME)
    try:
        with tempfile.TemporaryFile(dir=cache.scratch):
            return cache
    except OSError:
        pass
    try:
        return Cache(own_directory())
    except OSError as error:
        raise RemoteError(f"there is no place to download to: {error.strerror}") from None
