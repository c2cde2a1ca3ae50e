"""The costs as a table for spreadsheets: one row a line of the bill, three figures each.

Cells that a spreadsheet would take for a formula begin with an apostrophe (https://owasp.org/www-community/attacks/CSV_Injection).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from finops_gate.model import Component, Estimate, Range, Report, Unknown
from finops_gate.render.clean import clean, without_commands
from finops_gate.render.money import plain
from finops_gate.render.options import Options
from finops_gate.render.plain_json import figure

COLUMNS = (
    *("source", "project", "env", "address", "type", "region", "tags", "coverage", "component", "unit", "quantity"),
    *("unit_price", "floor", "expected", "ceiling", "currency", "file", "line", "price_as_of", "price_source"),
)
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def render(report: Report, options: Options) -> str:
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    for estimate in sorted(report.estimates, key=lambda e: (e.resource.source, e.resource.project, e.resource.address)):
        for row in rows(estimate, report.currency.code):
            writer.writerow([cell(text) for text in row])
    return without_commands(file.getvalue())


def rows(estimate: Estimate, currency: str) -> Iterator[tuple[str, ...]]:
    """A row for each line of a resource's bill; one without a line where it has none."""
    lines: tuple[Component | None, ...] = estimate.components or (None,)
    for line in lines:
        yield (*subject(estimate), *bill(line), currency, *place(estimate), *origin(line))


def subject(estimate: Estimate) -> tuple[str, ...]:
    resource = estimate.resource
    known = {} if isinstance(resource.tags, Unknown) else resource.tags
    tags = "; ".join(f"{name}={text}" for name, text in sorted(known.items()) if isinstance(text, str))
    region = resource.region if isinstance(resource.region, str) else ""
    identity = (resource.source, resource.project, resource.env or "", resource.address, resource.type)
    return (*identity, region, tags, estimate.coverage)


def bill(line: Component | None) -> tuple[str, ...]:
    if line is None:
        return ("",) * 7
    price = "" if line.unit_price is None else plain(line.unit_price)
    bounds = tuple(figure(bound) or "unknown" for bound in line.monthly)
    return (" / ".join((*line.path, line.name)), line.unit, expected(line.quantity), price, *bounds)


def expected(quantity: Range) -> str:
    return figure(quantity.expected) or "unknown"


def place(estimate: Estimate) -> tuple[str, ...]:
    return (estimate.resource.span.path, str(estimate.resource.span.line))


def origin(line: Component | None) -> tuple[str, ...]:
    return (line.price.as_of, line.price.source) if line and line.price else ("", "")


def cell(text: str) -> str:
    """Text on one line that no spreadsheet computes; a figure stays one."""
    shown = clean(text)
    negative = shown.startswith("-") and shown[1:].replace(".", "", 1).isdigit()
    return f"'{shown}" if shown.startswith(FORMULA) and not negative else shown
