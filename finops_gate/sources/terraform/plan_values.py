"""The values of a plan, with an Unknown for what is known only after apply and for what is sensitive."""

from __future__ import annotations

from typing import Any

from finops_gate.sources.secrecy import SENSITIVE, without_named_secrets
from finops_gate.sources.terraform.plan_json import MAX_DEPTH
from finops_gate.sources.terraform.plan_written import Written


def attributes_of(type: str, values: Any, sensitive: tuple[Any, ...], unknown: Any, written: Written) -> dict[str, Any]:
    """A resource's attributes: `values`, without what one of the `sensitive` marks or its name tells to be secret."""
    shown = values if isinstance(values, dict) else {}
    for marks in sensitive:
        shown = dict.fromkeys(shown, SENSITIVE) if marks is True else without_secrets(shown, marks)
    marked = unknown_marked(without_named_secrets(type, shown), unknown, written)
    return marked if isinstance(marked, dict) else {}


def unknown_marked(values: Any, unknown: Any, written: Written, depth: int = 0) -> Any:
    """The planned values, with an Unknown for what `after_unknown` marks; None where the provider decides."""
    if unknown is True:
        return written.unknown()
    if depth > MAX_DEPTH:
        return values
    if isinstance(unknown, dict) and (values is None or isinstance(values, dict)):
        inner = dict(values or {})
        for name, mark in unknown.items():
            marked = unknown_marked(inner.get(name), mark, written.attribute(str(name)), depth + 1)
            if marked is not None or name in inner:
                inner[name] = marked
        return inner if inner or values is not None else None
    if isinstance(unknown, list) and (values is None or isinstance(values, list)):
        known = values or []
        pairs = zip(_padded(known, len(unknown), None), _padded(unknown, len(known), False), strict=True)
        rows = [unknown_marked(v, m, written.block(v), depth + 1) for v, m in pairs]
        return rows if rows or values is not None else None
    return values


def without_secrets(values: Any, sensitive: Any, depth: int = 0) -> Any:
    """The values with an Unknown for what the plan marks as sensitive, so that no report can print it."""
    if sensitive is True:
        return None if values is None else SENSITIVE
    if depth > MAX_DEPTH:
        return values
    if isinstance(sensitive, dict) and isinstance(values, dict):
        return {name: without_secrets(value, sensitive.get(name), depth + 1) for name, value in values.items()}
    if isinstance(sensitive, list) and isinstance(values, list):
        marks = _padded(sensitive, len(values), False)
        return [without_secrets(v, m, depth + 1) for v, m in zip(values, marks, strict=False)]
    return values


def _padded(items: list[Any], length: int, with_: Any) -> list[Any]:
    return [*items, *[with_] * (length - len(items))]
