"""Addresses of a usage file that no resource has: the use they declare counts nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from finops_gate.costing.usage import Usage, is_type, pattern_of
from finops_gate.expression import nearest
from finops_gate.model import ONCE, Notice, Resource, Span

CODE = "usage-without-resource"
MOST_HINTS = 20
"""Whoever misspelt more than that has another problem, and looking for what is near takes time."""

_LAST_INDEX = re.compile(r"\[[^\[\]]*\]$")


def unused_usage(usage: Usage, resources: Sequence[Resource], targets: Sequence[str]) -> Iterator[Notice]:
    """A warning at the line of each address that no resource has.

    The file of the whole repository is held against a run of all that it can be about only: the run's `targets` hold
    the file's directory. A project's own file is about the project.
    """
    shared = [r for r in resources if r.usage_file not in usage.files]
    if any(covers(target, span.path) for target in targets for span in usage.places.values()):
        yield from _unused(usage.places, shared)
    for path, own in sorted(usage.files.items()):
        yield from _unused(own.places, [r for r in resources if r.usage_file == path])


def covers(target: str, path: str) -> bool:
    """Whether a target holds the directory of a file."""
    return not target or path.startswith(f"{target}/")


def _unused(places: Mapping[str, Span], resources: Iterable[Resource]) -> Iterator[Notice]:
    found = list(resources)
    there = {r.address for r in found}
    uncounted = {r.address for r in found if r.instances != ONCE}
    unused = [a for a in places if not (is_type(a) or a in there or _LAST_INDEX.sub("", a) in uncounted)]
    unused = [a for a in unused if "[*]" not in a or not any(map(pattern_of(a).fullmatch, there))]
    for i, address in enumerate(unused):
        hint = nearest(address, there) if i < MOST_HINTS else ""
        message = f"no resource has the address {address}{hint}"
        yield Notice(CODE, "warning", message, places[address], "Correct the address, or remove it.")
