"""Manifests for tests, and what is asked of them most."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from finops_gate.costing.catalogue import open_catalogue
from finops_gate.costing.estimate import estimate_all
from finops_gate.model import Estimate, Loaded, Range, Resource
from finops_gate.settings import Settings

CONTAINER = "{name: c, resources: {requests: {cpu: 1, memory: 1Gi}}}"
TEMPLATE = f"template: {{spec: {{containers: [{CONTAINER}]}}}}"
HOUR = Decimal("0.031611") + Decimal("0.004237")
"""What a pod of the template costs an hour."""


def manifest(version: str, kind: str, spec: str, metadata: str = "name: w, namespace: n", more: str = "") -> str:
    return f"---\napiVersion: {version}\nkind: {kind}\nmetadata: {{{metadata}}}\nspec: {spec}\n{more}"


def only(loaded: Loaded, kind: str) -> Resource:
    (found,) = [r for r in loaded.resources if r.type == f"kubernetes:{kind}"]
    return found


def priced(loaded: Loaded, kind: str = "") -> list[Estimate]:
    wanted = [r for r in loaded.resources if kind in ("", r.type.partition(":")[2])]
    return estimate_all(wanted, open_catalogue(), Settings())


def exact(*bounds: Any) -> Range:
    return Range(*(Decimal(str(bound)) for bound in bounds))
