"""Usage profiles: figures for every forecast there is, for when nobody has declared any.

A profile is a file of `pricing/usage/`, in the format of an `infracost-usage.yml`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from finops_gate import data
from finops_gate.errors import ConfigurationError
from finops_gate.expression import nearest
from finops_gate.model import EMPTY
from finops_gate.sources.documents import read_documents

SECTION = "resource_type_default_usage"


def profile_names() -> tuple[str, ...]:
    return tuple(sorted(file.stem for file in data.usage_dir().glob("*.yaml")))


@cache
def figures(name: str) -> Mapping[str, Mapping[str, Any]]:
    """The figures of a profile by resource type, as its file has them. Raises ConfigurationError if it has none."""
    known = profile_names()
    if name not in known:
        hint = nearest(name, known) or f"; there are {', '.join(known)}"
        raise ConfigurationError(f"there is no usage profile `{name}`{hint}")
    file = data.usage_dir() / f"{name}.yaml"
    (document,) = read_documents(file.read_text(encoding="utf-8"), file.as_posix())
    found: Mapping[str, Mapping[str, Any]] = document.value[SECTION]
    return found


@cache
def profile(name: str) -> Mapping[str, Mapping[str, Any]]:
    """What a profile declares by resource type; nothing for an empty name. Raises ConfigurationError for no profile.

    What such a load does without is 0 in the file and is left out here, so that it counts as not declared and shows
    no lines of its own.
    """
    return {kind: used(keys) for kind, keys in figures(name).items()} if name else EMPTY


def used(keys: Mapping[str, Any]) -> dict[str, Any]:
    """The keys with a figure other than 0, at every depth."""
    below = {key: used(value) if isinstance(value, dict) else value for key, value in keys.items()}
    return {key: value for key, value in below.items() if value}
