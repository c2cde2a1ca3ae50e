"""Which environment a resource belongs to: by the settings' path globs, else by the usual folder and file names, else
by the name of its namespace."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from fnmatch import fnmatchcase

from finops_gate.model import Resource, Unknown
from finops_gate.settings import Settings

USUAL_NAMES: dict[str, str] = {
    "dev": "dev",
    "development": "dev",
    "test": "test",
    "qa": "test",
    "uat": "staging",
    "stage": "staging",
    "staging": "staging",
    "stg": "staging",
    "preprod": "staging",
    "prod": "prod",
    "production": "prod",
    "prd": "prod",
    "live": "prod",
}
"""Folder and file names that name an environment -> the name used in policies."""


def with_environment(resource: Resource, settings: Settings) -> Resource:
    """The resource with its `env` filled, unless its source already knew."""
    return resource if resource.env else replace(resource, env=environment_of(resource, settings))


def environment_of(resource: Resource, settings: Settings) -> str | None:
    by_path = environment_at((f"{resource.project}/", resource.span.path), settings)
    return by_path or usual_environment([namespace_of(resource)])


def namespace_of(resource: Resource) -> str:
    """The namespace of an object of Kubernetes; empty where it names none, or is something else."""
    tags = resource.tags if resource.source == "kubernetes" and not isinstance(resource.tags, Unknown) else {}
    return str(tags.get("namespace", ""))


def environment_at(paths: Sequence[str], settings: Settings) -> str | None:
    """The environment of what these paths name, the first first; a folder's path ends in a slash."""
    for name, globs in settings.environments.items():
        if any(fnmatchcase(path, glob) for glob in globs for path in paths):
            return name
    return usual_environment(paths)


def usual_environment(names: Sequence[str]) -> str | None:
    """The environment that a word of some paths or names is usual for; the last word of the first goes first."""
    words = [word for name in names for word in reversed(re.split(r"[/._-]", name.lower()))]
    return next((USUAL_NAMES[word] for word in words if word in USUAL_NAMES), None)
