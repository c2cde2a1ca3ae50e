"""What a plan's configuration says: providers, and which resource an attribute names."""

from __future__ import annotations

from typing import Any

import pytest

from finops_gate.model import Unknown
from finops_gate.sources.terraform.plan_configuration import Configuration, split_module


def refers(*names: str) -> dict[str, Any]:
    return {"references": list(names)}


def resource(type: str, name: str, provider: str = "aws", /, **expressions: Any) -> dict[str, Any]:
    return {"type": type, "name": name, "provider_config_key": provider, "expressions": expressions}


INNER = {
    "resources": [
        resource(
            "aws_instance", "i", subnet_id=refers("var.subnet"), launch_template=[{"id": refers("var.template.id")}]
        ),
        resource("aws_eip", "e", "module.net:aws", instance=refers("aws_instance.i.id", "aws_instance.i")),
    ],
    "outputs": {
        "template": {"expression": refers("aws_launch_template.inner.id", "aws_launch_template.inner")},
        "round": {"expression": refers("var.round")},
    },
    "variables": {"subnet": {}, "template": {}, "where": {"default": "us-west-1"}, "round": {}},
}
ROOT = {
    "resources": [
        resource(
            "aws_autoscaling_group",
            "g",
            launch_template=[{"id": refers('module.net["a"].template', 'module.net["a"]', "module.net")}],
            name=refers("local.name", "var.name", "each.key"),
            lost=refers("module.net.round", "module.net"),
        ),
        resource("aws_instance", "west", "aws.west"),
        resource("aws_instance", "guess", "aws.guess"),
        resource("aws_instance", "secret", "aws.secret"),
        resource("aws_instance", "deep", "aws.deep"),
    ],
    "module_calls": {
        "net": {
            "expressions": {
                "subnet": refers("aws_subnet.s[0].id", "aws_subnet.s[0]", "aws_subnet.s"),
                "template": refers("aws_launch_template.outer"),
                "where": refers("var.region"),
                "round": refers("module.net.round", "module.net"),
            },
            "module": INNER,
        }
    },
    "variables": {"region": {"default": "us-east-1"}, "hidden": {"sensitive": True}},
}
PLAN = {
    "variables": {
        "region": {"value": "eu-west-1"},
        "hidden": {"value": "eu-west-2"},
        "o": {"value": {"r": "eu-south-1"}},
    },
    "configuration": {
        "root_module": ROOT,
        "provider_config": {
            "aws": {"name": "aws", "expressions": {"region": refers("var.region")}},
            "aws.west": {"name": "aws", "alias": "west", "expressions": {"region": {"constant_value": "us-west-2"}}},
            "aws.guess": {"name": "aws", "expressions": {"region": refers("var.region", "local.x")}},
            "aws.secret": {"name": "aws", "expressions": {"region": refers("var.hidden")}},
            "aws.deep": {"name": "aws", "expressions": {"region": refers("var.o.r", "var.o")}},
            "module.net:aws": {
                "name": "aws",
                "module_address": "module.net",
                "expressions": {"region": refers("var.where")},
            },
        },
    },
}
CONFIGURATION = Configuration(PLAN)


@pytest.mark.parametrize(
    ("address", "calls", "rest"),
    [
        ("aws_eip.e", (), "aws_eip.e"),
        ('module.a["x.module.y"].module.b[0].aws_eip.e["k"]', ("a", "b"), 'aws_eip.e["k"]'),
        ("module.a", ("a",), ""),
    ],
)
def test_addresses_are_split(address: str, calls: tuple[str, ...], rest: str) -> None:
    assert split_module(address) == (calls, rest)


@pytest.mark.parametrize(
    ("calls", "name", "region"),
    [
        ((), "aws_autoscaling_group.g", "eu-west-1"),
        ((), "aws_instance.west", "us-west-2"),
        ((), "aws_instance.deep", "eu-south-1"),
        (("net",), "aws_instance.i", "eu-west-1"),
        (("net",), "aws_eip.e", "eu-west-1"),
    ],
)
def test_regions_of_providers(calls: tuple[str, ...], name: str, region: str) -> None:
    assert CONFIGURATION.provider(calls, name, "aws")["region"] == region


@pytest.mark.parametrize("name", ["aws_instance.guess", "aws_instance.secret"])
def test_what_is_more_than_a_variable_or_secret_is_not_known(name: str) -> None:
    assert isinstance(CONFIGURATION.provider((), name, "aws")["region"], Unknown)


@pytest.mark.parametrize(
    ("module", "name", "references"),
    [
        ("", "aws_autoscaling_group.g", {"launch_template[0].id": 'module.net["a"].aws_launch_template.inner'}),
        (
            'module.net["b"]',
            "aws_instance.i",
            {"subnet_id": "aws_subnet.s[0]", "launch_template[0].id": "aws_launch_template.outer"},
        ),
        ('module.net["b"]', "aws_eip.e", {"instance": 'module.net["b"].aws_instance.i'}),
    ],
)
def test_references_go_through_variables_and_outputs(module: str, name: str, references: dict[str, str]) -> None:
    assert CONFIGURATION.references(module, name) == references


def test_names_that_lead_round_and_round_end() -> None:
    """Each of many outputs names all the others, through the variables of their modules."""
    names = [f"m{i}" for i in range(60)]
    everything = refers(*(f"module.{name}.o" for name in names))
    call = {
        "expressions": {"v": everything},
        "module": {"outputs": {"o": {"expression": refers("var.v")}}, "variables": {"v": {}}},
    }
    root = {"resources": [resource("aws_eip", "e", instance=everything)], "module_calls": dict.fromkeys(names, call)}
    assert Configuration({"configuration": {"root_module": root}}).references("", "aws_eip.e") == {}
