"""The cost table as data: which rows, in what order, summed how. `text` and `markdown` lay it out.

One group of rows for each source. Compared with a base, the columns are before, after and change, and only what changed
has a row of its own; else they are floor, expected and ceiling. The dearest rows come first and the rest is summed, so
that every column adds up to its total.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import groupby, takewhile
from typing import TypeVar

from finops_gate.currency import is_figure
from finops_gate.model import BOUNDS, ZERO, Bound, BoundName, Delta, Estimate, Range, Report, Unknown, sum_known
from finops_gate.render.clean import clean
from finops_gate.render.money import NO_CAP, change, money

T = TypeVar("T")

_INDEX = re.compile(r"""\[(?:\d+|"(?:[^"\\]|\\.)*")\]""")
MARKS = {"added": "+", "removed": "-", "changed": "~", "unchanged": " "}
SOURCES = ("terraform", "kubernetes", "ci")


@dataclass(frozen=True, slots=True)
class Row:
    """One line: a label, three cells of text, and what has to be said below it."""

    label: str
    cells: tuple[str, str, str]
    mark: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """The rows of one source and their sum; `rest` sums what has no row of its own."""

    total: Row
    rows: tuple[Row, ...]
    rest: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class CostTable:
    title: str
    headers: tuple[str, str, str]
    groups: tuple[Group, ...]
    totals: tuple[Row, ...]


def cost_table(report: Report, limit: int) -> CostTable:
    """The table of a report, with at most `limit` rows a group."""
    return _compared(report, limit) if report.totals.before is not None else _alone(report, limit)


# --- one state -------------------------------------------------------------------------------------------------------


def _alone(report: Report, limit: int) -> CostTable:
    name = labels(report)
    groups = []
    for source, members in _by_source(report.estimates, lambda e: e):
        billed = [e for e in members if costs(e)]
        if not billed:
            continue
        folds = sorted(_fold(billed, lambda e: (e.known_monthly, _is_whole(e)), lambda e: e), key=_dearest)
        rows = tuple(_estimate_row(name(fold[0]), fold) for fold in folds[:limit])
        rest = [e for fold in folds[limit:] for e in fold]
        more = (Row(f"and {len(rest):,} more", _bounds(_sum(rest))),) if rest else ()
        groups.append(Group(Row(source, _bounds(_sum(billed))), rows, more))
    total = Row("total", _bounds(report.totals.after))
    return CostTable("Monthly cost", BOUNDS, tuple(groups), (total,))


def _estimate_row(label: str, fold: Sequence[Estimate]) -> Row:
    floor, expected, ceiling = (_known(fold, bound) for bound in BOUNDS)
    return Row(_folded(label, len(fold)) if len(fold) > 1 else label, (floor, expected, ceiling))


def costs(estimate: Estimate) -> bool:
    """Whether a resource has a place in the table: it costs something, may, or nobody knows.

    What has no price has none, but for the part of it that is priced, which the total counts.
    """
    figures = estimate.known_monthly if estimate.coverage == "unpriced" else estimate.monthly
    return estimate.coverage != "free" and any(isinstance(bound, Unknown) or bound != 0 for bound in figures)


def _bounds(figures: Range) -> tuple[str, str, str]:
    return money(figures.floor), money(figures.expected), money(figures.ceiling)


def _known(fold: Sequence[Estimate], name: BoundName) -> str:
    """What is known of a bound of estimates that are alike, and `+ ?` where part of it is not."""
    part = _sum(fold).bound(name)
    if is_settled(fold[0], name):
        return money(part)
    return f"{money(part)} + ?" if part else money(fold[0].monthly.bound(name))


def is_settled(estimate: Estimate, name: BoundName) -> bool:
    return isinstance(estimate.monthly.bound(name), Decimal)


# --- a change --------------------------------------------------------------------------------------------------------


