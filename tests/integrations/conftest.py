"""Whether packages can be installed here: the slow tests install finops-gate as a user's machine would."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def registry(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Skips where pip reaches no packages."""
    directory: Path = tmp_path_factory.mktemp("wheels")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(directory), "hatchling"]
    if subprocess.run(command, capture_output=True, timeout=120, check=False).returncode:
        pytest.skip("pip cannot install packages here")
