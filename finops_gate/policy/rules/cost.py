"""`cost`: limits on what something costs, or on what a change adds to it.

    cost: {per: change, metric: change, warn_above: 100 USD, fail_above: 500 USD}
    cost: {per: resource, metric: change_percent, warn_above: 100%}
    cost: {per: owner, by: [team, owner], metric: monthly, fail_above: 20000 USD}

`per` is a resource, an owner (the tag of `by`), a project (a root module), a pipeline (a CI system's file with all of
its jobs) or the change as a whole. The metric `count` is how many of the resources in scope there are. A metric of the
change is judged only where something was compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from finops_gate.errors import ConfigurationError
from finops_gate.expression_values import text
from finops_gate.model import Bound, Span, Unknown
from finops_gate.policy.definition import Judgement, Level, Rule, Subject
from finops_gate.policy.literals import Figure, figure
from finops_gate.policy.matchers import listed
from finops_gate.policy.messages import dollars, percent
from finops_gate.policy.rules.context import Context
from finops_gate.policy.rules.money import METRICS, Sums, facts_of, grouped, most_added, sums_of, tag_of

OWNER_TAGS = ("owner", "team")
TIERS: tuple[tuple[Level, str], ...] = (("fail", "fail_above"), ("warn", "warn_above"))


@dataclass(frozen=True, slots=True)
class Limit:
    level: Level
    figure: Figure


def compile_limits(raw: Mapping[str, Any], context: Context) -> Rule:
    metric = raw["metric"]
    limits = [Limit(level, limit_of(raw[word], metric, context, word)) for level, word in TIERS if word in raw]
    if not limits:
        raise ConfigurationError("a cost rule needs `warn_above` or `fail_above`", context.at("cost"))
    if len(limits) == 2 and limits[0].figure.amount < limits[1].figure.amount:
        raise ConfigurationError(
            "`fail_above` is below `warn_above`, which then never warns", context.at("cost.fail_above")
        )
    group = GROUPS[raw["per"]](tuple(listed(raw.get("by", list(OWNER_TAGS)))))

    def rule(subjects: Sequence[Subject]) -> Iterator[Judgement]:
        for name, members in grouped(subjects, group).items():
            yield from judge(raw["per"], name, members, metric, limits)

    return rule


def limit_of(raw: Any, metric: str, context: Context, word: str) -> Figure:
    limit = figure(raw, context.at(f"cost.{word}"))
    wanted, form = FORMS.get(metric, (("money", "number"), "500 USD"))
    if limit.kind not in wanted:
        said = f"a limit on {metric} is written as {form}, not {limit.written!r}"
        raise ConfigurationError(said, context.at(f"cost.{word}"))
    return limit


FORMS = {"change_percent": (("percent",), "20%"), "count": (("number",), "3")}
"""Metric -> the kinds of figure that limit it, and an example; all others are money."""


GROUPS: dict[str, Callable[[Sequence[str]], Callable[[Subject], str | None]]] = {
    "resource": lambda keys: lambda subject: subject.resource.address,
    "owner": lambda keys: lambda subject: tag_of(subject, keys),
    "project": lambda keys: lambda subject: subject.resource.project or ".",
    "pipeline": lambda keys: (
        lambda subject: subject.attributes.get("pipeline") if subject.resource.type == "ci:job" else None
    ),
    "change": lambda keys: lambda subject: "the change",
}


def judge(per: str, name: str, members: Sequence[Subject], metric: str, limits: Sequence[Limit]) -> Iterator[Judgement]:
    sums = sums_of(members)
    if metric.startswith("change") and not sums.compared:
        return
    subject = members[0] if per == "resource" else None
    if per == "resource" and members[0].after is None:
        return
    amount = METRICS[metric](sums)
    span = place_of(members, limits, metric) if subject is None else None
    broken = None if isinstance(amount, Unknown) else first_broken(amount, limits)
    facts = facts_of(sums, members) | {"group": name, "value": shown(amount, metric), "change_percent": share(sums)}
    if broken:
        limit = shown(broken.figure.amount, metric)
        yield Judgement(subject, level=broken.level, facts=facts | {"limit": limit}, span=span)
    if metric == "count" and broken is None and may_break(sums.count.ceiling, limits):
        yield Judgement(subject, unknown=f"how many there are in {name} is not known", facts=facts, span=span)
    elif metric != "count" and sums.unknown and broken is not limits[0]:
        yield Judgement(subject, unknown=sums.unknown, facts=facts, span=span)


def place_of(members: Sequence[Subject], limits: Sequence[Limit], metric: str) -> Span | None:
    """Where a group's finding stands: at what the change adds most by, else at what is one too many or costs most."""
    there = [m for m in members if m.after is not None]
    rising = most_added(members)
    if not there or rising:
        return rising[0].resource.span if rising else None
    if metric == "count":
        ordered = sorted(there, key=lambda m: m.resource.span)
        return ordered[min(int(limits[-1].figure.amount), len(ordered) - 1)].resource.span
    return min(there, key=lambda m: (-known_expected(m), m.resource.span)).resource.span


def known_expected(subject: Subject) -> Decimal:
    amount = subject.after.known_monthly.expected if subject.after else Decimal(0)
    return amount if isinstance(amount, Decimal) else Decimal(0)


def first_broken(amount: Decimal, limits: Sequence[Limit]) -> Limit | None:
    return next((limit for limit in limits if amount > limit.figure.amount), None)


def may_break(ceiling: Bound, limits: Sequence[Limit]) -> bool:
    """Whether a number that the code does not settle could be over a limit."""
    return isinstance(ceiling, Unknown) or first_broken(ceiling, limits) is not None


def share(sums: Sums) -> str | None:
    found = sums.change_percent if sums.compared else None
    return percent(found / 100) if isinstance(found, Decimal) else None


def shown(amount: Any, metric: str) -> str:
    if metric == "count":
        return text(amount) if isinstance(amount, Decimal) else ""
    if metric != "change_percent":
        return dollars(amount)
    return percent(amount / 100) or "more than from nothing" if isinstance(amount, Decimal) else ""
