"""What a usage file or the settings declare for no resource, or by a key that none has: it counts nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from finops_gate.costing.model_definition import UsageKeys
from finops_gate.costing.models import Models
from finops_gate.costing.usage import Usage, is_type, pattern_of, type_of
from finops_gate.errors import ConfigurationError
from finops_gate.expression import nearest
from finops_gate.model import EMPTY, ONCE, Notice, Resource, Span
from finops_gate.settings import Settings

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


def unused_globs(settings: Settings, resources: Sequence[Resource], models: Models) -> Iterator[Notice]:
    """A warning at the line of each glob of the settings' usage that no resource is like, and of each key none has.

    What matches nothing is only said where the run looked at all that the settings can be about.
    """
    is_whole = any(covers(target, settings.path) for target in settings.targets)
    for glob, keys in settings.usage.items():
        found = [r for r in resources if fnmatchcase(r.address, glob)]
        if found:
            yield from _unknown_keys(glob, keys, {r.type for r in found}, settings, models)
        elif is_whole:
            types = {r.type for r in resources}
            kind = type_of(glob)
            hint = nearest(kind, types) if kind not in types else nearest(glob, {r.address for r in resources})
            message = f"no resource has an address like {glob}{hint}"
            yield Notice(
                CODE, "warning", message, settings.usage_places.get((glob,)), "Correct the glob, or remove it."
            )


def _unknown_keys(
    glob: str, keys: Mapping[str, Any], types: Iterable[str], settings: Settings, models: Models
) -> Iterator[Notice]:
    known = {key for kind in types for key in usage_keys(kind, models)}
    for key in keys:
        if key not in known:
            message = f"{glob}: nothing that it matches has a usage key `{key}`{nearest(key, known)}"
            yield Notice("unknown-usage-key", "warning", message, settings.usage_places.get((glob, key)))


def usage_keys(resource_type: str, models: Models) -> UsageKeys:
    """The usage keys of a type. A broken model is said when a resource of its type is priced."""
    try:
        return models.usage_keys(resource_type)
    except ConfigurationError:
        return EMPTY
