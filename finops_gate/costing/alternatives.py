"""Cheaper offers that could stand in for what a resource uses, from the same catalogue, and what each would save.

A machine (of an instance, a database, a cache, a search domain) may be replaced by one with at least its processors,
memory, graphics cards and local disks, of its generation or a newer one (`machines.py`); a kind of storage by what
`pricing/successors.csv` names. What one saves is no difference of two prices: the resource is priced again with it.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from itertools import islice
from typing import Any

from finops_gate import data
from finops_gate.costing.catalogue import Catalogue
from finops_gate.costing.estimate import estimate
from finops_gate.costing.machines import bare, traits
from finops_gate.costing.model_definition import provider_of
from finops_gate.costing.references import value_at
from finops_gate.costing.subject import Context, with_defaults
from finops_gate.costing.what_if import with_changes
from finops_gate.model import Alternative, Component, Estimate, Price, Resource, Unknown

MOST_OF_KIND = 2
"""How many offers of the same architecture are named; one of another follows, if it is cheaper still."""
MOST_PLACES = 4
"""In how many places of a resource one machine, or kind of storage, is looked for."""
SIZES = ("vcpu", "memory_gib", "gpu", "gpu_memory_gib", "local_nvme_gb", "local_ssd")

Spec = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Offer:
    """What the catalogue offers in the place of something: a machine, or a kind of storage, which has no `arch`."""

    name: str
    usd: Decimal
    arch: str = ""
    spec: Spec | None = None


class Alternatives:
    """Finds them for the estimates of one run. What is alike is looked for once; nothing is looked for unasked."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._catalogue = context.catalogue
        self._machines: dict[tuple[Any, ...], list[Offer]] = {}
        self._stand_ins: dict[tuple[str, ...], list[tuple[str, Offer]]] = {}
        self._found: dict[tuple[int, str], tuple[Sequence[Component], tuple[Alternative, ...]]] = {}

    def of(self, found: Estimate, at: str = "") -> tuple[Alternative, ...]:
        """What could stand in, in the order of the bill: of the same architecture first, then of another.

        `at` is the path of the only attribute that counts, where one alone does: no others are priced.
        """
        key = (id(found.components), at)  # those of resources that are alike are one and the same
        if key not in self._found:
            self._found[key] = (found.components, tuple(self._of(found, at)))
        return self._found[key][1]

    def _of(self, found: Estimate, at: str) -> Iterator[Alternative]:
        read = self._read(found.resource)
        if at and not isinstance(value_at(read, at), str):
            return
        seen: set[tuple[str, str]] = set()
        for component in found.components:
            for name, offer in self._used(component, provider_of(found.resource.cost_model)):
                places = list(islice(places_of(read, bare(name)), MOST_PLACES))
                for path, written in places:
                    value = written.replace(bare(name), bare(offer.name))
                    if at in ("", path) and (path, value) not in seen:
                        seen.add((path, value))
                        yield from self._priced(found, path, value, offer.arch)
                if not places and not at:
                    yield from self._referred(found, component, name, offer, seen)

    def _used(self, component: Component, provider: str) -> list[tuple[str, Offer]]:
        """What a line of the bill uses, by its name in the price's key, with each offer that could stand in for it."""
        price, hours = component.price, component.quantity.expected
        if price is None or not isinstance(hours, Decimal) or not hours or not isinstance(self._catalogue, Catalogue):
            return []
        key = (provider, price.region, price.key, price.component, price.purchase)
        if key not in self._stand_ins:
            self._stand_ins[key] = self._find_stand_ins(self._catalogue, price, provider)
        return self._stand_ins[key]

    def _find_stand_ins(self, catalogue: Catalogue, price: Price, provider: str) -> list[tuple[str, Offer]]:
        parts = price.key.split("|")
        if successor := successors().get((provider, *parts[:2])):
            return [(parts[1], Offer(successor, Decimal(0)))]
        for i, name in enumerate(parts[1:], 1):
            spec = catalogue.spec(provider, bare(name))
            if spec and "arch" in spec:
                here = Offer(name, price.usd, str(spec["arch"]), spec)
                fitting = (o for o in self._offers(price, provider, i) if o.usd < here.usd and is_enough(o, here))
                sure = [offer for offer in fitting if self._is_as_sure(offer, price, provider, i)]
                return [(name, offer) for offer in nearest(here, sure)]
        return []

    def _is_as_sure(self, offer: Offer, price: Price, provider: str, part: int) -> bool:
        """Whether the price of an offer is verified, or as little as that in whose place it comes.

        A derived price may be of a machine that its region does not have.
        """
        parts = price.key.split("|")
        key = "|".join((*parts[:part], offer.name, *parts[part + 1 :]))
        found = self._catalogue.price(provider, price.region, key, price.component, price.purchase)
        return found is not None and found.confidence in ("verified", price.confidence)

    def _offers(self, price: Price, provider: str, part: int) -> list[Offer]:
        """The machines of a place in a key, the cheapest first."""
        parts = price.key.split("|")
        key = (provider, price.region, price.component, price.purchase, *parts[:part], None, *parts[part + 1 :])
        if key not in self._machines and isinstance(self._catalogue, Catalogue):
            offers = self._catalogue.offers(price, provider, part).items()
            specs = ((name, usd, self._catalogue.spec(provider, bare(name))) for name, usd in offers)
            found = [Offer(n, usd, str(s["arch"]), s) for n, usd, s in specs if s and "arch" in s]
            self._machines[key] = sorted(found, key=lambda o: (o.usd, -traits(o.name).generation, o.name))
        return self._machines[key]

    def _priced(self, found: Estimate, path: str, value: str, arch: str) -> Iterator[Alternative]:
        """The resource with another value at a path, if that costs less and is known as well."""
        changed = replace(found.resource, attributes=with_changes(found.resource.attributes, {path: value}))
        other = estimate(changed, self._context)
        before, after = found.known_monthly.expected, other.known_monthly.expected
        if not (isinstance(before, Decimal) and isinstance(after, Decimal)) or unknowns(other) != unknowns(found):
            return
        if after < before:
            yield Alternative(path, value, arch, other.monthly.expected, before - after)

    def _referred(
        self, found: Estimate, component: Component, name: str, offer: Offer, seen: set[tuple[str, str]]
    ) -> Iterator[Alternative]:
        """An alternative in a resource that this one refers to: the launch template of a group."""
        hours, monthly = component.quantity.expected, found.monthly.expected
        if not isinstance(hours, Decimal) or component.price is None or not offer.usd:
            return
        if component.unit_price != component.price.usd:
            return
        saving = (component.price.usd - offer.usd) * hours
        left = monthly - saving if isinstance(monthly, Decimal) else monthly
        for target in self._targets(found.resource):
            for path, written in list(places_of(self._read(target), bare(name)))[:1]:
                alternative = (f"{target.address}.{path}", written.replace(bare(name), bare(offer.name)))
                if alternative not in seen:
                    seen.add(alternative)
                    yield Alternative(*alternative, offer.arch, left, saving)
                return

    def _read(self, resource: Resource) -> Mapping[str, Any]:
        """The attributes by which a resource is priced, with their defaults."""
        model = self._context.models.get(resource.cost_model)
        there = with_defaults(resource.attributes, model.attributes) if model else {}
        return {name: there[name] for name in model.attributes} if model else {}

    def _targets(self, resource: Resource) -> Iterator[Resource]:
        for path in sorted(resource.references):
            target = self._context.references.target(resource, path)
            if isinstance(target, Resource):
                yield target


