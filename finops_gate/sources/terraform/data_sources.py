"""Data sources whose answer the code itself holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from finops_gate.sources.terraform.values import Value

if TYPE_CHECKING:
    from finops_gate.sources.terraform.declarations import Declared
    from finops_gate.sources.terraform.module import Module


def known_attributes(module: Module, type: str, declared: Declared, given: Mapping[str, Value]) -> dict[str, Value]:
    """What is known of a data source beside the arguments that the code gives it."""
    if type != "aws_region" or "name" in given or "region" in given:
        return {}
    from finops_gate.sources.terraform.providers import configuration

    provider = configuration(module, declared, type)
    region = provider.items.get("region") if provider else None
    return {} if region is None else {"name": region, "id": region, "region": region}
