"""Kubernetes manifests: files -> objects -> resources.

Every object is a resource, with its own content as attributes; workloads, claims and services get derived attributes,
which their cost models price. YAML without an `apiVersion` and a `kind` is somebody else's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from finops_gate.model import Loaded, Notice, Range, Resource
from finops_gate.settings import Settings
from finops_gate.sources.files import Tree
from finops_gate.sources.kubernetes import kustomize
from finops_gate.sources.kubernetes.autoscaling import assign, read_autoscalers
from finops_gate.sources.kubernetes.figures import Figures
from finops_gate.sources.kubernetes.limits import defaults_by_place, defaults_for
from finops_gate.sources.kubernetes.objects import Manifest, ManifestSpans, manifests_of, mapping
from finops_gate.sources.kubernetes.reading import Files
from finops_gate.sources.kubernetes.settings import cluster_of
from finops_gate.sources.kubernetes.storage import claimed
from finops_gate.sources.kubernetes.workloads import KINDS, Surroundings, read_workload

SUFFIXES = (".yaml", ".yml", ".json")
WORKFLOWS = ".github/workflows/"
ALIASES = {"tags": "metadata.labels", "replicas_range": "spec.replicas", "duty": "spec.schedule"}
"""Derived attribute -> where what it was derived from is written."""


def matches(path: str) -> bool:
    """Whether a file may hold manifests: which ones do is only known when they are read."""
    return (path.endswith(SUFFIXES) and WORKFLOWS not in path) or kustomize.is_kustomization(path)


def load(tree: Tree, paths: Sequence[str], settings: Settings) -> Loaded:
    """The resources of all manifests among some files."""
    cluster = cluster_of(settings.kubernetes)
    manifests, notices, rendered = _read(tree, paths)
    autoscalers, wrong = read_autoscalers(manifests)
    scaled = assign((m for m in manifests if m.qualified_kind in KINDS), autoscalers)
    defaults = defaults_by_place(manifests)
    resources: list[Resource] = []
    for manifest in manifests:
        figures = Figures(manifest)
        around = Surroundings(scaled.get(manifest), defaults_for(manifest, defaults), cluster)
        resources.append(_resource(manifest, around, figures))
        wrong += figures.notices
    own = rendered.union((m.path for m in manifests), (n.span.path for n in notices if n.span))
    return Loaded(tuple(_distinct(resources)), (*notices, *wrong), tuple(path for path in paths if path in own))


def _resource(manifest: Manifest, around: Surroundings, figures: Figures) -> Resource:
    kind = manifest.qualified_kind
    derived, aliases = _derived(manifest, around, figures)
    scaler = around.autoscaler
    return Resource(
        address=manifest.address,
        type=f"kubernetes:{kind}",
        source="kubernetes",
        attributes={**manifest.value, **derived},
        span=manifest.span("metadata.name"),
        tags=_labels(manifest),
        spans=ManifestSpans(manifest, aliases),
        references={"autoscaler": scaler.manifest.address} if scaler else {},
        provider="kubernetes",
        project=manifest.directory,
    )


def _derived(manifest: Manifest, around: Surroundings, figures: Figures) -> tuple[dict[str, Any], dict[str, str]]:
    """The attributes that are worked out, and whose place in the file each of them borrows."""
    kind = manifest.qualified_kind
    if kind in KINDS:
        derived = read_workload(manifest, around, figures)
        aliases = {f"containers[{i}]": c["path"] for i, c in enumerate(derived["containers"])}
        pod_spec = KINDS[kind].pod_spec
        return derived, {**ALIASES, **aliases, "pod": pod_spec, "containers": f"{pod_spec}.containers"}
    if kind == "PersistentVolumeClaim":
        size = Range.exact(claimed(manifest.value, "", figures))
        return {"storage_gib": size}, {**ALIASES, "storage_gib": "spec.resources.requests.storage"}
    if kind == "Service":
        return {"load_balancers": Decimal(manifest.get("spec", "type") == "LoadBalancer")}, ALIASES
    return {}, ALIASES


def _labels(manifest: Manifest) -> dict[str, str]:
    """The labels of the object; for a workload also those of its pods, which bill under them."""
    kind = KINDS.get(manifest.qualified_kind)
    of_pods = mapping(manifest.get(*kind.labels.split("."))) if kind and kind.labels else {}
    labels = {**of_pods, **mapping(manifest.get("metadata", "labels"))}
    return {key: _text(value) for key, value in labels.items() if isinstance(value, str | Decimal | bool)}


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _distinct(resources: Sequence[Resource]) -> Iterator[Resource]:
    """The resources, told apart where a directory holds one object twice (`dev.yaml` and `prod.yaml`)."""
    seen: Counter[tuple[str, str]] = Counter()
    for resource in resources:
        seen[resource.project, resource.address] += 1
        count = seen[resource.project, resource.address]
        yield resource if count == 1 else replace(resource, address=f"{resource.address}#{count}")


def _read(tree: Tree, paths: Sequence[str]) -> tuple[list[Manifest], list[Notice], frozenset[str]]:
    """The objects of all files: those of kustomizations as rendered, whose files come last, the others as written."""
    files = Files(tree)
    rendered = kustomize.render(paths, files)
    manifests: list[Manifest] = []
    notices: list[Notice] = list(files.notices())
    for path in paths:
        if path not in rendered.files and files.may_hold_objects(path):
            for document in files.documents(path):
                found = list(manifests_of(document))
                manifests += found
                notices += document.notices if found or document.broken else ()
    manifests += (m for directory, document in rendered.documents for m in manifests_of(document, directory))
    return manifests, [*dict.fromkeys(notices), *rendered.notices], rendered.files
