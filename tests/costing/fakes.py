"""A catalogue and models made up on the spot, so that a test shows every figure it relies on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from finops_gate.costing.estimate import estimate_all
from finops_gate.costing.models import Models
from finops_gate.costing.usage import Usage
from finops_gate.model import Estimate, Price, Resource, Span
from finops_gate.settings import Settings
from finops_gate.sources.documents import read_documents

D = Decimal
HERE = Span("main.tf", 1)


class Catalogue:
    """Prices by `key component`, everywhere the same; a list of (start, USD) has tiers."""

    def __init__(self, prices: Mapping[str, Any], specs: Mapping[str, Mapping[str, Any]] | None = None) -> None:
        self.prices, self.specs = prices, specs or {}

    def price(self, provider: str, region: str, key: str, component: str, purchase: str = "on-demand") -> Price | None:
        found = self.prices.get(f"{key} {component}")
        if found is None or purchase != "on-demand":
            return None
        tiers = found if isinstance(found, list) else [(0, found)]
        exact = tuple((D(start), D(str(usd))) for start, usd in tiers)
        return Price(key, component, region, purchase, "unit", exact, "2026-01-01", "made-up", "verified")

    def spec(self, provider: str, key: str) -> Mapping[str, Any] | None:
        return self.specs.get(key)


def models(directory: Path, **sources: str) -> Models:
    """Models of the given YAML by type, in a pricing directory of their own; examples are not asked for."""
    for resource_type, text in sources.items():
        file = directory / "models" / resource_type.split("_")[0] / f"{resource_type}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"resource: {resource_type}\n{text}", encoding="utf-8")
    return Models(pricing=directory)


def resource(address: str, attributes: Mapping[str, Any] | None = None, **facts: Any) -> Resource:
    facts = {"region": "here", **facts}
    return Resource(address, address.split(".")[0], "terraform", attributes or {}, HERE, **facts)


def yaml(text: str) -> Any:
    """The plain value of a line of YAML."""
    return read_documents(text, "test.yaml")[0].value


def price(
    resources: Sequence[Resource], catalogue: Catalogue, known: Models, usage: Mapping[str, Any] | None = None
) -> list[Estimate]:
    return estimate_all(resources, catalogue, Settings(), Usage(exact=usage or {}), known)
