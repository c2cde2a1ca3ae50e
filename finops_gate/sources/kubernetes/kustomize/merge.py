"""Strategic merge: a patch that looks like the object it changes.

Mappings are merged, null removes, lists are replaced, but for those whose items have an identity in the API: they are
merged item by item, the patch's first. `$patch: delete | replace | merge` says otherwise. Which lists have identities
is told by the API's schema as kustomize carries it (Kubernetes 1.21), for other kinds by the one of `openapi`; objects
that neither knows have none.
Source: https://github.com/kubernetes/community/blob/master/contributors/devel/sig-api-machinery/strategic-merge-patch.md
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from finops_gate.sources.kubernetes.kustomize.problems import PatchError, Problems
from finops_gate.sources.kubernetes.kustomize.schemas import Schemas, merge_keys
from finops_gate.sources.nodes import Node, child, entries, items, mapping_of, sequence_of

Schema = Mapping[str, Any]

DIRECTIVE = "$patch"
KNOWN_VERSIONS = frozenset(
    {
        *("v1", "apps/v1", "batch/v1", "batch/v1beta1", "autoscaling/v1", "autoscaling/v2beta1", "autoscaling/v2beta2"),
        *("policy/v1", "policy/v1beta1", "extensions/v1beta1", "networking.k8s.io/v1", "networking.k8s.io/v1beta1"),
        *("admissionregistration.k8s.io/v1", "admissionregistration.k8s.io/v1beta1", "apiregistration.k8s.io/v1"),
        *("apiextensions.k8s.io/v1", "rbac.authorization.k8s.io/v1", "scheduling.k8s.io/v1", "storage.k8s.io/v1"),
    }
)
CONTAINERS = ("containers", "initContainers", "ephemeralContainers")
NAME = ("name",)

MERGE_KEYS: Mapping[tuple[str, str], tuple[str, ...]] = {
    **{("spec", field): NAME for field in (*CONTAINERS, "volumes", "imagePullSecrets")},
    **{(container, "env"): NAME for container in CONTAINERS},
    **{(container, "ports"): ("containerPort", "protocol") for container in CONTAINERS},
    **{(container, "volumeMounts"): ("mountPath",) for container in CONTAINERS},
    **{(container, "volumeDevices"): ("devicePath",) for container in CONTAINERS},
    ("spec", "hostAliases"): ("ip",),
    ("spec", "topologySpreadConstraints"): ("topologyKey", "whenUnsatisfiable"),
    ("spec", "ports"): ("port", "protocol"),
    ("metadata", "ownerReferences"): ("uid",),
    ("metadata", "finalizers"): (),
    ("", "secrets"): NAME,
    ("", "webhooks"): NAME,
}
"""(Field around, field) -> the keys that tell a list's items apart; none where the items themselves do."""

DEFAULTS = {"protocol": "TCP"}


def strategic_merge(base: Node, patch: Node, problems: Problems, schemas: Schemas) -> Node | None:
    """The object with the patch applied; None where the patch deletes it. Raises PatchError and TooComplex."""
    version = child(base, "apiVersion")
    known = version is not None and version.value in KNOWN_VERSIONS
    schema = schemas.of(base.value.get("apiVersion"), base.value.get("kind"))
    return _Merge(known, problems, schemas).merged(base, patch, "", "", schema)


class _Merge:
    """One merge: whether the API's schema has the object, and who counts the work."""

    def __init__(self, known: bool, problems: Problems, schemas: Schemas) -> None:
        self._schemas = schemas
        self._known = known
        self._problems = problems

    def merged(self, base: Node | None, patch: Node, around: str, field: str, schema: Schema) -> Node | None:
        for value in (patch.value, base.value if base else None):
            self._problems.spend(len(value) if isinstance(value, dict | list) else 1)
        if isinstance(patch.value, dict):
            return self._mapping(base, patch, field, schema)
        if isinstance(patch.value, list):
            return self._sequence(base, patch, around, field, schema)
        _expect(base, patch, field, "plain value")
        return base if base is not None and base.value == patch.value else patch

    def _mapping(self, base: Node | None, patch: Node, field: str, schema: Schema) -> Node | None:
        directive = patch.value.get(DIRECTIVE)
        if directive == "delete":
            return None
        if directive not in (None, "replace", "merge"):
            raise PatchError(f"`$patch: {directive}` is none of delete, replace, merge", patch.span)
        _expect(base, patch, field, "mapping")
        merged = {} if base is None or directive == "replace" else dict(entries(base))
        for name, change in entries(patch):
            if name == DIRECTIVE:
                continue
            inner = self._schemas.below(schema, "properties", name)
            result = None if change.value is None else self.merged(merged.get(name), change, field, name, inner)
            if result is None:
                merged.pop(name, None)
            else:
                merged[name] = result
        return mapping_of(base if base is not None and base.value is not None else patch, merged)

    def _sequence(self, base: Node | None, patch: Node, around: str, field: str, schema: Schema) -> Node:
        _expect(base, patch, field, "list")
        keys = MERGE_KEYS.get((around, field)) if self._known else merge_keys(schema)
        changes = [change for change in items(patch) if not _replaces_all(change)]
        if keys is None:
            return sequence_of(patch, (change for change in changes if _directive(change) != "delete"))
        kept = items(base) if len(changes) == len(patch.value) else []
        before = {_identity(item, keys): item for item in kept}
        after: dict[tuple[str, ...], Node] = {}
        inner = self._schemas.below(schema, "items")
        for change in changes:
            identity = _identity(change, keys)
            result = self.merged(before.pop(identity, None), change, around, field, inner)
            if result is not None:
                after[identity] = result
        return sequence_of(patch if base is None else base, {**after, **before}.values())


def _replaces_all(item: Node) -> bool:
    """Whether an item says that the list takes the place of the one before."""
    return _directive(item) == "replace" and len(item.value) == 1


def _directive(node: Node) -> str | None:
    return node.value.get(DIRECTIVE) if isinstance(node.value, dict) else None


def _identity(item: Node, keys: tuple[str, ...]) -> tuple[str, ...]:
    if not keys:
        return (str(item.value),)
    value = item.value if isinstance(item.value, dict) else {}
    if value.get(keys[0]) is None:
        raise PatchError(f"an item of this list is told by its `{keys[0]}`, and has none", item.span)
    return tuple(str(value.get(key) or DEFAULTS.get(key, "")) for key in keys)


def _expect(base: Node | None, patch: Node, field: str, shape: str) -> None:
    found = None if base is None or base.value is None else _shape(base)
    if found not in (None, shape):
        raise PatchError(f"`{field}` is a {found}, and a {shape} in the patch", patch.span)


def _shape(node: Node) -> str:
    return "mapping" if isinstance(node.value, dict) else "list" if isinstance(node.value, list) else "plain value"
