"""What a kustomization's `openapi` says about lists of other kinds: which key tells their items apart in a merge.

Source: https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/openapi/
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from finops_gate.model import EMPTY
from finops_gate.sources.kubernetes.objects import mapping

MAX_REFERENCES = 20
DEFINITIONS = "#/definitions/"
NAMES = "x-kubernetes-group-version-kind"
MERGE_KEY = "x-kubernetes-patch-merge-key"
STRATEGY = "x-kubernetes-patch-strategy"


class Schemas:
    """The definitions of an OpenAPI document, by version and kind of what they define."""

    def __init__(self, value: Any = None) -> None:
        self._definitions = mapping(mapping(value).get("definitions"))
        self._kinds: dict[tuple[str, str], Mapping[str, Any]] = {}
        for definition in map(mapping, self._definitions.values()):
            names = definition.get(NAMES)
            for name in map(mapping, names if isinstance(names, list) else ()):
                group, version, kind = (str(name.get(key) or "") for key in ("group", "version", "kind"))
                self._kinds[f"{group}/{version}" if group else version, kind] = definition

    def of(self, version: Any, kind: Any) -> Mapping[str, Any]:
        """The schema of a kind; an empty one where none is given."""
        known = isinstance(version, str) and isinstance(kind, str)
        return self._kinds.get((version, kind), EMPTY) if known else EMPTY

    def below(self, schema: Mapping[str, Any], *keys: str) -> Mapping[str, Any]:
        """What stands below some keys of a schema, references followed."""
        for key in keys:
            schema = mapping(self._resolved(schema).get(key)) if schema else EMPTY
        return schema

    def _resolved(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        for _ in range(MAX_REFERENCES):
            reference = schema.get("$ref")
            if not isinstance(reference, str):
                return schema
            schema = mapping(self._definitions.get(reference.removeprefix(DEFINITIONS)))
        return EMPTY


def merge_keys(schema: Mapping[str, Any]) -> tuple[str, ...] | None:
    """The key that tells a list's items apart; None where the list is replaced as a whole."""
    key = schema.get(MERGE_KEY)
    is_merged = "merge" in str(schema.get(STRATEGY)).split(",")
    return (key,) if isinstance(key, str) and is_merged else None
