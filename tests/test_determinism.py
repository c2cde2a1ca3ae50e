"""The same input gives the same bytes, whatever the hash seed."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.conftest import ROOT


def report(seed: str, format: str) -> bytes:
    environment = {**os.environ, "PYTHONHASHSEED": seed, "COLUMNS": "100"}
    command = [sys.executable, "-m", "finops_gate", "check", "examples/shop", "--as-of", "2026-12-01", "-f", format]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False).stdout


@pytest.mark.parametrize("format", ["text", "json", "sarif", "github", "markdown"])
def test_two_runs_are_byte_identical(format: str) -> None:
    first = report("1", format)
    assert len(first) > 500
    assert report("4242", format) == first
