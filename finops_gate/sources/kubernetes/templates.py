"""Pod templates anywhere in kinds that nobody has described: Ray's clusters, Agones' fleets, operators by the hundred.

A pod template is a mapping with a `spec` that has `containers`. Its pods are counted by the `replicas` beside it and
above it, between `minReplicas` and `maxReplicas` where those stand there, and for each node below a `daemonSet`. Where
another number stands there that may be one of pods (`size`), what comes of it is not known: only the operator knows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from finops_gate.model import ONCE, UNBOUNDED, ZERO, Bound, Range, Unknown
from finops_gate.sources.kubernetes.autoscaling import Autoscaler, held
from finops_gate.sources.kubernetes.counting import ONE, Count
from finops_gate.sources.kubernetes.figures import MAX_INT32, Figures
from finops_gate.sources.kubernetes.objects import Manifest, dig, numbered
from finops_gate.sources.kubernetes.pod_sets import Pods
from finops_gate.sources.kubernetes.pods import read_pod
from finops_gate.sources.kubernetes.runtime_classes import overhead_of
from finops_gate.sources.kubernetes.storage import claims_of_templates, claims_of_volumes
from finops_gate.sources.kubernetes.surroundings import Surroundings
from finops_gate.sources.kubernetes.workloads import described, summed

MAX_DEPTH = 12
MAX_TEMPLATES = 50
MAX_LOOKED_AT = 5_000
MAY_COUNT = ("size", "count", "instances", "nodes", "nodeCount", "shards", "parallelism")
UNTELLING = ("spec", "template", "podtemplate")
"""Keys that do not tell what the pods below them are, in lower case."""
ON_EACH_NODE = ".daemonset"
HOLDING = (
    *("Template", "Policy", "Composition", "Definition", "Class", "Revision"),
    *("HelmChart", "HelmRelease", "Kustomization"),
)
"""Ends of kinds that only hold what others run."""
RUN_ONCE = ("Job", "JobSet", "Run", "Task", "Workflow", "Build", "Experiment", "Application")
"""Ends of kinds whose pods are done one day: what they cost a month nobody knows."""


@dataclass(frozen=True, slots=True)
class Template:
    """A pod template: what it is called, its pod spec and its place, what it stands in, and how many pods it makes."""

    name: str
    spec: Mapping[str, Any]
    path: str
    holder: Mapping[str, Any]
    holder_path: str
    replicas: Range


def templates_of(manifest: Manifest, around: Surroundings, figures: Figures) -> list[Template]:
    """The pod templates of an object whose kind is no part of Kubernetes."""
    if "." not in manifest.group or manifest.kind.endswith((*HOLDING, *RUN_ONCE)):
        return []
    return _Walk(around, figures).all(manifest)


class _Walk:
    """Goes down an object and counts on the way, within bounds: strangers write these."""

    def __init__(self, around: Surroundings, figures: Figures) -> None:
        self.around, self.figures = around, figures
        self.left = MAX_LOOKED_AT

    def all(self, manifest: Manifest) -> list[Template]:
        spec = manifest.get("spec")
        found = self.below(spec, "spec", manifest.kind.lower(), ONCE, 0) if isinstance(spec, dict) else ()
        return [template for template, _ in zip(found, range(MAX_TEMPLATES), strict=False)]

    def below(self, holder: Mapping[str, Any], path: str, name: str, times: Range, depth: int) -> Iterator[Template]:
        self.left -= len(holder) + 1
        if depth > MAX_DEPTH or self.left < 0:
            return
        times = times * self.replicas(holder, path)
        for value, here, own in children(holder, path, name):
            each = times * (self.around.cluster.nodes if here.lower().endswith(ON_EACH_NODE) else ONE)
            if isinstance(dig(value, "spec", "containers"), list):
                yield Template(own, value["spec"], f"{here}.spec", holder, path, each)
            else:
                yield from self.below(value, here, own, each, depth + 1)

    def replicas(self, holder: Mapping[str, Any], path: str) -> Range:
        """How many the numbers of a mapping make of what is below it."""
        unclear = next((key for key in MAY_COUNT if isinstance(holder.get(key), Decimal)), None)
        if unclear is not None:
            why = Unknown(f"what {unclear} makes of a pod template", self.figures.manifest.span(f"{path}.{unclear}"))
            return Range(ZERO, why, why)
        written, least, most = (self.count(holder, f"{end}eplicas", path) for end in ("r", "minR", "maxR"))
        declared = ONE if written is None else written
        if least is None and most is None:
            return Range.exact(declared)
        least, most = ZERO if least is None else least, UNBOUNDED if most is None else most
        return held(declared, Autoscaler(self.figures.manifest, ("", "", ""), least, most, least, True))

    def count(self, holder: Mapping[str, Any], key: str, path: str) -> Bound | None:
        """A number of replicas. What is no number is not wrong here: the kind may mean something else by it."""
        written = holder.get(key)
        if written is None or (isinstance(written, Decimal) and 0 <= written <= MAX_INT32 and written == int(written)):
            return written
        return Unknown(f"what {key} makes of a pod template", self.figures.manifest.span(f"{path}.{key}"))


def children(holder: Mapping[str, Any], path: str, name: str) -> Iterator[tuple[Mapping[str, Any], str, str]]:
    """The mappings that a mapping holds, also in lists: their paths, and what their pods may be called."""
    for key, value in holder.items():
        if isinstance(value, dict):
            yield value, f"{path}.{key}", name if key.lower() in UNTELLING else key
        for index, element in numbered(value):
            own = element.get("name") or element.get("groupName") or f"{key}[{index}]"
            yield element, f"{path}.{key}[{index}]", str(own)


def read_templates(
    manifest: Manifest, templates: list[Template], around: Surroundings, figures: Figures
) -> dict[str, Any]:
    """The derived attributes of such an object: `groups` are the pods of each template, and the rest is their sum."""
    alone = replace(around, autoscaler=None, vertical=None)
    groups = [_group(manifest, template, alone, figures) for template in templates]
    return {
        "groups": groups,
        "replicas_range": summed(groups, "replicas_range"),
        "storage_gib": summed(groups, "storage_gib"),
        "gpus": summed(groups, "gpus"),
        "spot": all(group["spot"] for group in groups),
        "containers": [container for group in groups for container in group["containers"]],
        "claims": [claim for group in groups for claim in group["claims"]],
        "by_template": True,
        "billing": around.cluster.billing.attribute,
    }


def _group(manifest: Manifest, template: Template, around: Surroundings, figures: Figures) -> dict[str, Any]:
    overhead = overhead_of(manifest, template.spec, around.lookup)
    pod = read_pod(template.spec, template.path, figures, around.defaults, overhead=overhead)
    kept = claims_of_templates(template.holder, template.holder_path, figures)
    passing = claims_of_volumes(template.spec, template.path, figures)
    claims = [claim.times(template.replicas) for claim in (*kept, *passing)]
    pods = [Pods(pod, template.spec, template.path)]
    return {"name": template.name, **described(manifest, pods, Count(template.replicas), claims, around)}
