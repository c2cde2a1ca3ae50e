"""CI pipelines: each job is a resource of type `ci:job`. A CI system is one module and one line here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from types import ModuleType
from typing import Any

from finops_gate.model import ZERO, Loaded, Notice, Resource, multiply
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
    resources = tuple(resource for part in loaded for resource in part.resources)
    notices = tuple(notice for part in loaded for notice in part.notices)
    return Loaded(resources, (*notices, *included_minutes(resources, settings.ci)))


def included_minutes(resources: Sequence[Resource], ci: Mapping[str, Any]) -> Iterator[Notice]:
    """How many of the minutes that the plan includes standard runners of GitHub are expected to take.

    Nothing is taken off any job: which job uses them up, and what other repositories take of them, is in no file.
    """
    included = ci.get("included_minutes")
    taken = sum((standard_minutes(resource.attributes) for resource in resources), ZERO)
    if included is not None and taken:
        message = (
            f"standard runners are expected to take {taken.normalize():f} of the {Decimal(str(included)):f} minutes "
            "a month that the plan includes; what they cost is shown as if these were used up"
        )
        yield Notice("included-minutes", "info", message)


def standard_minutes(job: Mapping[str, Any]) -> Decimal:
    """Minutes a month of a GitHub job on standard runners, as expected; none where that is not known."""
    if job.get("system") != "github":
        return ZERO
    each = multiply(job["minutes"].expected, job["runs_per_month"].expected)
    counts = [entry["count"] for entry in job["runner_skus"] if entry["size"] == "standard"]
    amounts = [multiply(each, getattr(count, "expected", count)) for count in counts]
    return sum((amount for amount in amounts if isinstance(amount, Decimal)), ZERO)
