"""Plans are read as they come: whatever is not of the expected form counts as empty."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

MAX_DEPTH = 100
"""How deep the blocks, modules and variables of a plan are followed."""


def mapping(value: Any) -> Mapping[str, Any]:
    """The value where it is an object; else an empty one, for plans are read as they come."""
    return value if isinstance(value, dict) else {}


def mappings(value: Any) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
