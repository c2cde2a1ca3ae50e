"""Patterns are whole matches, and none is accepted that a hostile value could keep busy."""

import pytest

from finops_gate.errors import ConfigurationError
from finops_gate.policy.patterns import MAX_VALUE, compile_pattern, fits


@pytest.mark.parametrize(
    "pattern",
    ["(a+)+", "(a*)*b", "([a-z]+-?)+", "(a|aa)+", "(x+x+)+y", "(.*,)*z", r"(a)\1", "(?=a)b", "(?<!a)b", "(a{2,}){3,}"],
)
def test_what_may_backtrack_without_bound_is_refused(pattern: str) -> None:
    with pytest.raises(ConfigurationError, match="take for ever"):
        compile_pattern(pattern)


@pytest.mark.parametrize("pattern", ["[", "(", "x" * 201, "(?P<a>", 5])
def test_what_is_no_short_pattern_is_refused(pattern: object) -> None:
    with pytest.raises(ConfigurationError):
        compile_pattern(pattern)


@pytest.mark.parametrize(
    ("pattern", "value", "expected"),
    [
        ("CC-[0-9]{4}", "CC-1042", True),
        ("CC-[0-9]{4}", "CC-10423", False),
        ("CC-[0-9]{4}", "x CC-1042", False),
        ("(prod|staging)(-[a-z]+)?", "prod-eu", True),
        ("[a-z]+(-[0-9]+)?", "a-1", True),
        (".*", "x" * (MAX_VALUE + 1), False),
    ],
)
def test_the_whole_value_fits(pattern: str, value: str, expected: bool) -> None:
    assert fits(compile_pattern(pattern), value) is expected


@pytest.mark.parametrize("pattern", ["[a-z]*[a-z0-9]*[a-z]*x", ".*.*.*y", "a?a?a?a?a?a?a?a?aaaaaaaa"])
def test_an_accepted_pattern_is_quick_on_the_longest_value(pattern: str) -> None:
    compiled = compile_pattern(pattern)
    fits(compiled, "a" * MAX_VALUE)
