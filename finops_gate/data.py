"""Finds the data that ships with finops-gate: `policies/ pricing/ schemas/`. The only place that knows where.

In a wheel they lie inside the package under `data/`; in a checkout, and so in an editable install, at the top level.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

_PROVIDER = re.compile("[a-z0-9]{1,40}")
_PACKAGE = Path(__file__).resolve().parent


def data_root() -> Path:
    """The directory that holds `policies/`, `pricing/` and `schemas/`."""
    installed = _PACKAGE / "data"
    return installed if installed.is_dir() else _PACKAGE.parent


def policies_dir() -> Path:
    return data_root() / "policies"


def pricing_dir() -> Path:
    return data_root() / "pricing"


def usage_dir() -> Path:
    """The usage profiles, `<profile>.yaml`."""
    return pricing_dir() / "usage"


def catalogue_file() -> Path | None:
    """The compiled price catalogue of a wheel; None in a checkout, which compiles its CSVs itself."""
    file = data_root() / "pricing.sqlite"
    return file if file.is_file() else None


def schemas_dir() -> Path:
    return data_root() / "schemas"


@cache
def attribute_catalogue(provider: str) -> str:
    """The resource types of a provider, each with its attributes on a line of its own; empty for other providers.

    It starts and ends with a line end, so that a type's line can be found by searching.
    """
    if not _PROVIDER.fullmatch(provider):
        return "\n"
    path = schemas_dir() / "attributes" / f"{provider}.txt"
    return "\n" + path.read_text(encoding="utf-8") if path.is_file() else "\n"
