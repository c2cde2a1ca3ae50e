from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import CommandLine

CODE = """provider "aws" {
  region = "us-east-1"
}

variable "kind" {
  default = "gp3"
}

resource "aws_ebs_volume" "data" {
  availability_zone = "us-east-1a"
  size              = 100
  iops              = 4000
  type              = var.kind
}
"""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / "main.tf").write_text(CODE)
    return tmp_path


@pytest.mark.parametrize(
    "words",
    [
        # 100 x 0.08 + (4000 - 3000) x 0.005
        "$13.00 a month",
        "Storage (general purpose SSD, gp3): $8.00 a month",
        "quantity  1,000 IOPS-month",
        "price     $0.08 per GB-month: ebs|gp3 storage in us-east-1;",
        "size  100  (main.tf:11:23)",
        "type  gp3  (main.tf:13:23, from main.tf:6:13)",
    ],
)
def test_says_where_each_figure_comes_from(words: str, repository: Path, finops_gate: CommandLine) -> None:
    result = finops_gate("explain", "aws_ebs_volume.data")
    assert result.exit_code == 0
    assert words in result.stdout


def test_names_the_nearest_address(repository: Path, finops_gate: CommandLine) -> None:
    result = finops_gate("explain", "aws_ebs_volume.date")
    assert result.exit_code == 2
    assert "did you mean `aws_ebs_volume.data`?" in result.stderr
