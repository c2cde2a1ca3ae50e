"""Which resource refers to which: by the address an expression names, or by an equal id, name or ARN."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from finops_gate.model import Resource, Unknown

IDENTITIES = ("id", "name", "arn", "self_link", "identifier", "cluster_identifier", "bucket", "family")
_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")
_INDEX = re.compile(r"\[[^\[\]]*\]$")


class References:
    """The resources of a run, found by what refers to them. Addresses are unique within a project."""

    def __init__(self, resources: Sequence[Resource]) -> None:
        self._by_address: dict[tuple[str, str], Resource] = {}
        self._instances: dict[tuple[str, str], list[Resource]] = {}
        self._by_type: dict[tuple[str, str], list[Resource]] = {}
        for resource in resources:
            self._by_address[resource.project, resource.address] = resource
            self._instances.setdefault((resource.project, _INDEX.sub("", resource.address)), []).append(resource)
            self._by_type.setdefault((resource.project, resource.type), []).append(resource)

    def target(self, resource: Resource, path: str, wanted: str = "") -> Resource | Unknown | None:
        """The resource that an attribute refers to: unknown where it is set but leads nowhere, None if not set.

        `wanted` is the type it must be of; a plain value (`name = "web"`) is joined only where it is given.
        """
        value = value_at(resource.attributes, path)
        named = resource.references.get(path) or (value.reference if isinstance(value, Unknown) else None)
        if named and (found := self._named(resource, named)) and wanted in ("", found.type):
            return found
        if value is None or isinstance(value, Unknown):
            return value
        for candidate in self._by_type.get((resource.project, wanted), ()) if wanted else ():
            if any(candidate.attributes.get(identity) == value for identity in IDENTITIES):
                return candidate
        return Unknown(f"`{path}` refers to {value}, which is not in the code", resource.span_of(path))

    def referrers(self, resource: Resource, wanted: str, path: str) -> list[Resource]:
        """The resources of a type whose attribute refers to this one, in the order of the code."""
        return [
            other
            for other in self._by_type.get((resource.project, wanted), ())
            if self._points_to(other, path, resource)
        ]

    def _points_to(self, other: Resource, path: str, resource: Resource) -> bool:
        value = value_at(other.attributes, path)
        named = other.references.get(path) or (value.reference if isinstance(value, Unknown) else None)
        if named:
            found = self._named(other, named)
            if found is not None and found.type == resource.type:
                return (found.project, found.address) == (resource.project, resource.address)
        if not isinstance(value, str) or not value:
            return False
        own = [resource.attributes.get(identity) for identity in IDENTITIES]
        return any(isinstance(i, str) and i and (value == i or value.endswith(f"/{i}")) for i in own)

    def _named(self, resource: Resource, reference: str) -> Resource | None:
        """The resource of `aws_launch_template.web[0].id`: the longest beginning that is an address."""
        for address in _beginnings(reference):
            if found := self._by_address.get((resource.project, address)):
                return found
            if instances := self._instances.get((resource.project, address)):
                return _alike(instances, resource)
        return None


def _beginnings(reference: str) -> list[str]:
    cuts = [i for i, character in enumerate(reference) if character in ".["]
    return [reference, *(reference[:cut] for cut in reversed(cuts))]


def _alike(instances: Sequence[Resource], resource: Resource) -> Resource:
    """Of several instances the one with the same key (`web[1]` and its `disk[1]`), else the first."""
    key = _INDEX.search(resource.address)
    return next((r for r in instances if key and r.address.endswith(key[0])), instances[0])


def value_at(attributes: Mapping[str, Any], path: str) -> Any:
    """The value at `launch_template[0].id`; None where there is none, Unknown where something above it is."""
    found: Any = attributes
    for name, number in _STEP.findall(path):
        if isinstance(found, Unknown):
            return found
        if number:
            found = found[int(number)] if isinstance(found, list) and int(number) < len(found) else None
        else:
            found = found.get(name) if isinstance(found, Mapping) else None
    return found
