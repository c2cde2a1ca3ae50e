"""Usage with figures below what is declared (a profile), and above it (what is supposed for this run)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from finops_gate.costing.usage import NO_USAGE, Usage, merged
from finops_gate.model import EMPTY, Estimate, Resource

Place = tuple[str, str]
"""The project and the address of a resource: what makes it one of a run's."""


def place_of(resource: Resource) -> Place:
    return resource.project, resource.address


@dataclass(frozen=True, slots=True)
class LayeredUsage(Usage):
    """`declared`, with `profile` (figures by type) below it and `supposed` (figures by resource) above.

    `remarks` are what there is to say about single resources, `name` is the profile's.
    """

    declared: Usage = NO_USAGE
    profile: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    name: str = ""
    supposed: Mapping[Place, Mapping[str, Any]] = field(default_factory=dict)
    remarks: Mapping[Place, Sequence[str]] = field(default_factory=dict)

    def of(self, resource: Resource) -> Mapping[str, Any]:
        if not self.profile and not self.supposed:
            return self.declared.of(resource)
        usual = merged(self.profile.get(resource.type, EMPTY), self.declared.of(resource))
        return merged(usual, self.supposed.get(place_of(resource), EMPTY))

    def noted(self, estimate: Estimate) -> Estimate:
        """The estimate with what the layers make it assume."""
        said = list(self.remarks.get(place_of(estimate.resource), ()))
        profile = self.profile.get(estimate.resource.type)
        if profile and estimate.coverage == "priced" and adds(profile, self.declared.of(estimate.resource)):
            said.append(f"usage of the {self.name} profile, where nobody declared any")
        return replace(estimate, assumptions=(*estimate.assumptions, *said)) if said else estimate


def adds(profile: Mapping[str, Any], declared: Mapping[str, Any]) -> bool:
    """Whether the profile has a figure for a key that nobody declared."""
    for key, value in profile.items():
        own = declared.get(key)
        if isinstance(value, Mapping):
            if adds(value, own if isinstance(own, Mapping) else EMPTY):
                return True
        elif own is None:
            return True
    return False
