"""Sums by a key: what namespaces, teams, projects or labels come to, before and after a change.

A key is one of `KEYS`, or a tag by its name: `tag:team`, or `label:app`, which is the same, for labels are the tags of
Kubernetes. What has no value is a group of its own, and so is what has one that the code does not settle: every cost is
in exactly one group, and the groups add up to the total.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from finops_gate.costing.compare import delta, totals
from finops_gate.errors import ConfigurationError
from finops_gate.expression import nearest
from finops_gate.model import COVERAGES, ZERO, Bound, Delta, Estimate, Group, Grouping, Resource, Unknown

Name = str | Unknown | None
KeyOf = Callable[[Resource], Name]

NOT_KNOWN = Unknown("its value is not known")
OWNER_TAGS = ("owner", "team")
TAG_PREFIXES = ("tag:", "label:")
_MODULE = re.compile(r"""(?:module\.[^.\["]+(?:\[(?:\d+|"(?:[^"\\]|\\.)*")\])?\.)+""")


def tag(resource: Resource, names: Sequence[str]) -> Name:
    """The value of the first of some tags that a resource carries."""
    tags = resource.tags
    if isinstance(tags, Unknown):
        return NOT_KNOWN
    value: Any = next((tags[name] for name in names if tags.get(name) not in (None, "")), None)
    if value is None or isinstance(value, Unknown):
        return NOT_KNOWN if isinstance(value, Unknown) else None
    return str(value).lower() if isinstance(value, bool) else str(value)


def module(resource: Resource) -> Name:
    """The module that a resource of Terraform is in; none for one of the root."""
    found = _MODULE.match(resource.address) if resource.source == "terraform" else None
    return found[0].rstrip(".") if found else None


KEYS: Mapping[str, KeyOf] = {
    "env": lambda resource: resource.env,
    "module": module,
    "namespace": lambda resource: tag(resource, ["namespace"]) if resource.source == "kubernetes" else None,
    "owner": lambda resource: tag(resource, OWNER_TAGS),
    "project": lambda resource: resource.project or ".",
    "region": lambda resource: NOT_KNOWN if isinstance(resource.region, Unknown) else resource.region,
    "source": lambda resource: resource.source,
    "type": lambda resource: resource.type,
    "workload": lambda resource: resource.address if resource.source == "kubernetes" else None,
}


def key_of(by: str) -> KeyOf:
    """The function that tells a resource's group. Raises ConfigurationError for a key that does not exist."""
    prefix = next((p for p in TAG_PREFIXES if by.startswith(p)), None)
    if prefix and by != prefix:
        names = [by.removeprefix(prefix)]
        return lambda resource: tag(resource, names)
    if by not in KEYS:
        known = f"; there are {', '.join(KEYS)} and tag:NAME"
        raise ConfigurationError(f"group by {by}: no such key{nearest(by, KEYS) or known}")
    return KEYS[by]


def grouped(by: str, after: Sequence[Estimate], before: Sequence[Estimate] | None, deltas: Sequence[Delta]) -> Grouping:
    """The sums by a key; the groups that cost or move most come first, and those without a value last.

    What moved from one group to another is gone from the one and new in the other.
    """
    key = key_of(by)
    later, changes = _by(key, after), _changes(key, deltas)
    earlier = None if before is None else _by(key, before)
    groups = [
        _group(name, later.get(name, []), None if earlier is None else earlier.get(name, []), changes.get(name, []))
        for name in {**later, **(earlier or {})}
    ]
    return Grouping(by, tuple(sorted(groups, key=_order)))


def _by(key: KeyOf, estimates: Sequence[Estimate]) -> dict[Name, list[Estimate]]:
    found: dict[Name, list[Estimate]] = {}
    for estimate in estimates:
        if estimate.coverage != "free":
            found.setdefault(key(estimate.resource), []).append(estimate)
    return found


def _changes(key: KeyOf, deltas: Sequence[Delta]) -> dict[Name, list[Delta]]:
    found: dict[Name, list[Delta]] = {}
    for change in deltas:
        sides = {key(side.resource) for side in (change.before, change.after) if side}
        if len(sides) == 1:
            found.setdefault(sides.pop(), []).append(change)
        elif change.before and change.after:
            found.setdefault(key(change.before.resource), []).append(delta(change.before, None))
            found.setdefault(key(change.after.resource), []).append(delta(None, change.after))
    return found


def _group(name: Name, after: Sequence[Estimate], before: Sequence[Estimate] | None, deltas: Sequence[Delta]) -> Group:
    counts = Counter(estimate.coverage for estimate in after)
    return Group(name, totals(after, before, deltas), {coverage: counts[coverage] for coverage in COVERAGES})


def _order(group: Group) -> tuple[Any, ...]:
    named = isinstance(group.name, str)
    moved = _size(group.totals.delta.expected) if group.totals.delta else ZERO
    after = group.totals.after
    rank = 0 if named else 1 if group.name is None else 2
    return (rank, -moved, -_size(after.expected), -_size(after.ceiling), str(group.name))


def _size(bound: Bound) -> Decimal:
    return abs(bound) if isinstance(bound, Decimal) and not bound.is_nan() else ZERO
