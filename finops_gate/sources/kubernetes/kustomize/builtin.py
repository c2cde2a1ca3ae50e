"""Transformers that are written as objects of their own: kustomize's built-in ones, with fields of the author's choice.

Source: https://kubectl.docs.kubernetes.io/references/kustomize/builtins/
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from finops_gate.sources.kubernetes.kustomize import transform
from finops_gate.sources.kubernetes.kustomize.fields import written_fields
from finops_gate.sources.kubernetes.kustomize.item import Item
from finops_gate.sources.kubernetes.kustomize.problems import Problems
from finops_gate.sources.nodes import Node, child, entries

Objects = Sequence[Item]
Transformer = Callable[[Objects, Node, Problems], "list[Item] | None"]

VERSION = "builtin"


def transformed(objects: Objects, config: Node, problems: Problems) -> list[Item] | None:
    """The objects as a transformer leaves them; None where it is not one that we know."""
    version, kind = child(config, "apiVersion"), child(config, "kind")
    if version is None or version.value != VERSION or kind is None or kind.value not in TRANSFORMERS:
        return None
    return TRANSFORMERS[kind.value](objects, config, problems)


def _labels(objects: Objects, config: Node, problems: Problems) -> list[Item]:
    return _pairs("labels", objects, config, problems)


def _annotations(objects: Objects, config: Node, problems: Problems) -> list[Item]:
    return _pairs("annotations", objects, config, problems)


def _pairs(name: str, objects: Objects, config: Node, problems: Problems) -> list[Item]:
    found = child(config, name)
    pairs = dict(entries(found)) if found else {}
    return transform.with_pairs(objects, pairs, written_fields(child(config, "fieldSpecs")), problems)


def _namespace(objects: Objects, config: Node, problems: Problems) -> list[Item] | None:
    namespace = child(config, "metadata", "namespace")
    return transform.in_namespace(objects, namespace) if namespace and isinstance(namespace.value, str) else None


def _affixes(objects: Objects, config: Node, problems: Problems) -> list[Item] | None:
    if [(field.path, field.kinds) for field in written_fields(child(config, "fieldSpecs"))] != [(transform.NAME, ())]:
        return None
    prefix, suffix = (child(config, name) for name in ("prefix", "suffix"))
    return transform.with_affixes(objects, *(str(node.value or "") if node else "" for node in (prefix, suffix)))


def _image(objects: Objects, config: Node, problems: Problems) -> list[Item] | None:
    entry = child(config, "imageTag")
    return transform.with_images(objects, [entry], problems) if entry else None


def _replicas(objects: Objects, config: Node, problems: Problems) -> list[Item] | None:
    entry = child(config, "replica")
    return transform.with_replicas(objects, entry, problems) if entry else None


TRANSFORMERS: Mapping[str, Transformer] = {
    "AnnotationsTransformer": _annotations,
    "ImageTagTransformer": _image,
    "LabelTransformer": _labels,
    "NamespaceTransformer": _namespace,
    "PrefixTransformer": _affixes,
    "PrefixSuffixTransformer": _affixes,
    "ReplicaCountTransformer": _replicas,
    "SuffixTransformer": _affixes,
}
