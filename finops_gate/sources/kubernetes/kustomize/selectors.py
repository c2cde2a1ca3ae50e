"""Which objects a patch is for: by regular expressions of kind and name, and by labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from finops_gate.sources.kubernetes.kustomize.item import NO_NAMESPACE, Item
from finops_gate.sources.kubernetes.kustomize.problems import PatchError, Problems
from finops_gate.sources.kubernetes.objects import dig, mapping
from finops_gate.sources.nodes import Node

FIELDS = ("group", "version", "kind", "name", "namespace", "labelSelector", "annotationSelector")
LONGEST_NAME = 253
WORK_OF_A_STEP = 5
"""A step of the machine takes as long as this many values that are gone through."""


def select(items: Sequence[Item], target: Node, problems: Problems) -> list[int]:
    """The indexes of the items that a target selects. Raises PatchError for a target that cannot be read."""
    written = mapping(target.value)
    if not written or any(not isinstance(v, str) or k not in FIELDS for k, v in written.items() if v is not None):
        raise PatchError(f"a target is told by {', '.join(FIELDS)}", target.span)
    problems.spend(len(items) * sum(1 + len(value or "") for value in written.values()))
    return [i for i, item in enumerate(items) if _fits(item, written, target, problems)]


def _fits(item: Item, target: Mapping[str, Any], at: Node, problems: Problems) -> bool:
    identities = item.identities
    group, _, version = identities[-1].version.rpartition("/")
    values = {
        "kind": {item.kind},
        "group": {group},
        "version": {version},
        "name": {i.name for i in identities},
        "namespace": {i.namespace for i in identities} - {NO_NAMESPACE},
    }
    return (
        all(_matches(target.get(key), found, at, problems) for key, found in values.items())
        and _selects(target.get("labelSelector"), dig(item.node.value, "metadata", "labels"), at)
        and _selects(target.get("annotationSelector"), dig(item.node.value, "metadata", "annotations"), at)
    )


def _matches(pattern: str | None, values: set[str], at: Node, problems: Problems) -> bool:
    """Whether a pattern fits any of some names as a whole; without one all do."""
    if not pattern or pattern in values:
        return True
    if pattern.replace("-", "").isalnum():
        return False
    return any(_fits_pattern(pattern, value, at, problems) for value in sorted(values) if len(value) <= LONGEST_NAME)


def _fits_pattern(pattern: str, value: str, at: Node, problems: Problems) -> bool:
    """By the machine that takes no longer than pattern times text, whatever a stranger wrote."""
    from finops_gate.sources.terraform.functions.regex_machine import compiled, search
    from finops_gate.sources.terraform.problems import EvaluationError

    if (pattern, value) not in problems.matches:
        try:
            program = compiled(f"^(?:{pattern})$")
            problems.spend(WORK_OF_A_STEP * len(program.code) * (1 + len(value)))
            problems.matches[pattern, value] = search(program, value) is not None
        except EvaluationError as error:
            raise PatchError(f"{pattern[:80]!r} is not usable as a regular expression: {error}", at.span) from None
    return problems.matches[pattern, value]


def _selects(selector: str | None, labels: Any, at: Node) -> bool:
    """Whether labels fit `a=b,c!=d,e,!f,g in (h,i)`: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors."""
    if not selector:
        return True
    found = {key: str(value) for key, value in mapping(labels).items()}
    return all(_requirement(part, found, at) for part in _parts(selector))


def _parts(selector: str) -> list[str]:
    """The requirements between the commas that stand outside of parentheses."""
    parts, inside = [""], False
    for character in selector:
        if character == "," and not inside:
            parts.append("")
            continue
        inside = character == "(" or (inside and character != ")")
        parts[-1] += character
    return [part.strip() for part in parts]


def _requirement(text: str, labels: Mapping[str, str], at: Node) -> bool:
    for sign, equal in (("!=", False), ("==", True), ("=", True)):
        if sign in text:
            key, _, value = text.partition(sign)
            return (labels.get(key.strip()) == value.strip()) is equal
    words = text.replace("(", " (").split(None, 2)
    if len(words) == 3 and words[1] in ("in", "notin") and words[2].startswith("(") and words[2].endswith(")"):
        values = [value.strip() for value in words[2][1:-1].split(",")]
        return (labels.get(words[0]) in values) is (words[1] == "in")
    if len(words) == 1:
        return text.startswith("!") != (text.removeprefix("!") in labels)
    raise PatchError(f"{text[:80]!r} is no requirement of a label selector", at.span)
