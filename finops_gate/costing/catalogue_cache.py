"""The compiled catalogue of a checkout, kept in the user's cache under the digest of the CSVs it was compiled from.

Reading ten megabytes of CSV to learn that nothing has changed would cost more than the run, so a stamp beside the file
remembers their sizes and times of change. Runs side by side may compile the same file; the last one to finish wins,
and all of them are equal.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from pathlib import Path

from finops_gate.costing.catalogue_files import SCHEMA_VERSION, content_digest, data_files
from finops_gate.user_cache import cache_dir, own_directory

SPARED_SECONDS = 24 * 60 * 60
"""For how long a compiled file that no stamp names is kept: another run may be about to name it."""


def compiled(pricing: Path) -> Path:
    """The compiled file of a directory of CSVs: the cached one where the stamp says it is current, else made now.

    Raises PricingError where the CSVs contradict themselves.
    """
    state = _state(pricing)
    cache = cache_dir()
    stamp = cache / f"{_short(str(pricing.resolve()))}.stamp"
    known, digest = _read_stamp(stamp)
    if known == state and (file := _file(cache, digest)).is_file():
        return file
    return _compile(cache, pricing, stamp, state)


def _compile(cache: Path, pricing: Path, stamp: Path, state: str) -> Path:
    from finops_gate.costing.catalogue_build import compile_catalogue

    digest = content_digest(pricing)
    try:
        cache.mkdir(parents=True, exist_ok=True)
        file = _file(cache, digest)
        if not file.is_file():
            compile_catalogue(pricing, file)
        _write_stamp(stamp, state, digest)
    except OSError:
        file = _file(own_directory(), digest)
        compile_catalogue(pricing, file)
    else:
        _forget_unused(cache)
    return file


def _forget_unused(cache: Path) -> None:
    """Removes compiled files that no stamp names, so that the cache does not grow with every change of a price."""
    import time

    used = {_file(cache, _read_stamp(stamp)[1]) for stamp in cache.glob("*.stamp")}
    for file in set(cache.glob("catalogue-*.sqlite")) - used:
        with contextlib.suppress(OSError):
            if time.time() - file.stat().st_mtime > SPARED_SECONDS:
                file.unlink()


def _read_stamp(stamp: Path) -> tuple[str, str]:
    """State and digest, or two empty texts where there is no stamp or it is not one."""
    try:
        state, digest = stamp.read_text(encoding="ascii").split("\n")
    except (OSError, ValueError):
        return "", ""
    return (state, digest) if digest.isalnum() else ("", "")


def _write_stamp(stamp: Path, state: str, digest: str) -> None:
    import tempfile

    handle, name = tempfile.mkstemp(dir=stamp.parent)
    with os.fdopen(handle, "w", encoding="ascii", newline="") as file:
        file.write(f"{state}\n{digest}")
    os.replace(name, stamp)


def _file(cache: Path, digest: str) -> Path:
    return cache / f"catalogue-{SCHEMA_VERSION}-{digest[:32]}.sqlite"


def _state(pricing: Path) -> str:
    """Path, size and time of change of every file the catalogue depends on, digested."""
    facts = []
    for path in data_files(pricing):
        status = path.stat()
        facts.append(f"{path} {status.st_size} {status.st_mtime_ns}")
    return _short("\n".join(facts))


def _short(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:32]
