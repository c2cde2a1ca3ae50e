"""What the benchmarks share: the time and memory of a program of its own, best of several, in CPU seconds.

CPU time, because a machine that does other things at the same time makes wall-clock time say little.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

FINOPS_GATE = (sys.executable, "-m", "finops_gate")
_COMPILED = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
"""Measures what is installed: installers compile what they install, and so does the first pass here."""


class Cost(NamedTuple):
    """CPU seconds (user and system), the most memory held in MB, and what was printed."""

    seconds: float
    megabytes: float
    said: str

    def __str__(self) -> str:
        return f"{self.seconds:7.2f} s  {self.megabytes:6.0f} MB"


def program(command: Sequence[str], directory: Path | None = None, passes: int = 3) -> Cost:
    """The least of each over `passes` runs of a program. Raises RuntimeError where it ends with a bug or a signal."""
    runs = [_run(command, directory) for _ in range(passes)]
    return Cost(min(run.seconds for run in runs), min(run.megabytes for run in runs), runs[0].said)


def _run(command: Sequence[str], directory: Path | None) -> Cost:
    """Keep the program that calls this small: until the new one starts, it counts as the new one's memory."""
    process = subprocess.Popen(command, cwd=directory, env=_COMPILED, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert process.stdout is not None
    said = process.stdout.read().decode()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1, 3):
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}")
    unit = 1 if sys.platform == "darwin" else 1024
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit / 1e6, said)


def inside(module: str, call: str, *arguments: object, passes: int = 3) -> Cost:
    """The cost of `module.call(arguments)` in a fresh interpreter, imports included; `said` is what it returned."""
    written = ", ".join(map(repr, arguments))
    here = str(Path(__file__).parent)
    code = f"import sys; sys.path.insert(0, {here!r}); import {module}; print({module}.{call}({written}))"
    return program((sys.executable, "-c", code), passes=passes)


def seconds(work: Callable[[], object], passes: int = 3) -> float:
    """The least CPU time of some work in this process."""
    import gc
    import time

    found = []
    for _ in range(passes):
        gc.collect()
        begun = time.process_time()
        work()
        found.append(time.process_time() - begun)
    return min(found)
