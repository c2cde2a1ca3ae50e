"""Vertical autoscalers: the bounds within which they may set the requests of containers.

A request moves between `minAllowed` and `maxAllowed`; without the one it may fall to nothing, without the other nothing
bounds it. Source: https://github.com/kubernetes/autoscaler/blob/master/vertical-pod-autoscaler/docs/api.md
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from finops_gate.model import EMPTY, UNBOUNDED, ZERO, Notice, Unknown
from finops_gate.sources.kubernetes.figures import Figures
from finops_gate.sources.kubernetes.objects import Manifest, Target, dig, mapping, numbered, qualified
from finops_gate.sources.kubernetes.pods import BILLED, Bounds

EVERY_CONTAINER = "*"


@dataclass(frozen=True, slots=True)
class VerticalAutoscaler:
    """Bounds by container; those of `*` hold for the containers that are not named."""

    manifest: Manifest
    target: Target
    policies: Mapping[str, Bounds]

    def bounds_of(self, container: str) -> Bounds:
        return self.policies.get(container, self.policies[EVERY_CONTAINER])


def read_vertical_autoscalers(manifests: Iterable[Manifest]) -> tuple[list[VerticalAutoscaler], list[Notice]]:
    """The vertical autoscalers that change anything, and what is wrong with them."""
    found: list[VerticalAutoscaler] = []
    notices: list[Notice] = []
    for manifest in manifests:
        if manifest.kind == "VerticalPodAutoscaler" and manifest.get("spec", "updatePolicy", "updateMode") != "Off":
            figures = Figures(manifest)
            reference = mapping(manifest.get("spec", "targetRef"))
            group = str(reference.get("apiVersion") or "").rpartition("/")[0]
            target = (manifest.home, qualified(group, str(reference.get("kind"))), str(reference.get("name")))
            found.append(VerticalAutoscaler(manifest, target, _policies(manifest, figures)))
            notices += figures.notices
    return found, notices


def _policies(manifest: Manifest, figures: Figures) -> dict[str, Bounds]:
    found: dict[str, Bounds] = {EVERY_CONTAINER: dict.fromkeys(BILLED, (ZERO, UNBOUNDED))}
    for index, policy in numbered(dig(manifest.get("spec", "resourcePolicy"), "containerPolicies")):
        path = f"spec.resourcePolicy.containerPolicies[{index}]"
        found[str(policy.get("containerName") or EVERY_CONTAINER)] = _bounds(policy, path, figures)
    return found


def _bounds(policy: Mapping[str, Any], path: str, figures: Figures) -> Bounds:
    if policy.get("mode") == "Off":
        return EMPTY
    controlled = policy.get("controlledResources")
    names = [r for r in BILLED if not isinstance(controlled, list) or r in controlled]
    found: dict[str, tuple[Decimal, Decimal]] = {}
    for resource in names:
        least = _allowed(policy, "minAllowed", resource, path, figures, ZERO)
        found[resource] = (least, max(least, _allowed(policy, "maxAllowed", resource, path, figures, UNBOUNDED)))
    return found


def _allowed(
    policy: Mapping[str, Any], key: str, resource: str, path: str, figures: Figures, otherwise: Decimal
) -> Decimal:
    written = dig(policy, key, resource)
    amount = otherwise if written is None else figures.quantity(written, f"{path}.{key}.{resource}")
    return otherwise if isinstance(amount, Unknown) else amount
