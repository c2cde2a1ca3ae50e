"""Plans as JSON."""

from __future__ import annotations

import contextlib
import copy
import functools
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finops_gate.model import Loaded, Unknown
from finops_gate.settings import Settings
from finops_gate.sources import terraform
from finops_gate.sources.files import WorkingTree
from finops_gate.sources.memory import MemoryTree
from finops_gate.sources.terraform.expansion import ANY_NUMBER


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
                resource("aws_db_instance.db", {"password": "hunter2", "allocated_storage": 20.5}),
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
DATA = Path(__file__).parent / "data" / "plan_json"
"""Configurations with what Terraform 1.11 and version 5.100 of the AWS provider planned for them, without the nulls."""

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


def recorded(name: str, file: str = "plan.json") -> Loaded:
    tree = WorkingTree(DATA / name)
    return terraform.load(tree, [file], Settings(root=str(tree.root)))


def test_a_plan_tells_what_there_was_before() -> None:
    loaded = recorded("change")
    assert loaded.before is not None
    sizes = {r.address: r.attributes.get("size") or r.attributes.get("instance_type") for r in loaded.before}
    assert sizes == {
        "aws_db_instance.db": None,
        "aws_ebs_volume.archive": Decimal(500),
        "aws_ebs_volume.data": Decimal(100),
        "aws_ebs_volume.swapped": Decimal(50),
        "aws_ebs_volume.swapped (deposed object 0a1b2c3d)": Decimal(50),
        "aws_instance.web": "m5.large",
        "aws_nat_gateway.gone": None,
    }
    assert {r.region for r in loaded.before} == {"us-west-2"}


def test_what_a_plan_does() -> None:
    found = {r.address: (r.action, r.moved_from) for r in recorded("change").resources}
    assert found == {
        "aws_db_instance.db": ("update", ()),
        "aws_ebs_volume.added[0]": ("create", ()),
        "aws_ebs_volume.added[1]": ("create", ()),
        "aws_ebs_volume.data": ("replace", ()),
        "aws_ebs_volume.swapped": ("replace", ()),
        "aws_instance.web": ("update", ("aws_instance.old",)),
    }


def test_what_is_only_forgotten_goes_on_costing() -> None:
    (notice,) = recorded("change").notices
    assert (notice.code, notice.severity) == ("forgotten-resource", "info")
    assert "aws_ebs_volume.archive" in notice.message


def test_a_state_holds_resources_and_no_change() -> None:
    loaded = recorded("change", "state.json")
    assert loaded.before is None
    assert {r.address for r in loaded.resources} == {
        "aws_db_instance.db",
        "aws_ebs_volume.archive",
        "aws_ebs_volume.data",
        "aws_ebs_volume.swapped",
        "aws_instance.old",
        "aws_nat_gateway.gone",
    }
    assert {r.region for r in loaded.resources} == {"us-west-2"}


def test_resources_join_and_know_their_provider() -> None:
    loaded = recorded("service")
    found = {r.address: r for r in loaded.resources}
    group, service = found["aws_autoscaling_group.worker"], found['module.service["api"].aws_ecs_service.this']
    assert group.references["launch_template[0].id"] == "aws_launch_template.worker"
    assert service.references["cluster"].endswith("aws_ecs_cluster.this")
    assert service.references["task_definition"] == 'module.service["api"].aws_ecs_task_definition.this'
    assert group.region == "eu-west-1"
    assert found["aws_ebs_volume.data[1]"].region == "us-east-2"
    assert found["aws_instance.web"].tags == {"team": "shop", "owner": "platform"}


def test_places_are_in_the_code_beside_the_plan() -> None:
    found = {r.address: r for r in recorded("service").resources}
    web, cluster = found["aws_instance.web"], found['module.service["cron"].aws_ecs_cluster.this']
    lines = (DATA / "service" / "main.tf").read_text(encoding="utf-8").split("\n")
    assert web.span.path == "main.tf"
    assert lines[web.span.line - 1] == 'resource "aws_instance" "web" {'
    assert lines[web.span_of("root_block_device[0].volume_size").line - 1].strip() == "volume_size = 30"
    assert cluster.span.path == "modules/service/main.tf"


@pytest.mark.parametrize("wrapped", [False, True])
def test_without_code_places_are_in_the_plan_and_the_rest_is_the_same(tmp_path: Path, wrapped: bool) -> None:
    text = (DATA / "service" / "plan.json").read_text(encoding="utf-8")
    noise = ("[command]/opt/terraform-bin show -json tfplan\n", "\n\n::debug::exitcode: 0\n::debug::stdout: {%0A}\n")
    alone = load(tmp_path, noise[0] + text + noise[1] if wrapped else text)
    assert not alone.notices
    beside = {r.address: r for r in recorded("service").resources}
    for found in alone.resources:
        assert (
            f'"address": {json.dumps(found.address)}'
            in (tmp_path / "plan.json").read_text().split("\n")[found.span.line - 1]
        )
        twin = beside[found.address]
        assert (found.attributes, found.region, found.tags) == (twin.attributes, twin.region, twin.tags)
    group = next(r for r in alone.resources if r.type == "aws_autoscaling_group")
    assert group.references == {"launch_template[0].id": "aws_launch_template.worker"}


