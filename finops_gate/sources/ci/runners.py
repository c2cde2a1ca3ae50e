"""Which machine a job asks for: runner labels to the SKU that is billed, per CI system.

The tables are `pricing/runners/<system>.csv`: a label (or a glob of labels) to its SKU, the price key being
`runner|<sku>`. A label without a SKU is retired: a job that asks for it never starts, and is billed nothing.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fnmatch import fnmatchcase
from functools import cache, lru_cache
from typing import Literal

from finops_gate.data import pricing_dir

Size = Literal["standard", "larger", "self-hosted", "third-party"]

SELF_HOSTED = "self_hosted"
"""The SKU of a machine of one's own, which is billed nothing a minute."""

MAX_LABEL = 256


@dataclass(frozen=True, slots=True)
class Runner:
    """What a label stands for. `sku` is empty where the machine is gone; `retired` is the date it was announced for.

    `size` is `standard` for machines that the plan's included minutes and public repositories get for nothing.
    `parts_per_minute` is in how many parts a minute is billed, each begun one in full.
    """

    label: str
    sku: str
    os: str = "any"
    arch: str = "any"
    size: Size = "larger"
    retired: str = ""
    parts_per_minute: Decimal = Decimal(1)
    vcpu: Decimal | None = None


@cache
def table(system: str) -> Mapping[str, Runner]:
    """The labels that a CI system's own table knows, in lower case."""
    with (pricing_dir() / "runners" / f"{system}.csv").open(encoding="utf-8", newline="") as file:
        return {row["label"].lower(): _runner(row) for row in csv.DictReader(file)}


def _runner(row: Mapping[str, str]) -> Runner:
    return Runner(
        row["label"],
        row["sku"],
        row["os"],
        row["arch"],
        _size(row["size"]),
        row["retired"],
        Decimal(row["parts_per_minute"]),
        Decimal(row["vcpu"]) if row["vcpu"] else None,
    )


def _size(text: str) -> Size:
    sizes: dict[str, Size] = {size: size for size in ("standard", "larger", "self-hosted", "third-party")}
    return sizes[text]


def find(system: str, label: str, declared: Mapping[str, str]) -> Runner | None:
    """The runner of a label; `declared` are the team's own labels, each with its SKU or the label of a known runner.

    The team's own win. None: nobody knows the label.
    """
    wanted = label.strip().lower()
    for own, meant in declared.items():
        if own.strip().lower() == wanted:
            return _declared(system, label, meant)
    return _known(system, wanted) if len(wanted) <= MAX_LABEL else None


def _declared(system: str, label: str, meant: str) -> Runner:
    """What a team says its label is: another label of the table, or a SKU."""
    if known := _known(system, meant.strip().lower()[:MAX_LABEL]):
        return replace(known, label=label)
    alike = next((runner for runner in table(system).values() if runner.sku == meant), Runner(label, meant))
    return replace(alike, label=label, size="self-hosted" if meant == SELF_HOSTED else "larger", retired="")


@lru_cache(maxsize=4096)
def _known(system: str, label: str) -> Runner | None:
    """What the system's own table says of a label in lower case; an exact row wins over a glob, a long over a short."""
    rows = table(system)
    if label in rows:
        return rows[label]
    fitting = [glob for glob in rows if ("*" in glob or "[" in glob) and fnmatchcase(label, glob)]
    return rows[max(fitting, key=len)] if fitting else None
