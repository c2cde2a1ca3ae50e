"""What holds for every output format."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finops_gate.render import FORMATS, render, sarif
from tests.render import samples

GOLDEN = Path(__file__).parent / "golden"
REWRITE = "FINOPS_GATE_REWRITE_GOLDEN"
"""Set this variable to write the golden files anew; then read the difference as a user would."""

COMMAND = re.compile(r"^\s*::|##\[|##vso\[", re.IGNORECASE)
HAZARDS = st.text(st.sampled_from("\x00\x07\x1b\x9b\x7f\r\n\t\v\x85\u2028\u202e\ud800#:[]()|`*_<>&@$\\\"'%,;= aé値/."))


PAGES = [(name, format, 100) for name in samples.ALL for format in FORMATS]
PAGES += [(name, "text", width) for name in samples.ALL for width in (80, 120)]


@pytest.mark.parametrize(("name", "format", "width"), PAGES)
def test_golden(name: str, format: str, width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "__version__", "0.0.0")
    output = render(samples.ALL[name](), format, width=width)
    path = GOLDEN / (f"{name}.{format}" if width == 100 else f"{name}-{width}.{format}")
    if os.environ.get(REWRITE):
        path.write_text(output, encoding="utf-8", newline="\n")
    assert output == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("format", FORMATS)
def test_ends_in_one_newline_and_is_the_same_twice(format: str) -> None:
    first, second = (render(samples.compared(), format) for _ in range(2))
    assert first == second
    assert first.endswith("\n")
    assert not first.endswith("\n\n")


def test_the_same_bytes_under_any_hash_seed() -> None:
    script = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from tests.render import samples; from finops_gate.render import FORMATS, render\n"
        "sys.stdout.write(''.join(render(samples.compared(), f) for f in FORMATS))"
    )
    command = [sys.executable, "-c", script, str(Path(__file__).parents[2])]
    outputs = {
        subprocess.run(command, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True).stdout
        for seed in ("0", "7")
    }
    assert len(outputs) == 1


def assert_harmless(output: str, format: str) -> None:
    """No byte that a terminal or a reader's eye obeys, no line that a runner obeys."""
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]", output)
    output.encode()
    lines = output.split("\n")
    if format == "github":
        ours = r"^::(error|warning|notice|group|endgroup)( (file|title)=[^:]*)?::"
        lines = [re.sub(ours, "", line, count=1) for line in lines]
    assert not [line for line in lines if COMMAND.search(line)]


@pytest.mark.parametrize("format", FORMATS)
def test_hostile_text_is_harmless(format: str) -> None:
    assert_harmless(render(samples.hostile(), format), format)


@settings(max_examples=60, deadline=None)
@given(HAZARDS, st.integers(1, 130))
def test_any_text_is_harmless(text: str, width: int) -> None:
    report = samples.hostile(text)
    for format in FORMATS:
        output = render(report, format, width=width)
        assert_harmless(output, format)
        if format in ("json", "sarif"):
            json.loads(output)


@pytest.mark.parametrize("format", ["text", "concise"])
def test_colour_only_adds_escapes(format: str) -> None:
    plain, coloured = (render(samples.compared(), format, color=color) for color in (False, True))
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain
    assert coloured != plain


def test_an_unknown_or_absurd_figure_is_never_a_number() -> None:
    batch = samples.plain("aws_instance.batch", "unknown", "var.size has no value")
    for format in ("text", "concise", "markdown"):
        assert "unknown" in render(samples.report("warn", [batch], policies=0), format)
    assert json.loads(render(samples.report("warn", [batch]), "json"))["resources"][0]["monthly"]["expected"] is None
    huge = samples.instance("m5.large", "0.096", samples.Range.exact(Decimal("1E+500000")))
    for format in FORMATS:
        assert len(render(samples.report("pass", [huge], policies=0), format)) < 20_000
