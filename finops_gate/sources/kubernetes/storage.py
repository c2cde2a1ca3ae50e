"""Claims of storage: by themselves, one for each replica of a StatefulSet, or for as long as a pod lives.

Source: https://kubernetes.io/docs/concepts/storage/persistent-volumes/#persistentvolumeclaims
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from finops_gate.model import NOTHING, ONCE, Bound, Range, Unknown
from finops_gate.sources.kubernetes.figures import Figures
from finops_gate.sources.kubernetes.objects import dig, mapping, numbered
from finops_gate.sources.kubernetes.pods import GIB
from finops_gate.sources.kubernetes.storage_classes import Disk

CLASS_ANNOTATION = "volume.beta.kubernetes.io/storage-class"


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim of storage, and how many there are of it. `path` is where it is written."""

    name: str
    path: str
    gib: Bound
    storage_class: str | None
    count: Range = ONCE

    @property
    def total(self) -> Range:
        return Range.exact(self.gib) * self.count

    def times(self, count: Range) -> Claim:
        return replace(self, count=self.count * count)

    def attribute(self, disk: Disk) -> dict[str, Any]:
        """What cost models and policies see of it, with the disk that it is on."""
        return {
            "name": self.name,
            "path": self.path,
            "gib": self.gib,
            "count": self.count,
            "storage_class": self.storage_class,
            "provider": disk.provider,
            "type": disk.type,
            "iops": disk.iops_for(self.gib),
            "throughput": disk.throughput,
            "is_default": disk.is_default,
        }


def claim_of(claim: Any, path: str, figures: Figures) -> Claim:
    """A claim (a PersistentVolumeClaim, or a template of one) that stands at `path`."""
    annotated = dig(claim, "metadata", "annotations", CLASS_ANNOTATION)
    named = dig(claim, "spec", "storageClassName")
    written = annotated if named is None else named
    name = str(dig(claim, "metadata", "name") or path.rpartition(".")[2] or "claim")
    return Claim(name, path, claimed(claim, path, figures), None if written is None else str(written))


def claimed(claim: Any, path: str, figures: Figures) -> Bound:
    """The GiB that a claim requests."""
    where = f"{path}.spec.resources.requests.storage".removeprefix(".")
    size = dig(claim, "spec", "resources", "requests", "storage")
    if size is None:
        return Unknown("the claim requests no size", figures.manifest.span(where))
    return sized(size, where, figures)


def sized(written: Any, path: str, figures: Figures) -> Bound:
    amount = figures.quantity(written, path)
    return amount if isinstance(amount, Unknown) else amount / GIB


def claims_of_templates(spec: Any, path: str, figures: Figures) -> Iterator[Claim]:
    """The claims of `volumeClaimTemplates`, for one replica."""
    for index, template in numbered(mapping(spec).get("volumeClaimTemplates")):
        yield claim_of(template, f"{path}.volumeClaimTemplates[{index}]", figures)


def claims_of_volumes(pod_spec: Any, path: str, figures: Figures) -> Iterator[Claim]:
    """The claims of a pod's generic ephemeral volumes, which live as long as the pod."""
    for index, volume in numbered(mapping(pod_spec).get("volumes")):
        template = dig(volume, "ephemeral", "volumeClaimTemplate")
        if template is not None:
            at = f"{path}.volumes[{index}].ephemeral.volumeClaimTemplate"
            yield replace(claim_of(template, at, figures), name=str(volume.get("name") or index))


def total_of(claims: Sequence[Claim]) -> Range:
    """The GiB of some claims."""
    total = NOTHING
    for claim in claims:
        total = total + claim.total
    return total
