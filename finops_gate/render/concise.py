"""One line a finding, `path:line:column: level policy message`, as editors like it; then the summary line."""

from __future__ import annotations

from finops_gate.model import Finding, Report
from finops_gate.render import summary
from finops_gate.render.clean import clean, without_commands
from finops_gate.render.findings import LEVELS, shown
from finops_gate.render.options import Options
from finops_gate.render.reasons import place
from finops_gate.render.style import paint

NOWHERE = "-"
"""Stands for the place of a finding about the change as a whole."""


def render(report: Report, options: Options) -> str:
    lines = dict.fromkeys(finding_line(f, options.color) for f in shown(report))
    return without_commands("\n".join([*lines, summary.line(report)])) + "\n"


def finding_line(finding: Finding, color: bool = False) -> str:
    level = LEVELS[finding.outcome]
    where = place(finding.span) if finding.span else NOWHERE
    return f"{where}: {paint(level, level, color)} {clean(finding.policy)} {clean(finding.message)}"
