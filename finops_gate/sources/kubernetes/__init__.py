"""Kubernetes manifests and kustomizations: `manifests` is the story; the rest is imported where there are any."""

from __future__ import annotations

from collections.abc import Sequence

from finops_gate.model import Loaded
from finops_gate.settings import Settings
from finops_gate.sources.files import Tree

SUFFIXES = (".yaml", ".yml", ".json")
WORKFLOWS = ".github/workflows/"
SETTINGS = (".finops-gate.yaml", ".finops-gate.yml")
"""Read before the run, and no manifests."""


def matches(path: str) -> bool:
    """Whether a file may hold manifests, or is a kustomization: which ones do is only known when they are read."""
    name = path.rpartition("/")[2]
    is_yaml = name.endswith(SUFFIXES) and name not in SETTINGS and WORKFLOWS not in path
    return is_yaml or name == "Kustomization"


def load(tree: Tree, paths: Sequence[str], settings: Settings) -> Loaded:
    """The resources of all manifests among some files."""
    from finops_gate.sources.kubernetes import manifests

    return manifests.load(tree, paths, settings)
