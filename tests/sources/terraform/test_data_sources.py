"""Data sources that need no cloud. Documents and partitions are what version 5.100 of the AWS provider gives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from finops_gate import data
from finops_gate.model import Unknown
from finops_gate.settings import Settings
from finops_gate.sources import terraform
from finops_gate.sources.files import WorkingTree

PROVIDERS = """
provider "aws" {
  region = "eu-west-3"
  default_tags { tags = { owner = "p" } }
}
provider "aws" {
  alias  = "california"
  region = "us-west-1"
}
provider "aws" {
  alias  = "beijing"
  region = "cn-north-1"
}
provider "google" { region = "europe-west1" }
"""


def value_of(directory: Path, blocks: str, expression: str) -> Any:
    text = f'{PROVIDERS}\n{blocks}\nresource "terraform_data" "r" {{ input = {expression} }}'
    (directory / "main.tf").write_text(text, encoding="utf-8")
    loaded = terraform.load(WorkingTree(directory), ["main.tf"], Settings(root=str(directory)))
    assert not [n for n in loaded.notices if n.severity == "error"]
    return loaded.resources[0].attributes["input"]


@pytest.mark.parametrize(
    ("blocks", "expression", "value"),
    [
        ('data "aws_region" "d" {}', "[data.aws_region.d.name, data.aws_region.d.id]", ["eu-west-3", "eu-west-3"]),
        ('data "aws_region" "d" { name = "us-east-2" }', "data.aws_region.d.name", "us-east-2"),
        (
            'data "aws_partition" "d" {}',
            "[data.aws_partition.d.partition, data.aws_partition.d.dns_suffix]",
            ["aws", "amazonaws.com"],
        ),
        (
            'data "aws_partition" "d" { provider = aws.beijing }',
            "[data.aws_partition.d.partition, data.aws_partition.d.dns_suffix]",
            ["aws-cn", "amazonaws.com.cn"],
        ),
        ('data "aws_default_tags" "d" {}', "data.aws_default_tags.d.tags", {"owner": "p"}),
        (
            'data "aws_availability_zones" "d" { state = "available" }',
            "slice(data.aws_availability_zones.d.names, 0, 2)",
            ["eu-west-3a", "eu-west-3b"],
        ),
        (
            'data "aws_availability_zones" "d" { exclude_names = ["eu-west-3a"] }',
            "data.aws_availability_zones.d.names",
            ["eu-west-3b", "eu-west-3c"],
        ),
        (
            'data "aws_availability_zones" "d" {\nfilter {\nname = "opt-in-status"\n'
            'values = ["opt-in-not-required"]\n}\n}',
            "length(data.aws_availability_zones.d.zone_ids)",
            3,
        ),
        (
            'data "aws_availability_zones" "d" { provider = aws.california }',
            "length(data.aws_availability_zones.d.names)",
            2,
        ),
        ('data "google_compute_zones" "d" {}', "data.google_compute_zones.d.names[0]", "europe-west1-b"),
        ('data "local_file" "d" { filename = "note.txt" }', "data.local_file.d.content", "hello"),
        (
            'data "local_file" "d" { filename = "${path.module}/note.txt" }',
            "data.local_file.d.content_sha1",
            "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d",
        ),
        (
            'data "template_file" "d" {\ntemplate = "a $${b}"\nvars = { b = "c" }\n}',
            "data.template_file.d.rendered",
            "a c",
        ),
        ('data "null_data_source" "d" { inputs = { a = "b" } }', "data.null_data_source.d.outputs.a", "b"),
    ],
)
def test_known(blocks: str, expression: str, value: Any, tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("hello")
    assert value_of(tmp_path, blocks, expression) == value


@pytest.mark.parametrize(
    ("blocks", "expression", "reason"),
    [
        ('data "http" "d" { url = "https://example.org" }', "data.http.d.body", "read from the network"),
        ('data "external" "d" { program = ["x"] }', "data.external.d.result", "which is not run"),
        ('data "aws_ami" "d" {}', "data.aws_ami.d.id", "read from the cloud"),
        ('data "aws_caller_identity" "d" {}', "data.aws_caller_identity.d.account_id", "that of the account"),
        ('data "local_file" "d" { filename = "../outside" }', "data.local_file.d.content", "read from the cloud"),
        (
            'data "local_sensitive_file" "d" { filename = "note.txt" }',
            "data.local_sensitive_file.d.content",
            "sensitive",
        ),
        (
            'data "aws_availability_zones" "d" { all_availability_zones = true }',
            "data.aws_availability_zones.d.names",
            "read from the cloud",
        ),
        (
            'data "aws_availability_zones" "d" { provider = aws.california }',
            "data.aws_availability_zones.d.names[0]",
            "known only to the account",
        ),
        (
            'variable "region" {}\nprovider "aws" {\n alias = "v"\n region = var.region\n}\n'
            'data "aws_availability_zones" "d" { provider = aws.v }',
            "data.aws_availability_zones.d.names",
            "var.region has no value",
        ),
        (
            'data "aws_iam_policy_document" "d" { source_policy_documents = ["{}"] }',
            "data.aws_iam_policy_document.d.json",
            "read from the cloud",
        ),
    ],
)
def test_not_known(blocks: str, expression: str, reason: str, tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("hello")
    found = value_of(tmp_path, blocks, expression)
    assert isinstance(found, Unknown)
    assert reason in found.reason


MANY = """
data "aws_iam_policy_document" "d" {
  policy_id = "x"
  version   = "2008-10-17"
  statement {
    sid           = "A"
    effect        = "Deny"
    not_actions   = ["s3:Put*", "s3:Get*", "s3:Get*"]
    not_resources = ["b", "a"]
    principals {
      type        = "AWS"
      identifiers = ["*"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:y"
      values   = ["1"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:x"
      values   = ["b", "a"]
    }
    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = [false]
    }
  }
  dynamic "statement" {
    for_each = ["sts:AssumeRole"]
    content {
      actions = [statement.value]
      principals {
        type        = "Service"
        identifiers = ["ec2.amazonaws.com", "lambda.amazonaws.com"]
      }
      principals {
        type        = "AWS"
        identifiers = ["arn:aws:iam::1:root"]
      }
    }
  }
  statement {
    actions   = ["x:y"]
    resources = ["*"]
    not_principals {
      type        = "*"
      identifiers = ["*"]
    }
  }
}
"""
MANY_JSON = (
    '{"Version":"2008-10-17","Id":"x","Statement":[{"Sid":"A","Effect":"Deny","NotAction":["s3:Put*","s3:Get*"],'
    '"NotResource":["b","a"],"Principal":{"AWS":"*"},"Condition":{"Bool":{"aws:SecureTransport":"false"},'
    '"StringEquals":{"aws:x":["b","a"],"aws:y":"1"}}},{"Effect":"Allow","Action":"sts:AssumeRole",'
    '"Principal":{"AWS":"arn:aws:iam::1:root","Service":["lambda.amazonaws.com","ec2.amazonaws.com"]}},'
    '{"Effect":"Allow","Action":"x:y","Resource":"*","NotPrincipal":"*"}]}'
)
ESCAPED = """
data "aws_iam_policy_document" "d" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["a<b>&c", "&{aws:username}é"]
  }
}
"""
ESCAPED_JSON = """{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": "s3:GetObject",
      "Resource": [
        "a\\u003cb\\u003e\\u0026c",
        "${aws:username}é"
      ]
    }
  ]
}"""


@pytest.mark.parametrize(
    ("blocks", "attribute", "json"),
    [
        (MANY, "minified_json", MANY_JSON),
        (ESCAPED, "json", ESCAPED_JSON),
        ('data "aws_iam_policy_document" "d" {}', "json", '{\n  "Version": "2012-10-17"\n}'),
    ],
)
def test_policy_documents(blocks: str, attribute: str, json: str, tmp_path: Path) -> None:
    assert value_of(tmp_path, blocks, f"data.aws_iam_policy_document.d.{attribute}") == json


@pytest.mark.parametrize("provider", ["aws", "google"])
def test_tables_of_zones_are_sorted_and_name_their_sources(provider: str) -> None:
    lines = (data.pricing_dir() / "zones" / f"{provider}.txt").read_text(encoding="utf-8").splitlines()
    rows = [line.split() for line in lines if not line.startswith("#")]
    assert any(line.startswith("# https://") for line in lines)
    assert rows == sorted(rows)
    assert all(zones == sorted(set(zones)) for _, *zones in rows)
