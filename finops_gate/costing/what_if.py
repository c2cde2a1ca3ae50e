"""What a resource would cost if some of its attributes were different: the savings of a fix."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Mapping
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
    changed: Any = copy.deepcopy(dict(attributes))
    for path, value in changes.items():
        steps: list[Any] = [name or int(index) for name, index in STEP.findall(path)]
        place = changed
        for step in steps[:-1]:
            place = child(place, step)
            if place is None:
                break
        else:
            put(place, steps[-1], value)
    return dict(changed)


def child(place: Any, step: Any) -> Any:
    if isinstance(place, dict):
        return place.get(step)
    return place[step] if isinstance(place, list) and isinstance(step, int) and step < len(place) else None


def put(place: Any, step: Any, value: Any) -> None:
    in_list = isinstance(place, list) and isinstance(step, int) and step < len(place)
    if in_list or (isinstance(place, dict) and isinstance(step, str)):
        place[step] = value
