"""The costs as a table for spreadsheets: one row a line of the bill, three figures each; where sums by a key were asked
for, one row a group instead.

Cells that a spreadsheet would take for a formula begin with an apostrophe (https://owasp.org/www-community/attacks/CSV_Injection).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from finops_gate.model import Component, Estimate, Range, Report, Unknown
from finops_gate.render.clean import clean, without_commands
from finops_gate.render.groupings import label
from finops_gate.render.money import plain
from finops_gate.render.options import Options
from finops_gate.render.plain_json import figure

COLUMNS = (
    *("source", "project", "env", "address", "type", "region", "tags", "coverage", "component", "unit", "quantity"),
    *("unit_price", "floor", "expected", "ceiling", "currency", "file", "line", "price_as_of", "price_source"),
)
COUNTED = ("priced", "unpriced", "unknown")
GROUP_COLUMNS = (
    *("by", "group", "before_floor", "before_expected", "before_ceiling", "floor", "expected", "ceiling"),
    *("change_floor", "change_expected", "change_ceiling", *COUNTED, "currency"),
)
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def render(report: Report, options: Options) -> str:
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(GROUP_COLUMNS if report.groupings else COLUMNS)
    for row in grouped(report) if report.groupings else lines(report):
        writer.writerow([cell(text) for text in row])
    return without_commands(file.getvalue())


def lines(report: Report) -> Iterator[tuple[str, ...]]:
    for estimate in sorted(report.estimates, key=lambda e: (e.resource.source, e.resource.project, e.resource.address)):
        yield from rows(estimate, report.currency.code)


def grouped(report: Report) -> Iterator[tuple[str, ...]]:
    """A row for each group of each key; the figures before and of the change are empty where nothing was compared."""
    for grouping in report.groupings:
        for group in grouping.groups:
            totals = group.totals
            figures = (text for side in (totals.before, totals.after, totals.delta) for text in bounds(side))
            counts = (str(group.coverage[name]) for name in COUNTED)
            yield (grouping.by, label(group), *figures, *counts, report.currency.code)


def bounds(figures: Range | None) -> tuple[str, ...]:
    return ("",) * 3 if figures is None else tuple(figure(bound) or "unknown" for bound in figures)


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
    return (" / ".join((*line.path, line.name)), line.unit, expected(line.quantity), price, *bounds(line.monthly))


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
