"""The model's values as JSON's: money and quantities as decimal strings, unknown as null, no cap as `"unbounded"`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from finops_gate.currency import is_figure
from finops_gate.model import BOUNDS, Bound, Range, Unknown
from finops_gate.render.clean import clean_block
from finops_gate.render.money import plain


def dumps(document: Any) -> str:
    """The document as text that ends in a newline, safe in a build log: `##[` is broken by an escape."""
    return json.dumps(document, indent=2, ensure_ascii=False).replace("##", "#\\u0023") + "\n"


def figure(bound: Bound) -> str | None:
    """`"12.5"`; null for what is not known; `"unbounded"` and `"-unbounded"`."""
    if isinstance(bound, Decimal) and bound.is_infinite():
        return "unbounded" if bound > 0 else "-unbounded"
    return plain(bound) if isinstance(bound, Decimal) and is_figure(bound) else None


def figures(quantity: Range) -> dict[str, str | None]:
    return {name: figure(quantity.bound(name)) for name in BOUNDS}


def value(thing: Any) -> Any:
    """Any attribute value. Text keeps its newlines; control and bidi characters are gone from it."""
    if isinstance(thing, str):
        return clean_block(thing)
    if isinstance(thing, Range):
        return figures(thing)
    if isinstance(thing, (Decimal, Unknown)):
        return figure(thing)
    if isinstance(thing, Mapping):
        return {clean_block(str(key)): value(item) for key, item in sorted(thing.items(), key=lambda i: str(i[0]))}
    if isinstance(thing, Sequence):
        return [value(item) for item in thing]
    return thing if thing is None or isinstance(thing, (bool, int)) else clean_block(str(thing))
