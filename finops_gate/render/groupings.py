"""Sums by a key as tables: as many as were asked for, each with the columns of the cost table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from finops_gate.model import BOUNDS, Grouping, Range, Report, Unknown, sum_known
from finops_gate.model import Group as KeyGroup
from finops_gate.render.clean import clean
from finops_gate.render.cost_table import CostTable, Group, Row
from finops_gate.render.money import change, money

NO_VALUE = "(none)"
NOT_KNOWN = "(not known)"
DOUBTFUL = ("unknown", "unpriced")


def grouping_tables(report: Report, limit: int) -> list[CostTable]:
    """A table for each key, with at most `limit` groups; the rest is summed."""
    return [_table(grouping, limit) for grouping in report.groupings if grouping.groups]


def label(group: KeyGroup) -> str:
    if isinstance(group.name, Unknown):
        return NOT_KNOWN
    return NO_VALUE if group.name is None else clean(group.name)


def _table(grouping: Grouping, limit: int) -> CostTable:
    compared = grouping.groups[0].totals.before is not None
    rows = [_row(label(group), [group]) for group in grouping.groups[:limit]]
    beyond = grouping.groups[limit:]
    rest = (_row(f"and {len(beyond):,} more", beyond),) if beyond else ()
    headers = ("before", "after", "change") if compared else BOUNDS
    return CostTable(
        f"Monthly cost by {clean(grouping.by)}", headers, (Group(Row("", ("", "", "")), tuple(rows), rest),), ()
    )


def _row(name: str, groups: Sequence[KeyGroup]) -> Row:
    """One group, or several as one; below it what the figures leave out, and how far the ceiling moved."""
    totals = [group.totals for group in groups]
    after = _sum(t.after for t in totals)
    doubts = [f"{count:,} {word}" for word in DOUBTFUL if (count := sum(g.coverage[word] for g in groups))]
    if totals[0].before is None:
        return Row(name, (money(after.floor), money(after.expected), money(after.ceiling)), note=", ".join(doubts))
    before, moved = _sum(t.before for t in totals), _sum(t.delta for t in totals)
    cells = (money(before.expected), money(after.expected), change(moved.expected) if moved.expected else "")
    if before.ceiling != after.ceiling and moved.ceiling != moved.expected:
        doubts.append(f"ceiling {money(before.ceiling)} -> {money(after.ceiling)}")
    return Row(name, cells, note=", ".join(doubts))


def _sum(figures: Iterable[Range | None]) -> Range:
    return sum_known(figure for figure in figures if figure is not None)
