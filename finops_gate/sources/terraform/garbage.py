"""Keeps Python's garbage collector from walking all that an evaluation makes, which would take as long again.

The trees and values of a run are many and live as long as its result. The collector would walk them while they grow,
when it is turned on again, and once more when the process ends. So it is off in the meantime, and what was made is set
aside for good; what results leave behind when they are dropped is collected once there is much of it.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager

MUCH = 5_000
"""Files and resources that may have left something behind before it is collected: some 70 MB."""

_left = 0


@contextmanager
def undisturbed() -> Iterator[Callable[[int], None]]:
    """Does without the collector for a while; call what it yields with how much was made. Nothing where it is off."""
    global _left
    if not gc.isenabled():
        yield lambda count: None
        return
    if _left > MUCH:
        _left = 0
        gc.unfreeze()
        gc.collect()
    gc.disable()
    try:
        yield _leave
    finally:
        gc.freeze()
        gc.enable()


def _leave(count: int) -> None:
    global _left
    _left += count
