"""Operators' kinds: resources from which an operator makes pods. `pricing/kubernetes/operators.yaml` says how many of
what; each set of pods is priced as a Deployment is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from finops_gate.data import pricing_dir
from finops_gate.model import ONCE, Range, Unknown
from finops_gate.sources.documents import read_documents
from finops_gate.sources.kubernetes.autoscaling import held
from finops_gate.sources.kubernetes.counting import Count
from finops_gate.sources.kubernetes.figures import Figures
from finops_gate.sources.kubernetes.objects import Manifest, dig, mapping, numbered
from finops_gate.sources.kubernetes.pod_sets import Pods
from finops_gate.sources.kubernetes.pods import Pod, read_container, read_pod
from finops_gate.sources.kubernetes.runtime_classes import overhead_of
from finops_gate.sources.kubernetes.storage import Claim, claim_of, sized
from finops_gate.sources.kubernetes.surroundings import Surroundings
from finops_gate.sources.kubernetes.workloads import described, summed

MAX_SETS = 100
EACH = "[]"


@dataclass(frozen=True, slots=True)
class Element:
    """What the paths of a set lead from: the object itself, or an element of a list of it."""

    value: Any
    path: str

    def at(self, path: str) -> Any:
        return dig(self.value, *path.split("."))

    def below(self, path: str) -> str:
        return f"{self.path}.{path}" if self.path else path


def sets_of(manifest: Manifest) -> Sequence[Mapping[str, Any]] | None:
    """The sets of pods of a kind; None where it is not in the table."""
    return operators().get((manifest.group, manifest.kind)) if manifest.group else None


@cache
def operators() -> Mapping[tuple[str, str], Sequence[Mapping[str, Any]]]:
    """API group and kind -> its sets of pods."""
    file = pricing_dir() / "kubernetes" / "operators.yaml"
    (document,) = read_documents(file.read_text(encoding="utf-8"), file.name)
    return {(row["group"], row["kind"]): row["sets"] for row in document.value}


def read_operated(
    manifest: Manifest, sets: Sequence[Mapping[str, Any]], around: Surroundings, figures: Figures
) -> dict[str, Any]:
    """The derived attributes of an operator's resource: `groups` are its sets of pods, and the rest is their sum."""
    groups: list[dict[str, Any]] = []
    around = around if len(sets) == 1 else replace(around, autoscaler=None)
    for row in sets:
        for element in _elements(row, manifest):
            if len(groups) < MAX_SETS and ("when" not in row or element.at(row["when"]) is not None):
                groups.append(_group(row, element, manifest, around, figures))
    billing = around.cluster.billing.attribute
    if not groups:
        return {"groups": Unknown("it declares no pods", manifest.span("spec")), "billing": billing}
    return {
        "groups": groups,
        "replicas_range": summed(groups, "replicas_range"),
        "storage_gib": summed(groups, "storage_gib"),
        "gpus": summed(groups, "gpus"),
        "spot": all(group["spot"] for group in groups),
        "containers": [container for group in groups for container in group["containers"]],
        "claims": [claim for group in groups for claim in group["claims"]],
        "autoscaler": around.autoscaler.attribute if around.autoscaler else None,
        "billing": billing,
    }


def _elements(row: Mapping[str, Any], manifest: Manifest) -> Iterator[Element]:
    if "each" not in row:
        yield Element(manifest.value, "")
        return
    for index, value in numbered(manifest.get(*row["each"].split("."))):
        yield Element(value, f"{row['each']}[{index}]")


def _group(
    row: Mapping[str, Any], element: Element, manifest: Manifest, around: Surroundings, figures: Figures
) -> dict[str, Any]:
    name = str(element.at(row["name"]) or "set") if "each" in row else row["name"]
    pod = _pod(row, element, name, around, figures)
    spec = element.at(row["pod_spec"]) if "pod_spec" in row else manifest.get("spec")
    replicas = _replicas(row, element, around, figures)
    claims = [claim.times(replicas) for claim in _claims(row, element, figures)]
    found = described(manifest, [Pods(pod, spec, element.path)], Count(replicas), claims, around)
    return {"name": name, **found}


def _replicas(row: Mapping[str, Any], element: Element, around: Surroundings, figures: Figures) -> Range:
    """The product of what the paths lead to, within the bounds of an autoscaler."""
    found = Range.exact(row["default"]) if not row["replicas"] else ONCE
    for path in row["replicas"]:
        written = element.at(path)
        amount = row["default"] if written is None else figures.count(written, element.below(path))
        found = found * Range.exact(amount)
    return held(found.expected, around.autoscaler) if around.autoscaler else found


def _pod(row: Mapping[str, Any], element: Element, name: str, around: Surroundings, figures: Figures) -> Pod:
    if "pod_spec" in row:
        spec, path = mapping(element.at(row["pod_spec"])), element.below(row["pod_spec"])
        if not isinstance(spec.get("containers"), list):
            spec = {**spec, "containers": [{"name": row["container"]}]}
        overhead = overhead_of(figures.manifest, spec, around.lookup)
        return read_pod(spec, path, figures, around.defaults, overhead=overhead)
    value = {"name": name, "resources": element.at(row["resources"])}
    path = element.below(row["resources"]).rpartition(".")[0]
    return read_container(value, path, figures, around.defaults)


def _claims(row: Mapping[str, Any], element: Element, figures: Figures) -> Iterator[Claim]:
    for value, path in _values(row.get("claims", ()), element):
        yield claim_of(value, path, figures)
    for value, path in _values(row.get("sizes", ()), element):
        size = value.get("size")
        if size is not None and value.get("type") != "ephemeral":
            written = value.get("class") or value.get("storageClass")
            name = path.rpartition(".")[2]
            yield Claim(name, path, sized(size, f"{path}.size", figures), None if written is None else str(written))


def _values(paths: Sequence[str], element: Element) -> Iterator[tuple[Mapping[str, Any], str]]:
    """The mappings that paths lead to, and where each stands; `[]` at the end is every element of a list."""
    for path in paths:
        found = element.at(path.removesuffix(EACH))
        where = element.below(path.removesuffix(EACH))
        if path.endswith(EACH):
            yield from ((value, f"{where}[{index}]") for index, value in numbered(found))
        elif isinstance(found, dict):
            yield found, where
