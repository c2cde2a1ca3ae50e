from __future__ import annotations

import re
from dataclasses import replace

from finops_gate.model import Span
from finops_gate.render import render
from finops_gate.render.github import command
from tests.render import samples


def annotations(output: str) -> list[str]:
    return [line for line in output.split("\n") if re.match("::(error|warning|notice)", line)]


def test_a_finding_lands_on_its_line() -> None:
    first = annotations(render(samples.compared(), "github"))[0]
    head, _, message = first.removeprefix("::").partition("::")
    assert head == "error file=envs/staging/main.tf,line=17,col=19,endLine=17,endColumn=27,title=max-instance-size"
    assert message.startswith("aws_instance.api uses m5.8xlarge; the limit in staging is 4xlarge%0Avalue: ")


def test_no_column_where_lines_differ() -> None:
    spread = replace(samples.findings()[0], span=Span("a.tf", 3, 1, 9, 2))
    (line,) = annotations(render(samples.report(found=[spread]), "github"))
    assert line.startswith("::error file=a.tf,line=3,endLine=9,title=")


def test_no_place_no_parameters() -> None:
    (line,) = annotations(render(samples.report(found=[samples.findings()[4]]), "github"))
    assert line.startswith("::error title=change-cost-increase::This change adds")


def test_at_most_ten_of_a_level_and_the_last_counts_the_rest() -> None:
    lines = annotations(render(samples.many(40), "github"))
    errors, warnings = ([line for line in lines if line.startswith(f"::{level}")] for level in ("error", "warning"))
    assert len(errors) == len(warnings) == 10
    assert errors[-1] == "::error title=finops-gate::11 more; the log and the summary list them"


def test_ten_are_ten() -> None:
    assert len(annotations(render(samples.many(20), "github"))) == 20


def test_escaping_is_the_toolkits() -> None:
    # https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts: escapeData, escapeProperty
    assert command("error", {"file": "a,b:c%.tf"}, "50% off\r\nnow: a, b") == (
        "::error file=a%2Cb%3Ac%25.tf::50%25 off%0D%0Anow: a, b"
    )


def test_a_forged_command_in_a_path_stays_text() -> None:
    forged = replace(samples.findings()[0], span=Span("x\n::error file=y::forged", 1, 1, 1, 2))
    output = render(samples.report(found=[forged]), "github")
    assert len(annotations(output)) == 1
    assert not [line for line in output.split("\n") if line.lstrip().startswith("::error file=y")]


def test_the_report_is_folded() -> None:
    lines = render(samples.compared(), "github").rstrip("\n").split("\n")
    opening = next(i for i, line in enumerate(lines) if line.startswith("::group::FAIL: 2 errors"))
    assert lines[-1] == "::endgroup::"
    assert not [line for line in lines[opening + 1 : -1] if line.startswith("::")]