def _compared(report: Report, limit: int) -> CostTable:
    name = labels(report)
    groups = []
    for source, members in _by_source(report.deltas, _subject):
        moved = [d for d in members if moves(d)]
        still = [d for d in members if not moves(d) and any(costs(e) for e in _sides(d))]
        if not moved and not still:
            continue
        folds = sorted(_fold(moved, _movement, _subject), key=_furthest)
        rows = tuple(_moved_row(name(_subject(fold[0])), fold) for fold in folds[:limit])
        rest = []
        if beyond := [d for fold in folds[limit:] for d in fold]:
            rest.append(_sum_row(f"and {len(beyond):,} more", beyond))
        if still:
            rest.append(_sum_row(f"{len(still):,} unchanged", still))
        groups.append(Group(_sum_row(source, moved + still), rows, tuple(rest)))
    base = f", against {clean(report.base)}" if report.base else ""
    return CostTable(f"Monthly cost{base}", ("before", "after", "change"), tuple(groups), _totals(report))


def moves(delta: Delta) -> bool:
    """Whether a change is one of money: a figure moved, or what it costs is not known."""
    if delta.status == "unchanged":
        return False
    return any(isinstance(b, Unknown) or b != 0 for b in delta.change) or not all(
        is_settled(e, "expected") for e in _sides(delta) if e.coverage != "unpriced"
    )


def _movement(delta: Delta) -> tuple[object, ...]:
    """What two deltas have in common that may share a row."""
    sides = (delta.before, delta.after)
    return (delta.status, *(e and (e.known_monthly, _is_whole(e)) for e in sides))


def _moved_row(label: str, fold: Sequence[Delta]) -> Row:
    first, note = fold[0], ceiling_note(fold)
    if len(fold) > 1:
        return replace(_sum_row(_folded(label, len(fold)), fold, MARKS[first.status]), note=note)
    before, after = (_known([e], "expected") if e else "" for e in (first.before, first.after))
    open_end = "" if all(is_settled(e, "expected") for e in _sides(first)) else " + ?"
    cells = (before, after, change(first.change.expected) + open_end)
    return Row(label, cells, MARKS[first.status], note)


def ceiling_note(fold: Sequence[Delta]) -> str:
    """How far the most that alike resources can cost together moved, where `expected` does not tell."""
    before, after = ([s for s in sides if s] for sides in ((d.before for d in fold), (d.after for d in fold)))
    was, now = _sum(before), _sum(after)
    if not after or (before and was.ceiling == now.ceiling):
        return ""
    if not before:
        return "" if now.ceiling == now.expected else _at_most(now.ceiling)
    if fold[0].change.ceiling == fold[0].change.expected:
        return ""
    return f"ceiling {money(was.ceiling)} -> {money(now.ceiling)}"


def _at_most(ceiling: Bound) -> str:
    text = money(ceiling)
    return text if text == NO_CAP else f"at most {text}"


def _sum_row(label: str, deltas: Sequence[Delta], mark: str = "") -> Row:
    before = _sum(d.before for d in deltas if d.before).expected
    after = _sum(d.after for d in deltas if d.after).expected
    moved = sum((_size(d.change.expected) for d in deltas), ZERO)
    cells = ("" if mark == "+" else money(before), "" if mark == "-" else money(after), change(moved) if moved else "")
    return Row(label, cells, mark)


def _totals(report: Report) -> tuple[Row, ...]:
    """Expected, then floor and ceiling where they differ from it."""
    before, after, delta = report.totals.before, report.totals.after, report.totals.delta
    if before is None or delta is None:
        return ()
    rows = []
    for label, name in (("total", "expected"), ("total idle (floor)", "floor"), ("total at most (ceiling)", "ceiling")):
        was, now, moved = before.bound(name), after.bound(name), delta.bound(name)  # type: ignore[arg-type]
        if name != "expected" and (was, now) == (before.expected, after.expected):
            continue
        rows.append(Row(label, (money(was), money(now), "" if isinstance(moved, Unknown) else change(moved))))
    return tuple(rows)


