"""What the code calls sensitive stays inside the evaluation, and what follows from it stays known."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from finops_gate.model import Loaded, Unknown
from finops_gate.settings import Settings
from finops_gate.sources import terraform
from finops_gate.sources.files import WorkingTree

VARIABLE = """
variable "secret" {
  type      = string
  sensitive = true
  default   = "canary-hunter2"
}
variable "settings" {
  type      = object({ size = number, password = string, name = string })
  default   = { size = 20, password = "canary-pw", name = "app" }
  sensitive = true
}
variable "open" {
  default = { size = 20, name = "app" }
}
locals {
  merged  = merge(var.open, { password = var.secret })
  encoded = base64encode("user:${var.secret}")
  pieces  = split("-", var.secret)
}
"""


def load(directory: Path, text: str, **files: str) -> Loaded:
    (directory / "main.tf").write_text(VARIABLE + text, encoding="utf-8")
    for name, content in files.items():
        path = directory / name.replace("__", "/").replace("_tf", ".tf")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    tree = WorkingTree(directory)
    paths = [path for path in tree.paths() if terraform.matches(path)]
    return terraform.load(tree, paths, Settings(root=str(directory)))


@pytest.mark.parametrize(
    "expression",
    [
        "var.secret",
        '"x-${var.secret}"',
        "local.encoded",
        "local.merged.password",
        "local.pieces[1]",
        "upper(var.secret)",
        "sha256(var.secret)",
        "[for c in [var.secret]: c]",
        "{ a = { b = var.secret } }",
        "jsonencode({ password = var.secret, size = 3 })",
        'true ? var.secret : ""',
        "var.open.size > 3 ? var.secret : null",
        'sensitive("canary-literal")',
        'format("%s", sensitive("canary-literal"))',
        "var.settings",
        "{ (var.secret) = 1 }",
        "[var.settings.password]",
        'templatefile("t.tftpl", { s = var.secret })',
        "module.m.out",
        "module.m.marked",
        "terraform_data.other.input",
        "aws_db_instance.d.username",
    ],
)
def test_no_way_leads_a_secret_out(expression: str, tmp_path: Path) -> None:
    (tmp_path / "t.tftpl").write_text("secret: ${s}\n")
    text = f"""
    module "m" {{
      source = "./m"
      given  = var.secret
    }}
    resource "aws_db_instance" "d" {{ username = var.secret }}
    resource "terraform_data" "other" {{ input = {{ user_data = var.secret }} }}
    resource "terraform_data" "r" {{
      input = {expression}
      dynamic "block" {{
        for_each = [{{ s = var.secret }}]
        content {{ text = block.value.s }}
      }}
    }}
    """
    module = """
    variable "given" {}
    output "out" { value = "<${var.given}>" }
    output "marked" {
      value     = "canary-output"
      sensitive = true
    }
    """
    loaded = load(tmp_path, text, m__main_tf=module)
    assert not [n for n in loaded.notices if n.severity == "error"]
    told = repr([(r.attributes, r.tags, r.address) for r in loaded.resources])
    assert "anary" not in told
    assert "hunter2" not in told
    assert "Y2FuYXJ5" not in told, "base64 of the beginning"


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("local.merged.size", Decimal(20)),
        ("local.merged.name", "app"),
        ('var.secret == "" ? "small" : "large"', "large"),
        ("length(var.secret) > 3", True),
        ("nonsensitive(var.settings.size)", Decimal(20)),
        ("keys(local.merged)", ["name", "password", "size"]),
        ("merge(local.merged, { name = var.open.name }).name", "app"),
    ],
)
def test_what_only_follows_from_a_secret_is_known(expression: str, value: Any, tmp_path: Path) -> None:
    (resource,) = load(tmp_path, f'resource "terraform_data" "r" {{ input = {expression} }}').resources
    assert resource.attributes["input"] == value


def test_a_secret_word_elsewhere_is_no_secret(tmp_path: Path) -> None:
    text = """
    variable "user" {
      sensitive = true
      default   = "admin"
    }
    resource "aws_db_instance" "d" {
      username = var.user
      tags     = { team = "admin" }
    }
    """
    (resource,) = load(tmp_path, text).resources
    assert isinstance(resource.attributes["username"], Unknown)
    assert resource.tags == {"team": "admin"}


def test_counts_of_secrets_are_counted(tmp_path: Path) -> None:
    text = 'resource "terraform_data" "r" { count = var.secret == "" ? 0 : 2 }'
    assert [r.address for r in load(tmp_path, text).resources] == ["terraform_data.r[0]", "terraform_data.r[1]"]


def test_default_tags_may_be_secret(tmp_path: Path) -> None:
    text = """
    provider "aws" {
      region = "eu-west-1"
      default_tags { tags = { key = var.secret, team = "shop" } }
    }
    resource "aws_s3_bucket" "b" {}
    """
    (resource,) = load(tmp_path, text).resources
    assert isinstance(resource.tags, dict)
    assert resource.tags["team"] == "shop"
    assert isinstance(resource.tags["key"], Unknown)


def test_errors_do_not_quote_secrets(tmp_path: Path) -> None:
    text = 'resource "terraform_data" "r" { input = { a = 1 }[var.secret] }\nlocals { n = tonumber(var.secret) }'
    loaded = load(tmp_path, f'{text}\nresource "terraform_data" "s" {{ input = local.n }}')
    assert loaded.notices
    assert "canary" not in repr(loaded)


@pytest.mark.parametrize(
    "literal",
    [
        'resource "aws_db_instance" "d" { password = "canary" }',
        'resource "aws_lambda_function" "f" {\n environment {\n variables = { DB_PASSWORD = "canary" }\n}\n}',
        'resource "aws_ssm_parameter" "p" {\n type = "SecureString"\n value = "canary"\n}',
        'resource "terraform_data" "d" { input = { user = { api_token = "canary" } } }',
        'locals { db_password = "canary" }\nresource "terraform_data" "d" { input = local.db_password }',
        'variable "db_password" { default = "canary" }\nresource "terraform_data" "d" { input = var.db_password }',
    ],
)
def test_literals_are_told_by_their_names(literal: str, tmp_path: Path) -> None:
    loaded = load(tmp_path, literal)
    assert "canary" not in repr(loaded.resources)
    line = next(i for i, text in enumerate((VARIABLE + literal).split("\n"), 1) if '"canary"' in text)
    assert any(s.line <= line <= s.end_line for s in loaded.secrets)


def test_a_secret_of_tfvars_is_not_quoted(tmp_path: Path) -> None:
    (tmp_path / "terraform.tfvars").write_text('secret = "canary"\n')
    loaded = load(tmp_path, 'resource "terraform_data" "r" { input = var.secret }')
    assert "canary" not in repr(loaded.resources)
    assert ("terraform.tfvars", 1) in {(s.path, s.line) for s in loaded.secrets}


def test_ephemeral_values_are_secret_too(tmp_path: Path) -> None:
    text = """
    variable "e" {
      ephemeral = true
      default   = "canary"
    }
    resource "terraform_data" "r" { input = var.e }
    """
    assert "canary" not in repr(load(tmp_path, text).resources)
