"""Cost models: what one type of resource bills a month, as `docs/cost-models.md` describes them.

A model is loaded when a resource of its type is met, and compiled once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from finops_gate import data
from finops_gate.costing.formula import Formula, Text
from finops_gate.errors import ConfigurationError
from finops_gate.model import EMPTY

DEFAULT_REGIONS = {"aws": "us-east-1", "azurerm": "eastus", "google": "us-central1"}
"""Where a resource is taken to be if nothing says: each provider's own first choice in its documentation."""

_SAFE_TYPE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,100}(?::[A-Za-z0-9][A-Za-z0-9_-]{0,100})?")


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


def provider_of(resource_type: str) -> str:
    """`aws` of `aws_instance`, `kubernetes` of `kubernetes:Deployment`, `ci` of `ci:job`."""
    return re.split("[_:]", resource_type, maxsplit=1)[0]


@cache
def shipped() -> Models:
    """The models that ship with finops-gate, each loaded once a process."""
    return Models()


class Models:
    """The models of some directories, the first of which that has a type's file wins; ours is the last."""

    def __init__(self, overlays: Sequence[Path] = (), pricing: Path | None = None) -> None:
        self._pricing = pricing or data.pricing_dir()
        self._overlays = tuple(overlays)
        self._models: dict[str, Model | None] = {}
        self._free: dict[str, frozenset[str]] = {}
        self._loading: list[str] = []

    def get(self, resource_type: str) -> Model | None:
        """The model of a type, or None where there is none. Raises ConfigurationError for a broken one."""
        if resource_type not in self._models:
            if resource_type in self._loading:
                circle = " -> ".join((*self._loading, resource_type))
                raise ConfigurationError(f"cost models that are parts of each other: {circle}")
            self._loading.append(resource_type)
            try:
                self._models[resource_type] = self._load(resource_type)
            finally:
                self._loading.pop()
        return self._models[resource_type]

    def _load(self, resource_type: str) -> Model | None:
        from finops_gate.costing.model_reader import read_model

        if not _SAFE_TYPE.fullmatch(resource_type):
            return None
        provider, name = provider_of(resource_type), resource_type.split(":")[-1]
        for root in (*self._overlays, self._pricing / "models"):
            file = root / provider / f"{name}.yaml"
            if file.is_file():
                return read_model(file, resource_type, self, trusted=root not in self._overlays)
        return None

    def is_free(self, resource_type: str) -> bool:
        """Whether the type is listed as costing nothing by itself."""
        if not _SAFE_TYPE.fullmatch(resource_type):
            return False
        provider = provider_of(resource_type)
        if provider not in self._free:
            file = self._pricing / "free" / f"{provider}.txt"
            lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
            self._free[provider] = frozenset(line.split("#")[0].strip() for line in lines) - {""}
        return resource_type in self._free[provider]

    def usage_only(self, resource_type: str) -> bool:
        """Whether the type is in no code. A broken model is said when a resource of its type is priced."""
        try:
            model = self.get(resource_type)
        except ConfigurationError:
            return False
        return model is not None and model.usage_only

    def usage_keys(self, resource_type: str) -> UsageKeys:
        """Every usage key that a type takes: its own and, below them, those of its parts."""
        model = self.get(resource_type)
        if model is None:
            return EMPTY
        keys: dict[str, Any] = {}
        for part in model.parts:
            keys |= self.usage_keys(part.model)
        return keys | dict(model.usage)

    def declarable(self, resource_type: str) -> UsageKeys:
        """The usage keys of what is billed by itself: its own, and those of its parts that it does not answer for."""
        model = self.get(resource_type)
        return EMPTY if model is None or model.is_part_only else {**model.usage, **self._of_parts(model)}

    def _of_parts(self, model: Model) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for part in model.parts:
            inner = self.get(part.model)
            keys = {**inner.usage, **self._of_parts(inner)} if inner else {}
            found |= {n: key for n, key in keys.items() if n not in part.usage and n not in model.usage}
        return found
