"""Plans as JSON."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from finops_gate.model import Loaded, Unknown
from finops_gate.settings import Settings
from finops_gate.sources import terraform
from finops_gate.sources.files import WorkingTree


def resource(address: str, values: dict[str, Any], mode: str = "managed") -> dict[str, Any]:
    type, name = address.rsplit(".", 2)[-2:]
    provider = f"registry.terraform.io/hashicorp/{type.split('_')[0]}"
    return {"address": address, "mode": mode, "type": type, "name": name, "provider_name": provider, "values": values}


PLAN: dict[str, Any] = {
    "format_version": "1.2",
    "variables": {"region": {"value": "eu-west-1"}},
    "planned_values": {
        "root_module": {
            "resources": [
                resource(
                    "aws_instance.web",
                    {"instance_type": "m5.large", "tags_all": {"team": "shop"}, "ebs": [{"size": 8}]},
                ),
                resource("data.aws_ami.a", {}, mode="data"),
                resource("aws_db_instance.db", {"password": "secret", "allocated_storage": 20.5}),
            ],
            "child_modules": [
                {"address": 'module.m["k"]', "resources": [resource('module.m["k"].aws_eip.e', {"tags": None})]}
            ],
        }
    },
    "resource_changes": [
        {
            "address": "aws_instance.web",
            "previous_address": "aws_instance.old",
            "change": {
                "actions": ["delete", "create"],
                "after_unknown": {"id": True, "ebs": [{"iops": True}], "tags": {}},
                "after_sensitive": {},
            },
        },
        {
            "address": "aws_db_instance.db",
            "change": {"actions": ["create"], "after_unknown": {}, "after_sensitive": {"password": True}},
        },
    ],
    "configuration": {
        "provider_config": {
            "aws": {"name": "aws", "expressions": {"region": {"references": ["var.region"]}}},
            "aws.west": {"name": "aws", "alias": "west", "expressions": {"region": {"constant_value": "us-west-2"}}},
        }
    },
}
CUT = json.dumps(PLAN, indent=1)[:200]


def load(directory: Path, text: str) -> Loaded:
    (directory / "plan.json").write_text(text)
    return terraform.load(WorkingTree(directory), ["plan.json"], Settings(root=str(directory)))


def test_planned_resources_with_actions_and_unknowns(tmp_path: Path) -> None:
    loaded = load(tmp_path, json.dumps(PLAN))
    assert not loaded.notices
    found = {r.address: r for r in loaded.resources}
    assert list(found) == ["aws_db_instance.db", "aws_instance.web", 'module.m["k"].aws_eip.e']
    web = found["aws_instance.web"]
    assert (web.action, web.region, web.tags, web.moved_from) == (
        "replace",
        "eu-west-1",
        {"team": "shop"},
        ("aws_instance.old",),
    )
    assert web.attributes["instance_type"] == "m5.large"
    assert web.attributes["ebs"][0]["size"] == Decimal(8)
    assert isinstance(web.attributes["ebs"][0]["iops"], Unknown)
    assert isinstance(web.attributes["id"], Unknown)
    assert found["aws_db_instance.db"].attributes["allocated_storage"] == Decimal("20.5")
    assert found['module.m["k"].aws_eip.e'].module_path == 'module.m["k"]'


def test_sensitive_values_are_never_kept(tmp_path: Path) -> None:
    assert "secret" not in repr(load(tmp_path, json.dumps(PLAN)))


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        (CUT, CUT.count("\n") + 1, "cut short"),
        ("", 1, "cut short"),
        ('{"format_version": "1.2",\n oops', 2, "not JSON"),
        ('{"a": 1}', 1, "not a Terraform plan"),
        ("[1]", 1, "not a Terraform plan"),
        ("[" * 5_000, 1, ""),
    ],
)
def test_what_is_no_plan_is_an_error_at_its_place(tmp_path: Path, text: str, line: int, says: str) -> None:
    loaded = load(tmp_path, text)
    (notice,) = loaded.notices
    assert (notice.code, notice.severity) == ("plan-unreadable", "error")
    assert says in notice.message
    assert notice.span is not None
    assert notice.span.line == line


@pytest.mark.parametrize(
    ("path", "matched"),
    [
        ("main.tf", True),
        ("a/b.tofu", True),
        ("a/b.tf.json", True),
        ("tfplan.json", True),
        ("out/prod.tfplan.json", True),
        ("prod-plan.json", True),
        ("package.json", False),
        ("main.tfvars", False),
        ("plan.json.txt", False),
    ],
)
def test_which_files_are_ours(path: str, matched: bool) -> None:
    assert terraform.matches(path) is matched
