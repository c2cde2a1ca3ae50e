from __future__ import annotations

from pathlib import Path

import pytest

from finops_gate.costing.models import Folder, Models, provider_of
from finops_gate.errors import ConfigurationError
from finops_gate.sources.files import WorkingTree
from tests.costing.fakes import models

COMPONENT = "components: [{name: Hours, unit: hour, price: {key: box, component: hours}, quantity: %s}]"
GROUP = "components:\n- price: {key: box}\n  components:\n  - {name: A, unit: h, quantity: 1, price: {}}"


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("attributes: {size: 1}\n" + COMPONENT % "sise", 3, "there is no `sise`; did you mean `size`?"),
        ("usage: {requests: per month}\n" + COMPONENT % "usage.request", 3, "`request`; did you mean `requests`?"),
        ("usage: {a: {b: c}}\n" + COMPONENT % "usage.a.d", 3, "there is no usage key `a.d`"),
        (COMPONENT % "celi(3)", 2, "there is no function `celi`; did you mean `ceil`?"),
        (COMPONENT % "'1 +'", 2, "invalid syntax"),
        (COMPONENT % "{floor: 1}", 2, "a quantity needs `expected`"),
        ("components: [{name: 'Hours ({sice})', unit: h, unit_price: 1, quantity: 1}]", 2, "there is no `sice`"),
        ("components: [{name: Hours, unit: hour, quantity: 1}]", 2, "needs `price` or `unit_price`"),
        ("let: {a: b, b: 1}\n" + COMPONENT % "a", 2, "there is no `b`"),
        ("attributes: {a: 1}\nlet: {a: 1}\n" + COMPONENT % "a", 3, "`a` is an attribute"),
        ("let: {class: 1}\n" + COMPONENT % "1", 2, "`class` cannot be a name"),
        ("parts: [{model: aws_dsik}]", 2, "there is no cost model of aws_dsik"),
        ("parts: [{model: aws_disk, attributes: {syze: 1}}]", 2, "`syze` among its attributes; did you mean `size`?"),
        ("parts: [{model: aws_disk, usage: {red: 1}}]", 2, "no `red` among its usage; did you mean `reads`?"),
        ("usage: {reads: x}\n" + COMPONENT % "reads", 3, "there is no `reads`; did you mean `usage.reads`?"),
        ("components: [{unit: h, components: [{name: A, unit_price: 1}]}]", 2, "`quantity` is missing here"),
        (GROUP, 5, "`component` is missing here, and in the group around it"),
        ("like: aws_nothing", 2, "there is no cost model of aws_nothing"),
        ("like: aws_thing", 2, "there is no cost model of aws_thing"),
        ("components: [", 2, "not valid YAML"),
        ("unit: 1\nunit: 2", 3, "given twice"),
    ],
)  # fmt: skip
def test_mistake_is_named_with_its_line_and_the_nearest_right_name(
    tmp_path: Path, text: str, line: int, message: str
) -> None:
    disk = "attributes: {size: 1}\nusage: {reads: reads}\n" + COMPONENT % "size"
    known = models(tmp_path, aws_disk=disk, aws_thing=text)
    with pytest.raises(ConfigurationError) as caught:
        known.get("aws_thing")
    assert message in str(caught.value)
    assert f"aws_thing.yaml:{line}:" in str(caught.value)


def test_file_of_another_type_is_refused(tmp_path: Path) -> None:
    known = models(tmp_path, aws_thing=COMPONENT % "1")
    (tmp_path / "models/aws/aws_thing.yaml").rename(tmp_path / "models/aws/aws_other.yaml")
    with pytest.raises(ConfigurationError, match="named for aws_other"):
        known.get("aws_other")


def test_models_that_are_parts_of_each_other_are_refused(tmp_path: Path) -> None:
    known = models(tmp_path, aws_a="parts: [{model: aws_b}]", aws_b="parts: [{model: aws_a}]")
    with pytest.raises(ConfigurationError, match="aws_a -> aws_b -> aws_a"):
        known.get("aws_a")


def test_like_shares_a_model(tmp_path: Path) -> None:
    known = models(tmp_path, aws_a=COMPONENT % "1", aws_b="like: aws_a")
    assert known.get("aws_b") is known.get("aws_a")


def test_overlay_wins_and_is_held_against_the_schema(tmp_path: Path) -> None:
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    models(ours, aws_a=COMPONENT % "1", aws_b=COMPONENT % "1")
    models(theirs, aws_a=COMPONENT % "2" + "\nexamples: [{name: x, expect: {monthly: 1}}]", aws_b="colour: red")
    known = Models([Folder(WorkingTree(theirs), "models")], ours)
    found = known.get("aws_a")
    assert found is not None
    assert found.path == "models/aws/aws_a.yaml"
    with pytest.raises(ConfigurationError, match=r"aws_b\.yaml"):
        known.get("aws_b")


def test_usage_keys_include_those_of_parts(tmp_path: Path) -> None:
    disk = "usage: {reads: reads}\n" + COMPONENT % "1"
    known = models(tmp_path, aws_disk=disk, aws_a="usage: {hours: hours}\nparts: [{model: aws_disk}]")
    assert set(known.usage_keys("aws_a")) == {"reads", "hours"}


@pytest.mark.parametrize(
    "resource_type",
    ["../aws/aws_a", "aws_a/../aws_a", "/etc/passwd", "", "aws_a\n", "aws a", "é" * 300, "aws_" + "a" * 300],
)
def test_type_never_leads_out_of_the_models(tmp_path: Path, resource_type: str) -> None:
    known = models(tmp_path, aws_a=COMPONENT % "1")
    assert known.get(resource_type) is None
    assert not known.is_free(resource_type)


@pytest.mark.parametrize(
    ("resource_type", "provider"),
    [("aws_instance", "aws"), ("kubernetes:Deployment", "kubernetes"), ("ci:job", "ci"), ("azurerm_x_y", "azurerm")],
)
def test_provider_of_a_type(resource_type: str, provider: str) -> None:
    assert provider_of(resource_type) == provider
