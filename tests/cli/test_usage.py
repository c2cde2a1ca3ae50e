from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import CommandLine

CODE = """resource "aws_sqs_queue" "jobs" {}

resource "aws_vpc" "main" {}
"""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / "main.tf").write_text(CODE)
    return tmp_path


def test_writes_a_file_that_changes_nothing_until_it_is_filled_in(repository: Path, finops_gate: CommandLine) -> None:
    before = finops_gate("estimate").stdout
    result = finops_gate("usage", "init")
    assert (result.exit_code, result.stdout) == (0, f"{repository}/infracost-usage.yml: 1 address\n")
    file = repository / "infracost-usage.yml"
    assert finops_gate("estimate").stdout == before
    file.write_text(file.read_text().replace("# monthly_requests: 100000000", "monthly_requests: 3000000"))
    # The first million is not free here, for that is the account's: 3 x 0.40
    assert "$1.20" in finops_gate("estimate").stdout


def test_keeps_a_file_that_is_there(repository: Path, finops_gate: CommandLine) -> None:
    file = repository / "infracost-usage.yml"
    file.write_text("resource_usage:\n  aws_sqs_queue.jobs: {monthly_requests: 1}\n")
    before = file.read_text()
    refused = finops_gate("usage", "init")
    assert (refused.exit_code, file.read_text()) == (2, before)
    assert "--update adds what it lacks" in refused.stderr
    assert "lacks nothing" in finops_gate("usage", "init", "--update").stdout
    assert file.read_text() == before
    assert finops_gate("usage", "init", "--update", "--force").exit_code == 2
    assert finops_gate("usage", "init", "--force").exit_code == 0
    assert "# monthly_requests: 100000000" in file.read_text()


def test_update_adds_a_resource_that_came_later(repository: Path, finops_gate: CommandLine) -> None:
    finops_gate("usage", "init")
    (repository / "more.tf").write_text('resource "aws_lambda_function" "api" {\n  function_name = "api"\n}\n')
    assert finops_gate("usage", "init", "--update").stdout.endswith(": 1 address added\n")
    text = (repository / "infracost-usage.yml").read_text()
    assert "  aws_lambda_function.api:\n    # monthly_requests: 100000000  # requests per month\n" in text


def test_standard_output_and_nothing_to_say(repository: Path, finops_gate: CommandLine) -> None:
    shown = finops_gate("usage", "init", "-o", "-").stdout
    assert "aws_sqs_queue.jobs:" in shown
    assert "aws_vpc" not in shown
    assert not (repository / "infracost-usage.yml").exists()
    (repository / "main.tf").write_text('resource "aws_vpc" "main" {}\n')
    assert finops_gate("usage", "init").stdout == "nothing here bills by use\n"
    assert not (repository / "infracost-usage.yml").exists()


def test_what_cannot_be_read_is_left_out_and_said(repository: Path, finops_gate: CommandLine) -> None:
    (repository / "broken.tf").write_text('resource "aws_sqs_queue" "later" {')
    result = finops_gate("usage", "init")
    assert result.exit_code == 3
    assert "could not be read" in result.stderr
    assert "aws_sqs_queue.jobs" in (repository / "infracost-usage.yml").read_text()
