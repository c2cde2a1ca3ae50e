"""Usage profiles: figures for every forecast there is, for when nobody has declared any.

A profile is a file of `pricing/usage/`, in the format of an `infracost-usage.yml`. What it leaves out is as a model's
own usage keys have it (`typical`), so that a model brings the figures of its forecasts with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from finops_gate import data
from finops_gate.costing.model_definition import UsageKey, UsageKeys
from finops_gate.costing.models import Models, shipped
from finops_gate.costing.usage import merged
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


def usual(name: str, resource_type: str, models: Models) -> Mapping[str, Any]:
    """The figures that a profile has for the usage keys of a type."""
    keys = models.declarable(resource_type) or models.usage_keys(resource_type)
    return {key: figure for key, figure in resolved(name, resource_type, models).items() if key in keys}


def resolved(name: str, resource_type: str, models: Models) -> dict[str, Any]:
    """The figures of a profile's file, over those of the type's model, over those of its parts."""
    model, found = models.get(resource_type), dict[str, Any]()
    for part in model.parts if model else ():
        found = merged(found, resolved(name, part.model, models))
    found = merged(found, typical(name, model.usage if model else EMPTY))
    return merged(found, figures(name).get(resource_type, EMPTY))


def typical(name: str, keys: UsageKeys) -> dict[str, Any]:
    """The figures of a profile that usage keys have themselves."""
    found: dict[str, Any] = {}
    for key, value in keys.items():
        figure = value.typical.get(name) if isinstance(value, UsageKey) else typical(name, value) or None
        if figure is not None:
            found[key] = figure
    return found


class Profile(Mapping[str, Mapping[str, Any]]):
    """What a profile declares by resource type.

    What such a load does without is 0 and is left out here, so that it counts as not declared and shows no lines of
    its own.
    """

    def __init__(self, name: str, models: Models) -> None:
        self._name, self._models = name, models
        self._file = figures(name)
        self._found: dict[str, Mapping[str, Any]] = {}

    def __getitem__(self, resource_type: str) -> Mapping[str, Any]:
        if resource_type not in self._found:
            self._found[resource_type] = used(usual(self._name, resource_type, self._models))
        return self._found[resource_type]

    def __iter__(self) -> Iterator[str]:
        return iter(self._file)

    def __len__(self) -> int:
        return len(self._file)


def profile(name: str, models: Models | None = None) -> Mapping[str, Mapping[str, Any]]:
    """What a profile declares by resource type; nothing for an empty name. Raises ConfigurationError for no profile."""
    return Profile(name, models or shipped()) if name else EMPTY


def used(keys: Mapping[str, Any]) -> dict[str, Any]:
    """The keys with a figure other than 0, at every depth."""
    below = {key: used(value) if isinstance(value, dict) else value for key, value in keys.items()}
    return {key: value for key, value in below.items() if value}
