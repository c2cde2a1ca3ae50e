"""What resources cost a month: each by the model of its type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from finops_gate.costing import quantities
from finops_gate.costing.alike import likeness
from finops_gate.costing.functions import looking_from
from finops_gate.costing.lines import component_lines, frames, unknown_line
from finops_gate.costing.model_definition import AssumptionModel, Model, PartModel
from finops_gate.costing.models import Models, shipped
from finops_gate.costing.references import References
from finops_gate.costing.subject import NO_PRICE, Context, Frame, Prices, Subject, View, frame_of, with_defaults
from finops_gate.costing.usage import NO_USAGE, Usage, merged
from finops_gate.model import EMPTY, Component, Coverage, Estimate, Range, Resource, Unknown
from finops_gate.settings import Settings


def estimate_all(
    resources: Sequence[Resource],
    catalogue: Prices,
    settings: Settings,
    usage: Usage = NO_USAGE,
    models: Models | None = None,
) -> list[Estimate]:
    """The estimate of every resource, in their order. Raises ConfigurationError for a broken cost model."""
    context = Context(catalogue, models or shipped(), References(resources), usage)
    return [estimate(resource, context) for resource in resources]


def estimate(resource: Resource, context: Context) -> Estimate:
    """What one resource costs a month.

    `unpriced` where its type has no model, or a line that is not zero has no price; `unknown` where the code does
    not settle what it costs; `free` where its type is listed so, or nothing of its model applies.
    """
    model = context.models.get(resource.cost_model)
    if model is None:
        return without_model(resource, context.models)
    if model.is_part_only and not model.extra:
        return Estimate(resource, (), "free")
    declared = context.usage.of(resource)
    attributes = with_defaults(resource.attributes, model.attributes)
    key = likeness(model, attributes, resource, declared)
    found = context.alike.find(key, resource)
    if found is None:
        context.alike.looked_beyond = False
        found = _estimate(Subject(model, attributes, resource, resource, context, declared, resource.instances))
        context.alike.keep(key, found)
    return found


def _estimate(subject: Subject) -> Estimate:
    model = subject.model
    with looking_from(subject):
        frame = frame_of(subject)
        components = tuple(subject_lines(frame))
        figures = {name: extra_figure(frame, quantity) for name, quantity in model.extra.items()}
        extra = {name: figure for name, figure in figures.items() if figure is not None}
        own = tuple(said(frame))
        assumptions = tuple(dict.fromkeys((*subject.general, *own)))
    coverage, why = coverage_of(components)
    return Estimate(subject.resource, components, coverage, why, assumptions, extra)


def without_model(resource: Resource, models: Models) -> Estimate:
    if models.is_free(resource.type):
        return Estimate(resource, (), "free")
    return Estimate(resource, (), "unpriced", f"there is no cost model of {resource.type}")


def subject_lines(frame: Frame) -> Iterator[Component]:
    """The lines of a subject: its own components, then those of its parts."""
    for component in frame.subject.model.components:
        yield from component_lines(frame, component)
    for part in frame.subject.model.parts:
        yield from part_lines(frame, part)


def part_lines(frame: Frame, part: PartModel) -> Iterator[Component]:
    """The lines of a part, for each element, as many times as it is there."""
    elements = frames(frame, part.each)
    if isinstance(elements, Unknown):
        yield unknown_line(frame, part_name(frame, part), "", elements)
        return
    for inner in elements:
        there = quantities.truths(inner, part.when)
        if there != (False, False, False):
            times = quantities.gated(quantities.multiplicity(inner, part.times), there)
            yield from _part_lines(inner, part, times)


def part_name(frame: Frame, part: PartModel) -> str:
    return part.name.show(frame.names["expected"]) if part.name else part.model


def _part_lines(frame: Frame, part: PartModel, times: Range) -> Iterator[Component]:
    outer = frame.subject
    taken = frame.value(part.source) if part.source else EMPTY
    if isinstance(taken, Unknown):
        yield unknown_line(frame, part_name(frame, part), "", taken)
        return
    model = outer.context.models.get(part.model)
    if model is None:
        return
    subject = Subject(
        model=model,
        attributes=part_attributes(frame, part, taken if isinstance(taken, Mapping) else EMPTY, model),
        resource=outer.resource,
        source=taken.resource if isinstance(taken, View) else None,
        context=outer.context,
        declared=merged(outer.declared, {k: value_or_range(frame, f) for k, f in part.usage.items()}),
        factor=outer.factor * times,
        path=(*outer.path, part_name(frame, part)) if part.name else outer.path,
        region=outer.region,
    )
    with looking_from(subject):
        inner = frame_of(subject)
        lines = list(subject_lines(inner))
        outer.assumptions += [
            f"{part.name.show(frame.names['expected'])}: {s}" if part.name else s for s in said(inner)
        ]
        outer.general += subject.general
    yield from lines


def part_attributes(frame: Frame, part: PartModel, taken: Mapping[str, Any], model: Model) -> dict[str, Any]:
    """The attributes of a part: those its own formulas give, then those of the mapping it is taken from."""
    attributes = {name: value for name, value in taken.items() if name in model.attributes}
    for name, formula in part.attributes.items():
        attributes[name] = value_or_range(frame, formula)
    return with_defaults(attributes, model.attributes, emptiness_counts=True)


def value_or_range(frame: Frame, formula: Any) -> Any:
    """A formula's value, as a range where the passes differ."""
    low, middle, high = frame.bounds(formula)
    if not (isinstance(low, (Decimal, Unknown)) and isinstance(high, (Decimal, Unknown))):
        return middle
    return middle if low == middle == high or not isinstance(middle, (Decimal, Unknown)) else Range(low, middle, high)


def extra_figure(frame: Frame, quantity: Any) -> Any:
    """A further figure: a range where it is numbers, else the value itself; null where there is none."""
    value = frame.value(quantity.expected)
    plain = quantity.floor is None and quantity.ceiling is None
    if plain and (value is None or isinstance(value, (str, bool, list))):
        return value
    return quantities.quantity_range(frame, quantity)


def said(frame: Frame) -> Iterator[str]:
    """What was assumed of a subject alone, for the reader; what is general, too, is left with the subject."""
    yield from frame.subject.assumptions
    for assumption in frame.subject.model.assumptions:
        if True in quantities.truths(frame, assumption.when)[1:2]:
            if assumption.is_general:
                frame.subject.general += texts(frame, assumption)
            else:
                yield from texts(frame, assumption)


def texts(frame: Frame, assumption: AssumptionModel) -> Iterator[str]:
    """What an assumption says: its text, or each text of its list."""
    if assumption.say is not None:
        yield assumption.say.show(frame.names["expected"])
    listed = frame.value(assumption.each) if assumption.each is not None else None
    yield from (str(text) for text in (listed if isinstance(listed, list) else ()))


def coverage_of(components: Sequence[Component]) -> tuple[Coverage, str]:
    """How well the lines are known, and why not better."""
    if not components:
        return "free", ""
    reasons = [c.monthly.expected.reason for c in components if isinstance(c.monthly.expected, Unknown)]
    unsettled = [reason for reason in reasons if not reason.startswith(NO_PRICE)]
    if unsettled:
        return "unknown", unsettled[0]
    if reasons:
        return "unpriced", reasons[0]
    if all(c.unit_price is None for c in components):
        missing = (b.reason for c in components for b in c.monthly if isinstance(b, Unknown))
        return "unpriced", next(missing, "")
    return "priced", ""
