"""Prices a run under suppositions: usage and attributes other than they are declared."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from finops_gate.costing.formula import Formula, shown
from finops_gate.costing.layered_usage import LayeredUsage, Place, place_of
from finops_gate.costing.models import Models
from finops_gate.costing.profiles import profile
from finops_gate.costing.references import value_at
from finops_gate.costing.subject import bare_names, with_defaults
from finops_gate.costing.suppositions import (
    REPLICAS,
    Named,
    Supposition,
    first_step,
    mistake,
    named_by,
    parse,
    usage_key,
)
from finops_gate.costing.usage import Usage, merged
from finops_gate.costing.what_if import with_changes
from finops_gate.errors import ConfigurationError
from finops_gate.model import EMPTY, NOTHING, Bound, Range, Resource
from finops_gate.settings import Settings

_LAST_STEP = re.compile(r"(?:^|\.)[^.\[\]]+$|\[\d+\]$")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of a value: the one before, the one after, and what is to be said of it."""

    before: Any
    after: Any
    remark: str = ""


class _Impossible(Exception):
    """Why a supposition cannot be made of a resource."""


def supposed(
    resources: Sequence[Resource], usage: Usage, models: Models, settings: Settings, strict: bool = True
) -> tuple[Sequence[Resource], LayeredUsage]:
    """The resources and their usage with what the settings suppose, one after the other.

    Raises ConfigurationError, if `strict`, for what names no resource or no key of it, or can be done to none.
    """
    state = _State(
        list(resources),
        LayeredUsage(declared=usage, profile=profile(settings.usage_profile, models), name=settings.usage_profile),
        models,
    )
    for written in settings.what_if:
        problem = state.suppose(parse(written))
        if strict and problem:
            raise ConfigurationError(f"--what-if {written}: {problem}")
    return state.resources, replace(state.declared, supposed=state.usage, remarks=state.remarks)


class _State:
    """The resources and their usage as they become, supposition by supposition."""

    def __init__(self, resources: list[Resource], declared: LayeredUsage, models: Models) -> None:
        self.resources, self.declared, self.models = resources, declared, models
        self.usage: dict[Place, Mapping[str, Any]] = {}
        self.remarks: dict[Place, list[str]] = {}

    def suppose(self, supposition: Supposition) -> str:
        """Makes it so wherever it can be; why not, where it can be nowhere."""
        named = named_by(supposition.path, self.resources, self.models)
        if not any(each.key for each in named):
            return mistake(supposition.path, self.resources, self.models)
        problems = [problem for each in named if (problem := self.attempt(supposition, each))]
        return problems[0] if len(problems) == len(named) else ""

    def attempt(self, supposition: Supposition, named: Named) -> str:
        try:
            outcome = self.of_usage(supposition, named) if named.usage else self.of_attribute(supposition, named)
        except _Impossible as problem:
            return str(problem)
        instead = "" if outcome.before is None else f" instead of {_shown(outcome.before)}"
        key = "replicas" if named.key == REPLICAS else named.key
        said = f"{named.resource.address}: {key} is {_shown(outcome.after)}{instead}{outcome.remark} (what if)"
        self.remarks.setdefault(place_of(named.resource), []).append(said)
        return ""

    def of_usage(self, supposition: Supposition, named: Named) -> Outcome:
        """Changes declared usage; a setting that nobody made has its default, and a cap is a cap."""
        place, key = place_of(named.resource), named.usage
        assert key is not None
        declared = merged(self.declared.of(named.resource), self.usage.get(place, EMPTY))
        before = value_at(declared, named.key)
        if before is None and key.default:
            before = self.figure(key.default, named)
        after, remark = changed(supposition, before, named), ""
        if not key.is_setting and not isinstance(after, Decimal):
            raise _Impossible(f"{named.key} is a number of 0 or more")
        cap = self.figure(key.most, named) if key.most else None
        if isinstance(after, Decimal) and isinstance(cap, Decimal) and cap < after:
            after, remark = cap, ", its cap"
        self.usage[place] = merged(self.usage.get(place, EMPTY), _nested(named.key, after))
        return Outcome(before, after, remark)

    def figure(self, formula: Formula, named: Named) -> Any:
        """A formula of a usage key, over the attributes; None for a key of a part, which has attributes of its own."""
        model = self.models.get(named.resource.type)
        if model is None or usage_key(model.usage, named.key) is None:
            return None
        attributes = with_defaults(named.resource.attributes, model.attributes)
        return formula.evaluate(bare_names(model, attributes, named.resource))

    def of_attribute(self, supposition: Supposition, named: Named) -> Outcome:
        """Changes an attribute, or the default that holds in its place."""
        resource, model = named.resource, self.models.get(named.resource.type)
        name = first_step(named.key)
        default = model.attributes.get(name) if model else None
        attributes = with_defaults(resource.attributes, {name: default})
        parent = _LAST_STEP.sub("", named.key)
        if parent and not isinstance(value_at(attributes, parent), (Mapping, list)):
            raise _Impossible(f"{resource.address} has no {parent}")
        before = value_at(attributes, named.key)
        after = changed(supposition, before, named)
        result = with_changes(attributes, {named.key: after})
        if named.key == REPLICAS:
            result |= per_replica(named, before, after)
        is_held = isinstance(after, Range) and after.expected not in (supposition.value, times(before, supposition))
        place = next(i for i, each in enumerate(self.resources) if each is resource)
        self.resources[place] = replace(resource, attributes=result)
        return Outcome(before, after, ", within its bounds" if is_held else "")


