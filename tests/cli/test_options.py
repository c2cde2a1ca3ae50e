"""Files that the command line names may lie anywhere: whoever runs the command chose them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import CommandLine

FUNCTION = """\
variable "memory" { default = 128 }
resource "aws_lambda_function" "a" {
  function_name = "a"
  role          = "arn:aws:iam::123456789012:role/a"
  memory_size   = var.memory
}
"""
USAGE = "resource_usage:\n  aws_lambda_function.a: {monthly_requests: 2000000, request_duration_ms: 1000}\n"


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A directory beside the repository that is scanned."""
    (tmp_path / "repository" / ".git").mkdir(parents=True)
    (tmp_path / "repository" / "main.tf").write_text(FUNCTION)
    (tmp_path / "elsewhere").mkdir()
    return tmp_path / "elsewhere"


def test_a_usage_file_and_variables_from_elsewhere(elsewhere: Path, finops_gate: CommandLine) -> None:
    (elsewhere / "usage.yml").write_text(USAGE)
    (elsewhere / "large.tfvars").write_text("memory = 1024\n")
    options = ("--usage-file", "elsewhere/usage.yml", "--var-file", str(elsewhere / "large.tfvars"))
    # 2 x $0.20 of requests, and 2,000,000 s x 1 GB x $0.0000166667 (https://aws.amazon.com/lambda/pricing/)
    assert "$33.73" in finops_gate("estimate", "repository", *options).stdout


def test_settings_from_elsewhere_name_policies_beside_them(elsewhere: Path, finops_gate: CommandLine) -> None:
    (elsewhere / "gate.yaml").write_text("policy_paths: [policies]\n")
    (elsewhere / "policies").mkdir()
    policy = "{id: no-lambda, title: None., scope: {resources: [aws_lambda_function]}, forbid: {memory_size: 128},"
    (elsewhere / "policies" / "own.yaml").write_text(f"{policy} level: warn, message: A function.}}\n")
    said = finops_gate("check", "repository", "--config", "elsewhere/gate.yaml").stdout
    assert "warning[no-lambda]: A function." in said


def test_a_file_that_is_not_there_is_said(elsewhere: Path, finops_gate: CommandLine) -> None:
    refused = finops_gate("estimate", "repository", "--usage-file", "elsewhere/usage.yml")
    assert (refused.exit_code, refused.stderr) == (2, "finops-gate: elsewhere/usage.yml: no such file\n")
