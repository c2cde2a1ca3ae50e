from __future__ import annotations

from dataclasses import replace

import pytest

from finops_gate.model import Estimate, Finding, Range, Report, Resource, Span
from finops_gate.render import render
from finops_gate.render.style import columns
from tests.render import samples

SPAN = Span("main.tf", 1)


def block(finding: Finding, width: int = 100) -> list[str]:
    """The lines of the first finding."""
    return render(samples.report(found=[finding]), "text", width=width).split("\n\n")[0].split("\n")


def test_a_finding_shows_the_place_the_reason_the_money_and_the_fix() -> None:
    assert block(samples.findings()[0]) == [
        "error[max-instance-size]: aws_instance.api uses m5.8xlarge; the limit in staging is 4xlarge",
        "  --> envs/staging/main.tf:17:19",
        "   |",
        "17 |   instance_type = var.size",
        "   |                   ^^^^^^^^",
        '   = value: "m5.8xlarge", from envs/staging/main.tf:12:13',
        "   = cost: $1,121.28 a month (idle $0.00, at most $2,242.56); the fix saves $560.64",
        "   = help: Use m5.4xlarge, or ask the platform team for an exemption.",
        "   = cheaper: m6a.8xlarge would save $112.13 a month, m6g.8xlarge (arm64) $221.92",
    ]


def test_a_finding_about_the_change_has_no_place() -> None:
    assert block(samples.findings()[4]) == [
        "error[change-cost-increase]: This change adds $556.84 a month; the limit is $500.00"
    ]


@pytest.mark.parametrize(
    ("excerpt", "span", "shown", "carets"),
    [
        ("\tsize = 4", Span("a.tf", 1, 9, 1, 10), "1 |   size = 4", "  |          ^"),
        ("名 = 値値", Span("a.tf", 1, 5, 1, 7), "1 | 名 = 値値", "  |      ^^^^"),
        ("block {", Span("a.tf", 1, 1, 9, 2), "1 | block {", "  | ^^^^^^^"),
        ("x", Span("a.tf", 1, 9, 1, 99), "1 | x", "  |  ^"),
        ("x = 1", Span("a.tf", 1, 3, 1, 3), "1 | x = 1", "  |   ^"),
    ],
)
def test_the_caret_stands_under_what_is_meant(excerpt: str, span: Span, shown: str, carets: str) -> None:
    lines = block(Finding("p", "fail", "m", span=span, excerpt=excerpt))
    assert lines[3:] == [shown, carets]


def test_no_caret_where_no_column_is_known() -> None:
    assert block(Finding("p", "fail", "m", span=Span("a.tf", 3), excerpt="x = 1"))[3:] == ["3 | x = 1"]


@pytest.mark.parametrize("column", [1, 40, 200, 395])
def test_a_long_line_is_cut_around_the_caret(column: int) -> None:
    excerpt = "".join(f"{number:04d}," for number in range(80))
    lines = block(Finding("p", "fail", "m", span=Span("a.tf", 1, column, 1, column + 4), excerpt=excerpt), 60)
    source, carets = lines[3], lines[4]
    assert columns(source) <= 60
    at = carets.index("^")
    assert source[at : at + 4] == excerpt[column - 1 : column + 3]


def test_the_value_is_named_once() -> None:
    volume = samples.findings()[1]
    assert not [line for line in block(volume) if "value:" in line]
    hidden = replace(volume, excerpt="  type = var.t", message="not what we use")
    assert '   = value: "gp2"' in block(hidden)


def test_the_money_is_named_once() -> None:
    volume = samples.findings()[1]
    assert "   = cost: $10.00 a month" in block(volume)
    said = replace(volume, message="costs $10.00 a month; gp3 saves $2.00")
    assert not [line for line in block(said) if "cost:" in line]


def test_what_to_set_is_said_unless_the_advice_says_it() -> None:
    assert "   = set: reserved_concurrent_executions = 10" in block(samples.findings()[2])
    assert not [line for line in block(samples.findings()[1]) if "set:" in line]


def test_what_holds_of_several_resources_is_told_once() -> None:
    volume = samples.findings()[1]
    names = [f"aws_ebs_volume.data[{number}]" for number in range(7)]
    found = [replace(volume, resource=name, message=f"{name} uses gp2") for name in names]
    output = render(samples.report(found=[*found, found[0]]), "text")
    assert output.count("warning[") == 1
    assert (
        "   = also: aws_ebs_volume.data[1], aws_ebs_volume.data[2], aws_ebs_volume.data[3],\n"
        "           aws_ebs_volume.data[4], and 2 more; the same in 1 more root\n"
    ) in output
    assert "8 warnings" in output


