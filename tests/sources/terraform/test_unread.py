"""What a syntax error hides is unknown: it is not absent, and what is around it is read all the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from finops_gate.model import Loaded, Unknown
from finops_gate.settings import Settings
from finops_gate.sources import terraform
from finops_gate.sources.files import WorkingTree


def load(directory: Path, files: dict[str, str]) -> Loaded:
    for path, text in files.items():
        (directory / path).parent.mkdir(parents=True, exist_ok=True)
        (directory / path).write_text(text, encoding="utf-8")
    tree = WorkingTree(directory)
    return terraform.load(tree, [p for p in tree.paths() if terraform.matches(p)], Settings(root=str(directory)))


def attributes(directory: Path, body: str) -> dict[str, Any]:
    code = f'resource "aws_instance" "x" {{\n{body}\n}}\nresource "aws_eip" "after" {{ domain = "vpc" }}\n'
    loaded = load(directory, {"main.tf": code})
    assert [n.code for n in loaded.notices] == ["syntax-error"]
    found = {resource.address: resource for resource in loaded.resources}
    assert found["aws_eip.after"].attributes == {"domain": "vpc"}
    return dict(found["aws_instance.x"].attributes)


@pytest.mark.parametrize(
    ("body", "known", "unknown"),
    [
        ('  ami = "a"\n  monitoring = = true\n  ebs_optimized = true', {"ami": "a"}, ["monitoring", "ebs_optimized"]),
        ('  ami = "a"\n  monitoring = true false', {"ami": "a"}, ["monitoring", "instance_type", "tags"]),
        ('  ami = "a"\n  root_block_device {\n    volume_size = 1\n    oops', {"ami": "a"}, ["root_block_device"]),
        ('  ami = "%{ if true }a"\n  monitoring = true', {"monitoring": True, "tags": None}, ["ami"]),
        ("  tags = { a = 1 }\n  oops", {"tags": {"a": 1}}, ["ami", "root_block_device"]),
    ],
)
def test_only_what_was_read_is_known(tmp_path: Path, body: str, known: dict[str, Any], unknown: list[str]) -> None:
    found = attributes(tmp_path, body)
    assert {name: found.get(name) for name in known} == known
    assert {name: type(found.get(name)) for name in unknown} == dict.fromkeys(unknown, Unknown)


def test_there_may_be_more_blocks_behind_a_syntax_error(tmp_path: Path) -> None:
    block = '  ebs_block_device {\n    device_name = "f"\n  }\n'
    first, rest = attributes(tmp_path, f"{block}  oops\n{block}")["ebs_block_device"]
    assert first == {"device_name": "f"}
    assert isinstance(rest, Unknown)


def test_it_says_where_the_syntax_error_is(tmp_path: Path) -> None:
    value = attributes(tmp_path, '  ami = "a"\n  monitoring = = true')["monitoring"]
    assert value.reason == "not read for the syntax error at main.tf:3:16"
    assert (value.origin.line, value.origin.column) == (3, 16)


def test_names_that_may_be_declared_where_it_is_unreadable_are_no_further_error(tmp_path: Path) -> None:
    loaded = load(tmp_path, {"main.tf": 'locals {\n  oops\n  x = 1\n}\nresource "x_y" "z" { a = local.x }\n'})
    assert [notice.code for notice in loaded.notices] == ["syntax-error"]
    assert isinstance(loaded.resources[0].attributes["a"], Unknown)


def test_a_provider_that_is_half_read_may_have_default_tags(tmp_path: Path) -> None:
    code = 'provider "aws" {\n  region = "eu-west-1"\n  oops\n}\nresource "aws_sqs_queue" "q" {}\n'
    queue = load(tmp_path, {"main.tf": code}).resources[0]
    assert queue.region == "eu-west-1"
    assert isinstance(queue.tags, Unknown)


def test_a_default_does_not_stand_in_for_an_argument_that_was_not_read(tmp_path: Path) -> None:
    files = {
        "main.tf": 'module "m" {\n  source = "./m"\n  a = 1\n  oops\n  b = 1\n}\n',
        "m/main.tf": 'variable "a" {}\nvariable "b" { default = 2 }\n'
        'resource "x_y" "z" {\n  a = var.a\n  b = var.b\n}\n',
    }
    found = load(tmp_path, files).resources[0].attributes
    assert found["a"] == 1
    assert isinstance(found["b"], Unknown)


def test_a_default_does_not_stand_in_for_a_value_that_was_not_read(tmp_path: Path) -> None:
    files = {
        "main.tf": 'variable "a" { default = 1 }\nvariable "b" { default = 1 }\n'
        'resource "x_y" "z" {\n  a = var.a\n  b = var.b\n}\n',
        "terraform.tfvars": "a = = 2\nb = 2\n",
    }
    found = load(tmp_path, files).resources[0].attributes
    assert isinstance(found["a"], Unknown)
    assert found["b"] == 2


def test_an_expression_of_the_json_syntax_that_cannot_be_read_is_unknown(tmp_path: Path) -> None:
    code = '{"resource": {"aws_instance": {"x": {"ami": "${1 +}", "instance_type": "t3.micro"}}}}'
    found = load(tmp_path, {"main.tf.json": code}).resources[0].attributes
    assert isinstance(found["ami"], Unknown)
    assert found["instance_type"] == "t3.micro"


def test_a_missing_bracket_swallows_no_block_in_column_one(tmp_path: Path) -> None:
    swallowed = 'resource "x_y" "a" {}\nresource "x_y" "b" {\n  a b\n}\n'
    code = f'provider "aws" {{\n  default_tags {{\n    tags = {{ a = 1\n}}\n{swallowed}'
    assert [r.address for r in load(tmp_path, {"main.tf": code}).resources] == ["x_y.a", "x_y.b"]
