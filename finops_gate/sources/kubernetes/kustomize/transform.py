"""What a kustomization does to all of its objects: namespace, names, labels, annotations, replicas and images."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from finops_gate.sources.kubernetes.kustomize.fields import (
    ANNOTATIONS,
    NAMESPACES,
    OBJECT_LABELS,
    REPLICAS,
    SELECTOR_LABELS,
    TEMPLATE_LABELS,
    UNPREFIXED,
    Field,
    written_fields,
)
from finops_gate.sources.kubernetes.kustomize.item import NO_NAMESPACE, Item
from finops_gate.sources.kubernetes.kustomize.overlay import Kustomization
from finops_gate.sources.kubernetes.kustomize.problems import Problems
from finops_gate.sources.kubernetes.objects import mapping
from finops_gate.sources.nodes import (
    Node,
    child,
    entries,
    items,
    mapping_of,
    sequence_of,
    with_entry,
)

NAME = ("metadata", "name")
IMAGE_LISTS = ("containers", "initContainers")

Objects = Sequence[Item]


def in_namespace(objects: Objects, namespace: Node) -> list[Item]:
    """The objects in another namespace; those of no namespace stay, and a Namespace object takes its name."""

    def moved(item: Item) -> Item:
        item = item.renamed()
        if item.identity.namespace != NO_NAMESPACE:
            item = item.edited(("metadata", "namespace"), lambda _: namespace, namespace)
        for field in NAMESPACES:
            if field.is_of(item):
                origin = namespace if field.create else None
                item = item.edited(field.path, lambda old: replace(old, value=namespace.value), origin)
        if item.kind in ("RoleBinding", "ClusterRoleBinding"):
            item = item.edited(("subjects",), lambda subject: _default_account(subject, namespace))
        return item

    return [moved(item) for item in objects]


def _default_account(subject: Node, namespace: Node) -> Node:
    """The service account that every namespace has is the one of the new namespace."""
    value = mapping(subject.value)
    is_default = value.get("kind") == "ServiceAccount" and value.get("name") == "default"
    return with_entry(subject, "namespace", namespace) if is_default else subject


def with_affixes(objects: Objects, prefix: str, suffix: str) -> list[Item]:
    """The objects under longer names; what refers to them follows at the end (`names.py`)."""

    def named(item: Item) -> Item:
        if not (prefix or suffix) or item.kind in UNPREFIXED:
            return item
        item = item.renamed().edited(NAME, lambda name: replace(name, value=f"{prefix}{name.value}{suffix}"))
        prefixes = (*item.prefixes, prefix) if prefix else item.prefixes
        suffixes = (*item.suffixes, suffix) if suffix else item.suffixes
        return replace(item, prefixes=prefixes, suffixes=suffixes)

    return [named(item) for item in objects]


def with_pairs(objects: Objects, pairs: Mapping[str, Node], where: Sequence[Field], problems: Problems) -> list[Item]:
    """The objects with labels or annotations set in some fields."""
    if not pairs:
        return list(objects)
    origin = next(iter(pairs.values()))
    problems.spend(len(objects) * (len(pairs) + len(where)))

    def labelled(item: Item) -> Item:
        for field in where:
            if field.is_of(item):
                item = item.edited(
                    field.path,
                    lambda old: mapping_of(old, {**dict(entries(old)), **pairs}),
                    origin if field.create else None,
                )
        return item

    return [labelled(item) for item in objects]


def label_fields(entry: Node) -> tuple[Field, ...]:
    """The fields that an entry of `labels` is for."""
    value, own = mapping(entry.value), written_fields(child(entry, "fields"))
    if value.get("includeSelectors") is True:
        return (*own, *OBJECT_LABELS, *TEMPLATE_LABELS, *SELECTOR_LABELS)
    return (*own, *OBJECT_LABELS, *(TEMPLATE_LABELS if value.get("includeTemplates") is True else ()))


def with_labels(objects: Objects, kustomization: Kustomization, problems: Problems) -> list[Item]:
    found = list(objects)
    for entry in kustomization.listed("labels"):
        found = with_pairs(found, dict(entries(child(entry, "pairs") or entry)), label_fields(entry), problems)
    everywhere = (*OBJECT_LABELS, *TEMPLATE_LABELS, *SELECTOR_LABELS)
    return with_pairs(found, kustomization.pairs("commonLabels"), everywhere, problems)


def with_annotations(objects: Objects, kustomization: Kustomization, problems: Problems) -> list[Item]:
    return with_pairs(objects, kustomization.pairs("commonAnnotations"), ANNOTATIONS, problems)


def with_replicas(objects: Objects, entry: Node, problems: Problems) -> list[Item] | None:
    """The objects with the replicas that an entry of `replicas` gives; None where none has its name."""
    name, count = child(entry, "name"), child(entry, "count")
    problems.spend(len(objects))
    if name is None or count is None or not isinstance(count.value, Decimal):
        return None
    found = list(objects)
    meant = [
        i
        for i, item in enumerate(found)
        if item.kind in REPLICAS and any(identity.name == str(name.value) for identity in item.identities)
    ]
    for i in meant:
        found[i] = found[i].edited(("spec", "replicas"), lambda _: count, count)
    return found if meant else None


def with_images(objects: Objects, listed: Iterable[Node], problems: Problems) -> list[Item]:
    """The objects with images replaced, wherever they have containers."""
    changes: dict[str, list[Node]] = {}
    for entry in listed:
        changes.setdefault(str(mapping(entry.value).get("name")), []).append(entry)
    if not changes:
        return list(objects)
    problems.spend(sum(item.size for item in objects))
    skipped = "CustomResourceDefinition"
    return [i if i.kind == skipped else replace(i, node=_in_containers(i.node, changes)) for i in objects]


def _in_containers(node: Node, changes: Mapping[str, list[Node]]) -> Node:
    if isinstance(node.value, list):
        before = items(node)
        after = [_in_containers(item, changes) for item in before]
        return node if all(a is b for a, b in zip(after, before, strict=True)) else sequence_of(node, after)
    for name, inside in entries(node):
        if not isinstance(inside.value, dict | list):
            continue
        changed = _in_containers(inside, changes)
        if name in IMAGE_LISTS and isinstance(inside.value, list):
            changed = sequence_of(changed, [_with_image(item, changes) for item in items(changed)])
        if changed.value != inside.value:
            node = with_entry(node, name, changed)
    return node


def _with_image(container: Node, changes: Mapping[str, list[Node]]) -> Node:
    image = child(container, "image")
    if image is None or not isinstance(image.value, str):
        return container
    value, place = image.value, image
    for name, listed in changes.items():
        for entry in listed if _parts(value)[0] == name else ():
            value, place = _replaced(value, mapping(entry.value)), entry
    return container if place is image else with_entry(container, "image", replace(place, value=value))


def _parts(image: str) -> tuple[str, str, str]:
    """Name, tag and digest of an image; a colon before a slash is that of a port."""
    rest, _, digest = image.partition("@")
    name, colon, tag = rest.rpartition(":")
    return (name, tag, digest) if colon and "/" not in tag else (rest, "", digest)


def _replaced(image: str, entry: Mapping[str, Any]) -> str:
    name, tag, digest = _parts(image)
    new_tag, new_digest, suffix = (str(entry.get(key) or "") for key in ("newTag", "digest", "tagSuffix"))
    name = str(entry.get("newName") or name)
    if new_tag or new_digest:
        tag, digest = new_tag, new_digest
    elif suffix:
        tag, digest = f"{tag}{suffix}", ""
    return name + (f":{tag}" if tag else "") + (f"@{digest}" if digest else "")
