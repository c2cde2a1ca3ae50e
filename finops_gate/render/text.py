"""For people: each finding at its place with the reason, the money and the fix; one cost table; one summary line.

A run with nothing to say says it in one line.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from finops_gate.model import Finding, Notice, Report
from finops_gate.render import summary
from finops_gate.render.clean import clean, without_commands
from finops_gate.render.cost_table import cost_table, moves
from finops_gate.render.facts import facts
from finops_gate.render.findings import LEVELS, folded, shown
from finops_gate.render.groupings import grouping_tables
from finops_gate.render.options import Options
from finops_gate.render.reasons import place, reasons
from finops_gate.render.snippet import gutter, snippet
from finops_gate.render.style import paint, wrap
from finops_gate.render.text_table import lay_out, list_facts

ROWS = 8
"""Rows of the table for each source beside findings; the rest is summed. Costs alone are shown in full."""
GROUPS = 30
NOTES = 5
IN_FULL = 5
"""How often one policy's warning is shown with its code; a tag that nothing has is not worth a screen each time."""
LISTED = 20

VERDICT_STYLES = {"pass": "pass", "warn": "warning", "fail": "error", "incomplete": "error"}


def render(report: Report, options: Options) -> str:
    """The text report. Every line is safe to show in a build log."""
    blocks = [*finding_blocks(report, options), notes_block(report, options)]
    if wants_table(report):
        blocks += [table_block(report, options)]
    blocks += [lay_out(table, options) for table in grouping_tables(report, GROUPS)]
    blocks.append(summary_block(report, options))
    text = "\n\n".join("\n".join(block) for block in blocks if block)
    return without_commands(text) + "\n"


def wants_table(report: Report) -> bool:
    """Whether the money is part of the answer: something was found or moved, or costs are all that was asked for."""
    return bool(shown(report)) or not report.policies or any(moves(d) for d in report.deltas)


# --- findings --------------------------------------------------------------------------------------------------------


def finding_blocks(report: Report, options: Options) -> Iterator[list[str]]:
    """Every error in full; of what else one policy says, the first few, and the others in a line each."""
    rest: dict[object, list[Finding]] = {}
    told: Counter[object] = Counter()
    for finding, others in folded(report):
        kind = (finding.policy, finding.outcome)
        told[kind] += 1
        if finding.outcome == "fail" or told[kind] <= IN_FULL:
            yield finding_block(finding, others, options)
        else:
            rest.setdefault(kind, []).append(finding)
    for findings in rest.values():
        yield more_block(findings, options)


def more_block(findings: Sequence[Finding], options: Options) -> list[str]:
    """Findings of one policy in a line each, and how many there are beyond those."""
    level = LEVELS[findings[0].outcome]
    head = f"{level}[{clean(findings[0].policy)}]:"
    lines = [paint(head, level, options.color) + f" {len(findings):,} more"]
    for finding in findings[:LISTED]:
        where = f"{place(finding.span)}: " if finding.span else ""
        lines += wrap(f"  {where}{clean(finding.message)}", options.width, 4)
    beyond = len(findings) - LISTED
    return [*lines, f"  and {beyond:,} more, all of which `--format concise` lists"] if beyond > 0 else lines


def finding_block(finding: Finding, others: Sequence[Finding], options: Options) -> list[str]:
    """One finding, as compilers show them, and those that are the same but for the resource."""
    level = LEVELS[finding.outcome]
    policy = f"{level}[{clean(finding.policy)}]:"
    first, *more = wrap(f"{policy} {clean(finding.message)}", options.width, 2)
    head = paint(first[: len(policy)], level, options.color) + paint(first[len(policy) :], "strong", options.color)
    lines = [head, *(paint(line, "strong", options.color) for line in more)]
    if finding.span:
        lines += snippet(finding.span, finding.excerpt, level, options.width, options.color)
    return lines + _reasons(finding, others, options)


def _reasons(finding: Finding, others: Sequence[Finding], options: Options) -> list[str]:
    """The lines below the caret: `= cost: ...`."""
    pad = " " * gutter(finding.span, finding.excerpt)
    lines = []
    for name, said in reasons(finding, others):
        opening = f"{pad} = {name}: "
        first, *more = wrap(opening + said, options.width, len(opening))
        lines += [paint(f"{pad} =", "gutter", options.color) + first[len(pad) + 2 :], *more]
    return lines


# --- the rest --------------------------------------------------------------------------------------------------------


def notes_block(report: Report, options: Options) -> list[str]:
    """Remarks on the reading of the input; troubles are findings already."""
    lines = []
    for notice in report.notices[:NOTES]:
        head = f"note[{clean(notice.code)}]:"
        first, *more = wrap(f"{head} {_remark(notice)}", options.width, 2)
        lines += [paint(first[: len(head)], "note", options.color) + first[len(head) :], *more]
    if len(report.notices) > NOTES:
        lines.append(f"and {summary.plural(len(report.notices) - NOTES, 'more note')}")
    return lines


def _remark(notice: Notice) -> str:
    where = f"{place(notice.span)}: " if notice.span else ""
    return f"{where}{clean(notice.message)}" + (f" ({clean(notice.fix)})" if notice.fix else "")


def table_block(report: Report, options: Options) -> list[str]:
    """The cost table and what has to be said about it."""
    table = cost_table(report, ROWS if report.policies else max(ROWS, len(report.estimates)))
    lines = lay_out(table, options) if table.groups else []
    said = list_facts(facts(report), options)
    return [*lines, *([""] if lines and said else []), *said]


def summary_block(report: Report, options: Options) -> list[str]:
    """The summary line, wrapped where the terminal is narrower."""
    verdict = report.verdict.upper()
    first, *more = wrap(summary.line(report), options.width, 2)
    if first.startswith(verdict):
        first = paint(verdict, VERDICT_STYLES[report.verdict], options.color) + first[len(verdict) :]
    return [first, *more]
