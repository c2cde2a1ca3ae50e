"""Cheaper machines of at least the same size, from the same catalogue."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from finops_gate.costing.catalogue import Catalogue
from finops_gate.model import Alternative, Component, Price

MOST = 3
DRESSING = re.compile(r"^(?:db|cache|mq|kafka|dax|ml)\.|\.(?:search|elasticsearch)$")
"""What services put around the name of the machine that their nodes are."""
GENERATION = re.compile(r"_v(\d+)$|^[a-z]+(\d+)[a-z0-9-]*\.", re.IGNORECASE)
SIZES = ("vcpu", "memory_gib", "gpu")

Spec = Mapping[str, Decimal | str]


def alternatives(component: Component, provider: str, catalogue: Catalogue) -> tuple[Alternative, ...]:
    """The cheapest machines that could stand in for that of a line of the bill: of its architecture, then of another.

    None for a line that is not a machine's, or whose quantity is not known.
    """
    price, hours = component.price, component.quantity.expected
    machine = part_of(price, provider, catalogue) if price else None
    if price is None or machine is None or not isinstance(hours, Decimal):
        return ()
    part, here = machine
    offers = catalogue.offers(price, provider, part)
    age = generation(price.key.split("|")[part])
    fit = (offer for offer in fitting(offers, here, price, provider, catalogue) if generation(offer[0]) >= age)
    found = sorted((spec["arch"] != here["arch"], usd, name, str(spec["arch"])) for name, usd, spec in fit)
    return tuple(Alternative(name, arch, (price.usd - usd) * hours) for _, usd, name, arch in best(found))


Offer = tuple[bool, Decimal, str, str]
"""Whether it is of another architecture, its price, its name and its architecture."""


def best(found: list[Offer]) -> list[Offer]:
    """The cheapest two of the same architecture, then the cheapest of another if it is cheaper still."""
    same = [offer for offer in found if not offer[0]][: MOST - 1]
    other = [offer for offer in found if offer[0] and (not same or offer[1] < same[0][1])]
    return same + other[: MOST - len(same)]


def generation(name: str) -> int:
    """The 6 of `m6g.large` and `db.m6g.large`, the 5 of `Standard_D4s_v5`; 0 where a name has none."""
    found = GENERATION.search(DRESSING.sub("", name))
    return int(found[1] or found[2]) if found else 0


def part_of(price: Price, provider: str, catalogue: Catalogue) -> tuple[int, Spec] | None:
    """Which part of the price's key names a machine, and what that is made of."""
    for i, name in enumerate(price.key.split("|")):
        spec = spec_of(name, provider, catalogue)
        if spec and "arch" in spec:
            return i, spec
    return None


def spec_of(name: str, provider: str, catalogue: Catalogue) -> Spec | None:
    return catalogue.spec(provider, DRESSING.sub("", name))


def fitting(
    offers: Mapping[str, Decimal], here: Spec, price: Price, provider: str, catalogue: Catalogue
) -> Iterator[tuple[str, Decimal, Spec]]:
    """The offers that are cheaper and at least as large."""
    for name, usd in offers.items():
        spec = spec_of(name, provider, catalogue) if usd < price.usd else None
        if spec and "arch" in spec and all(size(spec, part) >= size(here, part) for part in SIZES):
            yield name, usd, spec


def size(spec: Spec, part: str) -> Decimal:
    found = spec.get(part, Decimal(0))
    return found if isinstance(found, Decimal) else Decimal(0)
