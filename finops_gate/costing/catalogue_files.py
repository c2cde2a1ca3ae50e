"""Which files a catalogue is compiled from, and what tells one state of them from another."""

from __future__ import annotations

import hashlib
from pathlib import Path

SCHEMA_VERSION = 2
"""Of the compiled tables (`catalogue_build.py`), kept as SQLite's `user_version`; raise it with any change to them."""


def rate_files(pricing: Path) -> list[Path]:
    """Every rates file, sorted by provider and name."""
    return sorted(pricing.glob("rates/*/*.csv"))


def data_files(pricing: Path) -> list[Path]:
    """Every file the compiled catalogue depends on."""
    named = [pricing / "sources.csv", pricing / "units.csv"]
    return [*(path for path in named if path.is_file()), *rate_files(pricing), *sorted(pricing.glob("specs/*.csv"))]


def content_digest(pricing: Path) -> str:
    """SHA-256 of the price data: the same in every checkout, whatever the line ends git wrote."""
    digest = hashlib.sha256()
    for path in data_files(pricing):
        content = path.read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"{path.relative_to(pricing).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()
