"""Where finops-gate keeps what it can make again: the user's cache directory, by the custom of the platform."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def cache_dir() -> Path:
    """The directory, which may not be there yet."""
    if configured := os.environ.get("XDG_CACHE_HOME"):
        return Path(configured) / "finops-gate"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", os.path.expanduser("~"))) / "finops-gate" / "cache"
    home = Path(os.path.expanduser("~"))
    return home / ("Library/Caches" if sys.platform == "darwin" else ".cache") / "finops-gate"


def own_directory() -> Path:
    """Where the cache cannot be written: a directory of this run alone, which nobody else can have prepared."""
    import atexit
    import shutil
    import tempfile

    directory = tempfile.mkdtemp(prefix="finops-gate-")
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    return Path(directory)
