"""Declared usage: `infracost-usage.yml` as it is, and `usage:` of the settings.

Merged in this order, later ones winning key by key: defaults of the type, globs of the settings, `[*]` addresses, the
exact address (https://www.infracost.io/docs/features/usage_based_resources/).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fnmatch import fnmatchcase
from typing import Any

from finops_gate.costing.model_definition import UsageKey, UsageKeys
from finops_gate.costing.models import Models, shipped
from finops_gate.errors import ConfigurationError
from finops_gate.expression import nearest
from finops_gate.model import EMPTY, Notice, Resource, Span
from finops_gate.settings import Settings
from finops_gate.sources.documents import Document, read_documents
from finops_gate.sources.files import Tree, Unreadable

DEFAULT_FILE = "infracost-usage.yml"
SECTIONS = ("resource_usage", "resource_type_default_usage")
_INDEX = re.compile(r"\[[^\]]*\]")
_ADDRESS = re.compile(r"(?:.*\.)?([a-z0-9]+_[a-z0-9_]+)\.[^.]+")


@dataclass(frozen=True, slots=True)
class Usage:
    """What a repository declares about its usage, by type, glob, wildcard address and address.

    `resources` are those that no code declares but only the usage file: traffic between regions, say. `files` holds
    what the usage files of single projects say, instead of all this, by their paths. `places` are where the file has
    its addresses.
    """

    types: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    globs: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    wildcards: Sequence[tuple[re.Pattern[str], Mapping[str, Any]]] = ()
    exact: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    resources: tuple[Resource, ...] = ()
    files: Mapping[str, Usage] = field(default_factory=dict)
    places: Mapping[str, Span] = field(default_factory=dict)

    def of(self, resource: Resource) -> Mapping[str, Any]:
        """The usage keys declared for a resource."""
        if resource.usage_file in self.files:
            return self.files[resource.usage_file].of(replace(resource, usage_file=""))
        found: dict[str, Any] = merged({}, self.types.get(resource.type, EMPTY))
        for glob, keys in self.globs.items():
            if fnmatchcase(resource.address, glob):
                found = merged(found, keys)
        for pattern, keys in self.wildcards:
            if pattern.fullmatch(resource.address):
                found = merged(found, keys)
        return merged(found, self.exact.get(resource.address, EMPTY))


NO_USAGE = Usage()


def merged(base: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """`more` over `base`, key by key, also within nested keys."""
    result = dict(base)
    for key, value in more.items():
        under = result.get(key)
        both = isinstance(value, Mapping) and isinstance(under, Mapping)
        result[key] = merged(under, value) if both else value  # type: ignore[arg-type]
    return result


def load_usage(
    tree: Tree, settings: Settings, models: Models | None = None, projects: Iterable[tuple[str, str]] = ()
) -> tuple[Usage, tuple[Notice, ...]]:
    """The usage that the settings and the usage files declare, and what is wrong with them.

    `projects` are the projects with a usage file of their own: its path, and the project.
    """
    globs = {glob: dict(keys) for glob, keys in settings.usage.items()}
    path = settings.usage_file or DEFAULT_FILE
    nothing: tuple[Usage, tuple[Notice, ...]] = (Usage(globs=globs), ())
    declared = settings.usage_file or tree.exists(path)
    usage, notices = _of_file(tree, path, globs, models) if declared else nothing
    files: dict[str, Usage] = {}
    resources = list(usage.resources)
    for own, project in sorted(set(projects)):
        if own not in files:
            files[own], more = _of_file(tree, own, globs, models)
            notices += more
        resources += [replace(r, project=project, usage_file=own) for r in files[own].resources]
    return replace(usage, resources=tuple(resources), files=files), notices


def _of_file(
    tree: Tree, path: str, globs: Mapping[str, Mapping[str, Any]], models: Models | None
) -> tuple[Usage, tuple[Notice, ...]]:
    try:
        text = tree.read_text(path)
    except Unreadable as error:
        return Usage(globs=globs), (error.notice,)
    return read_usage(text, path, globs, models)


def read_usage(
    text: str, path: str, globs: Mapping[str, Mapping[str, Any]] = EMPTY, models: Models | None = None
) -> tuple[Usage, tuple[Notice, ...]]:
    """The usage of a file's text. What it holds beyond what is known is a warning at its line."""
    documents = read_documents(text, path)
    if not documents:
        return Usage(globs=globs), ()
    document = documents[0]
    notices = [*document.notices]
    value: Mapping[str, Any] = {}
    if isinstance(document.value, dict):
        value = document.value
        notices += [*section_notices(document), *key_notices(document, models or shipped())]
    elif document.value is not None:
        message = f"{path} is no usage file: that is a mapping with `resource_usage`"
        notices.append(Notice("invalid-usage-file", "error", message, document.span()))
    addresses, types = (_mappings(value.get(section)) for section in SECTIONS)
    bare = {name: merged(types.get(name, EMPTY), addresses[name]) for name in addresses if is_type(name)}
    usage = Usage(
        types={**types, **bare},
        globs=globs,
        wildcards=[(pattern_of(address), keys) for address, keys in addresses.items() if "[*]" in address],
        exact={address: keys for address, keys in addresses.items() if "[*]" not in address},
        resources=tuple(usage_only_resources(addresses, document, models or shipped())),
        places={address: place_of(document, address) for address in addresses},
    )
    return usage, tuple(notices)


