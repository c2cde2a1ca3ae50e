"""The names that a policy's expressions may use: what every resource has, and its attributes.

An attribute hides a built-in name of the same spelling (`type` of a volume is its `type`); `resource.type` is always
the type. Only `tags` is the resource's own: the tags it will carry, `default_tags` included. Costs are ranges:
`monthly` alone is the expected figure, `monthly.ceiling` the most it can be.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from finops_gate.errors import ConfigurationError
from finops_gate.expression import Expression, compile_expression
from finops_gate.expression_values import NotComputable, Operation, divide, strict, text
from finops_gate.model import BOUNDS, EMPTY, UNBOUNDED, Estimate, Range, Span, Unknown
from finops_gate.policy.attributes import ANY, LEAF, AnyNames, Names, Shape, has_attribute, shape_of, types_like
from finops_gate.policy.definition import Subject
from finops_gate.policy.expression_check import check_names, merged
from finops_gate.policy.literals import figure, measure
from finops_gate.policy.matchers import listed
from finops_gate.policy.paths import EACH, Path

ANY_SIZE = figure("xlarge")
RANGE: Shape = dict.fromkeys(BOUNDS, LEAF)
RESOURCE = (
    "address", "attributes", "env", "instances", "module", "path", "project", "region", "source", "type"
)  # fmt: skip
BUILT_IN: Mapping[str, Shape | None] = {
    "resource": {**dict.fromkeys(RESOURCE, LEAF), "attributes": ANY, "instances": RANGE},
    "type": LEAF,
    "tags": ANY,
    "env": LEAF,
    "region": LEAF,
    "monthly": RANGE,
    "before": RANGE,
    "change": RANGE,
    "change_percent": LEAF,
    "status": LEAF,
    "coverage": LEAF,
    "per_run": RANGE,
    "referrers": None,
    "unbounded": LEAF,
}
"""The built-in names and what lies below each; None where that is not known beforehand."""


ELEMENT = "it"
"""What an expression calls the element of a list that it is asked of."""


def compile_condition(written: str, scope: Mapping[str, Any], span: Span, within: Shape | None = LEAF) -> Expression:
    """An expression of a policy. Raises ConfigurationError for a name or attribute that its types do not have.

    `within` are the names of the elements that it is asked of, which hide the others; None where they are not known.
    """
    globs = listed(scope.get("resources", []))
    types = types_like(globs)
    if types is None or within is None:
        return compile_expression(written, None, span, FUNCTIONS)
    built_in = {**BUILT_IN, **within}
    expression = compile_expression(written, Names(types, built_in) if globs else AnyNames(built_in), span, FUNCTIONS)
    if types and globs:
        own = merged([shape for name in types if (shape := shape_of(name)) is not None])
        check_names(written, {**BUILT_IN, **own, **within}, span)
    return expression


def names_within(globs: Sequence[str], path: Path) -> Shape | None:
    """The names of a list's elements, over the types that have the list; None where they are not known."""
    shapes = [shape_of(name) for name in types_like(globs) or () if has_attribute(name, path)]
    found = merged([below(shape, path) for shape in shapes if shape is not None]) if shapes else ANY
    return None if found is ANY else {**found, ELEMENT: found}


def below(shape: Shape, path: Path) -> Shape:
    """The shape of what a path leads to; the elements of a list have the list's."""
    for step in path:
        if shape is not ANY and isinstance(step, str) and step != EACH:
            shape = shape[step] or LEAF
    return shape


def names_of(subject: Subject) -> Mapping[str, Any]:
    """The values of the names for one subject."""
    return Values(subject)


class Values(Mapping[str, Any]):
    """Names looked up when they are used: most expressions use one of them. Those of an element come first."""

    def __init__(self, subject: Subject, element: Mapping[str, Any] = EMPTY) -> None:
        self._subject, self._element = subject, element

    def __getitem__(self, name: str) -> Any:
        subject = self._subject
        if name in self._element:
            return self._element[name]
        if name == "tags":
            tags = subject.resource.tags
            return tags if isinstance(tags, Unknown) else dict(tags)
        if name in subject.attributes:
            return subject.attributes[name]
        return BUILDERS[name](subject)

    def get(self, name: str, default: Any = None) -> Any:
        try:
            return self[name]
        except KeyError:
            return default

    def __iter__(self) -> Any:
        return iter({*BUILT_IN, *self._subject.attributes, *self._element})

    def __len__(self) -> int:
        return len({*BUILT_IN, *self._subject.attributes, *self._element})


def monthly(estimate: Estimate | None) -> Range:
    """What an estimate comes to a month; nothing where there is none."""
    return Range.exact(0) if estimate is None else estimate.monthly


def change_percent(before: Any, change: Any) -> Any:
    """The change in percent of what there was; unbounded for what is new, unknown with either."""
    for bound in (before, change):
        if isinstance(bound, Unknown):
            return bound
    if not before or change.is_infinite():
        return UNBOUNDED if change > 0 else change
    return divide(change * 100, before)


def cron_runs(cron: Any, timezone: Any = None) -> Decimal:
    """How often a month a cron expression starts something."""
    from finops_gate.sources.ci.schedule import ScheduleError, runs_per_month  # it brings the CI formats with it

    try:
        return runs_per_month(text(cron), timezone)
    except ScheduleError as error:
        raise NotComputable(str(error)) from None


def written_figure(written: Any) -> Decimal:
    try:
        return figure(written).amount
    except ConfigurationError as error:
        raise NotComputable(error.message) from None


def described(subject: Subject) -> dict[str, Any]:
    found = subject.resource
    return {
        "address": found.address,
        "type": found.type,
        "source": found.source,
        "env": found.env,
        "region": found.region,
        "module": found.module_path,
        "project": found.project,
        "path": found.span.path,
        "instances": found.instances,
        "attributes": dict(found.attributes),
    }


BUILDERS: Mapping[str, Any] = {
    "resource": described,
    "type": lambda subject: subject.resource.type,
    "env": lambda subject: subject.resource.env,
    "region": lambda subject: subject.resource.region,
    "monthly": lambda subject: monthly(subject.after),
    "before": lambda subject: monthly(subject.before),
    "change": lambda subject: subject.change or Range.exact(0),
    "change_percent": lambda subject: change_percent(
        monthly(subject.before).expected, (subject.change or Range.exact(0)).expected
    ),
    "status": lambda subject: subject.status,
    "coverage": lambda subject: subject.after.coverage if subject.after else None,
    "per_run": lambda subject: subject.after.extra.get("per_run") if subject.after else None,
    "referrers": lambda subject: [{"address": r.address, "type": r.type, **r.attributes} for r in subject.referrers],
    "unbounded": lambda subject: UNBOUNDED,
}

FUNCTIONS: Mapping[str, tuple[int, int, Operation]] = {
    "size_rank": (1, 1, strict(lambda value: measure(value, ANY_SIZE))),
    "figure": (1, 1, strict(written_figure)),
    "cron_runs": (1, 2, strict(cron_runs)),
}
"""Functions of policies beyond those of the language: sizes and figures as people write them."""
