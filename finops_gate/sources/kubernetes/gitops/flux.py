"""Flux's Kustomizations and HelmReleases.

Sources: https://fluxcd.io/flux/components/kustomize/kustomizations/ and https://fluxcd.io/flux/components/helm/helmreleases/
"""

from __future__ import annotations

from collections.abc import Iterator
from posixpath import normpath

from finops_gate.model import Notice
from finops_gate.sources.kubernetes.gitops.delivery import (
    Delivery,
    Where,
    node_of,
    not_followed,
    not_here,
    text,
    texts,
)
from finops_gate.sources.kubernetes.objects import Manifest, mapping
from finops_gate.sources.nodes import Node, child, mapping_of, sequence_of

KUSTOMIZE_GROUP = "kustomize.toolkit.fluxcd.io"
HELM_GROUP = "helm.toolkit.fluxcd.io"
AS_THEY_ARE = (
    *("namePrefix", "nameSuffix", "patches", "patchesStrategicMerge", "patchesJson6902", "images", "components"),
)
IN_GIT = ("", "GitRepository", "OCIRepository", "Bucket", "ExternalArtifact")
"""Kinds of sources that may be what this repository is published as."""


def of_a_kustomization(manifest: Manifest, where: Where) -> Iterator[Delivery | Notice]:
    spec = child(node_of(manifest), "spec")
    place = child(spec, "path") or child(node_of(manifest), "metadata", "name") or node_of(manifest)
    directory = where.directory(text(spec, "path") or ".")
    if directory is None:
        source = text(spec, "sourceRef", "name")
        yield not_here(manifest, f"{text(spec, 'path')} of {source or 'its source'}", place.span)
        return
    substitute = mapping(manifest.get("spec", "postBuild", "substitute"))
    yield Delivery(
        by=manifest,
        name=manifest.name,
        path=directory,
        span=place.span,
        changes=_changes(spec),
        substitute={key: str(value) for key, value in substitute.items() if isinstance(value, str)},
        recurse=True,
    )


def _changes(spec: Node | None) -> dict[str, Node]:
    found = {name: node for name in AS_THEY_ARE if (node := child(spec, name)) is not None and node.value}
    namespace, common = child(spec, "targetNamespace"), child(spec, "commonMetadata")
    if namespace is not None and namespace.value:
        found["namespace"] = namespace
    labels, annotations = child(common, "labels"), child(common, "annotations")
    if labels is not None and labels.value:
        found["labels"] = sequence_of(labels, [mapping_of(labels, {"pairs": labels})])
    if annotations is not None and annotations.value:
        found["commonAnnotations"] = annotations
    return found


def of_a_release(manifest: Manifest, where: Where) -> Iterator[Delivery | Notice]:
    spec = child(node_of(manifest), "spec")
    chart = child(spec, "chart", "spec")
    place = child(chart, "chart") or child(spec, "chartRef") or child(node_of(manifest), "metadata", "name")
    at = (place or node_of(manifest)).span
    kind, written = text(chart, "sourceRef", "kind"), text(chart, "chart")
    if chart is None or kind not in IN_GIT:
        name = written or text(spec, "chartRef", "name")
        yield not_here(manifest, f"the chart {name} of {text(chart, 'sourceRef', 'name') or 'a repository'}", at)
        return
    directory = where.directory(written)
    if directory is None:
        yield not_here(manifest, f"the chart {written} of {text(chart, 'sourceRef', 'name') or 'its source'}", at)
        return
    if child(spec, "postRenderers") is not None:
        yield not_followed(manifest, "`postRenderers`", at)
    own = manifest.namespace
    yield Delivery(
        by=manifest,
        name=manifest.name,
        path=directory,
        span=at,
        namespace=text(spec, "targetNamespace") or own,
        is_chart=True,
        release=text(spec, "releaseName") or manifest.name,
        value_files=tuple(normpath(file.removeprefix("./")) for file in texts(chart, "valuesFiles")),
        values=mapping(manifest.get("spec", "values")),
    )
