"""Where derived attributes are written: each borrows the place of what it was derived from, so that a finding lands on
the line that must change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from finops_gate.model import Span
from finops_gate.sources.kubernetes.autoscaling import Autoscaler
from finops_gate.sources.kubernetes.objects import Manifest, dig
from finops_gate.sources.kubernetes.pods import GPUS

ALIASES: Mapping[str, str] = {
    "tags": "metadata.labels",
    "replicas_range": "spec.replicas",
    "duty": "spec.schedule",
}
"""Derived attribute -> where what it was derived from is written."""

OF_A_CLAIM = {
    "gib": "spec.resources.requests.storage",
    "storage_class": "spec.storageClassName",
    "type": "spec.storageClassName",
}
OF_A_CONTAINER = {
    "cpu": ("requests.cpu", "limits.cpu"),
    "memory_gib": ("requests.memory", "limits.memory"),
    "cpu_limit": ("limits.cpu",),
    "memory_limit_gib": ("limits.memory",),
    "cpu_limit_to_request": ("limits.cpu",),
    "memory_limit_to_request": ("limits.memory",),
}
OF_A_POD = ("cpu", "memory_gib")
BOUNDS_OF_SCALERS = {
    "min_replicas": ("minReplicas", "minReplicaCount"),
    "max_replicas": ("maxReplicas", "maxReplicaCount"),
}


def places_of(found: Mapping[str, Any]) -> dict[str, str | Span]:
    """The places of containers and claims, each of which knows its own."""
    places: dict[str, str | Span] = {**ALIASES}
    for index, container in enumerate(found.get("containers", ())):
        places[f"containers[{index}]"] = path = container["path"]
        for attribute, written in _figures(container):
            places[f"containers[{index}].{attribute}"] = places[f"{path}.{attribute}"] = f"{path}.resources.{written}"
            if attribute in OF_A_POD:
                places.setdefault(f"pod.{attribute}", f"{path}.resources.{written}")
        for gpu in GPUS:
            if dig(container, "resources", "limits", gpu) is not None:
                for attribute in ("pod.gpu", "gpus"):
                    places.setdefault(attribute, f'{path}.resources.limits["{gpu}"]')
    for index, claim in enumerate(found.get("claims", ())):
        places[f"claims[{index}]"] = claim["path"]
        for attribute, written in OF_A_CLAIM.items():
            places[f"claims[{index}].{attribute}"] = f"{claim['path']}.{written}".lstrip(".")
    return places


def _figures(container: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The figures of a container that its author wrote, and below `resources` where."""
    for attribute, paths in OF_A_CONTAINER.items():
        written = next((p for p in paths if dig(container, "resources", *p.split(".")) is not None), None)
        if written is not None:
            yield attribute, written


def places_of_bounds(scaler: Autoscaler | None, manifest: Manifest) -> dict[str, str | Span]:
    """The places of an autoscaler's bounds: of one that is an object of its own, or of what scales itself."""
    origin = scaler.manifest if scaler else manifest
    places: dict[str, str | Span] = {"autoscaler": origin.span("metadata.name") if scaler else "spec"}
    for attribute, keys in BOUNDS_OF_SCALERS.items():
        key = next((k for k in keys if origin.get("spec", k) is not None), None)
        if key is not None:
            places[f"autoscaler.{attribute}"] = origin.span(f"spec.{key}") if scaler else f"spec.{key}"
    return places
