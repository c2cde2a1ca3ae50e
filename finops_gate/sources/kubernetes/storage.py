"""Claims of storage: by themselves, one for each replica of a StatefulSet, or for as long as a pod lives.

Source: https://kubernetes.io/docs/concepts/storage/persistent-volumes/#persistentvolumeclaims
"""

from __future__ import annotations

from typing import Any

from finops_gate.model import NOTHING, Bound, Range, Unknown
from finops_gate.sources.kubernetes.figures import Figures
from finops_gate.sources.kubernetes.objects import dig, mapping, numbered
from finops_gate.sources.kubernetes.pods import GIB


def claimed(claim: Any, path: str, figures: Figures) -> Bound:
    """The GiB that a claim (a PersistentVolumeClaim, or a template of one) requests."""
    where = f"{path}.spec.resources.requests.storage".removeprefix(".")
    size = dig(claim, "spec", "resources", "requests", "storage")
    if size is None:
        return Unknown("the claim requests no size", figures.manifest.span(where))
    amount = figures.quantity(size, where)
    return amount if isinstance(amount, Unknown) else amount / GIB


def claimed_by_templates(spec: Any, path: str, figures: Figures) -> Range:
    """The GiB of a StatefulSet's `volumeClaimTemplates`, for one replica."""
    total = NOTHING
    for index, template in numbered(mapping(spec).get("volumeClaimTemplates")):
        total = total + Range.exact(claimed(template, f"{path}.volumeClaimTemplates[{index}]", figures))
    return total


def claimed_by_volumes(pod_spec: Any, path: str, figures: Figures) -> Range:
    """The GiB of a pod's generic ephemeral volumes, which live as long as the pod."""
    total = NOTHING
    for index, volume in numbered(mapping(pod_spec).get("volumes")):
        template = dig(volume, "ephemeral", "volumeClaimTemplate")
        if template is not None:
            at = f"{path}.volumes[{index}].ephemeral.volumeClaimTemplate"
            total = total + Range.exact(claimed(template, at, figures))
    return total
