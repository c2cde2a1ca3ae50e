"""Which directories are projects of their own, and which are only modules of others."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterator, Mapping

from finops_gate.sources.terraform.declarations import Declarations, literal_text


def find_roots(modules: Mapping[str, Declarations]) -> list[str]:
    """The directories that none of the others calls; of directories that call each other in a ring, the first."""
    calls = {directory: set(_called(declared, modules)) for directory, declared in modules.items()}
    called = {target for directory, targets in calls.items() for target in targets if target != directory}
    roots = [directory for directory in sorted(modules) if directory not in called]
    reached = _reachable(roots, calls)
    for directory in sorted(modules):
        if directory not in reached:
            roots.append(directory)
            reached |= _reachable([directory], calls)
    return sorted(roots)


def _called(declared: Declarations, modules: Collection[str]) -> Iterator[str]:
    for call in declared.calls.values():
        source = literal_text(call.attribute("source"))
        if source.startswith(("./", "../")):
            directory = posixpath.normpath(posixpath.join(declared.directory, source))
            directory = "" if directory == "." else directory
            if directory in modules:
                yield directory


def _reachable(starts: list[str], calls: Mapping[str, set[str]]) -> set[str]:
    reached: set[str] = set()
    waiting = list(starts)
    while waiting:
        directory = waiting.pop()
        if directory not in reached:
            reached.add(directory)
            waiting += calls.get(directory, ())
    return reached
