"""What a resource takes from its provider: the region, and default tags or labels."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from finops_gate.model import Unknown
from finops_gate.sources.terraform.declarations import Declared
from finops_gate.sources.terraform.module import Module, provider_name
from finops_gate.sources.terraform.values import ObjectValue, format_number

FAMILIES = {"aws": "aws", "awscc": "aws", "azurerm": "azurerm", "google": "google"}
"""The prefix of a resource type -> the family of providers whose prices and tags it follows."""

_GOOGLE_ZONE = re.compile(r"([a-z]+-[a-z]+[0-9]+)-[a-z]")
_AWS_ZONE = re.compile(r"([a-z]{2}(?:-[a-z]+)+-[0-9]+)[a-z]")


def family(type: str) -> str:
    prefix = type.split("_", 1)[0]
    return FAMILIES.get(prefix, prefix)


def configuration(module: Module, declared: Declared, type: str) -> ObjectValue | None:
    """The configuration of the provider that a block names, or that its type implies."""
    named = provider_name(declared.attribute("provider"))
    name, alias = named or (type.split("_", 1)[0], "")
    return module.provider(name, alias)


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
    """A resource's tags or labels, over those that the provider gives to all."""
    if type == "aws_autoscaling_group":
        return _tag_blocks(attributes)
    if of == "google":
        return _merged(provider.get("default_labels"), attributes.get("labels"))
    if of == "aws":
        return _merged(_default_tags(provider), attributes.get("tags"))
    return _merged(None, attributes.get("tags"))


def _default_tags(provider: Mapping[str, Any]) -> Any:
    blocks = provider.get("default_tags")
    first = blocks[0] if isinstance(blocks, list) and blocks else blocks
    return first.get("tags") if isinstance(first, dict) else first


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


def _tag_blocks(attributes: Mapping[str, Any]) -> Mapping[str, Any] | Unknown:
    """The `tag` blocks of an autoscaling group; default tags do not reach it."""
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
