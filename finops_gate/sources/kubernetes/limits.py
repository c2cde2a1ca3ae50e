"""LimitRanges: the requests and limits that a namespace gives to containers that declare none.

The defaulting is the API server's: a default limit is else the maximum; a default request is else the default limit,
else the minimum. Source: https://kubernetes.io/docs/concepts/policy/limit-range/
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from finops_gate.model import EMPTY, no_entries
from finops_gate.sources.kubernetes.objects import Manifest, mapping, numbered


@dataclass(frozen=True, slots=True)
class ContainerDefaults:
    """Resource name -> quantity as written. `platform` is what the platform takes a container for that declares nothing
    and that nothing else gives a request: it bills so, but its author still left it out.
    """

    requests: Mapping[str, Any]
    limits: Mapping[str, Any]
    platform: Mapping[str, Any] = field(default_factory=no_entries)


Place = tuple[str, str]
"""Namespace and directory."""

ANYWHERE = "*"

NO_DEFAULTS = ContainerDefaults(EMPTY, EMPTY)

OF_PLATFORMS: Mapping[str, Mapping[str, str]] = {
    "eks-fargate": {"cpu": "0", "memory": "0"},
    "gke-autopilot": {"cpu": "500m", "memory": "2Gi"},
}
"""Billing mode -> what a container is taken for that requests nothing.

Sources: https://docs.aws.amazon.com/eks/latest/userguide/fargate-pod-configuration.html
https://cloud.google.com/kubernetes-engine/docs/concepts/autopilot-resource-requests
"""


def defaults_by_place(manifests: Iterable[Manifest]) -> dict[Place, ContainerDefaults]:
    """What the LimitRanges among some objects give to containers, by the place they hold in."""
    found: dict[Place, ContainerDefaults] = {}
    for manifest in manifests:
        if manifest.qualified_kind == "LimitRange":
            for place in _places(manifest):
                for item in _container_items(manifest):
                    found[place] = _both(found.get(place, NO_DEFAULTS), _item_defaults(item))
    return found


def defaults_for(
    manifest: Manifest, by_place: Mapping[Place, ContainerDefaults], mode: str = "rates"
) -> ContainerDefaults:
    """What holds for an object: the nearest of its namespace, for two overlays may name theirs alike; then what the
    platform of a billing mode takes it for."""
    found = next((by_place[place] for place in _places(manifest) if place in by_place), NO_DEFAULTS)
    return replace(found, platform=OF_PLATFORMS[mode]) if mode in OF_PLATFORMS else found


def _places(manifest: Manifest) -> tuple[Place, ...]:
    """The namespace in the object's directory, then anywhere; for what names none the directory alone, since which
    namespace is meant is not in the files."""
    here = (manifest.home, manifest.directory)
    return (here, (manifest.namespace, ANYWHERE)) if manifest.namespace else (here,)


def _both(first: ContainerDefaults, second: ContainerDefaults) -> ContainerDefaults:
    return ContainerDefaults({**second.requests, **first.requests}, {**second.limits, **first.limits})


def _container_items(limit_range: Manifest) -> list[Mapping[str, Any]]:
    return [item for _, item in numbered(limit_range.get("spec", "limits")) if item.get("type") == "Container"]


def _item_defaults(item: Mapping[str, Any]) -> ContainerDefaults:
    limits = {**mapping(item.get("max")), **mapping(item.get("default"))}
    requests = {**mapping(item.get("min")), **limits, **mapping(item.get("defaultRequest"))}
    return ContainerDefaults(requests, limits)
