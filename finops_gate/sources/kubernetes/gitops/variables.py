"""Flux's variables: `${NAME}` and `${NAME:-default}` in the objects of a Kustomization with `postBuild.substitute`.

Source: https://fluxcd.io/flux/components/kustomize/kustomizations/#post-build-variable-substitution
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from finops_gate.sources.nodes import Node, entries, items, mapping_of, sequence_of
from finops_gate.sources.places import ends
from finops_gate.sources.scalars import plain

MAX_TEXT = 100_000
_VARIABLE = re.compile(r"\$\{([A-Za-z_]\w{0,200})(?::[-=]([^{}]{0,1000}))?\}")
_QUOTES = ("'", '"', "|", ">")


def with_variables(node: Node, values: Mapping[str, str]) -> Node:
    """The node with its variables filled in; what has no value and no default stays as it is written."""
    if isinstance(node.value, str):
        return _filled(node, values) if "${" in node.value and len(node.value) <= MAX_TEXT else node
    if isinstance(node.value, dict):
        return mapping_of(node, {name: with_variables(entry, values) for name, entry in entries(node)})
    if isinstance(node.value, list):
        return sequence_of(node, [with_variables(item, values) for item in items(node)])
    return node


def _filled(node: Node, values: Mapping[str, str]) -> Node:
    text = _VARIABLE.sub(lambda found: values.get(found[1], found[2] if found[2] is not None else found[0]), node.value)
    start, _ = ends(node.place)
    is_quoted = node.text.text.startswith(_QUOTES, start)
    value: Any = text if is_quoted or text == node.value else plain(text)
    return Node(value, node.text, node.place, node.key)
