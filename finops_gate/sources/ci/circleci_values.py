"""Parameters (`<< parameters.size >>`) and conditions (`when: {equal: [...]}`) of CircleCI's configuration.

https://circleci.com/docs/reference/reusing-config/ and https://circleci.com/docs/reference/configuration-reference/#logic-statements.
What only a run knows, such as the branch, is an Unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from finops_gate.model import Unknown
from finops_gate.sources.ci.pipeline import value_at
from finops_gate.sources.nodes import Node, child, entries

Values = Mapping[str, Any]
"""What parameters stand for, by their names in full: `parameters.size`, `pipeline.parameters.deploy`, `matrix.os`."""

MAX_DEPTH = 50

_PLACEHOLDER = re.compile(r"<<\s*([A-Za-z_][\w.-]{0,200})\s*>>")


def defaults(node: Node | None, prefix: str) -> dict[str, Any]:
    """The defaults of the parameters that something declares, by their names in full."""
    declared = child(node, "parameters")
    found = entries(declared) if declared is not None else ()
    return {f"{prefix}.{name}": value_at(entry, "default") for name, entry in found}


def filled(value: Any, values: Values) -> Any:
    """A value with its placeholders filled in, of the parameter's own type where it is nothing else."""
    if not isinstance(value, str) or "<<" not in value:
        return value
    names = [match[1] for match in _PLACEHOLDER.finditer(value)]
    absent = next((name for name in names if values.get(name) is None), None)
    if absent is not None:
        return Unknown(f"<< {absent} >> has its value only when it runs")
    if whole := _PLACEHOLDER.fullmatch(value.strip()):
        return values[whole[1]]
    unsettled = next((values[name] for name in names if isinstance(values[name], Unknown)), None)
    return _PLACEHOLDER.sub(lambda match: str(values[match[1]]), value) if unsettled is None else unsettled


def holds(condition: Any, values: Values, deep: int = 0) -> bool | Unknown:
    """Whether a logic statement is true."""
    if deep > MAX_DEPTH:
        return Unknown("it is nested too deep")
    if not isinstance(condition, dict):
        value = filled(condition, values)
        return value if isinstance(value, Unknown) else bool(value)
    results = [_statement(name, inner, values, deep + 1) for name, inner in condition.items()]
    return results[0] if len(results) == 1 else Unknown("it is no logic statement")


def _statement(name: str, inner: Any, values: Values, deep: int) -> bool | Unknown:
    parts = inner if isinstance(inner, list) else [inner]
    if name == "and":
        return _decided(False, (holds(part, values, deep) for part in parts))
    if name == "or":
        return _decided(True, (holds(part, values, deep) for part in parts))
    if name == "not":
        result = holds(inner, values, deep)
        return result if isinstance(result, Unknown) else not result
    if name == "equal":
        compared = [filled(part, values) for part in parts]
        unsettled = next((value for value in compared if isinstance(value, Unknown)), None)
        return all(value == compared[0] for value in compared) if unsettled is None else unsettled
    return Unknown(f"`{name}` is worked out only when it runs")


def _decided(decisive: bool, results: Iterator[bool | Unknown]) -> bool | Unknown:
    unsettled: Unknown | None = None
    for result in results:
        if isinstance(result, Unknown):
            unsettled = result
        elif result is decisive:
            return decisive
    return not decisive if unsettled is None else unsettled
