"""What a policy is once it is loaded, what it looks at, and what it says of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from finops_gate.model import DeltaStatus, Estimate, Range, Resource, Span, Unknown, no_entries
from finops_gate.policy.messages import Message

Level = Literal["warn", "fail"]
OnUnknown = Literal["warn", "fail", "ignore"]
Exemptible = Literal["never", "file", "inline"]


@dataclass(frozen=True, slots=True)
class Subject:
    """A resource as a policy sees it: its costs, what the change did to it, and the element of it that is meant.

    `attributes` and `at` are the resource's own and empty, or those of a container and its path. `status` is None where
    nothing was compared. `referrers` are the resources that name this one. `doubt` says why it is not known whether the
    policy applies.
    """

    resource: Resource
    attributes: Mapping[str, Any]
    at: str = ""
    after: Estimate | None = None
    before: Estimate | None = None
    status: DeltaStatus | None = None
    change: Range | None = None
    referrers: Sequence[Resource] = ()
    doubt: Unknown | None = None

    @property
    def element(self) -> str:
        names = (self.attributes.get(key) for key in ("name", "label")) if self.at else ()
        return next((name for name in names if isinstance(name, str)), "")

    def path(self, inner: str) -> str:
        """The path in the resource of an attribute of the element."""
        return f"{self.at}.{inner}" if self.at and inner else self.at or inner


@dataclass(frozen=True, slots=True)
class Judgement:
    """A policy is broken somewhere, or it is not known whether it is (`unknown` says why).

    `level` overrides the policy's, where a rule has tiers. `facts` fill the message's placeholders.
    """

    subject: Subject | None = None
    path: str = ""
    unknown: str = ""
    level: Level | None = None
    facts: Mapping[str, Any] = field(default_factory=no_entries)
    span: Span | None = None


Rule = Callable[[Sequence[Subject]], Iterator[Judgement]]
"""A compiled rule: judges the subjects in scope; what it does not mention keeps to it."""

ScopeTest = Callable[[Subject], "bool | Unknown"]


@dataclass(frozen=True, slots=True)
class FixTemplate:
    say: Message
    set: Mapping[str, Any]
    safe: bool


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy, compiled. `source` is what its file says, after the settings' overrides."""

    id: str
    title: str
    kind: str
    rule: Rule
    fits: Callable[[str], bool]
    applies: ScopeTest
    elements: bool
    level: Level
    on_unknown: OnUnknown
    warn_until: str
    exemptible: Exemptible
    message: Message
    fix: FixTemplate | None
    enabled: bool
    shipped: bool
    span: Span
    source: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PolicySet:
    """Every policy a run knows, by id; those that are not enabled are known and not evaluated."""

    policies: Mapping[str, Policy]

    @property
    def enabled(self) -> Sequence[Policy]:
        return [policy for policy in self.policies.values() if policy.enabled]

    def __len__(self) -> int:
        """How many policies a run asks."""
        return len(self.enabled)
