"""Runs the git binary with bounds: no prompt, no hooks, only named protocols; killed when it is too slow or too greedy.

git is given the user's own configuration (credential helpers, `insteadOf`, `core.sshCommand`), for that is how private
repositories are reached. What it says is never passed on: it may hold a password.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from finops_gate.sources.terraform.remote.allowance import MAX_PACKAGE_BYTES

OPTIONS = {
    "core.hooksPath": os.devnull,
    "core.fsmonitor": "false",
    # Packs stay packs, so that their size can be watched; what is large goes through memory in pieces.
    "core.bigFileThreshold": "16m",
    "fetch.unpackLimit": "1",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "submodule.recurse": "false",
    "fetch.recurseSubmodules": "false",
    "http.followRedirects": "initial",
}
OF_A_REPOSITORY = (
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_DIR",
    "GIT_INDEX_FILE",
    "GIT_NAMESPACE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
)
"""Variables that name a repository: set where git runs us as a hook, and not meant for the git that we run."""

_REASONS = (
    ("Authentication failed", "wants other credentials than git has"),
    ("could not read Username", "wants credentials, and git has none"),
    ("could not read Password", "wants credentials, and git has none"),
    ("Permission denied", "wants other credentials than ssh has"),
    ("Host key verification failed", "is of a host that ssh does not know"),
    ("not allowed", "is not fetched: its protocol is not followed"),
    ("not found", "is no repository, or one that asks for credentials"),
    ("does not exist", "is no repository, or one that asks for credentials"),
    ("does not appear to be a git repository", "is no repository, or one that asks for credentials"),
    ("Could not resolve host", "cannot be reached"),
    ("Failed to connect", "cannot be reached"),
    ("Couldn't connect", "cannot be reached"),
    ("Connection refused", "cannot be reached"),
)


class GitFailed(Exception):
    """A git command did not end well; `reason` reads after the repository's address."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def run_git(
    arguments: Sequence[str],
    *,
    protocols: Sequence[str],
    seconds: float,
    most: int,
    repository: Path | None = None,
    stdin: bytes = b"",
) -> bytes:
    """The output of a git command, `most` bytes of it at most. Raises GitFailed."""
    options = [part for key, value in OPTIONS.items() for part in ("-c", f"{key}={value}")]
    where = [f"--git-dir={repository}"] if repository else []
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as complained:
        given.write(stdin)
        given.seek(0)
        try:
            process = subprocess.Popen(  # noqa: S603
                ["git", *where, *options, *arguments],  # noqa: S607
                stdin=given,
                stdout=said,
                stderr=complained,
                env=_environment(protocols),
                start_new_session=True,
            )
        except OSError:
            raise GitFailed("needs git, which is not installed") from None
        _watch(
            process,
            seconds,
            lambda: os.fstat(said.fileno()).st_size > most or pack_bytes(repository) > MAX_PACKAGE_BYTES,
        )
        if process.returncode != 0:
            complained.seek(0)
            raise GitFailed(_reason(complained.read(64 * 1024).decode("utf-8", "replace")))
        said.seek(0)
        return said.read()


def _environment(protocols: Sequence[str]) -> dict[str, str]:
    """The user's environment without a repository, and without anything that would ask a person."""
    environment = {name: value for name, value in os.environ.items() if name not in OF_A_REPOSITORY}
    return environment | {
        "GIT_ALLOW_PROTOCOL": ":".join(protocols),
        "GIT_TERMINAL_PROMPT": "0",
        "SSH_ASKPASS": "",
        "SSH_ASKPASS_REQUIRE": "never",
        "LC_ALL": "C",
    }


def _watch(process: subprocess.Popen[bytes], seconds: float, is_too_large: Callable[[], bool]) -> None:
    """Waits for a process, and ends it where it takes too long or stores too much."""
    end = time.monotonic() + seconds
    pause = 0.005
    while process.returncode is None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(pause)
        pause = min(pause * 2, 0.25)
        if is_too_large():
            _kill(process)
            raise GitFailed("is larger than modules may be")
        if process.returncode is None and time.monotonic() > end:
            _kill(process)
            raise GitFailed(f"does not answer within {seconds:.0f} seconds")


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Ends git and the programs that it started."""
    with contextlib.suppress(ProcessLookupError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    process.wait()


def pack_bytes(repository: Path | None) -> int:
    """The bytes of a repository's packs, those that are still coming in included."""
    total = 0
    for pack in (repository / "objects" / "pack").glob("*") if repository else ():
        with contextlib.suppress(OSError):
            total += pack.stat().st_size
    return total


def _reason(complaint: str) -> str:
    return next((reason for sign, reason in _REASONS if sign in complaint), "cannot be fetched")
