"""Writes an `infracost-usage.yml` for the resources at hand: every key there is, commented out, with a usual figure."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from finops_gate.costing.model_definition import UsageKey, UsageKeys
from finops_gate.costing.models import Models
from finops_gate.costing.profiles import usual
from finops_gate.costing.suppositions import key_paths
from finops_gate.costing.usage import pattern_of
from finops_gate.model import EMPTY, Resource

PROFILE = "medium"
HEAD = """\
# What the resources of this repository are used for in a month, for finops-gate and whatever else reads this format.
# Take the `#` from what you know and write your figure: those here are of a company's usual service, not yours.
# Addresses may hold [*] for every instance; resource_type_default_usage holds for a whole type.
version: 0.1
"""
SECTION = "resource_usage"

_INDEX = re.compile(r"\[[^\[\]]*\]")
_PLAIN = re.compile(r"[A-Za-z_][\w.\[\]\"*/-]*")


@dataclass(frozen=True, slots=True)
class Entry:
    """An address of a usage file, which stands for some resources of one type, and the keys that they take.

    `usual` has the figures of the medium profile.
    """

    address: str
    type: str
    resources: tuple[Resource, ...]
    keys: UsageKeys
    usual: Mapping[str, Any]


def entries(resources: Iterable[Resource], models: Models) -> list[Entry]:
    """An entry for each resource that bills by use; the instances of one are one entry, with `[*]`. By address."""
    groups: dict[tuple[str, str], dict[str, Resource]] = {}
    for resource in resources:
        groups.setdefault((_INDEX.sub("[*]", resource.address), resource.type), {})[resource.address] = resource
    found = []
    for (general, kind), members in sorted(groups.items()):
        keys = models.declarable(kind)
        if any(not key.is_setting for _, key in key_paths(keys)):
            address = general if len(members) > 1 else next(iter(members))
            found.append(Entry(address, kind, tuple(members.values()), keys, usual(PROFILE, kind, models)))
    return found


def new_text(found: Sequence[Entry]) -> str:
    """A usage file for the entries."""
    return "\n".join([f"{HEAD}{SECTION}:", *(line for entry in found for line in block(entry))]) + "\n"


def block(entry: Entry, indent: str = "  ") -> Iterator[str]:
    """The lines of an entry: its address, and its keys as comments."""
    yield f"{indent}{address_key(entry.address)}:"
    yield from commented(entry, entry.keys, indent)


def commented(entry: Entry, keys: UsageKeys, indent: str) -> Iterator[str]:
    """Keys as comments: without `# ` they stand as they should."""
    for line in _lines(keys, entry.usual, ""):
        yield f"{indent}  # {line}"


def _lines(keys: UsageKeys, figures: Mapping[str, Any], indent: str) -> Iterator[str]:
    for name, key in keys.items():
        figure = figures.get(name)
        if isinstance(key, UsageKey):
            yield f"{indent}{name}:{_value(key, figure)}  # {' '.join(key.about.split())}"
        else:
            yield f"{indent}{name}:"
            yield from _lines(key, figure if isinstance(figure, Mapping) else EMPTY, f"{indent}  ")


def _value(key: UsageKey, figure: Any) -> str:
    if key.by:
        return " {}"
    if key.is_setting:
        default = key.default.constant if key.default and key.default.expression is None else None
        return "" if default is None else f" {default}"
    return f" {figure if figure is not None else 0}"


def address_key(address: str) -> str:
    """An address as a key of YAML, quoted where it must be."""
    if _PLAIN.fullmatch(address):
        return address
    return "'" + address.replace("'", "''") + "'" if address.isprintable() else json.dumps(address)


def lacking(found: Iterable[Entry], addresses: Collection[str]) -> list[Entry]:
    """The entries that the addresses of a usage file do not cover."""
    wildcards = [pattern_of(address) for address in addresses if "[*]" in address]

    def is_covered(resource: Resource) -> bool:
        return resource.address in addresses or any(p.fullmatch(resource.address) for p in wildcards)

    return [e for e in found if e.address not in addresses and not all(map(is_covered, e.resources))]
