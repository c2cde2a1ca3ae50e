"""Reads pipelines for tests, and prices them by the published prices."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from finops_gate.costing.catalogue import open_catalogue
from finops_gate.costing.estimate import estimate_all
from finops_gate.costing.usage import NO_USAGE, Usage
from finops_gate.model import Estimate, Loaded, Range, Resource
from finops_gate.settings import Settings
from finops_gate.sources import ci
from finops_gate.sources.memory import MemoryTree


def load(files: Mapping[str, str], **settings: Any) -> Loaded:
    tree = MemoryTree({path: textwrap.dedent(text) for path, text in files.items()})
    return ci.load(tree, [path for path in tree.paths() if ci.matches(path)], Settings(ci=settings))


def jobs(files: Mapping[str, str], **settings: Any) -> dict[str, Resource]:
    """Jobs by the part of their address after the colon."""
    return {resource.address.partition(":")[2]: resource for resource in load(files, **settings).resources}


def priced(files: Mapping[str, str], usage: Usage = NO_USAGE, **settings: Any) -> dict[str, Estimate]:
    """Estimates by the part of the address after the colon."""
    found = estimate_all(load(files, **settings).resources, open_catalogue(), Settings(), usage)
    return {estimate.resource.address.partition(":")[2]: estimate for estimate in found}


def bounds(*figures: str) -> Range:
    return Range(*map(Decimal, figures))


def codes(loaded: Loaded) -> list[tuple[str, str, int]]:
    """What was noted: code, severity and line."""
    return [(notice.code, notice.severity, notice.span.line if notice.span else 0) for notice in loaded.notices]
