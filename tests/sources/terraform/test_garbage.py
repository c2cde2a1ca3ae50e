"""The collector is left as it was found, and what results leave behind is collected in the end."""

from __future__ import annotations

import gc
import weakref

import pytest

from finops_gate.settings import Settings
from finops_gate.sources import terraform
from finops_gate.sources.memory import MemoryTree
from finops_gate.sources.terraform import garbage


@pytest.mark.parametrize("enabled", [True, False])
def test_the_collector_is_left_as_it_was(enabled: bool) -> None:
    (gc.enable if enabled else gc.disable)()
    try:
        with garbage.undisturbed():
            assert not gc.isenabled()
        assert gc.isenabled() is enabled
    finally:
        gc.enable()
        gc.unfreeze()


class Knot:
    """What only the collector can free."""

    def __init__(self) -> None:
        self.self = self


def test_what_is_left_behind_is_collected_once_there_is_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(garbage, "_left", 0)
    with garbage.undisturbed() as leave:
        gone = weakref.ref(Knot())
        leave(garbage.MUCH + 1)
    gc.collect()
    assert gone() is not None
    terraform.load(MemoryTree({"main.tf": ""}), ["main.tf"], Settings())
    assert gone() is None
