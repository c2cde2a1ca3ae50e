"""What a rule is compiled with: where its words stand, and what the policy is for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from finops_gate.model import Span
from finops_gate.policy.matchers import listed
from finops_gate.policy.scope import CONTAINER, Locate


@dataclass(frozen=True, slots=True)
class Context:
    """`scope` and `each` are the policy's as written; `locate` gives the place of a path in the policy's file."""

    locate: Locate
    scope: Mapping[str, Any]
    each: str = ""

    @property
    def globs(self) -> Sequence[str]:
        return [str(glob) for glob in listed(self.scope.get("resources", []))]

    @property
    def for_containers(self) -> bool:
        return CONTAINER in self.globs

    def at(self, path: str) -> Span:
        return self.locate(path)
