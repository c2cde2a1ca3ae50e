"""What a cost model is made of, as `docs/cost-models.md` describes it, compiled."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from finops_gate.costing.formula import Formula, Text

DEFAULT_REGIONS = {"aws": "us-east-1", "azurerm": "eastus", "google": "us-central1"}
"""Where a resource is taken to be if nothing says: each provider's own first choice in its documentation."""


@dataclass(frozen=True, slots=True)
class UsageKey:
    """One usage key. A forecast has no `default`; a setting has one, be it null.

    A key with `by` holds a forecast for each of any names (`us_east_1`), which `by` says the kind of. `typical` has a
    forecast's figure in usage profiles, by their names.
    """

    about: str
    is_setting: bool = False
    by: str = ""
    default: Formula | None = None
    least: Formula | None = None
    most: Formula | None = None
    typical: Mapping[str, Any] = field(default_factory=dict)


UsageKeys = Mapping[str, Any]
"""Usage keys by name; a mapping in the place of a key nests further keys."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A formula for each bound; where a bound has none of its own, `expected` is evaluated in its pass."""

    expected: Formula
    floor: Formula | None = None
    ceiling: Formula | None = None


@dataclass(frozen=True, slots=True)
class PriceModel:
    """Which entry of the catalogue a line is priced with; the price of `plus` is added to it."""

    key: Text
    component: Text
    purchase: Text | None = None
    region: Text | None = None
    provider: Text | None = None
    plus: PriceModel | None = None


@dataclass(frozen=True, slots=True)
class ComponentModel:
    name: Text
    unit: str
    quantity: Quantity
    price: PriceModel | None = None
    unit_price: Formula | None = None
    when: Formula | None = None
    each: Formula | None = None
    under: Text | None = None
    note: Text | None = None


@dataclass(frozen=True, slots=True)
class PartModel:
    """Another model, used for a nested block or for a resource that this one refers to."""

    model: str
    name: Text | None = None
    attributes: Mapping[str, Formula] = field(default_factory=dict)
    usage: Mapping[str, Formula] = field(default_factory=dict)
    source: Formula | None = None
    when: Formula | None = None
    each: Formula | None = None
    times: Quantity | None = None


@dataclass(frozen=True, slots=True)
class AssumptionModel:
    """What to say was assumed, where `when` holds: a text, or each of a list of texts. What `is_general` is about all
    that is priced so, and parts say it without their name.
    """

    say: Text | None
    when: Formula | None = None
    each: Formula | None = None
    is_general: bool = False


@dataclass(frozen=True, slots=True)
class Model:
    """The compiled model of a resource type. `path` is its file, for messages.

    One that `is_part_only` costs nothing by itself: others bill it as a part of theirs. One that is `usage_only` is in
    no code: each of its addresses in the usage file is a resource.
    """

    type: str
    provider: str
    path: str
    attributes: Mapping[str, Any] = field(default_factory=dict)
    usage: UsageKeys = field(default_factory=dict)
    tables: Mapping[str, Any] = field(default_factory=dict)
    lets: Mapping[str, Formula] = field(default_factory=dict)
    region: Formula | None = None
    is_part_only: bool = False
    usage_only: bool = False
    components: Sequence[ComponentModel] = ()
    parts: Sequence[PartModel] = ()
    assumptions: Sequence[AssumptionModel] = ()
    extra: Mapping[str, Quantity] = field(default_factory=dict)


class OtherModels(Protocol):
    """The models that one may name: it is made like another, or has others as its parts."""

    def get(self, resource_type: str) -> Model | None: ...

    def usage_keys(self, resource_type: str) -> UsageKeys: ...


def provider_of(resource_type: str) -> str:
    """`aws` of `aws_instance`, `kubernetes` of `kubernetes:Deployment`, `ci` of `ci:job`."""
    return re.split("[_:]", resource_type, maxsplit=1)[0]
