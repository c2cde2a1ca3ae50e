"""For job summaries and comments on a change: verdict and money first, then findings, then costs.

Short by construction: at most ten rows of costs are open, the rest is folded, and the whole stays under 60,000
characters (a comment on GitHub holds 65,536).
"""

from __future__ import annotations

from collections.abc import Sequence

from finops_gate.model import Finding, Report
from finops_gate.render import summary
from finops_gate.render.clean import without_commands
from finops_gate.render.cost_table import CostTable, Row, cost_table
from finops_gate.render.facts import Fact, facts
from finops_gate.render.findings import LEVELS, folded
from finops_gate.render.groupings import grouping_tables
from finops_gate.render.markdown_text import code, escape, fitting, row, table
from finops_gate.render.money import change, money, monthly_range, percent
from finops_gate.render.options import Options
from finops_gate.render.reasons import reasons

LONGEST = 60_000
OPEN_ROWS = 10
FOLDED_ROWS = 150
FINDINGS_BUDGET = 22_000
OPEN_BUDGET = 10_000
GROUPS = 20
GROUPS_BUDGET = 2_000
FOLDED_BUDGET = 16_000


def render(report: Report, options: Options) -> str:
    sections = [
        [f"## finops-gate: {report.verdict.upper()}"],
        bill(report),
        findings_section(report),
        costs_section(report),
        *(whole(table, GROUPS_BUDGET) for table in grouping_tables(report, GROUPS)),
        said(facts(report)),
        [closing(report)],
    ]
    return without_commands("\n\n".join("\n".join(lines) for lines in sections if lines)) + "\n"


def bill(report: Report) -> list[str]:
    """The money, in one bold line and one of what it can come to."""
    totals = report.totals
    after = totals.after
    if totals.before is None or totals.delta is None:
        return [f"**{monthly_range(after)}**"]
    share = percent(totals.before.expected, after.expected)
    moved = f"**{change(totals.delta.expected)} a month**" + (f" ({share})" if share else "")
    base = f" against {code(report.base)}" if report.base else ""
    lines = [f"{moved}: {money(totals.before.expected)} → {money(after.expected)}{base}"]
    if totals.before.ceiling != after.ceiling:
        lines[0] += "  "
        lines.append(f"at most: {money(totals.before.ceiling)} → {money(after.ceiling)}")
    return lines


# --- findings --------------------------------------------------------------------------------------------------------


def findings_section(report: Report) -> list[str]:
    findings = folded(report)
    if not findings:
        return []
    rows = fitting([finding_row(finding, others) for finding, others in findings], FINDINGS_BUDGET)
    lines = table(["", "Finding", "Where"], ["---", "---", "---"], rows)
    if more := len(findings) - len(rows):
        lines += ["", f"and {summary.plural(more, 'more finding')}; the log lists them."]
    return lines


def finding_row(finding: Finding, others: Sequence[Finding]) -> str:
    """The message, the reasons below it, and the policy's id to look up."""
    lines = [escape(finding.message), *(f"{name}: {escape(text)}" for name, text in reasons(finding, others))]
    where = code(f"{finding.span.path}:{finding.span.line}") if finding.span else "the change"
    return row([f"**{LEVELS[finding.outcome]}**", "<br>".join(lines) + f"<br>{code(finding.policy)}", where])


# --- costs -----------------------------------------------------------------------------------------------------------


def costs_section(report: Report) -> list[str]:
    """The table: ten rows open, the rest folded; nothing where a change moves no money."""
    costs = cost_table(report, FOLDED_ROWS)
    count = sum(len(group.rows) for group in costs.groups)
    if not count:
        return []
    if count <= OPEN_ROWS:
        return whole(costs, OPEN_BUDGET)
    short = cost_table(report, max(1, OPEN_ROWS // len(costs.groups)))
    return [*whole(short, OPEN_BUDGET), "", *hidden(costs, count)]


def whole(costs: CostTable, budget: int) -> list[str]:
    """The cost table, in bold what is a sum."""
    several = len(costs.groups) > 1
    rows = []
    for group in costs.groups:
        rows += [_row(group.total, bold=True)] if several else []
        rows += [_row(line) for line in (*group.rows, *group.rest)]
    kept = fitting(rows, budget)
    if len(kept) < len(rows):
        kept.append(row(["more than fits here; the JSON report has it all", "", "", ""]))
    totals = [_row(total, bold=True) for total in costs.totals]
    return table([escape(costs.title), *costs.headers], ["---", "--:", "--:", "--:"], [*kept, *totals])


def hidden(costs: CostTable, count: int) -> list[str]:
    summary_line = f"<summary>All {count:,} rows</summary>"
    return ["<details>", summary_line, "", *whole(costs, FOLDED_BUDGET), "", "</details>"]


def _row(line: Row, bold: bool = False) -> str:
    label = f"**{escape(line.label)}**" if bold else _named(line)
    return row([label, *(f"**{cell}**" if bold and cell else cell for cell in line.cells)])


def _named(line: Row) -> str:
    mark = f"{line.mark} " if line.mark else ""
    note = f"<br>{escape(line.note)}" if line.note else ""
    is_address = "." in line.label or "/" in line.label
    return f"{mark}{code(line.label) if is_address else escape(line.label)}{note}"


# --- the rest --------------------------------------------------------------------------------------------------------


def said(found: Sequence[Fact]) -> list[str]:
    return [f"- {fact.label}: {escape(fact.text)}" for fact in found]


def closing(report: Report) -> str:
    parts = [summary.counts(report), summary.coverage(report), summary.scope(report), summary.prices(report)]
    return f"<sub>{escape('; '.join(part for part in parts if part))}</sub>"
