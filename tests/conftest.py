"""What the tests share: running the command line in this process, and the expected values beside the checkout."""

from __future__ import annotations

import contextlib
import gc
import io
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("explore", deadline=None, max_examples=1_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"


@dataclass(frozen=True)
class Result:
    exit_code: int
    stdout: str
    stderr: str


CommandLine = Callable[..., Result]


@pytest.fixture
def finops_gate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """Runs `finops-gate ARGUMENTS` in this process, in `cwd` (a fresh directory), and returns what it said."""

    def run(*arguments: str | Path, cwd: Path = tmp_path) -> Result:
        from finops_gate import cli

        monkeypatch.chdir(cwd)
        monkeypatch.setattr("sys.argv", ["finops-gate", *map(str, arguments)])
        stdout, stderr = io.StringIO(), io.StringIO()
        with (
            contextlib.redirect_stdout(stdout),
            contextlib.redirect_stderr(stderr),
            pytest.raises(SystemExit) as exited,
        ):
            cli.main()
        gc.unfreeze()
        gc.enable()
        return Result(int(exited.value.code or 0), stdout.getvalue(), stderr.getvalue())

    for name in list(os.environ):
        if name.startswith("TF_VAR_") or name in ("GITHUB_STEP_SUMMARY", "FORCE_COLOR"):
            monkeypatch.delenv(name)
    return run


@pytest.fixture(scope="session")
def shared() -> Path:
    """The directory of independent expected values, which lies beside the checkout and is not part of it."""
    if not SHARED.is_dir():
        pytest.skip("the independent expected values (a directory `shared` beside the checkout) are not here")
    return SHARED
