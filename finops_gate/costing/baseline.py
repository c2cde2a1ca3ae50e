"""Reads an earlier JSON report, so that a run can be compared with it instead of with a commit."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from finops_gate.errors import IncompleteError
from finops_gate.model import BOUNDS, UNBOUNDED, Bound, Component, Estimate, Range, Resource, Span, Unknown

VERSION = 1
ONE = Decimal(1)


def read_report(path: str) -> list[Estimate]:
    """The estimates of a report of `finops-gate check --format json` in US dollars, as far as a comparison needs them.

    Raises IncompleteError for a file that is missing, cut short, or no such report.
    """
    try:
        report = json.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise IncompleteError(f"--compare-to {path}: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise IncompleteError(f"--compare-to {path}: not JSON: {error}") from None
    if (
        not isinstance(report, dict)
        or report.get("version") != VERSION
        or not isinstance(report.get("resources"), list)
    ):
        raise IncompleteError(
            f"--compare-to {path}: not a report of `finops-gate check --format json`, version {VERSION}"
        )
    try:
        dollar = rate(report)
        return [estimate(entry, dollar) for entry in report["resources"]]
    except (KeyError, TypeError, AttributeError, ArithmeticError):
        raise IncompleteError(f"--compare-to {path}: a resource of it breaks the format") from None


def rate(report: Mapping[str, Any]) -> Decimal:
    """How much of the report's currency a US dollar was."""
    exchange = report.get("exchange")
    return Decimal(exchange["rate"]) if exchange else ONE


def estimate(entry: Mapping[str, Any], dollar: Decimal) -> Estimate:
    resource = Resource(
        address=entry["address"],
        type=entry["type"],
        source=entry["source"],
        attributes={},
        span=Span(entry.get("file") or "", entry.get("line") or 1),
        project=entry.get("project") or "",
        env=entry.get("env"),
        region=entry.get("region"),
        tags=entry.get("tags") or {},
    )
    components = tuple(component(c, dollar) for c in entry["components"])
    return Estimate(resource, components, entry["coverage"], entry.get("why") or "")


def component(entry: Mapping[str, Any], dollar: Decimal) -> Component:
    return Component(
        name=entry["name"],
        unit=entry["unit"],
        quantity=figures(entry["quantity"]),
        monthly=figures(entry["monthly"], dollar),
        path=tuple(entry["path"]),
        usage_based=bool(entry.get("usage_based")),
    )


def figures(entry: Mapping[str, Any], unit: Decimal = ONE) -> Range:
    return Range(*(bound(entry[name], unit) for name in BOUNDS))


def bound(value: Any, unit: Decimal) -> Bound:
    if value is None:
        return Unknown("not known in the earlier report")
    return UNBOUNDED if value == "unbounded" else Decimal(value) / unit
