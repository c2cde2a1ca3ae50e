"""What the name of a machine type says of it that its specification does not: what one may stand in for another."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

DRESSING = re.compile(r"^(?:db|cache|mq|kafka|dax|ml)\.|\.(?:search|elasticsearch)$")
"""What services put around the name of the machine that their nodes are."""

NAME = re.compile(
    r"(?P<series>[a-z]+)(?P<generation>\d+)(?P<letters>[a-z]*)(?P<flex>-flex)?[.](?P<size>.+)"
    r"|(?P<g_series>[a-z]+)(?P<g_generation>\d+)(?P<g_letters>[a-z]*)-(?P<g_size>.+)"
    r"|(?:Standard|Basic)_(?P<a_series>[A-Z]+?)(?P<a_premium>S?)\d[\d-]*(?P<a_letters>[a-z]*).*?(?:_v(?P<a_generation>\d+).*)?"
)
"""`m7gd.large` of AWS, `n2d-standard-4` of Google, `Standard_D4ads_v5` of Azure: series, letters, generation, size.

https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html
https://learn.microsoft.com/en-us/azure/virtual-machines/vm-naming-conventions
https://docs.cloud.google.com/compute/docs/machine-resource
"""

GENERAL = frozenset({"a", "c", "m", "r", "t", "x", "z", "e", "n", "A", "B", "D", "E", "F"})
"""The series whose machines differ in processor, memory and price only. Of the others (accelerators, local disks, high
performance computing, Macs) none stands in for another series."""

SHARED_CORES = frozenset({"micro", "small", "medium"})
"""The sizes of Google's machines that have a part of a core (https://docs.cloud.google.com/compute/docs/general-purpose-machines)."""


@dataclass(frozen=True, slots=True)
class Traits:
    """`series` is empty for the general ones; `bursts` is of those that have their processors only for a while.

    `keeps` are the letters for what whoever chose the machine would miss in another: local disks, a faster network.
    """

    series: str = ""
    generation: int = 0
    bursts: bool = False
    metal: bool = False
    keeps: frozenset[str] = frozenset()

    def may_stand_in_for(self, other: Traits) -> bool:
        """Whether a machine so named may replace one of the other name, if it is as large."""
        return (
            self.series == other.series
            and self.generation >= other.generation
            and self.metal == other.metal
            and (other.bursts or not self.bursts)
            and self.keeps >= other.keeps
        )


def bare(name: str) -> str:
    """`m6g.large` of `db.m6g.large`."""
    return DRESSING.sub("", name)


@cache
def traits(name: str) -> Traits:
    """What the name of a machine says; a name of no known form is a series by itself."""
    machine = bare(name)
    found = NAME.fullmatch(machine)
    if found is None:
        return Traits(re.split(r"[.\-_]", machine)[0])
    said = found.groupdict(default="")
    if said["a_series"]:
        letters = kept(said["a_letters"] + said["a_premium"].lower(), "sd")
        bursts = said["a_series"] == "B"
        return Traits(special(said["a_series"]), number(said["a_generation"]), bursts, False, letters)
    if said["g_series"]:
        size, letters = said["g_size"], kept(said["g_letters"], "n")
        bursts = size in SHARED_CORES
        return Traits(special(said["g_series"]), number(said["g_generation"]), bursts, size.endswith("-metal"), letters)
    bursts = said["series"] == "t" or bool(said["flex"])
    metal, letters = said["size"].startswith("metal"), kept(said["letters"], "nbzd")
    return Traits(special(said["series"]), number(said["generation"]), bursts, metal, letters)


def special(series: str) -> str:
    return "" if series in GENERAL else series


def number(digits: str) -> int:
    return int(digits or 0)


def kept(letters: str, of: str) -> frozenset[str]:
    return frozenset(letters) & frozenset(of)
