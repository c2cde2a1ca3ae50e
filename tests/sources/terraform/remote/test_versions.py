"""The version that Terraform 1.11 itself chose, for each constraint, from one list of published versions.

The choices in `data/terraform_versions.json` were recorded by `terraform init` against a registry on this machine.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finops_gate.sources.terraform.remote.problems import RemoteError
from finops_gate.sources.terraform.remote.versions import allows, exact, newest, parse_constraints, parse_version

RECORDED = json.loads((Path(__file__).parent / "data" / "terraform_versions.json").read_text())

PRE_RELEASE_BY_EQUALS = {"= 2.0.0-beta1", "= 3.0.0-rc.1", "> 1.2.3, 2.0.0-beta1", "= 2.1.0-rc1, >= 1.0"}
"""Terraform's page lets `=` choose a pre-release, too; 1.11.4 takes one only where its bare name is all that stands."""


@pytest.mark.parametrize(("constraint", "chosen"), RECORDED["choices"].items(), ids=repr)
def test_chooses_as_terraform_does(constraint: str, chosen: str | None) -> None:
    if constraint in PRE_RELEASE_BY_EQUALS:
        assert newest(RECORDED["published"], constraint).is_prerelease
    elif chosen is None:
        with pytest.raises(RemoteError, match="no published version meets"):
            newest(RECORDED["published"], constraint)
    else:
        assert newest(RECORDED["published"], constraint).text == chosen


@pytest.mark.parametrize("constraint", RECORDED["invalid"])
def test_refuses_what_terraform_refuses(constraint: str) -> None:
    with pytest.raises(RemoteError, match="no version constraint"):
        parse_constraints(constraint)


def test_one_plain_version_needs_no_list() -> None:
    assert exact("1.2.3") == parse_version("1.2.3")
    assert exact(">= 1.2.3") is None
    assert exact("") is None


NUMBERS = st.tuples(*[st.integers(0, 12)] * 3)


@given(NUMBERS, NUMBERS)
def test_orders_by_number_and_the_operators_agree(a: tuple[int, ...], b: tuple[int, ...]) -> None:
    one, other = (parse_version(".".join(map(str, v))) for v in (a, b))
    assert one is not None
    assert other is not None
    assert (one < other) == (a < b)
    written = ".".join(map(str, b))
    held = {op: allows(parse_constraints(f"{op} {written}"), one) for op in ("=", "!=", "<", "<=", ">", ">=", "~>")}
    assert held == {
        "=": a == b,
        "!=": a != b,
        "<": a < b,
        "<=": a <= b,
        ">": a > b,
        ">=": a >= b,
        "~>": b <= a < (b[0], b[1] + 1),
    }


@given(st.text(alphabet="0123456789.-+~<>=!, vab*", max_size=40))
def test_any_text_is_constraints_or_refused(text: str) -> None:
    try:
        parse_constraints(text)
    except RemoteError:
        assert text.strip()