def unknowns(found: Estimate) -> int:
    return sum(isinstance(component.monthly.expected, Unknown) for component in found.components)


def nearest(here: Offer, fitting: Sequence[Offer]) -> list[Offer]:
    """The cheapest of what could stand in for a machine: of its architecture, then one of another if cheaper."""
    same = [offer for offer in fitting if offer.arch == here.arch][:MOST_OF_KIND]
    other = [offer for offer in fitting if offer.arch != here.arch and (not same or offer.usd < same[0].usd)]
    return same + other[:1]


def is_enough(offer: Offer, here: Offer) -> bool:
    """Whether a machine is at least as large as another, and of a kind that may stand in for it."""
    if any(size(offer.spec, part) < size(here.spec, part) for part in SIZES):
        return False
    return traits(offer.name).may_stand_in_for(traits(here.name))


def size(spec: Spec | None, part: str) -> Decimal:
    found = spec.get(part) if spec else None
    return found if isinstance(found, Decimal) else Decimal(0)


def places_of(value: Any, name: str, path: str = "") -> Iterator[tuple[str, str]]:
    """Where in a resource's attributes a machine, or a kind of storage, is named: (path, text)."""
    if isinstance(value, str):
        if value == name or bare(value) == name:
            yield path, value
    elif isinstance(value, Mapping):
        for key, below in value.items():
            yield from places_of(below, name, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for i, below in enumerate(value):
            yield from places_of(below, name, f"{path}[{i}]")


@cache
def successors() -> Mapping[tuple[str, ...], str]:
    """(provider, service, kind) of storage -> the kind that has followed it, at least as good and seldom dearer."""
    with (data.pricing_dir() / "successors.csv").open(encoding="utf-8", newline="") as file:
        return {(row["provider"], row["service"], row["kind"]): row["successor"] for row in csv.DictReader(file)}
