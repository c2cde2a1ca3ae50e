"""The tests inside policies: those that ship hold, and one that does not is said so."""

from typing import Any

import pytest

from finops_gate.costing.catalogue import open_catalogue
from finops_gate.policy.inline_tests import run_tests
from finops_gate.policy.load import drafts_of, shipped_drafts

POLICY = """\
id: own
title: T.
scope: {resources: [aws_ebs_volume]}
forbid: {type: gp2}
message: M.
tests:
  - name: one
    expect: EXPECT
    line: LINE
    terraform: |
      resource "aws_ebs_volume" "v" {
        type = "KIND"
      }
"""


@pytest.mark.parametrize("draft", list(shipped_drafts()), ids=lambda draft: draft.source["id"])
def test_the_tests_of_shipped_policies_hold(draft: Any) -> None:
    results = list(run_tests(draft, open_catalogue()))
    assert results
    assert [f"{r.name}: {r.problem}" for r in results if r.problem] == []


@pytest.mark.parametrize(
    ("kind", "expect", "line", "problem"),
    [
        ("gp2", "fail", 2, ""),
        ("gp2", "fail", 1, "expected a finding on line 1, but it is on 2"),
        ("gp2", "pass", 2, "expected pass, but the policy says fail"),
        ("gp3", "fail", 2, "expected fail, but the policy says pass"),
        ('" = = "', "pass", 2, "the text cannot be read"),
    ],
)
def test_a_test_that_does_not_hold_says_why(kind: str, expect: str, line: int, problem: str) -> None:
    text = POLICY.replace("EXPECT", expect).replace("LINE", str(line)).replace("KIND", kind)
    (result,) = run_tests(next(drafts_of(text, "own.yaml", shipped=False)), open_catalogue())
    assert result.problem.startswith(problem)
    assert bool(result.problem) is bool(problem)
    assert (result.span.path, result.span.line) == ("own.yaml", 7)
