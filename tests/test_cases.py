"""Whole runs: tests/cases/<name>/ holds a tiny repository (`input/`), its base (`before/`, if it has one), a `command`,
and its exact `output`, exit code last. A new directory is a new test; FINOPS_GATE_REWRITE_CASES=1 records them."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import CommandLine

CASES = sorted(p for p in (Path(__file__).parent / "cases").iterdir() if p.is_dir())


def prepare(case: Path, work: Path) -> None:
    """A git repository whose one commit is `before/` and whose work tree is `input/`."""
    git = ("git", "-c", "user.name=t", "-c", "user.email=t@example.org")
    subprocess.run([*git, "init", "-q", work], check=True)
    if (case / "before").is_dir():
        shutil.copytree(case / "before", work, dirs_exist_ok=True)
        subprocess.run([*git, "add", "-A"], cwd=work, check=True)
        subprocess.run([*git, "commit", "-q", "-m", "before"], cwd=work, check=True)
        for path in work.iterdir():
            if path.name != ".git":
                shutil.rmtree(path) if path.is_dir() else path.unlink()
    shutil.copytree(case / "input", work, dirs_exist_ok=True)


@pytest.mark.parametrize("case", CASES, ids=lambda p: p.name)
def test_says_exactly_this(case: Path, tmp_path: Path, finops_gate: CommandLine) -> None:
    prepare(case, tmp_path)
    arguments = shlex.split((case / "command").read_text(encoding="utf-8"))[1:]
    result = finops_gate(*arguments)
    said = f"{result.stdout}{result.stderr}exit {result.exit_code}\n"
    if os.environ.get("FINOPS_GATE_REWRITE_CASES"):
        (case / "output").write_text(said, encoding="utf-8")
    assert said == (case / "output").read_text(encoding="utf-8")
