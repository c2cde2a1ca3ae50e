"""CI pipelines: each job is a resource of type `ci:job`. A CI system is one module and one line here."""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType

from finops_gate.model import Loaded
from finops_gate.settings import Settings
from finops_gate.sources.ci import azure, bitbucket, circleci, cloudbuild, github, gitlab
from finops_gate.sources.files import Tree

SYSTEMS: dict[str, ModuleType] = {
    "azure": azure,
    "bitbucket": bitbucket,
    "circleci": circleci,
    "cloudbuild": cloudbuild,
    "github": github,
    "gitlab": gitlab,
}
"""Name -> module with `matches(path)` and `load(tree, paths, settings)`."""


def matches(path: str) -> bool:
    """Whether a path is a pipeline of some CI system."""
    return any(system.matches(path) for system in SYSTEMS.values())


def load(tree: Tree, paths: Sequence[str], settings: Settings) -> Loaded:
    """The jobs of the pipelines, system by system."""
    loaded = [
        system.load(tree, [path for path in paths if system.matches(path)], settings) for system in SYSTEMS.values()
    ]
    return Loaded(
        tuple(resource for part in loaded for resource in part.resources),
        tuple(notice for part in loaded for notice in part.notices),
    )
