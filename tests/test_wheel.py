"""The wheel carries its data and works far from the repository."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.conftest import ROOT

MAX_WHEEL_BYTES = 4 * 1024 * 1024


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    return next(out.glob("*.whl"))


def test_the_wheel_is_small_and_whole(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert wheel.stat().st_size < MAX_WHEEL_BYTES
    for part in (
        "data/pricing.sqlite",
        "data/policies/",
        "data/pricing/models/",
        "data/pricing/usage/small.yaml",
        "data/schemas/report.schema.json",
    ):
        assert any(name.startswith(f"finops_gate/{part}") for name in names), part
    assert not any(name.endswith(".csv") and "/rates/" in name for name in names)


def test_an_installed_wheel_checks_a_repository(wheel: Path, tmp_path: Path) -> None:
    """Unpacked where nothing of the checkout can be seen, it prices an m5.large at the published $0.096 an hour."""
    site = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(site)
    work = tmp_path / "work"
    work.mkdir()
    (work / "main.tf").write_text(
        'provider "aws" {\n  region = "us-east-1"\n}\n\n'
        'resource "aws_instance" "a" {\n  ami = "ami-1"\n  instance_type = "m5.large"\n}\n'
    )
    script = "import sys; sys.path.insert(0, sys.argv.pop(1)); from finops_gate.cli import main; main()"
    command = [sys.executable, "-c", script, str(site), "estimate", "--format", "json"]
    done = subprocess.run(command, cwd=work, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    # 730 x 0.096 + 8 GB of gp2 at 0.10
    assert '"70.88"' in done.stdout
