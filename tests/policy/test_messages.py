"""Messages: fixed placeholders, clauses that vanish, and nothing of Python's formatting."""

from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finops_gate.errors import ConfigurationError
from finops_gate.model import UNBOUNDED, Range, Unknown
from finops_gate.policy.messages import PLACEHOLDERS, compile_message, dollars, percent, shown


@pytest.mark.parametrize(
    ("source", "facts", "said"),
    [
        ("{resource} is {value}.", {"resource": "a.b", "value": "gp2"}, "a.b is gp2."),
        ("{resource} is {value}.", {"resource": "a.b"}, "a.b is (not known)."),
        ("It is gp2; gp3 saves {savings}.", {"savings": "$2.00"}, "It is gp2; gp3 saves $2.00."),
        ("It is gp2; gp3 saves {savings}.", {"savings": ""}, "It is gp2."),
        ("It goes to {monthly}; it costs {monthly}.", {"monthly": "$0.00"}, "It goes to $0.00."),
        ("It is; a {savings}; b {value}!", {"value": "x"}, "It is; b x!"),
        ("{value}.", {"value": ["a", "b", "c"]}, "a, b and c."),
        ("{value}.", {"value": "{resource}"}, "{resource}."),
    ],
)
def test_a_clause_without_its_value_is_left_out(source: str, facts: dict[str, Any], said: str) -> None:
    assert compile_message(source).render(facts) == said


@pytest.mark.parametrize("source", ["{vlaue}", "{resource.__class__}", "{0}", "{}", "{value!r}", "{value:>9999999}"])
def test_only_the_listed_placeholders_exist(source: str) -> None:
    with pytest.raises(ConfigurationError, match="no placeholder"):
        compile_message(source)


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        (Decimal("1234.565"), "$1,234.57"),
        (Decimal("-0.004"), "$0.00"),
        (Decimal(-5), "-$5.00"),
        (UNBOUNDED, ""),
        (Unknown("x"), ""),
        (None, ""),
    ],
)
def test_money_is_rounded_to_the_cent(amount: Any, said: str) -> None:
    assert dollars(amount) == said


def test_a_range_is_said_from_floor_to_ceiling() -> None:
    assert shown(Range(Decimal(2), Decimal(3), UNBOUNDED)) == "2 to unbounded"
    assert shown(Range.exact(3)) == "3"


@given(st.text(), st.dictionaries(st.sampled_from(sorted(PLACEHOLDERS)), st.text()))
def test_whatever_is_said_never_raises_anything_else(source: str, facts: dict[str, str]) -> None:
    with suppress(ConfigurationError):
        assert isinstance(compile_message(source).render(facts), str)


def test_a_long_list_keeps_whole_words_and_counts_the_rest() -> None:
    names = [f"module.a.aws_instance.number_{n}" for n in range(40)]
    said = compile_message("It is {top}.").render({"top": names})
    assert said.startswith("It is module.a.aws_instance.number_0, ")
    assert said.endswith(f" and {40 - said.count('number_')} more.")


@pytest.mark.parametrize("amount", ["1e40", "-1e300", "NaN", "Infinity"])
def test_what_no_bill_can_be_is_not_written(amount: str) -> None:
    assert (dollars(Decimal(amount)), percent(Decimal(amount))) == ("", "")