def test_what_differs_in_cost_is_told_apart() -> None:
    volume = samples.findings()[1]
    dearer = replace(volume, monthly=Range.exact(samples.D(99)))
    assert render(samples.report(found=[volume, dearer]), "text").count("warning[") == 2


def test_a_run_with_nothing_to_say_says_it_in_one_line() -> None:
    assert render(samples.quiet(), "text", width=200) == (
        "PASS: nothing found; $338.50 a month; 3 resources: 2 priced, 1 free; "
        "41 files, 20 policies; prices as of 2026-11-01\n"
    )


def test_no_cap_and_unknown_are_never_zero() -> None:
    lines = render(samples.costs_only(), "text").split("\n")
    row = {line.split()[0]: line.split()[1:] for line in lines if line.startswith("  ")}
    assert row["aws_lambda_function.resize"] == ["$0.00", "$0.00", "no", "cap"]
    assert row["aws_instance.batch"] == ["unknown"] * 3


def test_what_depends_on_usage_is_said() -> None:
    assert "depends on usage  aws_lambda_function.resize (monthly_requests, request_duration_ms)" in render(
        samples.costs_only(), "text"
    ).split("\n")


@pytest.mark.parametrize("report", [samples.compared(), samples.alone(), samples.many(300)])
@pytest.mark.parametrize("width", [60, 80, 120])
def test_fits_the_terminal(report: Report, width: int) -> None:
    assert max(columns(line) for line in render(report, "text", width=width).split("\n")) <= width


def test_ranges_that_differ_are_spelt_out() -> None:
    found = replace(samples.findings()[0], monthly=Range.exact(samples.D(5)), savings=None)
    assert "   = cost: $5.00 a month" in block(found)


@pytest.mark.parametrize(
    ("projects", "address", "path", "said"),
    [
        (("infra (prod)",), "aws_ebs_volume.data", "infra/main.tf", "infra (prod)"),
        (("infra",), "aws_ebs_volume.data", "infra/main.tf", ""),
        (("infra",), "aws_ebs_volume.data", "modules/m/main.tf", "infra"),
        (("infra (prod)",), "aws_ebs_volume.of_prod", "infra/main.tf", ""),
        (("", "infra"), "aws_ebs_volume.of_prod", "modules/m/main.tf", "., infra"),
    ],
)
def test_projects_are_named_where_the_address_does_not_tell(
    projects: tuple[str, ...], address: str, path: str, said: str
) -> None:
    used = [("data", "infra (dev)"), ("data", "infra (prod)"), ("of_prod", "infra (prod)")]
    estimates = [
        Estimate(Resource(f"aws_ebs_volume.{n}", "aws_ebs_volume", "terraform", {}, SPAN, project=p), (), "free")
        for n, p in used
    ]
    finding = Finding("p", "fail", "m", address, Span(path, 3), projects=projects)
    lines = render(replace(samples.report(found=[finding]), estimates=estimates), "text").split("\n")
    assert [line.strip() for line in lines if "= in:" in line] == ([f"= in: {said}"] if said else [])


def test_the_same_warning_is_shown_in_full_a_few_times_and_then_in_a_line_each() -> None:
    warning = next(f for f in samples.findings() if f.outcome == "warn")
    found = [replace(warning, resource="", message=f"a.b{n:02} is old.") for n in range(30)]
    text = render(samples.report("warn", found=found), "text", width=100)
    assert text.count(f"warning[{warning.policy}]: a.b") == 5
    listed = text[text.index(f"warning[{warning.policy}]: 25 more") :].splitlines()
    assert [line.rpartition(": ")[2] for line in listed[1:21]] == [f"a.b{n:02} is old." for n in range(5, 25)]
    assert listed[21] == "  and 5 more, all of which `--format concise` lists"


def test_every_error_is_shown_in_full() -> None:
    error = next(f for f in samples.findings() if f.outcome == "fail")
    found = [replace(error, resource="", message=f"a.b{n:02} is large.") for n in range(30)]
    assert render(samples.report("fail", found=found), "text", width=100).count(f"error[{error.policy}]: a.b") == 30
