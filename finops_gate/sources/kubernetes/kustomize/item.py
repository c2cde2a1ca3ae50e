"""An object on its way through the kustomizations: its content, and every identity that it has had."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from finops_gate.sources.kubernetes.objects import dig, mapping
from finops_gate.sources.nodes import Change, Node, child, edit, items

CLUSTER_SCOPED = frozenset(
    {
        *("APIService", "CSIDriver", "CSINode", "CertificateSigningRequest", "ClusterRole", "ClusterRoleBinding"),
        *("ComponentStatus", "CustomResourceDefinition", "FlowSchema", "IngressClass", "MutatingWebhookConfiguration"),
        *("Namespace", "Node", "PersistentVolume", "PodSecurityPolicy", "PriorityClass", "PriorityLevelConfiguration"),
        *("RuntimeClass", "StorageClass", "ValidatingWebhookConfiguration", "VolumeAttachment"),
    }
)
"""The kinds of the API's own that no namespace holds; of others kustomize assumes that one does."""

NO_NAMESPACE = "-"
MAX_LIST_DEPTH = 10


class Identity(NamedTuple):
    """`namespace` is the one in effect: `default` where none is written, `-` where the kind has none."""

    version: str
    kind: str
    namespace: str
    name: str

    @property
    def group(self) -> str:
        return self.version.rpartition("/")[0]


@dataclass(frozen=True, slots=True)
class Item:
    """`former` are the identities before each renaming, the first as written; affixes are in the order they came.

    `size` is how many values it holds, more or less.
    """

    node: Node
    size: int = 0
    former: tuple[Identity, ...] = ()
    prefixes: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = ()

    @property
    def identity(self) -> Identity:
        metadata = mapping(self.node.value.get("metadata"))
        version, kind = _text(self.node.value.get("apiVersion")), _text(self.node.value.get("kind"))
        namespace = NO_NAMESPACE if is_cluster_scoped(version, kind) else _text(metadata.get("namespace")) or "default"
        return Identity(version, kind, namespace, _text(metadata.get("name")))

    @property
    def identities(self) -> tuple[Identity, ...]:
        return (*self.former, self.identity)

    @property
    def name(self) -> str:
        return _text(dig(self.node.value, "metadata", "name"))

    @property
    def kind(self) -> str:
        return _text(self.node.value.get("kind"))

    def renamed(self) -> Item:
        """The item with its identity remembered: what is done to it next may change it."""
        return replace(self, former=self.identities)

    def edited(self, path: tuple[str, ...], change: Change, origin: Node | None = None) -> Item:
        node = edit(self.node, path, change, origin)
        return self if node is self.node else replace(self, node=node)


def is_cluster_scoped(version: str, kind: str) -> bool:
    group = version.rpartition("/")[0]
    own = not group or group.endswith(".k8s.io") or "." not in group
    return own and kind in CLUSTER_SCOPED


def _text(value: Any) -> str:
    return "" if value is None or isinstance(value, dict | list) else str(value)


def is_list(node: Node) -> bool:
    """Whether a document is a list of objects (`kind: List`, `kind: RoleList`)."""
    return str(dig(node.value, "kind")).endswith("List") and isinstance(dig(node.value, "items"), list)


def objects_in(node: Node, level: int = 0) -> Iterator[Node]:
    """The objects of a document, lists taken apart."""
    if not isinstance(node.value, dict) or not all(isinstance(node.value.get(k), str) for k in ("apiVersion", "kind")):
        return
    if is_list(node):
        for item in items(child(node, "items")) if level < MAX_LIST_DEPTH else ():
            yield from objects_in(item, level + 1)
        return
    yield node
