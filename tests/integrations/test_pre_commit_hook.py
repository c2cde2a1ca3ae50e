"""The hook, as the real pre-commit runs it: in an environment of its own, on what a commit touches."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.conftest import ROOT

(HOOK,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))

MACHINE = (
    'provider "aws" {\n  region = "us-east-1"\n}\n\nresource "aws_instance" "a" {\n  ami = "ami-1"\n  instance_type = '
)


@pytest.mark.parametrize(
    ("path", "is_ours"),
    [
        ("main.tf", True),
        ("envs/prod/main.tofu", True),
        ("main.tf.json", True),
        ("prod.tfvars", True),
        ("prod.auto.tfvars.json", True),
        ("k8s/web.yaml", True),
        (".github/workflows/ci.yml", True),
        ("README.md", False),
        ("package.json", False),
        ("notes.tf.md", False),
    ],
)
def test_which_files_start_it(path: str, is_ours: bool) -> None:
    assert bool(re.search(HOOK["files"], path)) is is_ours


@pytest.mark.parametrize("path", [".terraform/modules/x/main.tf", "envs/prod/.terraform/x.tf"])
def test_downloaded_modules_do_not(path: str) -> None:
    assert re.search(HOOK["exclude"], path)


def test_one_run_sees_everything() -> None:
    assert HOOK["pass_filenames"] is False
    assert HOOK["require_serial"] is True
    assert HOOK["language"] == "python"


@pytest.mark.slow
def test_try_repo(tmp_path: Path, registry: None) -> None:
    """The size cap fails a commit of an m5.8xlarge, and a line that is not Terraform is never passed over."""
    work = tmp_path / "work"
    work.mkdir()
    (work / "main.tf").write_text(MACHINE + "\n}\n", encoding="utf-8")
    environment = {**os.environ, "PRE_COMMIT_HOME": str(tmp_path / "home")}
    subprocess.run(["git", "init", "-q"], cwd=work, check=True)
    subprocess.run(["git", "add", "-A"], cwd=work, check=True)
    command = [sys.executable, "-m", "pre_commit", "try-repo", str(ROOT), HOOK["id"], "--all-files", "--color", "never"]

    def run() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, cwd=work, env=environment, capture_output=True, text=True, timeout=600, check=False
        )

    broken = run()
    assert broken.returncode == 1, broken.stdout + broken.stderr
    assert "- exit code: 3" in broken.stdout
    assert re.search(r"^main\.tf:\d+:\d+: error ", broken.stdout, re.M)

    (work / "main.tf").write_text(MACHINE + '"t3.nano"\n  tags = { team = "a", env = "dev" }\n}\n', encoding="utf-8")
    clean = run()
    assert clean.returncode == 0, clean.stdout + clean.stderr
    assert "Passed" in clean.stdout
    assert re.search(r"^(PASS|WARN): ", clean.stdout, re.M)
