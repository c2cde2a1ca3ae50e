#!/usr/bin/env python3
"""Writes the price CSVs of this directory from a directory of collected price facts.

    python pricing/import_facts.py FACTS

`FACTS` holds tables of figures as their sources publish them (see `sources.csv`); `facts/maps/` says which figure is
which key and component of the catalogue, and `facts/maps/published.csv` holds rows taken by hand from a cited page.
Files that this script does not write, such as `rates/ci/`, are left alone.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from facts import aws, azure, google, kubernetes
from facts.rows import Rate, Row, write_rates, write_specs

RATES: dict[str, Callable[[Path], Iterator[Rate]]] = {
    "aws/ec2": aws.ec2,
    "aws/elasticache": aws.elasticache,
    "aws/opensearch": aws.opensearch,
    "aws/rds": aws.rds,
    "aws/services": aws.services,
    "aws/transfer": aws.transfer,
    "azurerm/services": azure.services,
    "azurerm/vm": azure.vm,
    "google/gce": google.gce,
    "google/services": google.services,
    "kubernetes/opencost": kubernetes.opencost,
}

SPECS: dict[str, Callable[[Path], Iterator[Row]]] = {
    "aws": aws.specs,
    "azurerm": azure.specs,
    "google": google.specs,
}


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or not (facts := Path(arguments[0])).is_dir():
        print(__doc__, file=sys.stderr)
        return 2
    for name, rates in RATES.items():
        print(f"{write_rates(name, rates(facts)):7} prices    {name}")
    for name, rows in SPECS.items():
        print(f"{write_specs(name, rows(facts)):7} machines  {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
