"""Modules from git repositories: one commit, its regular files, nothing of it executed.

The files are written from git's objects, without a checkout: no filters, no attributes, no submodules, no links.
"""

from __future__ import annotations

import contextlib
import posixpath
import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from finops_gate.sources.files import MAX_FILE_BYTES
from finops_gate.sources.terraform.remote.allowance import Allowance
from finops_gate.sources.terraform.remote.git_process import GitFailed, pack_bytes, run_git
from finops_gate.sources.terraform.remote.package_files import (
    MAX_FILES,
    MAX_UNPACKED_BYTES,
    copy_linked,
    member_path,
    write_member,
)
from finops_gate.sources.terraform.remote.problems import RemoteError
from finops_gate.sources.terraform.remote.source_address import Git

PROTOCOLS = ("https", "ssh")
COMMIT = re.compile(r"[0-9a-f]{40}")
SHORT_COMMIT = re.compile(r"[0-9a-f]{4,40}")
MAX_LISTING = 32 * 1024 * 1024
BATCH_BYTES = 16 * 1024 * 1024
FETCH = ("fetch", "--quiet", "--no-tags", "--no-recurse-submodules")
EVERYTHING = ("+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*")
REGULAR, LINK = ("100644", "100755"), "120000"


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of a commit."""

    path: str
    mode: str
    blob: str
    size: int


class GitClient:
    """Asks repositories for commits. `protocols` are those that git may speak; tests add `file`."""

    def __init__(self, allowance: Allowance, protocols: Sequence[str] = PROTOCOLS) -> None:
        self.allowance, self.protocols = allowance, tuple(protocols)

    def resolve(self, source: Git) -> str:
        """The commit that a source means now; empty where only a fetch can tell. Raises RemoteError."""
        if COMMIT.fullmatch(source.ref):
            return source.ref
        names = _candidates(source.ref)
        listing = self._run(source, "ls-remote", "--quiet", "--", source.url, *names).decode("utf-8", "replace")
        found = {name: commit for commit, _, name in (line.partition("\t") for line in listing.splitlines())}
        commit = next((found[name] for name in names if name in found), "")
        if not commit and not SHORT_COMMIT.fullmatch(source.ref):
            raise RemoteError(f"{source.display} has no {source.ref or 'default branch'}")
        return commit if COMMIT.fullmatch(commit) else ""

    def export(self, source: Git, commit: str, scratch: Path, into: Path) -> str:
        """Writes the files of a commit into a directory and returns its full id. Raises RemoteError."""
        with tempfile.TemporaryDirectory(dir=scratch, ignore_cleanup_errors=True) as name:
            repository = Path(name)
            self._run(source, "init", "--quiet", "--bare", "--template=", "--", name)
            commit = self._fetched(source, repository, commit)
            self.allowance.spend_bytes(pack_bytes(repository))
            listing = self._run(source, "ls-tree", "-r", "-l", "-z", "--full-tree", commit, repository=repository)
            _write(self._contents(source, repository, _entries(listing)), into)
        return commit

    def _fetched(self, source: Git, repository: Path, commit: str) -> str:
        """One commit without its history, where the server gives it; else all branches and tags."""
        if commit:
            # Not every server gives out a commit that no branch or tag points at.
            with contextlib.suppress(RemoteError):
                self._run(source, *FETCH, "--depth=1", "--", source.url, commit, repository=repository)
                return self._commit(source, repository, commit)
        self._run(source, *FETCH, "--", source.url, *EVERYTHING, repository=repository)
        return self._commit(source, repository, commit or source.ref)

    def _commit(self, source: Git, repository: Path, name: str) -> str:
        arguments = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
        try:
            return self._run(source, *arguments, repository=repository).decode().strip()
        except RemoteError:
            raise RemoteError(f"{source.display} has no {name}") from None

    def _contents(self, source: Git, repository: Path, entries: Sequence[Entry]) -> Iterator[tuple[Entry, bytes]]:
        for batch in _batches(entries):
            wanted = "".join(f"{entry.blob}\n" for entry in batch).encode()
            most = BATCH_BYTES + MAX_FILE_BYTES + 100 * len(batch)
            answer = self._run(source, "cat-file", "--batch", repository=repository, stdin=wanted, most=most)
            at = 0
            for entry in batch:
                start = answer.index(b"\n", at) + 1
                yield entry, answer[start : start + entry.size]
                at = start + entry.size + 1

    def _run(
        self,
        source: Git,
        *arguments: str,
        repository: Path | None = None,
        stdin: bytes = b"",
        most: int = MAX_LISTING,
    ) -> bytes:
        def work(seconds: float) -> bytes:
            return run_git(
                arguments, protocols=self.protocols, seconds=seconds, most=most, repository=repository, stdin=stdin
            )

        if source.url.partition(":")[0] not in self.protocols:
            raise RemoteError(f"{source.display} is not fetched: its protocol is not followed")
        try:
            return self.allowance.timed(work)
        except GitFailed as failed:
            raise RemoteError(f"{source.display} {failed.reason}") from None


def _candidates(ref: str) -> list[str]:
    """The full names that a ref may stand for, the likelier first; a tag's commit before the tag itself."""
    if not ref:
        return ["HEAD"]
    if ref.startswith("refs/"):
        return [f"{ref}^{{}}", ref]
    return [f"refs/tags/{ref}^{{}}", f"refs/tags/{ref}", f"refs/heads/{ref}"]


def _entries(listing: bytes) -> list[Entry]:
    """The files of a commit that are written: no submodules, and none that is too large to be read later."""
    found = []
    for line in listing.decode("utf-8", "replace").split("\0")[:-1]:
        facts, path = line.split("\t", 1)
        mode, _, blob, size = facts.split()
        if mode in (*REGULAR, LINK) and size.isdecimal() and int(size) <= MAX_FILE_BYTES:
            found.append(Entry(path, mode, blob, int(size)))
    if len(found) > MAX_FILES or sum(entry.size for entry in found) > MAX_UNPACKED_BYTES:
        raise RemoteError("the repository holds more files than modules may")
    return found


def _batches(entries: Sequence[Entry]) -> Iterator[list[Entry]]:
    """Files in portions, so that a large repository is never in memory as a whole."""
    batch: list[Entry] = []
    size = 0
    for entry in entries:
        if batch and size + entry.size > BATCH_BYTES:
            yield batch
            batch, size = [], 0
        batch.append(entry)
        size += entry.size
    if batch:
        yield batch


def _write(files: Iterator[tuple[Entry, bytes]], into: Path) -> None:
    """Writes regular files, and copies of what links between them lead to."""
    links: dict[str, str] = {}
    for entry, content in files:
        path = member_path(entry.path)
        if entry.mode == LINK:
            links[path] = posixpath.join(posixpath.dirname(path), content.decode("utf-8", "replace"))
        else:
            write_member(into / path, content)
    copy_linked(links, into)
