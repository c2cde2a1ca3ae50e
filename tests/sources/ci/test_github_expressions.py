"""GitHub's expression language, against its documentation's examples and rules."""

import contextlib
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finops_gate.model import Unknown
from finops_gate.sources.ci.github_expressions import (
    Contexts,
    ExpressionSyntaxError,
    condition,
    evaluate,
    interpolate,
    resolve,
)
from finops_gate.sources.ci.github_values import Context

CONTEXTS: Contexts = {
    "matrix": Context({"os": "ubuntu-latest", "python-version": Decimal("3.10"), "config": {"arch": "arm64", "n": []}}),
    "github": Context(
        {"event_name": Unknown("it depends on the event", choices=("push", "schedule"))},
        otherwise="github.{name} is known only when the workflow runs",
    ),
    "inputs": Context({"size": "large", "fast": False}),
}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("null", None),
        ("711", Decimal(711)),
        ("-9.2", Decimal("-9.2")),
        ("0xff", Decimal(255)),
        ("-2.99e-2", Decimal("-0.0299")),
        ("'It''s open source!'", "It's open source!"),
        ("matrix.os", "ubuntu-latest"),
        ("MATRIX.OS", "ubuntu-latest"),
        ("matrix['os']", "ubuntu-latest"),
        ("matrix.config.arch", "arm64"),
        ("matrix.nothing", None),
        ("matrix.nothing.deeper", None),
        ("matrix.python-version == '3.1'", True),
        ("'A' == 'a'", True),
        ("null == 0", True),
        ("true == 1", True),
        ("'abc' == 0", False),
        ("'' == 0", True),
        ("1 < 2 && 2 <= 2 && 3 > 2 && 2 >= 3", False),
        ("'abc' < 'ABD'", True),
        ("!true", False),
        ("!!'x'", True),
        ("inputs.fast && 'a' || 'b'", "b"),
        ("inputs.size && 'a' || 'b'", "a"),
        ("0 || 'x'", "x"),
        ("'' && 'x'", ""),
        ("true && (false || 'x')", "x"),
        ("contains('Hello world', 'LLO')", True),
        ("contains(fromJSON('[\"push\", \"pull_request\"]'), 'push')", True),
        ("startsWith('Hello world', 'he')", True),
        ("endsWith('Hello world', 'LD')", True),
        ("format('Hello {0} {1} {2}', 'Mona', 'the', 'Octocat')", "Hello Mona the Octocat"),
        ("format('{{Hello {0}!}}', 'Mona')", "{Hello Mona!}"),
        ("join(fromJSON('[1, 2]'), '-')", "1-2"),
        ("fromJSON('{\"a\": [1, true]}').a[1]", True),
        ('fromJSON(\'[{"n": 1}, {"n": 2}]\').*.n', [Decimal(1), Decimal(2)]),
        ("case(false, 'a', true, 'b', 'c')", "b"),
        ("case(false, 'a', 'c')", "c"),
        # Known whatever the unknown turns out to be.
        ("github.ref == 'x' && 'same' || 'same'", "same"),
        ("github.event_name == 'pull_request'", False),
        ('contains(fromJSON(\'["push", "schedule"]\'), github.event_name)', True),
        ("always()", True),
    ],
)
def test_values(text: str, value: Any) -> None:
    found = evaluate(text, CONTEXTS)
    assert found == value
    assert type(found) is type(value) or isinstance(found, type(value))


@pytest.mark.parametrize(
    ("text", "choices"),
    [
        ("github.repository == 'a/b' && 'large' || 'small'", ("large", "small")),
        ("github.event_name == 'push' && 'large' || 'small'", ("large", "small")),
        ("secrets.TOKEN && 'large' || 'small'", ("small", "large")),
        ("startsWith(github.ref, 'refs/tags/')", (True, False)),
        ("format('{0}-runner', github.event_name)", ("push-runner", "schedule-runner")),
        ("success()", (True, False)),
        ("needs.setup.outputs.matrix", ()),
        ("fromJSON(needs.setup.outputs.matrix)", ()),
        ("hashFiles('**/lock')", ()),
        ("fromJSON('not json')", ()),
    ],
)
def test_unknown_with_its_choices(text: str, choices: tuple[Any, ...]) -> None:
    found = evaluate(text, CONTEXTS)
    assert isinstance(found, Unknown)
    assert sorted(map(str, found.choices)) == sorted(map(str, choices))


def test_unknown_says_why() -> None:
    assert evaluate("github.ref", CONTEXTS).reason == "github.ref is known only when the workflow runs"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("plain", "plain"),
        ("${{ matrix.os }}", "ubuntu-latest"),
        ("ubuntu-${{ matrix.python-version }}", "ubuntu-3.1"),
        ("${{ matrix.os }}-${{ matrix.config.arch }}", "ubuntu-latest-arm64"),
        ("${{ fromJSON('[\"a\"]') }}", ["a"]),
        ("${{ '}}' }}x", "}}x"),
    ],
)
def test_interpolation(text: str, value: Any) -> None:
    assert interpolate(text, CONTEXTS) == value


def test_resolve_reaches_into_collections() -> None:
    assert resolve(["self-hosted", {"arch": "${{ matrix.config.arch }}"}], CONTEXTS) == [
        "self-hosted",
        {"arch": "arm64"},
    ]


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("github.event_name == 'pull_request'", False),
        ("${{ !inputs.fast }}", True),
        ("github.ref == 'x' && false", False),
        ("github.ref == 'x' || true", True),
        (False, False),
        ("always() && inputs.size", True),
    ],
)
def test_condition(text: Any, holds: bool) -> None:
    assert condition(text, CONTEXTS) is holds


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('"double"', "single quotes"),
        ("matrix.", "ends too early"),
        ("(true", "ends too early"),
        ("true)", "unexpected"),
        ("matrix.os matrix.os", "unexpected"),
        ("ubuntu-latest", "there is no context"),
        ("contains('a')", "at least 2"),
        ("case(true, 'a')", "pairs"),
        ("'open", "not an expression"),
        ("", "ends too early"),
        ("(" * 60 + "1" + ")" * 60, "nested more than"),
        ("1" * 30_000, "characters"),
    ],
)
def test_syntax_errors(text: str, says: str) -> None:
    with pytest.raises(ExpressionSyntaxError, match=says):
        evaluate(text, CONTEXTS)


@pytest.mark.parametrize("text", ["${{ matrix.os", "${{ 'open }}"])
def test_unclosed_interpolation(text: str) -> None:
    with pytest.raises(ExpressionSyntaxError):
        interpolate(text, CONTEXTS)


PIECES = ["matrix.os", "'a'", "1", "&&", "||", "!", "(", ")", "==", "[", "]", ".*", ",", "contains(", "github.ref", "<"]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join))
def test_any_text_gives_a_value_or_a_syntax_error(text: str) -> None:
    with contextlib.suppress(ExpressionSyntaxError):
        evaluate(text, CONTEXTS)


@pytest.mark.parametrize(
    "text",
    [
        "(github.event_name && " * 45 + "true" + ")" * 45,
        "(github.event_name || " * 45 + "true" + ")" * 45,
        "format('" + "{0}" * 3000 + "', '" + "x" * 9000 + "')",
        "format('{0}', fromJSON('1e999999999'))",
        "fromJSON('" + "[" * 10_000 + "')",
    ],
)
def test_hostile_expressions_end_quickly(text: str) -> None:
    evaluate(text, CONTEXTS)
