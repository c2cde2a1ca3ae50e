"""A bound on the work that a set of pipelines may cause, for they are strangers'.

A few hundred bytes can ask for a great deal: matrices in called workflows in matrices. Work is counted in units of
about a microsecond, and not by the clock, so that the same input ends the same everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable

PER_WORKFLOW = 1_000_000
IN_ALL = 10_000_000
"""Some five thousand jobs or twenty thousand instances of a matrix, in one workflow and in all that are read."""

JOB = 200
INSTANCE = 50
TRIGGER = 30
COMPARISON = 2


def product(sizes: Iterable[int], most: int) -> int:
    """The product of some sizes; `most` where it is larger, for strangers' figures may have a million digits."""
    made = 1
    for size in sizes:
        made = min(made * size, most)
    return made


class TooComplex(Exception):
    """The pipelines ask for more work than any honest ones do."""


class Budget:
    """What is left of the work that one reading may take: of one workflow, and of all."""

    __slots__ = ("in_all", "left")

    def __init__(self, in_all: int = IN_ALL) -> None:
        self.in_all = in_all
        self.left = 0
        self.next_workflow()

    def next_workflow(self) -> None:
        self.left = PER_WORKFLOW

    def take(self, amount: int) -> None:
        """Raises TooComplex where the amount is not there; it is then not taken either."""
        if amount > min(self.left, self.in_all):
            raise TooComplex(f"it takes {amount:,} units of work more, {min(self.left, self.in_all):,} are left")
        self.left -= amount
        self.in_all -= amount
