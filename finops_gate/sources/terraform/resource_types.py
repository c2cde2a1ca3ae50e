"""What is known of resource types: the family of their provider, and the names of their attributes."""

from __future__ import annotations

import re
from functools import cache

from finops_gate import data

FAMILIES = {"aws": "aws", "awscc": "aws", "azurerm": "azurerm", "google": "google"}
"""The prefix of a resource type -> the family of providers whose prices and tags it follows."""

_INNERMOST = re.compile(r"\{[^{}]*\}")


def family(type: str) -> str:
    prefix = type.split("_", 1)[0]
    return FAMILIES.get(prefix, prefix)


@cache
def attribute_names(of: str, type: str) -> frozenset[str] | None:
    """The attributes and blocks at the top of a type of that family; None where it is not listed."""
    catalogue = data.attribute_catalogue(of)
    start = catalogue.find(f"\n{type} ")
    if start < 0:
        return None
    line = catalogue[start + 1 : catalogue.index("\n", start + 1)]
    while "{" in line:
        line = _INNERMOST.sub("", line)
    return frozenset(line.replace("*", "").split(" ")[1:])
