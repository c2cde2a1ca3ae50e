"""Whatever stands where kustomize expects something else: objects, perhaps a notice, never a crash."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from finops_gate.settings import Settings
from finops_gate.sources import kubernetes
from finops_gate.sources.kubernetes.kustomize.overlay import FIELDS
from finops_gate.sources.memory import MemoryTree

KEYS = [
    *("name", "count", "path", "patch", "target", "kind", "labelSelector", "newTag", "pairs", "fields", "create", "op"),
    *("from", "value", "metadata", "namespace", "spec", "containers", "image", "env", "$patch", "apiVersion", "items"),
    *("template", "labels", "includeSelectors", "subjects", "scaleTargetRef", "webhooks", "replicas", "options"),
]
TEXTS = [
    *(
        "a.yaml",
        "k.yaml",
        "../k",
        ".",
        "",
        "web",
        "w.*",
        "Deployment",
        "a=b",
        "!a",
        "delete",
        "replace",
        "add",
        "remove",
    ),
    *("copy", "move", "test", "/spec", "/spec/0", "/metadata/name", "v1", "apps/v1", "builtin", "PrefixTransformer"),
    *(
        "x\ny: 1",
        "[{op: add, path: /spec/x, value: 1}]",
        "{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}}",
    ),
]
WORDS = st.sampled_from(TEXTS)
SCALARS = st.none() | st.booleans() | st.integers(-1, 5) | WORDS
SHAPES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5),
    max_leaves=25,
)
PATCHES = st.fixed_dictionaries({"patch": WORDS | SHAPES.map(json.dumps), "target": st.just({"kind": "D.*"}) | SHAPES})
KUSTOMIZATIONS = st.dictionaries(
    st.sampled_from(FIELDS), SHAPES | st.lists(SHAPES | PATCHES, max_size=4), max_size=6
).map(lambda fields: {"resources": ["web.json"], **fields})


def an_object(kind: str, body: Any, metadata: Any) -> Any:
    own = metadata if isinstance(metadata, dict) else {}
    return {"spec": body, "subjects": body, "webhooks": body, "apiVersion": "apps/v1", "kind": kind, "metadata": own}


KINDS = st.sampled_from(
    ["Deployment", "HorizontalPodAutoscaler", "RoleBinding", "ValidatingWebhookConfiguration", "List"]
)
OBJECTS = st.builds(an_object, KINDS, SHAPES, st.just({"name": "web"}) | SHAPES)


@settings(max_examples=200, deadline=None)
@given(KUSTOMIZATIONS, OBJECTS, SHAPES)
def test_any_shape_is_survived(kustomization: Any, web: Any, other: Any) -> None:
    texts = {"k/kustomization.yaml": kustomization, "k/web.json": web, "k/a.yaml": other, "k/k.yaml": [other]}
    tree = MemoryTree({path: json.dumps(value) for path, value in texts.items()})
    loaded = kubernetes.load(tree, tree.paths(), Settings())
    for resource in loaded.resources:
        for path in (*resource.spans, "spec.replicas", "nothing.at[3].all"):
            assert resource.span_of(path).path.startswith("k/")
    for notice in loaded.notices:
        assert notice.span is not None
