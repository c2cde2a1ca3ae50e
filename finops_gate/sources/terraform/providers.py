"""What a resource takes from its provider: the region, and default tags or labels."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from finops_gate.model import EMPTY, Unknown
from finops_gate.sources.terraform.declarations import Declared
from finops_gate.sources.terraform.module import Module, provider_name
from finops_gate.sources.terraform.resource_types import attribute_names
from finops_gate.sources.terraform.values import ObjectValue, export, format_number

_GOOGLE_ZONE = re.compile(r"([a-z]+-[a-z]+[0-9]+)-[a-z]")
_AWS_ZONE = re.compile(r"([a-z]{2}(?:-[a-z]+)+-[0-9]+)[a-z]")


def configuration(module: Module, declared: Declared, type: str) -> ObjectValue | None:
    """The configuration of the provider that a block names, or that its type implies."""
    return module.provider(*_provider_of(declared, type))


def plain_configuration(module: Module, declared: Declared, type: str) -> Mapping[str, Any]:
    """The same as plain values, which are exported once a module; empty where there is none."""
    key = _provider_of(declared, type)
    found = module.providers.get(key)
    if found is None:
        configured = module.provider(*key)
        plain = {name: export(value) for name, value in configured.items.items()} if configured else EMPTY
        found = module.providers[key] = plain
    return found


def _provider_of(declared: Declared, type: str) -> tuple[str, str]:
    return provider_name(declared.attribute("provider")) or (type.split("_", 1)[0], "")


def region(of: str, attributes: Mapping[str, Any], provider: Mapping[str, Any], default: str | None) -> Any:
    """The region of a resource: str, Unknown, or None where nobody says."""
    if of == "azurerm":
        found = attributes.get("location")
        if isinstance(found, str):
            return re.sub(r"[\s-]", "", found).lower()
        return found if isinstance(found, Unknown) else default
    places = [attributes.get(name) for name in _PLACES.get(of, ("region",))]
    places += [provider.get(name) for name in ("region", "zone")]
    found = next((place for place in places if isinstance(place, Unknown) or place), default)
    if isinstance(found, str) and of == "google":
        zone = _GOOGLE_ZONE.fullmatch(found)
        return zone[1] if zone else found
    if isinstance(found, str) and of == "aws":
        zone = _AWS_ZONE.fullmatch(found)
        return zone[1] if zone else found
    return found if isinstance(found, str | Unknown) else None


_PLACES = {"google": ("zone", "region", "location"), "aws": ("region",)}


def tags(of: str, type: str, attributes: Mapping[str, Any], provider: Mapping[str, Any]) -> Mapping[str, Any] | Unknown:
    """A resource's tags or labels, over those that the provider gives to all whose type takes them."""
    if type == "aws_autoscaling_group" or type.startswith("awscc_"):
        return _tag_rows(attributes)
    if of == "google":
        defaults = provider.get("default_labels") if has_attribute(of, type, "labels") else None
        return _merged(defaults, attributes.get("labels"))
    defaults = _block(provider, "default_tags").get("tags") if of == "aws" and takes_default_tags(type) else None
    merged = _merged(defaults, attributes.get("tags"))
    return merged if isinstance(merged, Unknown) else _without_ignored(merged, _block(provider, "ignore_tags"))


def takes_default_tags(type: str) -> bool:
    """Whether the provider adds its `default_tags` to resources of a type: to those that have `tags_all`.

    https://registry.terraform.io/providers/hashicorp/aws/latest/docs/guides/resource-tagging
    """
    return has_attribute("aws", type, "tags_all")


def has_attribute(of: str, type: str, name: str) -> bool:
    """Whether a resource type has an attribute; types that are not listed have it."""
    names = attribute_names(of, type)
    return names is None or name in names


def _block(provider: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """A single block of a provider's configuration; a plan has it as a list, too."""
    blocks = provider.get(name)
    first = blocks[0] if isinstance(blocks, list) and blocks else blocks
    if isinstance(first, Unknown):
        return {"tags": first}
    return first if isinstance(first, dict) else EMPTY


def _without_ignored(tags: Mapping[str, Any], ignored: Mapping[str, Any]) -> Mapping[str, Any]:
    """`ignore_tags` of the aws provider hides tags by name and by the beginning of their name."""
    names, prefixes = _texts(ignored.get("keys")), _texts(ignored.get("key_prefixes"))
    return {name: value for name, value in tags.items() if name not in names and not name.startswith(prefixes)}


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def _merged(defaults: Any, own: Any) -> Mapping[str, Any] | Unknown:
    """Unknown as soon as one side is; a tag set to null is not set."""
    for side in (own, defaults):
        if isinstance(side, Unknown):
            return side
    base = defaults if isinstance(defaults, dict) else {}
    over = own if isinstance(own, dict) else {}
    return {name: _tag(value) for name, value in {**base, **over}.items() if value is not None}


def _tag(value: Any) -> Any:
    """Tags are texts, whatever is written for them."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return format_number(value) if isinstance(value, Decimal) else value


def _tag_rows(attributes: Mapping[str, Any]) -> Mapping[str, Any] | Unknown:
    """Tags written as rows with `key` and `value`, as autoscaling groups have them; default tags do not reach those."""
    found: dict[str, Any] = {}
    for name in ("tags", "tag"):
        rows = attributes.get(name)
        if isinstance(rows, Unknown):
            return rows
        for row in rows if isinstance(rows, list) else ():
            if isinstance(row, Unknown):
                return row
            key = row.get("key") if isinstance(row, dict) else None
            if isinstance(key, Unknown):
                return key
            if isinstance(key, str):
                found[key] = _tag(row.get("value"))
    return found
