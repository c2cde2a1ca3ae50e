"""Kustomizations as text, loaded as a run loads them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from finops_gate.model import Loaded
from finops_gate.settings import Settings
from finops_gate.sources import kubernetes
from finops_gate.sources.memory import MemoryTree

Load = Callable[..., Loaded]


def loaded(files: Mapping[str, str], under: str = "") -> Loaded:
    """Loads the files below a directory; the others are there to be included."""
    tree = MemoryTree(files)
    return kubernetes.load(tree, [path for path in tree.paths(under) if kubernetes.matches(path)], Settings())


@pytest.fixture
def load() -> Load:
    return loaded
