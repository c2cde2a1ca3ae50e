"""The attributes that exist, by resource type, so that a misspelt one in a policy is an error, not a silent pass.

`schemas/attributes/<provider>.txt` holds a line for each type, as the provider's own schema has it:

    aws_ebs_volume arn availability_zone size tags* type

`*` is a map, whose keys are the author's; `{}` holds the attributes of a block or object. A type that is not listed
cannot be checked and is not.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

from finops_gate import data
from finops_gate.errors import ConfigurationError
from finops_gate.expression import nearest
from finops_gate.model import Span
from finops_gate.policy.paths import EACH, Path

Shape = Mapping[str, Any]

ANY: Shape = {"*": None}
"""The shape of a map: any key, and anything below."""

LEAF: Shape = {}
"""The shape of a plain value: nothing lies below it."""

PROVIDERS = {"aws": "aws_", "azurerm": "azurerm_", "google": "google_", "kubernetes": "kubernetes:", "ci": "ci:"}
WORD = re.compile(r"[^\s{}*]+|[{}*]")
TAG_ATTRIBUTES = ("tags", "labels", "user_labels", "resource_labels", "metadata", "tag")


def provider_of(resource_type: str) -> str | None:
    return next((name for name, prefix in PROVIDERS.items() if resource_type.startswith(prefix)), None)


@cache
def shape_of(resource_type: str) -> Shape | None:
    """The attributes of a type as nested mappings (a leaf is empty); None where the type is not listed."""
    provider = provider_of(resource_type)
    lines = data.attribute_catalogue(provider) if provider else ""
    start = lines.find(f"\n{resource_type} ")
    if start < 0:
        return None
    line = lines[start + 1 : lines.find("\n", start + 1)]
    return parse_shape(iter(WORD.findall(line)[1:]))


def parse_shape(tokens: Iterator[str]) -> Shape:
    shape: dict[str, Shape] = {}
    name = ""
    for word in tokens:
        if word == "}":
            break
        if word == "{":
            shape[name] = parse_shape(tokens)
        elif word == "*":
            shape[name] = ANY
        else:
            name = word
            shape[name] = {}
    return shape


def types_like(globs: Iterable[str]) -> list[str] | None:
    """The listed types that globs name, in order; None where a glob or type may also mean one that is not listed."""
    found: set[str] = set()
    for glob in globs:
        if not any(c in glob for c in "*?["):
            if shape_of(glob) is None:
                return None
            found.add(glob)
            continue
        if provider_of(glob) is None:
            return None
        found.update(t for t in listed_types() if fnmatchcase(t, glob))
    return sorted(found)


@cache
def names_listed(provider: str) -> str:
    """The catalogue of a provider with every attribute between spaces, so that one is found as fast as any text."""
    text = data.attribute_catalogue(provider).replace("\n", " \n")
    return text.replace("{", " ").replace("}", " ").replace("*", " ")


@cache
def listed_types() -> tuple[str, ...]:
    """Every type of the catalogue, sorted."""
    texts = (data.attribute_catalogue(provider) for provider in PROVIDERS)
    return tuple(
        sorted(line.split(" ", 1)[0] for text in texts for line in text.split("\n") if line and line[0] != "#")
    )


def misspelt(shape: Shape, path: Path) -> tuple[str, Collection[str]] | None:
    """The step of a path that the type does not have, and the names it has there; None where the path exists."""
    for step in path:
        if shape is ANY:
            return None
        if step == EACH or isinstance(step, int):
            continue
        if step not in shape:
            return step, shape.keys()
        shape = shape[step]
    return None


def has_attribute(resource_type: str, path: Path) -> bool:
    """Whether a type has an attribute, as far as the catalogue knows the type."""
    shape = shape_of(resource_type)
    return shape is None or misspelt(shape, path) is None


def check_attribute(globs: Iterable[str], path: Path, span: Span | None = None) -> None:
    """Raises ConfigurationError, with the nearest name, where none of the types a policy is for has the attribute."""
    globs = list(globs)
    if not globs and isinstance(path[0], str) and path[0] not in AnyNames(()):
        raise ConfigurationError(f"no resource type has an attribute `{path[0]}`", span)
    types = types_like(globs)
    if not types or any(has_attribute(t, path) for t in types):
        return
    step, known = next(w for t in types if (shape := shape_of(t)) is not None and (w := misspelt(shape, path)))
    every = known if len(types) == 1 else {name for t in types for name in shape_of(t) or ()} | set(known)
    owner = types[0] if len(types) == 1 else f"{len(types)} resource types of this policy"
    raise ConfigurationError(
        f"{owner} has no attribute `{step}`{nearest(step, every)}".replace("policy has", "policy have"), span
    )


def is_taggable(resource_type: str) -> bool:
    """Whether a type takes tags or labels; what the catalogue does not list is not asked for any.

    The `tags` of a CI job choose its runner (https://docs.gitlab.com/ci/yaml/#tags): they allocate no cost.
    """
    shape = shape_of(resource_type)
    return shape is not None and provider_of(resource_type) != "ci" and any(name in shape for name in TAG_ATTRIBUTES)


class Names(Collection[str]):
    """The root names an expression may use: built-in ones and the attributes of the types it is for."""

    def __init__(self, types: Iterable[str], built_in: Collection[str]) -> None:
        self._types, self._built_in = tuple(types), built_in

    def __contains__(self, name: object) -> bool:
        return name in self._built_in or any(name in (shape_of(t) or ()) for t in self._types)

    def __iter__(self) -> Iterator[str]:
        return iter(sorted({*self._built_in, *(n for t in self._types for n in shape_of(t) or ())}))

    def __len__(self) -> int:
        return sum(1 for _ in self)


class AnyNames(Collection[str]):
    """The root names of an expression for every type: built-in ones and whatever is an attribute of some type."""

    def __init__(self, built_in: Collection[str]) -> None:
        self._built_in = built_in

    def __contains__(self, name: object) -> bool:
        return name in self._built_in or any(f" {name} " in names_listed(provider) for provider in PROVIDERS)

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._built_in))

    def __len__(self) -> int:
        return len(self._built_in)
