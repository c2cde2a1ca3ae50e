"""What the downloads of one run may cost: time, bytes and packages, so that a stranger's code cannot hold a run up."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

from finops_gate.sources.terraform.remote.problems import RemoteError

MAX_SECONDS = 600
MAX_TOTAL_BYTES = 1024 * 1024 * 1024
MAX_PACKAGES = 500
MAX_PACKAGE_BYTES = 100 * 1024 * 1024
MAX_REQUEST_SECONDS = 120

Result = TypeVar("Result")


class Allowance:
    """What is left of it. Each method raises RemoteError once nothing is."""

    def __init__(
        self, seconds: float = MAX_SECONDS, total_bytes: int = MAX_TOTAL_BYTES, packages: int = MAX_PACKAGES
    ) -> None:
        self._seconds, self._bytes, self._packages = seconds, total_bytes, packages

    def spend_package(self) -> None:
        self._packages -= 1
        if self._packages < 0:
            raise RemoteError("this run has downloaded as many modules as it may")

    def spend_bytes(self, count: int) -> None:
        self._bytes -= count
        if self._bytes < 0:
            raise RemoteError("this run has downloaded as many bytes as it may")

    def timed(self, work: Callable[[float], Result], most: float = MAX_REQUEST_SECONDS) -> Result:
        """What `work` returns, which is told how many seconds it has."""
        if self._seconds <= 0:
            raise RemoteError("this run has spent as much time on downloads as it may")
        start = time.monotonic()
        try:
            return work(min(most, self._seconds))
        finally:
            self._seconds -= time.monotonic() - start


def within(seconds: float, work: Callable[[], Result], what: str) -> Result:
    """What `work` returns, or raises, within a time; a server that trickles its answer is left behind.

    It runs in a thread, for only so can look-ups of names, handshakes and headers be held to a time, too.
    """
    results: list[Result] = []
    problems: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:
            problems.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    if problems:
        raise problems[0]
    if not results:
        raise RemoteError(f"{what} took longer than {seconds:.0f} seconds")
    return results[0]
