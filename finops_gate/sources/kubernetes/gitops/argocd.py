"""Argo CD's Applications: https://argo-cd.readthedocs.io/en/stable/user-guide/application-specification/"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from posixpath import join, normpath
from typing import Any

from finops_gate.model import Notice
from finops_gate.sources.documents import read_documents
from finops_gate.sources.kubernetes.gitops.delivery import (
    Delivery,
    Where,
    node_of,
    not_followed,
    not_here,
    pairs,
    text,
    texts,
)
from finops_gate.sources.kubernetes.objects import Manifest, mapping
from finops_gate.sources.nodes import Node, child, items, mapping_of, sequence_of

GROUP = "argoproj.io"
AS_THEY_ARE = ("namePrefix", "nameSuffix", "commonLabels", "commonAnnotations", "namespace", "patches", "components")
"""Fields of `kustomize` that mean what they mean in a kustomization."""
IN_CLUSTER = "in-cluster"


def deliveries_of(manifest: Manifest, where: Where) -> Iterator[Delivery | Notice]:
    return of_a_spec(manifest, child(node_of(manifest), "spec"), manifest.name, where)


def of_a_spec(manifest: Manifest, spec: Node | None, name: str, where: Where) -> Iterator[Delivery | Notice]:
    """What the `spec` of an Application of some name deploys: its one source, or each of several."""
    namespace = text(spec, "destination", "namespace")
    several = items(child(spec, "sources"))
    single = child(spec, "source")
    roots = {text(s, "ref"): text(s, "repoURL") for s in several if text(s, "ref")}
    for source in several or ([single] if single is not None else []):
        if several and text(source, "ref") and not text(source, "path") and not text(source, "chart"):
            continue
        yield from _of_a_source(manifest, source, name, namespace, roots, where)


def _of_a_source(
    manifest: Manifest, source: Node, name: str, namespace: str, roots: Mapping[str, str], where: Where
) -> Iterator[Delivery | Notice]:
    place = child(source, "path") or child(source, "chart") or source
    url, written = text(source, "repoURL"), text(source, "path")
    if text(source, "chart"):
        yield not_here(manifest, f"the chart {text(source, 'chart')} of {url or 'a repository'}", place.span)
        return
    directory = where.directory(written) if where.is_here(url) else None
    if directory is None:
        yield not_here(manifest, f"{written or '.'} of {url or 'a repository'}", place.span)
        return
    if child(source, "plugin") is not None:
        yield not_followed(manifest, "the plugin", place.span)
        return
    listed = child(source, "directory")
    yield Delivery(
        by=manifest,
        name=name,
        path=directory,
        span=place.span,
        namespace=text(source, "helm", "namespace") or namespace,
        changes=_changes(child(source, "kustomize")),
        recurse=mapping(listed.value if listed else None).get("recurse") is True,
        include=text(listed, "include"),
        exclude=text(listed, "exclude"),
        release=text(source, "helm", "releaseName") or name,
        **_of_helm(child(source, "helm"), directory, roots, where),
    )


def _of_helm(helm: Node | None, directory: str, roots: Mapping[str, str], where: Where) -> dict[str, Any]:
    parameters = list(pairs(child(helm, "parameters")))
    forced = {id(entry): mapping(entry.value).get("forceString") is True for _, _, entry in parameters}
    own = child(helm, "valuesObject")
    inline = text(helm, "values")
    values = mapping(own.value) if own is not None else mapping(_parsed(inline))
    files = [_value_file(written, directory, roots, where) for written in texts(helm, "valueFiles")]
    is_lenient = mapping(helm.value if helm else None).get("ignoreMissingValueFiles") is True
    return {
        "value_files": tuple(f for f in files if not is_lenient or where.tree.exists(f)),
        "values": values,
        "parameters": tuple((n, v) for n, v, entry in parameters if not forced[id(entry)]),
        "strings": tuple((n, v) for n, v, entry in parameters if forced[id(entry)]),
    }


def _parsed(inline: str) -> Any:
    documents = read_documents(inline, "values.yaml") if inline else []
    return documents[0].value if documents else None


def _value_file(written: str, directory: str, roots: Mapping[str, str], where: Where) -> str:
    """A file of values, relative to the chart, to the root (`/`) or to another source (`$name/`)."""
    if written.startswith("$"):
        name, _, rest = written[1:].partition("/")
        return normpath(rest) if name in roots and where.is_here(roots[name]) else written
    return normpath(written.lstrip("/") if written.startswith("/") else join(directory, written))


def _changes(kustomize: Node | None) -> dict[str, Node]:
    """The fields of a kustomization that the `kustomize` of a source comes to."""
    found = {name: node for name in AS_THEY_ARE if (node := child(kustomize, name)) is not None and node.value}
    images, replicas = child(kustomize, "images"), child(kustomize, "replicas")
    if images is not None and images.value:
        found["images"] = sequence_of(images, [_image(i) for i in items(images) if isinstance(i.value, str)])
    if replicas is not None and replicas.value:
        found["replicas"] = sequence_of(replicas, [_counted(entry) for entry in items(replicas)])
    return found


def _image(written: Node) -> Node:
    """`old=new:tag@digest`, `name:tag` or `name@digest`, as `kustomize edit set image` has it."""
    old, equals, new = written.value.partition("=")
    rest, _, digest = (new if equals else old).partition("@")
    name, colon, tag = rest.rpartition(":")
    if not colon or "/" in tag:
        name, tag = rest, ""
    fields = {"name": old if equals else name, "newName": name, "newTag": tag, "digest": digest}
    return mapping_of(written, {key: replace(written, value=value) for key, value in fields.items() if value})


def _counted(entry: Node) -> Node:
    """A count may be written as text."""
    count = child(entry, "count")
    if count is None or not isinstance(count.value, str):
        return entry
    try:
        number = Decimal(count.value)
    except InvalidOperation:
        return entry
    name = child(entry, "name")
    fields = {"name": name, "count": replace(count, value=number)}
    return mapping_of(entry, {key: node for key, node in fields.items() if node is not None})
