"""The kinds of rule. A kind is one module with a `compile` function and one line here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from finops_gate.policy.definition import Rule
from finops_gate.policy.rules import assertion, attributes, budget, cost, tags
from finops_gate.policy.rules.context import Context

KINDS: dict[str, Callable[[Any, Context], Rule]] = {
    "require_tags": tags.compile_required,
    "require": attributes.compile_required,
    "forbid": attributes.compile_forbidden,
    "cost": cost.compile_limits,
    "budget": budget.compile_budget,
    "assert": assertion.compile_assertion,
}
