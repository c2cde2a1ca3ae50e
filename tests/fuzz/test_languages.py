"""The smaller languages that strangers write in: expressions, version constraints and addresses of modules."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from finops_gate.errors import ExpressionError
from finops_gate.expression import compile_expression
from finops_gate.model import UNKNOWN, Range, Unknown
from finops_gate.sources.terraform.remote.problems import RemoteError
from finops_gate.sources.terraform.remote.source_address import parse
from finops_gate.sources.terraform.remote.versions import newest
from tests.fuzz.targets import in_time

WORDS = """
a b c . [ ] ( ) , + - * / // % ** == != < <= >= in not and or if else null true false it 0 1 -1 0.5 1e999999
'x' "y" 99999999999999999999 any( all( count( sum( filter( map( coalesce( if_known( length( max( round( split(
replace( matches( parse_json( lookup( format( [1,2,3] lambda __class__ **{} :=
"""
VALUES = {
    "a": [{"b": Decimal(1), "c": [UNKNOWN, None, "x"]}, {"b": Decimal("1e24")}],
    "b": "x" * 5_000,
    "c": Range(Decimal(0), Decimal(1), Decimal("Infinity")),
}


@given(st.one_of(st.lists(st.sampled_from(WORDS.split()), max_size=14).map(" ".join), st.text(max_size=40)))
@settings(max_examples=400)
def test_expressions_are_refused_or_have_a_value(text: str) -> None:
    with in_time():
        try:
            found = compile_expression(text).evaluate(VALUES)
        except ExpressionError:
            return
    assert found is None or isinstance(found, str | bool | Decimal | list | dict | Unknown | Range)


VERSIONS = st.lists(
    st.sampled_from(["1", "0", "9" * 300, "v", "-rc1", "+b", ".", "~>", ">=", "!=", "=", ",", " ", "<"])
)


@given(st.one_of(VERSIONS.map("".join), st.text(max_size=40)), st.lists(VERSIONS.map("".join), max_size=3))
@settings(max_examples=300)
def test_version_constraints_are_refused_or_met(constraint: str, published: list[str]) -> None:
    with in_time():
        try:
            newest(["1.0.0", "2.1.3-rc1", *published], constraint)
        except RemoteError:
            return


PARTS = st.lists(
    st.sampled_from(["git::", "https://", "ssh://", "git@", "::", "//", "?ref=", "github.com/", "a/b/c",
                     "..", "./", ":", "@", "%2f", "é",
                     "s3::", "gcs::", "registry.terraform.io/", "&depth=1", "\0", "\n", "xn--", "/" * 50, "a" * 3_000])
)  # fmt: skip


@given(st.one_of(PARTS.map("".join), st.text(max_size=60)))
@settings(max_examples=300)
def test_addresses_of_modules_are_parsed(text: str) -> None:
    with in_time():
        parse(text)
