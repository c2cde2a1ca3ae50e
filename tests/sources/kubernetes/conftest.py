"""Manifests as text, loaded as a run loads them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from finops_gate.model import Loaded
from finops_gate.settings import Settings
from finops_gate.sources import kubernetes
from finops_gate.sources.files import WorkingTree

Load = Callable[..., Loaded]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Loads files given as text by path; `m` is the path of a single one."""

    def loading(files: str | Mapping[str, str], **settings: Any) -> Loaded:
        given = {"m.yaml": files} if isinstance(files, str) else files
        for path, text in given.items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_bytes(text if isinstance(text, bytes) else text.encode())
        tree = WorkingTree(tmp_path)
        paths = [path for path in tree.paths() if kubernetes.matches(path)]
        return kubernetes.load(tree, paths, Settings(kubernetes=settings))

    return loading
