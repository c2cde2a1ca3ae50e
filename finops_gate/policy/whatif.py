"""What a resource would cost with some of its attributes changed: the savings that a fix promises."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from finops_gate.costing.estimate import estimate
from finops_gate.costing.models import Models
from finops_gate.costing.references import References
from finops_gate.costing.subject import Context, Prices
from finops_gate.costing.usage import NO_USAGE, Usage
from finops_gate.errors import ConfigurationError
from finops_gate.model import Range, Resource
from finops_gate.policy.evaluate import Reestimate
from finops_gate.policy.paths import Path, parse_path
from finops_gate.settings import Settings


def reestimator(
    resources: Sequence[Resource], catalogue: Prices, settings: Settings, usage: Usage = NO_USAGE
) -> Reestimate:
    """A function that prices one of these resources with other attributes; None where a path leads nowhere."""
    context = Context(catalogue, Models(), References(resources), usage)

    def reestimate(resource: Resource, changes: Mapping[str, Any]) -> Range | None:
        attributes: Any = dict(resource.attributes)
        try:
            for path, value in changes.items():
                attributes = with_value(attributes, parse_path(path), value)
        except (ConfigurationError, KeyError):
            return None
        return estimate(replace(resource, attributes=attributes), context).monthly

    return reestimate


def with_value(container: Any, path: Path, value: Any) -> Any:
    """A copy of nested mappings and lists with one value replaced. Raises KeyError where the path leads nowhere."""
    if not path:
        return value
    step, rest = path[0], path[1:]
    if isinstance(step, int):
        if not isinstance(container, list) or step >= len(container):
            raise KeyError(step)
        return [with_value(old, rest, value) if i == step else old for i, old in enumerate(container)]
    if not isinstance(container, Mapping):
        raise KeyError(step)
    return {**container, step: with_value(container.get(step), rest, value)}
