from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import CommandLine

MODEL = """resource: aws_acme_widget
attributes: {size: 1}
components:
  - name: Storage
    unit: GB-month
    price: {key: ebs|gp3, component: storage}
    quantity: size
examples:
  - name: 100 GB
    given: {size: 100}
    region: us-east-1
    # 100 x 0.08
    expect: {monthly: %s}
"""

CODE = """provider "aws" {
  region = "us-east-1"
}

resource "aws_acme_widget" "w" {
  size = 100
}
"""


@pytest.fixture
def overlay(tmp_path: Path) -> Path:
    folder = tmp_path / "models" / "aws"
    folder.mkdir(parents=True)
    (folder / "aws_acme_widget.yaml").write_text(MODEL % "8.00")
    return folder.parent


def test_the_examples_of_a_model_of_ones_own_are_run(overlay: Path, finops_gate: CommandLine) -> None:
    result = finops_gate("pricing", "test", overlay)
    assert (result.exit_code, result.stdout) == (0, "1 examples of 1 cost models: 1 passed, 0 failed\n")


def test_an_example_that_does_not_hold_is_said_at_its_place(overlay: Path, finops_gate: CommandLine) -> None:
    (overlay / "aws" / "aws_acme_widget.yaml").write_text(MODEL % "9.00")
    result = finops_gate("pricing", "test", overlay)
    assert result.exit_code == 1
    assert "aws_acme_widget.yaml:9:" in result.stdout
    assert "expected is 8.00, not 9.00" in result.stdout


def test_a_model_of_ones_own_prices_a_type_by_one_file(overlay: Path, finops_gate: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(CODE)
    (tmp_path / ".finops-gate.yaml").write_text("pricing:\n  models: [models]\n")
    result = finops_gate("estimate")
    assert "aws_acme_widget.w  $8.00" in result.stdout


def test_without_the_model_the_type_is_unpriced(finops_gate: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(CODE)
    assert "1 unpriced" in finops_gate("estimate").stdout
