"""What the code says of a plan's values: what it leaves to the provider, and which resource the rest will come from.

The code is the attributes that were read from it, or the plan's own configuration (constants and names) where it is
not there. Blocks of a plan may stand in another order than in the code: those count that say nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from finops_gate.model import Unknown
from finops_gate.sources.terraform.plan_configuration import is_expression, resource_named
from finops_gate.sources.terraform.plan_rows import is_of

AFTER_APPLY = "known only after apply"
NOT_HELD = Unknown(AFTER_APPLY)


@dataclass(frozen=True, slots=True)
class Written:
    """The parts of the code that may have written a value: none, or several where blocks cannot be told apart."""

    parts: tuple[Any, ...]
    module: str = ""

    def attribute(self, name: str) -> Written:
        return Written(tuple(inner for part in self.parts for inner in _inside(part, name)), self.module)

    def block(self, row: Any) -> Written:
        """What may have written one block of the plan."""
        fitting = tuple(part for part in self.parts if _fits(part, row))
        return Written(fitting or self.parts, self.module)

    def unknown(self) -> Unknown | None:
        """What stands for a value that the plan does not know; None where the code leaves it to the provider."""
        if not self.parts:
            return None
        sources = {_source(part, self.module) for part in self.parts}
        return Unknown(AFTER_APPLY, reference=sources.pop() if len(sources) == 1 else None)


def written_by(code: Mapping[str, Any] | None, module: str) -> Written:
    """What the code of a resource says; all of it is taken to be said where there is no code.

    `tags_all` is in no code: the provider adds its own to what is.
    """
    return Written((NOT_HELD if code is None else {**code, "tags_all": NOT_HELD},), module)


def _is_whole(part: Any) -> bool:
    """Whether a part is one expression, not a block or blocks."""
    return isinstance(part, Unknown) or is_expression(part)


def _inside(part: Any, name: str) -> Iterator[Any]:
    if _is_whole(part):
        yield part
        return
    value = part.get(name) if isinstance(part, Mapping) else None
    if isinstance(value, list) and value and all(isinstance(item, Mapping) for item in value):
        yield from value
    elif value is not None:
        yield value


def _fits(part: Any, row: Any) -> bool:
    """Whether nothing that a block of the code says is otherwise in a block of the plan."""
    if _is_whole(part) or not (isinstance(part, Mapping) and isinstance(row, Mapping)):
        return True
    said = {n: v.get("constant_value") if is_expression(v) else v for n, v in part.items()}
    return is_of(row, {n: v for n, v in said.items() if v is not None})


def _source(part: Any, module: str) -> str | None:
    """The attribute of another resource that an expression is, and nothing more."""
    return part.reference if isinstance(part, Unknown) else resource_named(part, module)
