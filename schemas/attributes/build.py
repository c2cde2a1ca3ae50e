"""Writes the attribute catalogue of a provider from its own schema.

    terraform providers schema -json | python schemas/attributes/build.py aws > schemas/attributes/aws.txt

in a directory whose configuration requires the provider. One line a resource type: names, `*` after a map, `{}`
around what a block or object holds. What lies deeper than four levels (firewall rules, dashboards) is left open as
`*`.
"""

from __future__ import annotations

import json
import sys
from typing import Any

MAX_DEPTH = 4


def block(schema: dict[str, Any], depth: int) -> str:
    names = {name: attribute(a, depth) for name, a in schema.get("attributes", {}).items()}
    blocks = schema.get("block_types", {})
    names |= {name: nested(blocks[name]["block"], depth) for name in blocks if name != "timeouts"}
    return " ".join(name + names[name] for name in sorted(names))


def nested(schema: dict[str, Any], depth: int) -> str:
    return f"{{{block(schema, depth + 1)}}}" if depth < MAX_DEPTH else "*"


def attribute(schema: dict[str, Any], depth: int) -> str:
    if "nested_type" in schema:
        inner = nested(schema["nested_type"], depth)
        return "*" if schema["nested_type"].get("nesting_mode") == "map" else inner
    return shape(schema["type"], depth)


def shape(kind: Any, depth: int) -> str:
    """What lies below a value of a Terraform type (https://developer.hashicorp.com/terraform/internals/json-format)."""
    if kind == "dynamic":
        return "*"
    if isinstance(kind, str):
        return ""
    container, inner = kind[0], kind[1]
    if container == "map":
        return "*"
    if container == "object":
        if depth >= MAX_DEPTH:
            return "*"
        return "{" + " ".join(name + shape(inner[name], depth + 1) for name in sorted(inner)) + "}"
    return shape(inner, depth)


def main(provider: str) -> None:
    schemas = json.load(sys.stdin)["provider_schemas"]
    address = next(name for name in sorted(schemas) if name.endswith(f"/{provider}"))
    for name, schema in sorted(schemas[address]["resource_schemas"].items()):
        print(f"{name} {block(schema['block'], 1)}")


if __name__ == "__main__":
    main(sys.argv[1])
