"""Where labels, annotations, names and replicas stand in the kinds of the API, as kustomize's defaults have it.

Source: https://kubectl.docs.kubernetes.io/references/kustomize/builtins/ (fieldSpecs).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from finops_gate.sources.kubernetes.kustomize.item import Item
from finops_gate.sources.kubernetes.objects import mapping
from finops_gate.sources.nodes import Node, items

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """A path in objects of some kinds (none: of all) and an API group or version; `create` makes it where it is not."""

    path: Path
    kinds: tuple[str, ...] = ()
    group: str | None = None
    version: str | None = None
    create: bool = False

    def is_of(self, item: Item) -> bool:
        if self.kinds and item.kind not in self.kinds:
            return False
        identity = item.identity
        version = identity.version.rpartition("/")[2]
        return self.group in (None, identity.group) and self.version in (None, version)


def path_of(text: str) -> Path:
    """A path of kustomize's (`metadata/labels`, `spec/containers[]/image`); a slash in a key is written `\\/`."""
    steps = text.replace("\\/", "\0").split("/")
    return tuple(step.replace("\0", "/") for step in steps if step)


def fields(text: str, *kinds: str, group: str | None = None, version: str | None = None, create: bool = True) -> Field:
    return Field(path_of(text), kinds, group, version, create)


def written_fields(specs: Node | None) -> tuple[Field, ...]:
    """The fields that somebody lists (`fieldSpecs`)."""
    return tuple(
        _written(mapping(spec.value)) for spec in items(specs) if isinstance(mapping(spec.value).get("path"), str)
    )


def _written(spec: Mapping[str, Any]) -> Field:
    kind, group, version = (str(spec[key]) if spec.get(key) else None for key in ("kind", "group", "version"))
    return Field(path_of(spec["path"]), (kind,) if kind else (), group, version, spec.get("create") is True)


REPLICATED = ("Deployment", "ReplicaSet", "DaemonSet", "StatefulSet", "ReplicationController")
TEMPLATED = (*REPLICATED, "Job")

OBJECT_LABELS = (fields("metadata/labels"),)

TEMPLATE_LABELS = (
    fields("spec/template/metadata/labels", *TEMPLATED),
    fields("spec/jobTemplate/metadata/labels", "CronJob", group="batch"),
    fields("spec/jobTemplate/spec/template/metadata/labels", "CronJob", group="batch"),
    fields("spec/volumeClaimTemplates[]/metadata/labels", "StatefulSet", group="apps"),
)

_AFFINITIES = [
    f"spec/template/spec/affinity/{kind}/{when}labelSelector/matchLabels"
    for kind in ("podAffinity", "podAntiAffinity")
    for when in (
        "preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm/",
        "requiredDuringSchedulingIgnoredDuringExecution/",
    )
]
_SPREAD = "spec/template/spec/topologySpreadConstraints/labelSelector/matchLabels"

SELECTOR_LABELS = (
    fields("spec/selector", "Service", "ReplicationController", version="v1"),
    fields("spec/selector/matchLabels", "Deployment", "ReplicaSet", "DaemonSet"),
    fields("spec/selector/matchLabels", "StatefulSet", group="apps"),
    *(fields(path, "Deployment", "StatefulSet", group="apps", create=False) for path in (*_AFFINITIES, _SPREAD)),
    fields("spec/selector/matchLabels", "Job", group="batch", create=False),
    fields("spec/jobTemplate/spec/selector/matchLabels", "CronJob", group="batch", create=False),
    fields("spec/selector/matchLabels", "PodDisruptionBudget", group="policy", create=False),
    *(
        fields(path, "NetworkPolicy", group="networking.k8s.io", create=False)
        for path in (
            "spec/podSelector/matchLabels",
            "spec/ingress/from/podSelector/matchLabels",
            "spec/egress/to/podSelector/matchLabels",
        )
    ),
)

ANNOTATIONS = (
    fields("metadata/annotations"),
    fields("spec/template/metadata/annotations", *TEMPLATED),
    fields("spec/jobTemplate/metadata/annotations", "CronJob", group="batch"),
    fields("spec/jobTemplate/spec/template/metadata/annotations", "CronJob", group="batch"),
)

NAMESPACES = (
    fields("metadata/name", "Namespace"),
    fields("spec/service/namespace", "APIService", group="apiregistration.k8s.io"),
    fields(
        "spec/conversion/webhook/clientConfig/service/namespace",
        "CustomResourceDefinition",
        group="apiextensions.k8s.io",
        create=False,
    ),
)

REPLICAS = ("Deployment", "ReplicationController", "ReplicaSet", "StatefulSet")
UNPREFIXED = ("CustomResourceDefinition", "APIService", "Namespace")
