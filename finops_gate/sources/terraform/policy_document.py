"""The JSON of `aws_iam_policy_document`, as version 5 of the AWS provider writes it.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from finops_gate.sources.terraform.values import format_number

VERSION = "2012-10-17"
MERGED = ("source_policy_documents", "override_policy_documents", "source_json", "override_json")
"""Arguments that bring in other documents, which is not done here."""

_HTML = str.maketrans({c: f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"})


def policy_json(arguments: Mapping[str, Any], indent: int | None = 2) -> str | None:
    """The document of a data source's plain arguments, all known; None where it is beyond what is done here."""
    if any(arguments.get(name) for name in MERGED):
        return None
    version = str(arguments.get("version") or VERSION)
    document: dict[str, Any] = {"Version": version}
    if arguments.get("policy_id"):
        document["Id"] = arguments["policy_id"]
    written = [_statement(row, version) for row in _rows(arguments.get("statement"))]
    if None in written:
        return None
    if written:
        document["Statement"] = written
    separators = None if indent else (",", ":")
    return json.dumps(document, ensure_ascii=False, indent=indent, separators=separators).translate(_HTML)


def _statement(row: Mapping[str, Any], version: str) -> dict[str, Any] | None:
    principals = _principals(row.get("principals"), version)
    others = _principals(row.get("not_principals"), version)
    conditions = _conditions(row.get("condition"), version)
    if principals is None or others is None or conditions is None:
        return None
    found = {
        "Sid": row.get("sid"),
        "Effect": row.get("effect") or "Allow",
        "Action": _one_or_set(row.get("actions")),
        "NotAction": _one_or_set(row.get("not_actions")),
        "Resource": _one_or_set(row.get("resources"), version),
        "NotResource": _one_or_set(row.get("not_resources"), version),
        "Principal": principals,
        "NotPrincipal": others,
        "Condition": conditions,
    }
    return {name: value for name, value in found.items() if value}


def _principals(blocks: Any, version: str) -> Any:
    """By type; two blocks of one type are merged in an order that only the provider knows: None."""
    found: dict[str, Any] = {}
    for block in _rows(blocks):
        of = str(block.get("type"))
        if of in found:
            return None
        found[of] = _one_or_set(block.get("identifiers"), version)
    return "*" if found == {"*": "*"} else dict(sorted(found.items()))


def _conditions(blocks: Any, version: str) -> dict[str, Any] | None:
    found: dict[str, dict[str, Any]] = {}
    for block in _rows(blocks):
        test = found.setdefault(str(block.get("test")), {})
        variable = str(block.get("variable"))
        if variable in test:
            return None
        values = [_interpolated(value, version) for value in _texts(block.get("values"))]
        test[variable] = values[0] if len(values) == 1 else values
    return {test: dict(sorted(found[test].items())) for test in sorted(found)}


def _one_or_set(value: Any, version: str = "") -> Any:
    """A set is written from its last to its first, and by itself where there is one."""
    found = sorted({_interpolated(item, version) for item in _texts(value)}, reverse=True)
    return found[0] if len(found) == 1 else found


def _interpolated(value: str, version: str) -> str:
    """`&{aws:username}` stands for `${aws:username}`, which Terraform would evaluate."""
    return value.replace("&{", "${") if version == VERSION else value


def _texts(value: Any) -> list[str]:
    return [_text(item) for item in value if item is not None] if isinstance(value, list) else []


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return format_number(value) if isinstance(value, Decimal) else str(value)


def _rows(value: Any) -> list[Mapping[str, Any]]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
