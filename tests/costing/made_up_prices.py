"""A directory of made-up prices, as small as can be."""

from __future__ import annotations

from pathlib import Path

from finops_gate.costing.catalogue_build import RATE_COLUMNS

A = "eu,a|b,c,on-demand,hour,0,1.5"
"""A row, without the columns that say where it is from."""


def write(directory: Path, *rows: str, file: str = "rates/aws/a.csv") -> Path:
    """A directory of prices: rows without the three last columns."""
    (directory / file).parent.mkdir(parents=True, exist_ok=True)
    lines = [",".join(RATE_COLUMNS), *(f"{row},2026-01-02,list,verified" for row in rows)]
    (directory / file).write_text("\n".join(lines) + "\n")
    (directory / "units.csv").write_text("unit,meaning\nhour,an hour\nGB,a gigabyte\n")
    (directory / "sources.csv").write_text("id,what,location,revision,published,licence\nlist,a list,here,1,2026,MIT\n")
    return directory
