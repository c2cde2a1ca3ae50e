"""Holds a document against one of our JSON Schemas and says what is wrong in one sentence, at its line.

Schemas are closed, so the commonest mistake is a key nobody knows; the message names the nearest that exists.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from finops_gate.data import schemas_dir
from finops_gate.expression import nearest
from finops_gate.quick_schema import plainly_valid


@lru_cache(maxsize=8)
def load_schema(name: str) -> dict[str, Any]:
    """One of `schemas/*.schema.json`."""
    schema: dict[str, Any] = json.loads((schemas_dir() / f"{name}.schema.json").read_text(encoding="utf-8"))
    return schema


def problems(value: Any, name: str) -> Iterable[tuple[str, str]]:
    """The (attribute path, sentence) of everything in `value` that breaks the schema, outermost first."""
    schema = load_schema(name)
    if plainly_valid(value, schema):
        return
    from jsonschema import Draft202012Validator

    errors = Draft202012Validator(schema).iter_errors(value)
    for error in sorted(errors, key=lambda e: ([str(p) for p in e.absolute_path], e.message)):
        yield from sentences(error)


def sentences(error: Any) -> Iterable[tuple[str, str]]:
    path = attribute_path(error.absolute_path)
    if error.validator == "additionalProperties" and error.validator_value is False:
        known = [*error.schema.get("properties", {})]
        for key in sorted(set(error.instance) - set(known)):
            place = f"{path}.{key}" if path else str(key)
            hint = nearest(str(key), known) or f"; known are {', '.join(known)}"
            yield place, f"there is no key `{key}` here{hint}"
    elif error.validator == "enum":
        known = [str(v) for v in error.validator_value]
        yield path, f"`{error.instance}` is not one of {', '.join(known)}{nearest(str(error.instance), known)}"
    elif error.validator == "required":
        yield path, f"`{error.message.split(chr(39))[1]}` is missing"
    else:
        yield path, error.message[:200]


def attribute_path(parts: Iterable[str | int]) -> str:
    """`a.b[0].c` of a path's parts."""
    path = ""
    for part in parts:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else str(part)
    return path