# --- both ------------------------------------------------------------------------------------------------------------


def labels(report: Report) -> Callable[[Estimate], str]:
    """A function that names a resource: by its address, and its project where two share the address."""
    every = [*report.estimates, *(_subject(d) for d in report.deltas if d.status == "removed")]
    uses = Counter((e.resource.source, e.resource.address) for e in every)
    shared = {e.resource.project for e in every if uses[e.resource.source, e.resource.address] > 1}
    inside = len(_common_directory(shared))

    def name(estimate: Estimate) -> str:
        resource = estimate.resource
        if uses[resource.source, resource.address] == 1:
            return clean(resource.address)
        return clean(f"{resource.project[inside:] or '.'}: {resource.address}")

    return name


def _common_directory(projects: Iterable[str]) -> str:
    """The directory that all projects lie in, with its slash: it goes without saying."""
    paths = [project.split("/")[:-1] for project in projects]
    levels = takewhile(lambda names: len(set(names)) == 1, zip(*paths, strict=False))
    return "".join(f"{names[0]}/" for names in levels)


def together(names: Iterable[str]) -> list[str]:
    """Names in their order; instances of one block as one, with their number."""
    folds: dict[str, list[str]] = {}
    for name in names:
        folds.setdefault(_INDEX.sub("[*]", name), []).append(name)
    return [fold[0] if len(fold) == 1 else f"{block} x{len(fold):,}" for block, fold in folds.items()]


def _subject(delta: Delta) -> Estimate:
    side = delta.after or delta.before
    if side is None:
        raise ValueError(f"the delta of {delta.address} has no side")
    return side


def _sides(delta: Delta) -> list[Estimate]:
    return [side for side in (delta.before, delta.after) if side]


def _sum(estimates: Iterable[Estimate]) -> Range:
    return sum_known(e.known_monthly for e in estimates)


def _fold(items: Sequence[T], cost: Callable[[T], object], subject: Callable[[T], Estimate]) -> list[list[T]]:
    """Items that `count` or `for_each` made of one block and that cost the same, together."""
    folds: dict[object, list[T]] = {}
    for item in items:
        resource = subject(item).resource
        folds.setdefault((resource.project, _INDEX.sub("[*]", resource.address), cost(item)), []).append(item)
    return list(folds.values())


def _folded(label: str, times: int) -> str:
    return f"{_INDEX.sub('[*]', label)} x{times:,}"


def _is_whole(estimate: Estimate) -> bool:
    return all(is_settled(estimate, name) for name in BOUNDS)


def _by_source(items: Iterable, subject: Callable[..., Estimate]) -> list[tuple[str, list]]:  # type: ignore[type-arg]
    """The items by source: Terraform, Kubernetes, CI, then whatever else there is, by name."""

    def place(item: object) -> tuple[int, str]:
        source = subject(item).resource.source
        return (SOURCES.index(source) if source in SOURCES else len(SOURCES), source)

    return [(clean(key[1]), list(members)) for key, members in groupby(sorted(items, key=place), key=place)]


def _dearest(fold: Sequence[Estimate]) -> tuple[object, ...]:
    figures, resource = _sum(fold), fold[0].resource
    return (-_size(figures.expected), -_size(figures.ceiling), resource.address, resource.project)


def _furthest(fold: Sequence[Delta]) -> tuple[object, ...]:
    resource = _subject(fold[0]).resource
    expected, ceiling = (sum((abs(_size(d.change.bound(b))) for d in fold), ZERO) for b in ("expected", "ceiling"))
    return (-expected, -ceiling, resource.address, resource.project)


def _size(bound: Bound) -> Decimal:
    if isinstance(bound, Unknown) or bound.is_nan():
        return ZERO
    return bound if bound.is_infinite() or is_figure(bound) else ZERO
