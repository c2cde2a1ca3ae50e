"""The cost table in columns, for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from finops_gate.render.cost_table import CostTable, Row
from finops_gate.render.facts import Fact
from finops_gate.render.options import Options
from finops_gate.render.style import columns, elide, paint, wrap

GAP = "  "
_LEAST = 24
"""Columns a label keeps, however narrow the terminal."""


def lay_out(table: CostTable, options: Options) -> list[str]:
    """The lines of a table; numbers are aligned to the right, labels cut in the middle where they do not fit."""
    lines = _lines(table)
    cells = [table.headers, *(row.cells for row, _ in lines)]
    widths = tuple(max(columns(c[i]) for c in cells) for i in range(3))
    room = max(_LEAST, options.width - sum(widths) - 3 * len(GAP))
    label = min(room, max(columns(table.title), *(columns(_label(row, indent)) for row, indent in lines)))
    out = [paint(_line(elide(table.title, label), table.headers, label, widths), "strong", options.color)]
    for row, indent in lines:
        out += _row(row, indent, label, widths, options)
    return out


def _lines(table: CostTable) -> list[tuple[Row, str]]:
    """Every row with its indent; a source's own line only where there are several sources."""
    several = len(table.groups) > 1
    lines: list[tuple[Row, str]] = []
    for group in table.groups:
        if several:
            lines.append((group.total, ""))
        lines += [(row, "  ") for row in (*group.rows, *group.rest)]
    return lines + [(row, "") for row in table.totals]


def _label(row: Row, indent: str) -> str:
    return f"{indent}{row.mark + ' ' if row.mark else ''}{row.label}"


def _row(row: Row, indent: str, label: int, widths: Sequence[int], options: Options) -> list[str]:
    text = _line(elide(_label(row, indent), label), row.cells, label, widths)
    style = "" if indent else "strong"
    lines = [paint(text, style, options.color) if style else _tinted(text, row, options.color)]
    if row.note:
        inside = " " * (len(indent) + 2)
        lines.append(paint(f"{inside}{row.note}", "dim", options.color))
    return lines


def _tinted(text: str, row: Row, color: bool) -> str:
    """The change in the colour of its direction, at the end of its line."""
    last = row.cells[2]
    style = "more" if last.startswith("+") or last == "uncapped" else "less" if last.startswith("-$") else ""
    return text[: len(text) - len(last)] + paint(last, style, color) if style else text


def _line(label: str, cells: Sequence[str], width: int, widths: Sequence[int]) -> str:
    numbers = "".join(f"{GAP}{' ' * (w - columns(c))}{c}" for c, w in zip(cells, widths, strict=True))
    return f"{label}{' ' * (width - columns(label))}{numbers}".rstrip()


def list_facts(facts: Sequence[Fact], options: Options) -> list[str]:
    """Label and sentence, the sentences aligned and wrapped."""
    indent = max((len(f.label) for f in facts), default=0) + len(GAP)
    lines = []
    for fact in facts:
        first, *more = wrap(f"{fact.label:<{indent}}{fact.text}", options.width, indent)
        lines.append(paint(first[:indent], "dim", options.color) + first[indent:])
        lines += more
    return lines
