"""Whether a document plainly keeps a JSON Schema, found out without jsonschema, whose import takes a fifth of a run.

It knows the keywords that our settings use, and says no where it meets another, or an odd value: then jsonschema has
the word, and says what is wrong. So a yes must be certain, and a no means nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

Schema = Mapping[str, Any]


def plainly_valid(value: Any, schema: Schema, root: Schema | None = None) -> bool:
    """Whether `value` keeps `schema` for certain; `root` is the document that `$ref` leads into."""
    around = schema if root is None else root
    for keyword, wanted in schema.items():
        check = _CHECKS.get(keyword)
        if check is None or not check(value, wanted, schema, around):
            return False
    return True


def _type(value: Any, wanted: Any, schema: Schema, root: Schema) -> bool:
    names = [wanted] if isinstance(wanted, str) else wanted
    return any(type(value) in _TYPES.get(name, ()) for name in names)


_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, Decimal),
    "null": (type(None),),
}


def _properties(value: Any, wanted: Any, schema: Schema, root: Schema) -> bool:
    return type(value) is dict and all(
        plainly_valid(value[name], inner, root) for name, inner in wanted.items() if name in value
    )


def _others(value: Any, wanted: Any, schema: Schema, root: Schema) -> bool:
    if type(value) is not dict or "patternProperties" in schema:
        return False
    others = [name for name in value if name not in schema.get("properties", {})]
    if isinstance(wanted, bool):
        return wanted or not others
    return all(plainly_valid(value[name], wanted, root) for name in others)


def _names(value: Any, wanted: Any, schema: Schema, root: Schema) -> bool:
    return type(value) is dict and all(plainly_valid(name, wanted, root) for name in value)


def _items(value: Any, wanted: Any, schema: Schema, root: Schema) -> bool:
    return type(value) is list and isinstance(wanted, dict) and all(plainly_valid(v, wanted, root) for v in value)


def _reference(value: Any, wanted: Any, schema: Schema, root: Schema) -> bool:
    name = wanted.removeprefix("#/$defs/")
    return name in root.get("$defs", {}) and plainly_valid(value, root["$defs"][name], root)


def _constant(value: Any, wanted: Any, schema: Schema, root: Schema) -> bool:
    if type(wanted) is int:
        return _is_number(value) and bool(value == wanted)
    return type(value) is type(wanted) is str and bool(value == wanted)


def _is_number(value: Any) -> bool:
    return type(value) is int or (type(value) is Decimal and value.is_finite())


_CHECKS: dict[str, Callable[[Any, Any, Schema, Schema], bool]] = {
    **dict.fromkeys(("$schema", "$id", "$defs", "title", "description"), lambda value, wanted, schema, root: True),
    "$ref": _reference,
    "additionalProperties": _others,
    "const": _constant,
    "enum": lambda value, wanted, schema, root: type(value) is str and value in wanted,
    "items": _items,
    "maximum": lambda value, wanted, schema, root: _is_number(value) and bool(value <= wanted),
    "minimum": lambda value, wanted, schema, root: _is_number(value) and bool(value >= wanted),
    "pattern": lambda value, wanted, schema, root: type(value) is str and re.search(wanted, value) is not None,
    "properties": _properties,
    "propertyNames": _names,
    "required": lambda value, wanted, schema, root: type(value) is dict and all(name in value for name in wanted),
    "type": _type,
}