def test_what_the_provider_decides_is_left_out_and_what_the_code_computes_is_not_known() -> None:
    found = {r.address: r for r in recorded("service").resources}
    assert found["aws_instance.web"].attributes["root_block_device"][0].get("iops") is None
    assert found["aws_instance.web"].attributes.get("tenancy") is None
    assert isinstance(found["aws_autoscaling_group.worker"].attributes["launch_template"][0]["id"], Unknown)


def test_no_report_may_quote_a_plan() -> None:
    loaded = recorded("service")
    assert "canary" not in repr(loaded)
    assert any(s.path == "plan.json" and s.end_line > 10**6 for s in loaded.secrets)


def test_code_counts_and_not_the_plan_beside_it() -> None:
    tree = WorkingTree(DATA / "change")
    loaded = terraform.load(tree, ["main.tf", "plan.json"], Settings(root=str(tree.root)))
    assert len([r for r in loaded.resources if r.address == "aws_instance.web"]) == 1
    assert "plan-beside-code" in {n.code for n in loaded.notices}


def test_what_a_plan_leaves_alone_costs_on_both_sides(tmp_path: Path) -> None:
    """As with `-target`: the state holds it, and no change is planned."""
    kept = resource("aws_nat_gateway.kept", {"id": "nat-1"})
    plan = {**PLAN, "prior_state": {"values": {"root_module": {"resources": [kept]}}}}
    loaded = load(tmp_path, json.dumps(plan))
    assert "aws_nat_gateway.kept" in {r.address for r in loaded.resources}
    assert [r.address for r in loaded.before or ()] == ["aws_nat_gateway.kept"]


@pytest.mark.parametrize("planned", [{}, {"planned_values": {"root_module": {}}}])
def test_changes_alone_are_a_plan(tmp_path: Path, planned: dict[str, Any]) -> None:
    change = {"actions": ["create"], "before": None, "after": {"size": 8}, "after_unknown": {}}
    item = {**resource("aws_ebs_volume.v", {}), "change": change}
    loaded = load(tmp_path, json.dumps({"format_version": "1.2", "resource_changes": [item], **planned}))
    assert [(r.address, r.attributes) for r in loaded.resources] == [("aws_ebs_volume.v", {"size": Decimal(8)})]


def test_what_is_put_off_may_be_any_number(tmp_path: Path) -> None:
    change = {"actions": ["create"], "before": None, "after": {"size": 8}, "after_unknown": {}}
    item = {**resource("aws_ebs_volume.v", {}), "change": change}
    deferred = [{"reason": "instance_count_unknown", "resource_change": item}]
    loaded = load(tmp_path, json.dumps({**PLAN, "deferred_changes": deferred}))
    (volume,) = [r for r in loaded.resources if r.type == "aws_ebs_volume"]
    assert volume.instances == ANY_NUMBER


def test_a_plan_of_powershell_is_utf_16(tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_bytes(json.dumps(PLAN).encode("utf-16"))
    loaded = terraform.load(WorkingTree(tmp_path), ["plan.json"], Settings(root=str(tmp_path)))
    assert not loaded.notices
    assert len(loaded.resources) == 3


def test_secrets_of_old_plans_are_told_by_their_names(tmp_path: Path) -> None:
    """Terraform 0.13 marks nothing as sensitive."""
    old = json.loads(json.dumps(PLAN))
    for change in old["resource_changes"]:
        change["change"].pop("after_sensitive")
    assert "hunter2" not in repr(load(tmp_path, json.dumps(old)))


def test_sensitive_values_are_never_kept(tmp_path: Path) -> None:
    assert "hunter2" not in repr(load(tmp_path, json.dumps(PLAN)))


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        (CUT, CUT.count("\n") + 1, "cut short"),
        ("", 1, "cut short"),
        ('{"format_version": "1.2",\n oops', 2, "not JSON"),
        ('{"a": 1}', 1, "not a Terraform plan"),
        ("[1]", 1, "not a Terraform plan"),
        ("[" * 5_000, 1, ""),
        ('{"format_version": "1.2", "planned_values": {}}\n{"more": 1}', 2, "follows the end"),
        ("PK\x03\x04tfplan", 1, "binary plan"),
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


JUNK: list[Any] = [None, True, -1.5, "", "module.", [], {}, [None], {"references": [1, None]}, {"constant_value": None}]


def places_in(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from places_in(value[key], (*path, key))


WHOLE = json.loads((DATA / "change" / "plan.json").read_text(encoding="utf-8"))
PLACES = sorted(places_in(WHOLE), key=lambda path: (len(path), str(path)))[1:]


@given(st.lists(st.tuples(st.sampled_from(PLACES), st.sampled_from(JUNK)), min_size=1, max_size=4))
def test_whatever_is_damaged_is_read_or_refused(damages: list[tuple[tuple[Any, ...], Any]]) -> None:
    plan = copy.deepcopy(WHOLE)
    for path, junk in damages:
        with contextlib.suppress(KeyError, IndexError, TypeError):
            functools.reduce(lambda at, key: at[key], path[:-1], plan)[path[-1]] = copy.deepcopy(junk)
    loaded = terraform.load(MemoryTree({"plan.json": json.dumps(plan)}), ["plan.json"], Settings())
    assert loaded.resources or loaded.notices or loaded.before is not None
