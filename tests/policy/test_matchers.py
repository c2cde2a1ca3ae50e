"""What `require` and `forbid` make of a value: true, false or not known."""

from decimal import Decimal
from typing import Any

import pytest

from finops_gate.errors import ConfigurationError
from finops_gate.model import UNBOUNDED, Range, Unknown
from finops_gate.policy.matchers import compile_matcher

NOT_KNOWN = Unknown("var.x has no value")
ANOTHER = Unknown("known after apply", reference="aws_x.y.id")


def between(low: int, high: Any) -> Range:
    return Range(Decimal(low), Decimal(low), Decimal(high))


@pytest.mark.parametrize(
    ("matcher", "value", "expected"),
    [
        ("gp2", "gp2", True),
        (True, "true", True),
        (Decimal(10), "10", True),
        (["a", "b"], "c", False),
        ({"one_of": ["a", "b"]}, "a", True),
        ({"none_of": ["a", "b"]}, "a", False),
        ({"like": "t3.*"}, "t3.small", True),
        ({"like": ["t3.*", "t4g.*"]}, "m5.large", False),
        ({"pattern": "CC-[0-9]+"}, "CC-7", True),
        ({"min": Decimal(1), "max": Decimal(7)}, Decimal(8), False),
        ({"min": Decimal(1), "max": Decimal(7)}, "7", True),
        ({"max_size": "4xlarge"}, "m5.8xlarge", False),
        ({"present": True}, "", False),
        ({"present": True}, [], False),
        ({"present": False}, None, True),
        ({"max": Decimal(20)}, between(1, 20), True),
        ({"max": Decimal(20)}, between(1, 21), False),
        ({"max": Decimal(20)}, between(1, UNBOUNDED), False),
        ({"min": Decimal(2)}, between(1, 9), False),
    ],
)
def test_a_known_value_holds_or_does_not(matcher: Any, value: Any, expected: bool) -> None:
    assert compile_matcher(matcher).holds(value) is expected


@pytest.mark.parametrize(
    ("matcher", "expected"),
    [
        ("gp2", False),
        ({"one_of": ["a"]}, False),
        ({"like": "*"}, False),
        ({"pattern": ".*"}, False),
        ({"min": Decimal(0)}, False),
        ({"present": True}, False),
        ({"none_of": ["a"]}, True),
        ({"max": Decimal(0)}, True),
        ({"max_size": "nano"}, True),
        ({"one_of": ["gp2"], "default": "gp2"}, True),
        ({"max": Decimal(60), "default": Decimal(360)}, False),
        ({"present": True, "default": "x"}, False),
    ],
)
def test_an_absent_value_breaks_what_asks_for_one_and_keeps_what_bounds_it(matcher: Any, expected: bool) -> None:
    assert compile_matcher(matcher).holds(None) is expected


@pytest.mark.parametrize("matcher", ["gp2", {"max": Decimal(1)}, {"like": "*"}, {"present": True}])
def test_what_is_not_known_stays_so(matcher: Any) -> None:
    assert isinstance(compile_matcher(matcher).holds(NOT_KNOWN), Unknown)


def test_another_resources_attribute_is_written_though_its_value_is_not_known() -> None:
    assert compile_matcher({"present": True}).holds(ANOTHER) is True


@pytest.mark.parametrize(("choices", "expected"), [(("t3.a", "t3.b"), True), (("m5.a", "m6.b"), False)])
def test_choices_that_agree_settle_it(choices: tuple[str, ...], expected: bool) -> None:
    assert compile_matcher({"like": "t3.*"}).holds(Unknown("var.x", choices=choices)) is expected


def test_choices_that_differ_do_not() -> None:
    verdict = compile_matcher({"like": "t3.*"}).holds(Unknown("var.x", choices=("t3.a", "m5.a")))
    assert isinstance(verdict, Unknown)


@pytest.mark.parametrize(
    "matcher", [{}, {"default": "x"}, {"oneof": ["a"]}, {"present": "yes"}, {"like": Decimal(5)}, {"max_size": "7d"}]
)
def test_what_is_no_matcher_is_refused(matcher: Any) -> None:
    with pytest.raises(ConfigurationError):
        compile_matcher(matcher)


@pytest.mark.parametrize(
    ("matcher", "limit"),
    [
        (["a", "b", "c"], "a, b or c"),
        ({"min": Decimal(1), "max": Decimal(7), "default": Decimal(0)}, "at least 1, at most 7"),
        ({"max_size": "4xlarge"}, "at most 4xlarge"),
        ({"none_of": ["a"]}, "not a"),
    ],
)
def test_the_limit_reads_as_people_say_it(matcher: Any, limit: str) -> None:
    assert compile_matcher(matcher).limit == limit
