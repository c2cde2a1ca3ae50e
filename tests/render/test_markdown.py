from __future__ import annotations

import re

import pytest

from finops_gate.render import render
from finops_gate.render.markdown_text import code, escape
from tests.render import samples

ALLOWED_TAGS = {"<br>", "<details>", "</details>", "<summary>", "</summary>", "<sub>", "</sub>"}


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("aws_instance.api costs $5.00", "aws_instance.api costs $5.00"),
        ("a|b", r"a\|b"),
        ("a\\|b", r"a\\\|b"),
        ("[x](javascript:1)", r"\[x\](javascript:1)"),
        ("<script>&", "&lt;script>&amp;"),
        ("*_`~", r"\*\_\`\~"),
        ("two\nlines", "two lines"),
        ("@octocat #12", "@\u200boctocat #\u200b12"),
        ("https://evil.example www.evil.example", "https:\u200b//evil.example www\u200b.evil.example"),
        ("ci.yml:test at 10:30", "ci.yml:test at 10:30"),
        ("$x$", r"\$x\$"),
    ],
)
def test_escape(text: str, escaped: str) -> None:
    assert escape(text) == escaped


@pytest.mark.parametrize(
    ("text", "shown"),
    [("aws_instance.a[*]", "`aws_instance.a[*]`"), ("a`b", r"a\`b"), ("a|b", r"a\|b"), ("", "")],
)
def test_code(text: str, shown: str) -> None:
    assert code(text) == shown


@pytest.mark.parametrize("report", [samples.compared(), samples.alone(), samples.hostile(), samples.many(500)])
def test_tables_keep_their_shape_and_nothing_becomes_markup(report: samples.Report) -> None:
    output = render(report, "markdown")
    assert set(re.findall(r"<[^>]*>", output)) <= ALLOWED_TAGS
    assert not re.search(r"(?<!`)@\w", output)
    assert "](" not in re.sub(r"\\.", "", output)
    width = None
    for line in output.split("\n"):
        cells = len(re.findall(r"\|", re.sub(r"\\.", "", line))) - 1 if line.startswith("|") else None
        assert cells is None or width is None or cells == width
        width = cells


@pytest.mark.parametrize("text", ["<" * 3000, "*_" * 2000, "a" * 5000, "\\|" * 2000])
def test_fits_a_comment(text: str) -> None:
    hostile = samples.hostile(text)
    crowd = samples.many(3000)
    report = samples.report(
        "fail", crowd.estimates, [*hostile.deltas, *crowd.deltas], [*hostile.findings * 40], base=text
    )
    assert len(render(report, "markdown")) < 60_000
    assert len(render(crowd, "markdown")) < 60_000


def test_money_comes_first() -> None:
    lines = render(samples.compared(), "markdown").split("\n")
    assert lines[0] == "## finops-gate: FAIL"
    assert lines[2].startswith("**+$556.84 a month** (+54.7%): $1,018.78 → $1,575.63 against `origin/main`")


def test_ten_rows_are_open_and_the_rest_is_folded() -> None:
    crowd = [samples.instance(f"t{number}", f"0.{number + 100}") for number in range(15)]
    named = [
        samples.Estimate(
            samples.resource(f"aws_instance.n{i}", "aws_instance", "terraform", e.resource.span), e.components, "priced"
        )
        for i, e in enumerate(crowd)
    ]
    opened, _, folded = render(samples.report("pass", named, policies=0), "markdown").partition("<details>")
    assert opened.count("| `aws_instance.n") == 10
    assert "| and 5 more |" in opened
    assert folded.count("| `aws_instance.n") == 15
