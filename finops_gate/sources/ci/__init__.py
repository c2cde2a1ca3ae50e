"""CI pipelines: each job is a resource of type `ci:job`. A CI system is one module and one line here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from importlib import import_module
from typing import Any

from finops_gate.model import ZERO, Loaded, Notice, Resource, multiply
from finops_gate.settings import Settings
from finops_gate.sources.files import Tree

SYSTEMS: dict[str, str] = {
    "azure": r"\.?azure-pipelines?(?:[.-][\w.-]{1,80})?\.ya?ml|(?:\.?azure-pipelines|\.azuredevops)/[^/]*\.ya?ml",
    "bitbucket": r"bitbucket-pipelines\.ya?ml",
    "circleci": r"\.circleci/(?:config|continue[_-]?config(?:uration)?)\.ya?ml",
    "cloudbuild": r"cloudbuild(?:[.-][\w.-]{1,60})?\.(?:ya?ml|json)",
    "codebuild": r"buildspec(?:[._-][\w.-]{1,60})?\.ya?ml",
    "github": r"\.github/workflows/[^/]+\.ya?ml",
    "gitlab": r"[^/]*\.gitlab-ci\.ya?ml|\.gitlab/ci/.*\.ya?ml",
}
"""Module with `load(tree, paths, settings)` -> what its files are called, in any directory."""

_NAMED = re.compile("(?s:.*/)?(?:" + "|".join(f"(?P<{name}>{pattern})" for name, pattern in SYSTEMS.items()) + ")")


def system_of(path: str) -> str | None:
    """The CI system whose pipeline a path is, of this repository or of one below it."""
    match = _NAMED.fullmatch(path)
    return match.lastgroup if match else None


def matches(path: str) -> bool:
    """Whether a path is a pipeline of some CI system."""
    return _NAMED.fullmatch(path) is not None


def load(tree: Tree, paths: Sequence[str], settings: Settings) -> Loaded:
    """The jobs of the pipelines, system by system."""
    loaded = [_load(name, tree, [path for path in paths if system_of(path) == name], settings) for name in SYSTEMS]
    resources = tuple(resource for part in loaded for resource in part.resources)
    notices = tuple(notice for part in loaded for notice in part.notices)
    return Loaded(resources, (*notices, *included_minutes(resources, settings.ci)))


def _load(system: str, tree: Tree, paths: Sequence[str], settings: Settings) -> Loaded:
    """The jobs of one system; its modules are imported only where it has pipelines."""
    if not paths:
        return Loaded()
    loaded: Loaded = import_module(f"{__name__}.{system}").load(tree, paths, settings)
    return loaded


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
