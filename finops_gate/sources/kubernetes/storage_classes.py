"""Storage classes: which disk of a platform a claim is on.

A StorageClass among the objects says it by its provisioner and parameters, else the platform's own names do
(`pricing/kubernetes/storage_classes.csv`). Sources of the names and defaults:
https://docs.aws.amazon.com/eks/latest/userguide/create-storage-class.html
https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/master/docs/parameters.md
https://cloud.google.com/kubernetes-engine/docs/concepts/persistent-volumes
https://learn.microsoft.com/en-us/azure/aks/concepts-storage#storage-classes
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from finops_gate.data import pricing_dir
from finops_gate.model import Bound, Unknown
from finops_gate.sources.kubernetes.billing import Billing
from finops_gate.sources.kubernetes.lookup import Lookup
from finops_gate.sources.kubernetes.objects import Manifest, mapping
from finops_gate.sources.kubernetes.quantities import QuantityError, parse_quantity

DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class"


@dataclass(frozen=True, slots=True)
class Disk:
    """A kind of disk. `provider` is the catalogue's name, `none` where a volume is a part of the node, and None where
    the class is not known. `is_default` where nothing in the files says which class it is.
    """

    provider: str | None = None
    type: str | None = None
    iops: Decimal | None = None
    iops_per_gib: Decimal | None = None
    throughput: Decimal | None = None
    is_default: bool = False

    def iops_for(self, gib: Bound) -> Bound | None:
        if self.iops_per_gib is None:
            return self.iops
        return gib if isinstance(gib, Unknown) else self.iops_per_gib * gib


def disk_of(storage_class: str | None, origin: Manifest, billing: Billing, lookup: Lookup) -> Disk:
    """The disk that a claim of an object is on; while no platform is set, at most its type is known."""
    written = lookup.find(origin, "StorageClass", storage_class) if storage_class else _default(origin, lookup)
    if billing.provider is None:
        return Disk(type=_declared(written).type if written else unmistakable(storage_class or ""))
    if written is not None:
        return _declared(written)
    known = well_known().get((billing.provider, storage_class or ""))
    return Disk() if known is None else Disk(billing.provider, known, is_default=not storage_class)


def _default(origin: Manifest, lookup: Lookup) -> Manifest | None:
    classes = lookup.of_kind(origin, "StorageClass")
    marked = (c for c in classes if str(mapping(c.get("metadata", "annotations")).get(DEFAULT_CLASS)).lower() == "true")
    return next(marked, None)


def _declared(storage_class: Manifest) -> Disk:
    provisioner = provisioners().get(str(storage_class.get("provisioner")))
    if provisioner is None:
        return Disk()
    parameters = {key.lower(): value for key, value in mapping(storage_class.get("parameters")).items()}
    written = next((parameters[p] for p in provisioner["parameters"].split() if p in parameters), None)
    return Disk(
        provider=provisioner["provider"],
        type=str(written or provisioner["default"]),
        iops=_figure(parameters.get("iops")),
        iops_per_gib=_figure(parameters.get("iopspergb")),
        throughput=_figure(parameters.get("throughput")),
    )


def _figure(written: Any) -> Decimal | None:
    """A parameter that is a number: they are all texts."""
    try:
        return None if written is None else parse_quantity(written)
    except QuantityError:
        return None


@cache
def well_known() -> Mapping[tuple[str, str], str]:
    """(Provider, class) -> type of disk; the empty class is what the platform takes where none is named."""
    return {(row["provider"], row["class"]): row["type"] for row in _table("storage_classes")}


def unmistakable(storage_class: str) -> str | None:
    """The type of disk of a class that only one platform calls so."""
    types = {type for (_, name), type in well_known().items() if name == storage_class}
    return types.pop() if len(types) == 1 else None


@cache
def provisioners() -> Mapping[str, Mapping[str, str]]:
    return {row["provisioner"]: row for row in _table("provisioners")}


def _table(name: str) -> list[dict[str, str]]:
    with (pricing_dir() / "kubernetes" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
