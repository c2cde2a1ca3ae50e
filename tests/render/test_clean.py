from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finops_gate.render.clean import clean, clean_block, clip, without_commands

HAZARDS = st.text(st.sampled_from("\x00\x07\x1b\x9b\x7f\r\n\t\v\x85\u2028\u202e\u2066\ud800\ufeff#:[]vso ab\U000e0041"))

# What actions/runner does with a line (ActionCommand.TryParseV2 and TryParse): leading white space is trimmed before
# `::`, and `##[` counts wherever it stands. Azure's agent looks for `##vso[` in the same way.
COMMAND = re.compile(r"^\s*::|##\[|##vso\[", re.IGNORECASE)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("aws_instance.api", "aws_instance.api"),
        ("two\r\nlines", "two lines"),
        ("tab\there", "tab here"),
        ("\x1b[31mred", "\ufffd[31mred"),
        ("\x9b2J", "\ufffd2J"),
        ("exe\u202egpj", "exe\ufffdgpj"),
        ("lone \ud800", "lone \ufffd"),
        ("naïve 値 👩‍💻", "naïve 値 👩‍💻"),
    ],
)
def test_one_printable_line(text: str, shown: str) -> None:
    assert clean(text) == shown


def test_a_block_keeps_its_lines() -> None:
    assert clean_block("a\r\n\tb\x07") == "a\n\tb\ufffd"


@given(HAZARDS)
def test_nothing_that_does_not_print_survives(text: str) -> None:
    shown = clean(text)
    assert not re.search("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]", shown)
    assert clean(shown) == shown
    shown.encode()


@pytest.mark.parametrize(
    "line",
    ["::error::x", "  ::set-output name=a::b", "text ##[error]x", "a ##vso[task.complete]", "###[group]", "\u2003::x"],
)
def test_a_command_is_broken(line: str) -> None:
    assert COMMAND.search(line)
    assert not COMMAND.search(without_commands(line))


@given(st.lists(HAZARDS).map("\n".join))
def test_no_line_is_a_command(text: str) -> None:
    output = without_commands(clean_block(text))
    assert not any(COMMAND.search(line) for line in output.split("\n"))


def test_clip() -> None:
    assert clip("abcdef", 6) == "abcdef"
    assert clip("abc def", 5) == "abc…"
