"""A team's own cost models are read as policies are: from the base where a change must not approve itself, and from
nowhere outside of the repository."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.conftest import CommandLine

MODEL = """\
resource: aws_sqs_queue
components:
  - {name: Queues, unit: queue, unit_price: USD, quantity: 1}
examples:
  - {name: a queue, expect: {monthly: USD}}
"""
OWN = "models/aws/aws_sqs_queue.yaml"


def commit(root: Path) -> None:
    who = ("-c", "user.name=a", "-c", "user.email=a@example.com")
    for arguments in (("init", "-q"), ("add", "-A"), (*who, "commit", "-q", "-m", "base")):
        subprocess.run(["git", *arguments], cwd=root, check=True)


def model(root: Path, usd: str) -> None:
    (root / OWN).parent.mkdir(parents=True, exist_ok=True)
    (root / OWN).write_text(MODEL.replace("USD", usd))


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / "main.tf").write_text('resource "aws_sqs_queue" "jobs" {}\n')
    (tmp_path / ".finops-gate.yaml").write_text("pricing: {models: [models]}\n")
    model(tmp_path, "700")
    commit(tmp_path)
    return tmp_path


def total(finops_gate: CommandLine, *options: str) -> str:
    result = finops_gate("check", "-f", "json", *options)
    assert result.stderr == ""
    return str(json.loads(result.stdout)["totals"]["after"]["expected"])


@pytest.mark.parametrize(("rules", "expected"), [("base", "700"), ("head", "1")])
def test_a_change_does_not_price_itself(repository: Path, finops_gate: CommandLine, rules: str, expected: str) -> None:
    model(repository, "1")
    assert total(finops_gate, "--base", "HEAD", "--policies-from", rules) == expected


def test_models_outside_of_the_repository_are_not_read(tmp_path: Path, finops_gate: CommandLine) -> None:
    inside = tmp_path / "inside"
    (inside / ".git").mkdir(parents=True)
    (inside / "main.tf").write_text('resource "aws_sqs_queue" "jobs" {}\n')
    model(tmp_path, "9")
    for path in ("../models", str(tmp_path / "models")):
        (inside / ".finops-gate.yaml").write_text(f"pricing: {{models: [{path}]}}\n")
        assert "$9.00" not in finops_gate("estimate", cwd=inside).stdout


def test_a_model_that_is_no_text_is_said(repository: Path, finops_gate: CommandLine) -> None:
    (repository / OWN).write_bytes(b"\xff\xfe")
    refused = finops_gate("estimate")
    assert refused.exit_code == 2
    assert f"{OWN} is UTF-16, not UTF-8" in refused.stderr
