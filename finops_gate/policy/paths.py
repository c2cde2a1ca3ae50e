"""Attribute paths in policies: `root_block_device[*].volume_type`, `metadata.labels["app.kubernetes.io/name"]`.

`[*]` means every element, and none where there is none; a name after a list without `[*]` means the same, but there
an empty list counts as an absent attribute, so that a rule can ask for a block.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from finops_gate.errors import ConfigurationError
from finops_gate.model import Span, Unknown
from finops_gate.sources.places import join_path

EACH = "*"
STEP = re.compile(r"""\.?([A-Za-z_][\w-]*)|\[(\*)\]|\[(\d+)\]|\["([^"\]]+)"\]""")

Step = str | int
Path = tuple[Step, ...]


def parse_path(written: str, span: Span | None = None) -> Path:
    """The steps of a path. Raises ConfigurationError where it is not one."""
    steps: list[Step] = []
    position = 0
    while position < len(written):
        found = STEP.match(written, position)
        if not found or (position == 0) == (found[0][0] in ".["):
            raise ConfigurationError(
                f"`{written}` is not an attribute path such as root_block_device[*].volume_type", span
            )
        name, each, index, key = found.groups()
        steps.append(int(index) if index else each or key or name)
        position = found.end()
    if not steps:
        raise ConfigurationError("an attribute path is empty", span)
    return tuple(steps)


def extend(path: str, step: Step) -> str:
    """A concrete path one step longer, as `Resource.spans` writes it."""
    return f"{path}[{step}]" if isinstance(step, int) else join_path(path, step)


def select(value: Any, path: Path, at: str = "") -> Iterator[tuple[str, Any]]:
    """Every place the path leads to, with its concrete path; None where it is absent, Unknown where it stops."""
    if not path or isinstance(value, Unknown):
        yield at, value
        return
    step, rest = path[0], path[1:]
    if step == EACH:
        yield from _each(value, rest, at)
    elif isinstance(step, int):
        within = isinstance(value, list) and step < len(value)
        yield from select(value[step] if within else None, rest, extend(at, step))
    elif isinstance(value, list) and value:
        yield from _each(value, path, at)
    else:
        found = value.get(step) if isinstance(value, Mapping) else None
        yield from select(found, rest, extend(at, step)) if found is not None else _absent(rest, extend(at, step))


def _each(value: Any, path: Path, at: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, list):
        for i, element in enumerate(value):
            yield from select(element, path, f"{at}[{i}]")
    elif isinstance(value, Mapping):
        yield from select(value, path, at)


def _absent(rest: Path, at: str) -> Iterator[tuple[str, None]]:
    """An absent attribute, unless the path asks for its elements, of which there are none."""
    if EACH not in rest:
        for step in rest:
            at = extend(at, step)
        yield at, None
