"""What a resource would cost if some of its attributes were different: the savings of a fix."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from finops_gate.costing.estimate import estimate
from finops_gate.costing.subject import Context
from finops_gate.model import Range, Resource

STEP = re.compile(r"([^.\[\]]+)|\[([0-9]+)\]")


def reestimator(context: Context) -> Callable[[Resource, Mapping[str, Any]], Range | None]:
    """A function of a resource and its changed attributes that gives its monthly cost; None where that is not known."""

    def reestimate(resource: Resource, changes: Mapping[str, Any]) -> Range | None:
        changed = replace(resource, attributes=with_changes(resource.attributes, changes))
        found = estimate(changed, context)
        return found.monthly if found.coverage in ("priced", "free") else None

    return reestimate


def with_changes(attributes: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of the attributes with values set at attribute paths (`root_block_device[0].volume_type`)."""
    changed: Any = dict(attributes)
    for path, value in changes.items():
        changed = placed(changed, [name or int(index) for name, index in STEP.findall(path)], value)
    return dict(changed)


def placed(place: Any, steps: Sequence[Any], value: Any) -> Any:
    """A copy with a value at the end of a path, of what lies on it; the same where the path leads nowhere."""
    step, below = steps[0], steps[1:]
    if isinstance(place, list) and isinstance(step, int) and step < len(place):
        return [*place[:step], placed(place[step], below, value) if below else value, *place[step + 1 :]]
    if isinstance(place, dict) and isinstance(step, str) and (not below or step in place):
        return {**place, step: placed(place[step], below, value) if below else value}
    return place
