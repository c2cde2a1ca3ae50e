"""GitHub Actions: a workflow command for each finding, then the text report, folded.

https://docs.github.com/actions/using-workflows/workflow-commands-for-github-actions
GitHub keeps ten errors and ten warnings of a step (https://github.com/actions/toolkit/pull/734),
so the gravest nine of each level are annotated and the tenth counts the rest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from finops_gate.model import Finding, Notice, Report, Span
from finops_gate.render import summary, text
from finops_gate.render.clean import clean, clip, without_commands
from finops_gate.render.findings import folded
from finops_gate.render.options import Options
from finops_gate.render.reasons import reasons

COMMANDS = {"fail": "error", "warn": "warning", "unknown": "warning"}
MOST = 9
LONGEST = 4000
"""The runner cuts a message at 4,096 characters."""


def render(report: Report, options: Options) -> str:
    commands: dict[str, list[str]] = {"error": [], "warning": [], "notice": []}
    for finding, others in folded(report):
        commands[COMMANDS[finding.outcome]].append(annotation(finding, others))
    commands["notice"] = [remark(n) for n in report.notices]
    lines = [line for level, all_of_it in commands.items() for line in capped(level, all_of_it)]
    page = text.render(report, Options(color=False, width=options.width))
    title = f"{summary.headline(report)}; {summary.bill(report)}"
    return "\n".join([*lines, f"::group::{data(title)}", f"{page}::endgroup::", ""])


def capped(level: str, lines: Sequence[str]) -> list[str]:
    """The first nine, and one that says how many more there are."""
    more = len(lines) - MOST
    if more <= 1:
        return list(lines)
    return [
        *lines[:MOST],
        command(level, {"title": "finops-gate"}, f"{more:,} more; the log and the summary list them"),
    ]


def annotation(finding: Finding, others: Sequence[Finding] = ()) -> str:
    """A finding at its place: the message, then the reasons, a line each."""
    said = [clean(finding.message), *(f"{name}: {reason}" for name, reason in reasons(finding, others))]
    where = place(finding.span) | {"title": clean(finding.policy)}
    return command(COMMANDS[finding.outcome], where, "\n".join(said))


def remark(notice: Notice) -> str:
    said = [clean(notice.message), clean(notice.fix)]
    return command("notice", place(notice.span) | {"title": clean(notice.code)}, "\n".join(s for s in said if s))


def place(span: Span | None) -> dict[str, str]:
    """The parameters of a place; columns only within one line, for the runner drops them otherwise."""
    if span is None:
        return {}
    found = {"file": clean(span.path), "line": str(span.line)}
    last = span.end_line or span.line
    if last != span.line:
        return found | {"endLine": str(last)}
    columns = {"col": str(span.column)} if span.end_line else {}
    end = {"endColumn": str(span.end_column)} if span.end_column > span.column else {}
    return found | columns | {"endLine": str(last)} | end


def command(name: str, parameters: Mapping[str, str], message: str) -> str:
    """One workflow command. What is not ours in it is escaped as the runner unescapes it."""
    given = ",".join(f"{key}={property_(value)}" for key, value in parameters.items())
    return f"::{name}{' ' if given else ''}{given}::{data(clip(message, LONGEST))}"


def data(message: str) -> str:
    """The toolkit's escapeData: https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts"""
    harmless = without_commands(message)
    return harmless.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def property_(value: str) -> str:
    """The toolkit's escapeProperty."""
    return data(value).replace(":", "%3A").replace(",", "%2C")
