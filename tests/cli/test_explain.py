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


GROUP = """
provider "aws" { region = "us-east-1" }
resource "aws_launch_template" "web" { instance_type = "t3.medium" }
resource "aws_autoscaling_group" "web" {
  min_size         = 1
  desired_capacity = 2
  max_size         = 3
  launch_template { id = aws_launch_template.web.id }
}
"""


@pytest.mark.parametrize(
    "words",
    [
        # two vCPUs, nobody says how many of their hours are above the baseline, and at most 730 for each
        "formula   usage.monthly_cpu_credit_hrs * vcpus",
        "where     usage.monthly_cpu_credit_hrs = 0 (at most 730), vcpus = 2, times = 2 (idle 1, at most 3)",
        # 730 h of each machine: nothing to say but how many there are
        "formula   usage.monthly_hrs\n    where     times = 2 (idle 1, at most 3)\n",
    ],
)
def test_says_what_the_names_of_a_formula_stand_for(words: str, tmp_path: Path, finops_gate: CommandLine) -> None:
    (tmp_path / "main.tf").write_text(GROUP)
    assert words in finops_gate("explain", "aws_autoscaling_group.web").stdout
