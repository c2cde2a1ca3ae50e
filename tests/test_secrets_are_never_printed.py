"""A canary in every place where code and plans keep secrets, and every output format searched for it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from finops_gate.render import FORMATS
from tests.conftest import CommandLine

CODE = """
variable "db_password" {
  type      = string
  sensitive = true
}
variable "port" {
  type      = number
  sensitive = true
  default   = "canary-no-number"
}
resource "aws_db_instance" "marked" {
  instance_class    = "db.t3.medium"
  engine            = "postgres"
  allocated_storage = 20
  username          = var.db_password
  password          = "canary-literal"
  port              = var.port
  tags              = { team = "shop", key = var.db_password }
}
resource "aws_lambda_function" "named" {
  memory_size = 128
  environment {
    variables = { API_TOKEN = "canary-token", URL = "https://:${var.db_password}@x" }
  }
}
resource "terraform_data" "broken" { input = tonumber(var.db_password) }
locals { api_token = "canary-unclosed
"""
RULES = """
- id: no-usernames
  title: No usernames.
  scope: {resources: [aws_db_instance]}
  forbid: {username: {present: true}, password: {present: true}, port: {min: 1}, "tags.key": {like: "c*"}}
  level: fail
  message: "{resource} has {value}."
  fix: {say: Remove it.}
- id: no-environment
  title: No environment.
  scope: {resources: [aws_lambda_function]}
  forbid: {"environment[*].variables.API_TOKEN": {like: "*"}, "environment[*].variables.URL": {like: "*"}}
  level: fail
  message: "{resource} has {value}."
  fix: {say: Remove it.}
"""
PLAN = Path(__file__).parent / "sources" / "terraform" / "data" / "plan_json" / "change"


def said(finops_gate: CommandLine, *arguments: str) -> str:
    outputs = [part for name in FORMATS for part in ("-f", f"{name}=out.{name}")]
    result = finops_gate("check", "--as-of", "2026-12-01", *outputs, *arguments)
    assert result.exit_code in (0, 1, 3), result.stderr
    files = [Path(f"out.{name}").read_text(encoding="utf-8") for name in FORMATS]
    assert all(files)
    return "\n".join([result.stdout, result.stderr, *files])


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    (tmp_path / ".finops-gate.yaml").write_text("policy_paths: [rules.yaml]\n")
    (tmp_path / "rules.yaml").write_text(RULES)
    return tmp_path


def test_of_code(repository: Path, finops_gate: CommandLine) -> None:
    (repository / "main.tf").write_text(CODE)
    (repository / "terraform.tfvars").write_text('db_password = "canary-tfvars"\n')
    text = said(finops_gate)
    assert "aws_db_instance.marked" in text
    assert "no-usernames" in text
    assert "canary" not in text


@pytest.mark.parametrize("with_code", [True, False])
def test_of_a_plan(repository: Path, finops_gate: CommandLine, with_code: bool) -> None:
    (repository / "plan.json").write_text((PLAN / "plan.json").read_text())
    if with_code:
        (repository / "main.tf").write_text((PLAN / "main.tf").read_text())
    text = said(finops_gate, "plan.json")
    assert "aws_db_instance.db" in text
    assert "canary" not in text
