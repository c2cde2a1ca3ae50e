"""Savings: the same resource priced again with an attribute changed."""

from decimal import Decimal

import pytest

from finops_gate.costing.catalogue import open_catalogue
from finops_gate.model import Resource, Span
from finops_gate.policy.paths import parse_path
from finops_gate.policy.whatif import reestimator, with_value
from finops_gate.settings import Settings


def test_a_volume_of_the_newer_kind_costs_less() -> None:
    attributes = {"size": Decimal(100), "type": "gp2"}
    volume = Resource(
        "aws_ebs_volume.v", "aws_ebs_volume", "terraform", attributes, Span("main.tf", 1), region="us-east-1"
    )
    reestimate = reestimator([volume], open_catalogue(), Settings())
    then = reestimate(volume, {"type": "gp3"})
    assert then is not None
    assert then.expected == 8  # 100 GB at $0.08, https://aws.amazon.com/ebs/pricing/
    assert reestimate(volume, {"root_block_device[0].type": "gp3"}) is None
    assert volume.attributes == attributes


@pytest.mark.parametrize(
    ("path", "expected"),
    [("a", {"a": 9, "b": [{"c": 1}]}), ("b[0].c", {"a": 0, "b": [{"c": 9}]}), ("d", {"a": 0, "b": [{"c": 1}], "d": 9})],
)
def test_one_value_is_replaced_in_a_copy(path: str, expected: object) -> None:
    original = {"a": 0, "b": [{"c": 1}]}
    assert with_value(original, parse_path(path), 9) == expected
    assert original == {"a": 0, "b": [{"c": 1}]}
