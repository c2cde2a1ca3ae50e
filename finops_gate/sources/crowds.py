"""Bounds how often a run says the same of a file: whoever mends a hundred errors runs again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from finops_gate.model import Notice

MOST = 100


def thinned(notices: Iterable[Notice]) -> tuple[Notice, ...]:
    """The first notices of a kind in each file; of the others one that says how many they are, where they begin."""
    kept: list[Notice] = []
    crowds: dict[tuple[str, str, str], list[Notice]] = {}
    for notice in notices:
        path = notice.span.path if notice.span else ""
        crowd = crowds.setdefault((path, notice.code, notice.severity), [])
        crowd.append(notice)
        if len(crowd) <= MOST or not path:
            kept.append(notice)
    kept += [
        replace(crowd[MOST], message=f"{len(crowd) - MOST:,} more such problems in {path}, from here on", fix="")
        for (path, _, _), crowd in crowds.items()
        if path and len(crowd) > MOST
    ]
    return tuple(kept)
