"""Which block of the code each block of a plan is: a plan lists the blocks of a set in an order of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, TypeVar

Place = TypeVar("Place")
Rows = Mapping[tuple[str, int], int]
"""`(attribute, position in the plan)` -> position in the code, for the blocks that stand elsewhere."""

_ROW = re.compile(r"([^.\[]+)\[([0-9]{1,9})\]", re.DOTALL)
MAX_ROWS = 200


def rows_of(planned: Mapping[str, Any], written: Mapping[str, Any]) -> Rows:
    """The blocks whose positions differ, told by the texts, numbers and conditions that the code gives them."""
    found: dict[tuple[str, int], int] = {}
    for name, rows in planned.items():
        found |= {(name, i): j for i, j in _paired(_blocks(rows), _blocks(written.get(name))) if i != j}
    return found


def _blocks(rows: Any) -> list[Mapping[str, Any]]:
    """The blocks of an attribute; none where there are too few to stand in another order, or too many."""
    few = isinstance(rows, list) and 1 < len(rows) <= MAX_ROWS
    return rows if few and all(isinstance(row, dict) for row in rows) else []


def _paired(rows: list[Mapping[str, Any]], code: list[Mapping[str, Any]]) -> Iterator[tuple[int, int]]:
    left = dict(enumerate(code))
    for i, row in enumerate(rows):
        match = next((j for j in sorted(left, key=lambda j: (j != i, j)) if is_of(row, left[j])), None)
        if match is not None:
            del left[match]
            yield i, match


def is_of(planned: Mapping[str, Any], written: Mapping[str, Any]) -> bool:
    """Whether nothing that the code says of a block is otherwise in the plan."""
    plain = {n: v for n, v in written.items() if isinstance(v, str | bool | Decimal)}
    return all(_text(planned.get(name)) == _text(value) for name, value in plain.items())


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


class Aligned(Mapping[str, Place]):
    """What the code has for attribute paths, by the paths of the plan."""

    __slots__ = ("_back", "_rows", "_written")

    def __init__(self, written: Mapping[str, Place], rows: Rows) -> None:
        self._written, self._rows = written, rows
        self._back = {(name, j): i for (name, i), j in rows.items()}

    def __getitem__(self, path: str) -> Place:
        return self._written[_moved(path, self._rows)]

    def __iter__(self) -> Iterator[str]:
        return (_moved(path, self._back) for path in self._written)

    def __len__(self) -> int:
        return len(self._written)


def _moved(path: str, rows: Rows) -> str:
    match = _ROW.match(path)
    to = rows.get((match[1], int(match[2]))) if match else None
    return path if match is None or to is None else f"{match[1]}[{to}]{path[match.end() :]}"
