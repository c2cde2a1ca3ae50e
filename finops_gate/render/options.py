"""What a caller may say about how a report is to look."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Options:
    """`color`: ANSI colours. `width`: columns, for the formats that people read in a terminal."""

    color: bool = False
    width: int = 100
