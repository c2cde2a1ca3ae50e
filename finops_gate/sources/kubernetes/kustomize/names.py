"""References by name: what names an object whose name a prefix, a suffix or a patch has changed, names it anew.

Source: https://kubectl.docs.kubernetes.io/references/kustomize/builtins/ and the default name references there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from finops_gate.sources.kubernetes.kustomize.fields import Path, path_of
from finops_gate.sources.kubernetes.kustomize.item import NO_NAMESPACE, Item
from finops_gate.sources.kubernetes.kustomize.problems import Problems
from finops_gate.sources.kubernetes.objects import dig
from finops_gate.sources.nodes import Node, child, with_entry

SCALED = ("Deployment", "ReplicationController", "ReplicaSet", "StatefulSet")
POD_SPECS = {
    "Pod": "spec",
    "PodTemplate": "template/spec",
    "CronJob": "spec/jobTemplate/spec/template/spec",
    **dict.fromkeys((*SCALED, "DaemonSet", "Job"), "spec/template/spec"),
}
"""Kind -> where its pod spec stands."""

OF_PODS: Mapping[str, tuple[str, ...]] = {
    "volumes/configMap/name": ("ConfigMap",),
    "volumes/projected/sources/configMap/name": ("ConfigMap",),
    "volumes/secret/secretName": ("Secret",),
    "volumes/projected/sources/secret/name": ("Secret",),
    "volumes/persistentVolumeClaim/claimName": ("PersistentVolumeClaim",),
    "imagePullSecrets/name": ("Secret",),
    "serviceAccountName": ("ServiceAccount",),
    "priorityClassName": ("PriorityClass",),
    **{
        f"{containers}/{path}": (kind,)
        for containers in ("containers", "initContainers")
        for path, kind in (
            ("env/valueFrom/configMapKeyRef/name", "ConfigMap"),
            ("envFrom/configMapRef/name", "ConfigMap"),
            ("env/valueFrom/secretKeyRef/name", "Secret"),
            ("envFrom/secretRef/name", "Secret"),
        )
    },
}
"""Path in a pod spec -> kinds that it names."""

OF_KINDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "HorizontalPodAutoscaler": {"spec/scaleTargetRef/name": SCALED},
    "StatefulSet": {
        "spec/serviceName": ("Service",),
        "spec/volumeClaimTemplates/spec/storageClassName": ("StorageClass",),
    },
    "Ingress": {
        "spec/tls/secretName": ("Secret",),
        "spec/rules/http/paths/backend/serviceName": ("Service",),
        "spec/rules/http/paths/backend/service/name": ("Service",),
        "spec/backend/serviceName": ("Service",),
        "spec/defaultBackend/service/name": ("Service",),
        "spec/ingressClassName": ("IngressClass",),
        "metadata/annotations/ingress.kubernetes.io\\/auth-secret": ("Secret",),
        "metadata/annotations/nginx.ingress.kubernetes.io\\/auth-secret": ("Secret",),
        "metadata/annotations/nginx.ingress.kubernetes.io\\/auth-tls-secret": ("Secret",),
        "metadata/annotations/nginx.ingress.kubernetes.io\\/fastcgi-params-configmap": ("ConfigMap",),
    },
    "PersistentVolumeClaim": {
        "spec/volumeName": ("PersistentVolume",),
        "spec/storageClassName": ("StorageClass",),
    },
    "PersistentVolume": {
        "spec/storageClassName": ("StorageClass",),
        "spec/azureFile/secretName": ("Secret",),
    },
    "ServiceAccount": {"imagePullSecrets/name": ("Secret",)},
    "StorageClass": {
        f"parameters/{key}": ("Secret",) for key in ("secretName", "adminSecretName", "userSecretName", "secretRef")
    },
    "Role": {"rules/resourceNames": ("ConfigMap", "Secret")},
    "ClusterRole": {"rules/resourceNames": ("ConfigMap", "Secret", "PersistentVolume")},
    "RoleBinding": {"roleRef/name": ("Role", "ClusterRole"), "subjects": ("ServiceAccount",)},
    "ClusterRoleBinding": {"roleRef/name": ("ClusterRole",), "subjects": ("ServiceAccount",)},
    "APIService": {"spec/service/name": ("Service",)},
    "ValidatingWebhookConfiguration": {"webhooks/clientConfig/service": ("Service",)},
    "MutatingWebhookConfiguration": {"webhooks/clientConfig/service": ("Service",)},
    "HTTPRoute": {"spec/rules/backendRefs/name": ("Service",)},
}
"""Kind -> path -> kinds that it names."""


def _references(kind: str) -> Iterator[tuple[Path, tuple[str, ...]]]:
    for path, targets in OF_KINDS.get(kind, {}).items():
        yield path_of(path), targets
    if kind in POD_SPECS:
        for path, targets in OF_PODS.items():
            yield path_of(f"{POD_SPECS[kind]}/{path}"), targets


REFERENCES = {kind: tuple(_references(kind)) for kind in {**POD_SPECS, **OF_KINDS}}


def follow_names(objects: Sequence[Item], problems: Problems) -> list[Item]:
    """The objects with their references by name in line with the names that the others have come to have."""
    renamed = _Renamed(objects, problems)
    if not renamed.by_former:
        return list(objects)

    def followed(item: Item) -> Item:
        problems.spend(item.size)
        for path, kinds in REFERENCES.get(item.kind, ()):
            item = item.edited(path, lambda old, r=item, k=kinds: renamed.reference(r, old, k))  # type: ignore[misc]
        return item

    return [followed(item) for item in objects]


@dataclass(frozen=True, slots=True)
class _Target:
    item: Item
    kind: str
    namespace: str
    name: str


class _Renamed:
    """The objects that have had other names or namespaces, found by those."""

    def __init__(self, objects: Sequence[Item], problems: Problems) -> None:
        self._problems = problems
        self.by_former: dict[tuple[str, str], list[_Target]] = defaultdict(list)
        for item in objects:
            identity = item.identity
            target = _Target(item, identity.kind, identity.namespace, identity.name)
            for kind, name in {(former.kind, former.name): None for former in item.former}:
                self.by_former[kind, name].append(target)

    def reference(self, referrer: Item, old: Node, kinds: Sequence[str]) -> Node:
        """A reference as it should be: a plain name, or a mapping of name and namespace."""
        if isinstance(old.value, dict):
            return self._mapping(referrer, old, kinds)
        target = self._target(referrer, old.value, kinds) if isinstance(old.value, str) else None
        return old if target is None or target.name == old.value else replace(old, value=target.name)

    def _mapping(self, referrer: Item, old: Node, kinds: Sequence[str]) -> Node:
        name, namespace = child(old, "name"), child(old, "namespace")
        if name is None or not isinstance(name.value, str):
            return old
        target = self._target(referrer, name.value, kinds, str(namespace.value) if namespace else "")
        if target is None:
            return old
        written = dig(target.item.node.value, "metadata", "namespace")
        if target.name != name.value:
            old = with_entry(old, "name", replace(name, value=target.name))
        if isinstance(written, str) and written and (namespace is None or namespace.value != written):
            old = with_entry(old, "namespace", replace(namespace or name, value=written))
        return old

    def _target(self, referrer: Item, name: str, kinds: Sequence[str], namespace: str = "") -> _Target | None:
        """The one object that is meant; None where there is none, or more than one that it might be."""
        if kinds == SCALED or kinds == ("Role", "ClusterRole"):
            kinds = [kind for kind in kinds if kind == _said_kind(referrer)] or kinds
        candidates = [target for kind in kinds for target in self.by_former.get((kind, name), ())]
        self._problems.spend(len(candidates))
        found = [target for target in candidates if _reaches(referrer, target, namespace)]
        if namespace:
            found = [t for t in found if namespace in _namespaces(t)]
        if len(found) > 1:
            found = [t for t in found if _same_way(referrer, t.item)]
        names = {(t.name, t.namespace) for t in found}
        return found[0] if len(names) == 1 else None


def _said_kind(referrer: Item) -> str | None:
    said = dig(referrer.node.value, "spec", "scaleTargetRef", "kind") or dig(referrer.node.value, "roleRef", "kind")
    return said if isinstance(said, str) else None


def _namespaces(target: _Target) -> set[str]:
    return {identity.namespace for identity in target.item.identities}


def _reaches(referrer: Item, target: _Target, namespace: str) -> bool:
    """Whether one may refer to the other: they share the namespace, or one has none, or the reference says which."""
    own = referrer.identity.namespace
    if referrer.kind == "RoleBinding" and target.kind == "ServiceAccount" and namespace:
        return bool(dig(target.item.node.value, "metadata", "namespace") == namespace)
    return NO_NAMESPACE in (own, target.namespace) or own == target.namespace


def _same_way(a: Item, b: Item) -> bool:
    """Whether two objects have come through the same prefixes and suffixes, as far as both have any."""
    return _ends_alike(a.prefixes, b.prefixes) and _ends_alike(a.suffixes, b.suffixes)


def _ends_alike(a: Sequence[str], b: Sequence[str]) -> bool:
    shared = min(len(a), len(b))
    return not shared or tuple(a[-shared:]) == tuple(b[-shared:])
