"""Pages that are made from data match it."""

from __future__ import annotations

import subprocess
import sys

from tests.conftest import ROOT


def test_reference_pages_and_the_readme_match_their_data() -> None:
    command = [sys.executable, "docs/build_reference.py", "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
