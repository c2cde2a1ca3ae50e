"""What Terraform 1.11 writes into a plan of an instance with several volumes, and of a member of a group."""

from __future__ import annotations

from typing import Any

import pytest

from finops_gate.model import Unknown
from finops_gate.sources.terraform.plan_values import attributes_of
from finops_gate.sources.terraform.plan_written import written_by

CONFIGURED: dict[str, Any] = {
    "host_id": {"references": ["aws_ec2_host.mac.id", "aws_ec2_host.mac"]},
    "subnet_id": {"references": ["var.subnet"]},
    "key_name": {"references": ["module.keys.name", "module.keys"]},
    "ebs_block_device": [
        {"device_name": {"constant_value": "xvdf"}, "volume_size": {"constant_value": 10}},
        {"device_name": {"constant_value": "xvdg"}, "volume_type": {"references": ["var.kind"]}},
    ],
}
ROWS = [{"device_name": "xvdg", "volume_size": None}, {"device_name": "xvdf", "volume_size": 10}]
COMPUTED = {"volume_type": True, "iops": True}


def planned(unknown: dict[str, Any], code: dict[str, Any] | None = CONFIGURED, module: str = "") -> dict[str, Any]:
    values = {"ebs_block_device": ROWS}
    return attributes_of("aws_instance", values, (), unknown, written_by(code, module))


def test_a_block_is_known_by_what_it_says_whatever_its_place() -> None:
    second, first = planned({"ebs_block_device": [COMPUTED, COMPUTED]})["ebs_block_device"]
    assert isinstance(second["volume_type"], Unknown)
    assert first.get("volume_type") is None
    assert first.get("iops") is None
    assert second.get("iops") is None


@pytest.mark.parametrize(
    ("name", "module", "reference"),
    [
        ("host_id", "", "aws_ec2_host.mac.id"),
        ("host_id", 'module.a["x"]', 'module.a["x"].aws_ec2_host.mac.id'),
        ("subnet_id", "", None),
        ("key_name", "", None),
        ("tags_all", "", None),
    ],
)
def test_what_the_code_computes_is_not_known_and_names_its_source(name: str, module: str, reference: str) -> None:
    found = planned({name: True}, module=module)[name]
    assert (found.reason, found.reference) == ("known only after apply", reference)


def test_what_the_code_leaves_out_the_provider_decides() -> None:
    assert planned({"tenancy": True}).get("tenancy") is None


def test_nothing_is_left_out_of_code_that_the_plan_does_not_hold() -> None:
    assert isinstance(planned({"tenancy": True}, code=None)["tenancy"], Unknown)