def times(before: Any, supposition: Supposition) -> Any:
    """What a factor makes of a quantity that has bounds, before they hold it."""
    known = isinstance(before, Range) and isinstance(before.expected, Decimal)
    return before.expected * supposition.factor if known and supposition.factor is not None else None


def changed(supposition: Supposition, before: Any, named: Named) -> Any:
    """The value that is supposed; a quantity that has bounds moves within them."""
    factor = supposition.factor
    if factor is None:
        return within(before, supposition.value, named) if isinstance(before, Range) else supposition.value
    if before is None:
        raise _Impossible(
            f"nothing is declared of {named.key} that a factor could change; declare it in the usage file or give a "
            f"figure, as in {named.key}=1000"
        )
    product = times(before, supposition)
    if product is not None:
        return within(before, product, named)
    if not isinstance(before, Decimal):
        raise _Impossible(f"{named.key} is {_shown(before)}, which a factor cannot change")
    return before * factor


def within(bounds: Range, figure: Any, named: Named) -> Range:
    """A quantity of another size, held within the bounds that it has; where they are one, it has none."""
    if not isinstance(figure, Decimal):
        raise _Impossible(f"{named.key} is a number, not `{figure}`")
    floor, ceiling = bounds.floor, bounds.ceiling
    if not (isinstance(floor, Decimal) and isinstance(ceiling, Decimal)) or floor == ceiling:
        return Range.exact(figure)
    return Range(floor, max(floor, min(figure, ceiling)), ceiling)


PER_REPLICA = {"storage_gib": "", "claims": "count", "undeclared_cpu": "amount", "undeclared_memory": "amount"}
"""What a workload has once for each replica: an attribute or, where it is a list, this key of its elements."""


def per_replica(named: Named, before: Any, after: Range) -> dict[str, Any]:
    """What a workload has once for each replica, for another number of them."""
    if before == NOTHING:
        raise _Impossible(f"{named.resource.address} runs no replica, so nobody knows what one takes; change the code")
    found = named.resource.attributes
    result: dict[str, Any] = {}
    for name, key in PER_REPLICA.items():
        value = found.get(name)
        if isinstance(value, list):
            result[name] = [{**each, key: scaled(each.get(key), before, after)} for each in value]
        elif value is not None:
            result[name] = scaled(value, before, after)
    return result


def scaled(value: Any, before: Any, after: Range) -> Any:
    """A quantity that is there so many times, for another number of times; what is not known stays so."""
    if not isinstance(value, Range) or not isinstance(before, Range):
        return value
    each = next(
        (v / b for v, b in zip(value, before, strict=True) if _counts(b) and isinstance(v, Decimal) and v), None
    )
    return value if each is None or not value.is_known else after * each


def _counts(bound: Bound) -> bool:
    return isinstance(bound, Decimal) and bound.is_finite() and bound > 0


def _nested(path: str, value: Any) -> dict[str, Any]:
    for step in reversed(path.split(".")):
        value = {step: value}
    found: dict[str, Any] = value
    return found


def _shown(value: Any) -> str:
    return shown(value.expected) if isinstance(value, Range) else shown(value)
