"""`budget`: a monthly limit for each team, environment or other group, which a change may not cross.

    budget: {by: team, limits: {payments: 20000 USD, search: 8000 USD}, warn_at: 80%}

It speaks when the change crosses a line: fails at the limit, warns at `warn_at` of it. Where the group was above its
limit already, a change that adds to it is warned about. Where nothing was compared, being above the line is what
counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from finops_gate.policy.definition import Judgement, Level, Rule, Subject
from finops_gate.policy.literals import money, share
from finops_gate.policy.matchers import listed
from finops_gate.policy.messages import dollars, percent
from finops_gate.policy.rules.context import Context
from finops_gate.policy.rules.money import Sums, facts_of, grouped, most_added, sums_of, tag_of


def compile_budget(raw: Mapping[str, Any], context: Context) -> Rule:
    limits = {name: money(limit, context.at(f"budget.limits.{name}")) for name, limit in raw["limits"].items()}
    warn_at = share(raw["warn_at"], context.at("budget.warn_at")) if "warn_at" in raw else Decimal(1)
    group = group_by(listed(raw["by"]))

    def rule(subjects: Sequence[Subject]) -> Iterator[Judgement]:
        for name, members in grouped(subjects, group).items():
            if name in limits:
                yield from judge(name, members, limits[name], warn_at)

    return rule


def group_by(keys: Sequence[str]) -> Callable[[Subject], str | None]:
    """By tag; `env` also means the environment that the settings give a resource."""
    return lambda subject: tag_of(subject, keys) or (subject.resource.env if "env" in keys else None)


def judge(name: str, members: Sequence[Subject], limit: Decimal, warn_at: Decimal) -> Iterator[Judgement]:
    sums = sums_of(members)
    level = crossed(sums, limit, warn_at)
    top = most_added(members)
    span = top[0].resource.span if top else None
    used = divided(sums.after.expected, limit)
    facts = facts_of(sums, members) | {"group": name, "limit": dollars(limit), "share": percent(used)}
    if level:
        yield Judgement(level=level, facts=facts, span=span)
    if sums.unknown and level != "fail":
        yield Judgement(unknown=f"{name}: {sums.unknown}", facts=facts, span=span)


def divided(amount: Any, limit: Decimal) -> Decimal | None:
    return amount / limit if limit and isinstance(amount, Decimal) else None


def crossed(sums: Sums, limit: Decimal, warn_at: Decimal) -> Level | None:
    """The level of the highest line that the change crosses; of the line it is above, where nothing was compared."""
    after = sums.after.expected
    before = sums.before.expected if sums.compared else Decimal(0)
    assert isinstance(after, Decimal)  # sums are of what is known
    assert isinstance(before, Decimal)
    if after > limit:
        return "fail" if before <= limit else "warn" if after > before else None
    return "warn" if after > limit * warn_at and before <= limit * warn_at else None