def usage_only_resources(addresses: Iterable[str], document: Document, models: Models) -> Iterator[Resource]:
    """The resources that are in no code: those of types whose model says that the usage file declares them."""
    for address in addresses:
        if "[*]" not in address and models.usage_only(type_of(address)):
            yield Resource(address, type_of(address), "terraform", EMPTY, place_of(document, address))


def place_of(document: Document, address: str) -> Span:
    """Where a usage file has an address."""
    return document.key_spans.get(f"{SECTIONS[0]}.{address}") or document.span(SECTIONS[0])


def _mappings(section: Any) -> dict[str, Mapping[str, Any]]:
    found = section if isinstance(section, dict) else {}
    return {name: keys for name, keys in found.items() if isinstance(keys, dict)}


def pattern_of(address: str) -> re.Pattern[str]:
    """`aws_instance.web[*]` as a pattern: any one index or key in the place of each `[*]`."""
    return re.compile(r"\[[^\[\]]*\]".join(re.escape(part) for part in address.split("[*]")))


def section_notices(document: Document) -> Iterator[Notice]:
    """A warning for each section that a usage file does not have."""
    for name in document.value:
        if name not in (*SECTIONS, "version"):
            message = f"a usage file has no section `{name}`{nearest(name, SECTIONS)}"
            yield Notice("unknown-usage-key", "warning", message, document.key_spans.get(name, document.span(name)))


def key_notices(document: Document, models: Models) -> Iterator[Notice]:
    """A warning for each usage key that the model of its type does not know, or whose value it cannot use."""
    for section in SECTIONS:
        for name, keys in _mappings(document.value.get(section)).items():
            resource_type = name if section == SECTIONS[1] or is_type(name) else type_of(name)
            try:
                known = models.usage_keys(resource_type) if resource_type else EMPTY
            except ConfigurationError:
                continue  # said when a resource of the type is priced
            if known:
                yield from _unknown_keys(keys, known, _At(document, section, name), resource_type)


def is_type(name: str) -> bool:
    """Whether a name below `resource_usage` is a whole type's, which then is as good as a default of the type."""
    return bool(name) and "." not in name


def type_of(address: str) -> str:
    """The resource type in an address; empty where it is none of Terraform's."""
    found = _ADDRESS.fullmatch(_INDEX.sub("", address))
    return found[1] if found else ""


@dataclass(frozen=True, slots=True)
class _At:
    """A place in a usage file: names may hold dots, so they are walked and not joined to a path."""

    document: Document
    section: str
    name: str
    keys: tuple[str, ...] = ()

    def below(self, key: str) -> _At:
        return _At(self.document, self.section, self.name, (*self.keys, key))

    def notice(self, code: str, message: str) -> Notice:
        path = ".".join((self.section, self.name, *self.keys))
        return Notice(code, "warning", f"{self.name}: {message}", self.document.key_spans.get(path))


def _unknown_keys(keys: Mapping[str, Any], known: UsageKeys, at: _At, resource_type: str) -> Iterator[Notice]:
    for key, value in keys.items():
        here = at.below(key)
        expected = known.get(key)
        if expected is None:
            message = f"{resource_type} has no usage key `{key}`{nearest(key, known)}"
            yield here.notice("unknown-usage-key", message)
        elif isinstance(expected, UsageKey) and expected.by:
            names = value if isinstance(value, dict) else {}
            yield from _unknown_keys(names, dict.fromkeys(names, UsageKey(expected.about)), here, resource_type)
            if value is not None and not isinstance(value, dict):
                yield here.notice("invalid-usage-value", f"`{key}` holds a value for each {expected.by}")
        elif isinstance(expected, Mapping):
            if isinstance(value, dict):
                yield from _unknown_keys(value, expected, here, resource_type)
            elif value is not None:
                yield here.notice("invalid-usage-value", f"`{key}` holds further keys, not a value")
        elif not _usable(value, expected):
            yield here.notice("invalid-usage-value", f"`{key}` is not a number of 0 or more")


def _usable(value: Any, key: UsageKey) -> bool:
    return key.is_setting or value is None or (isinstance(value, Decimal) and value >= 0)
