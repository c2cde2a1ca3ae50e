"""OpenTofu's promises about values that are not yet known; of a known value they change nothing.

A promise that does not hold is an error, as it is in OpenTofu.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from finops_gate.sources.terraform.functions.registry import Parameter, function, maybe
from finops_gate.sources.terraform.problems import EvaluationError
from finops_gate.sources.terraform.types import DYNAMIC, NUMBER, STRING, ListType, MapType, SetType, Type
from finops_gate.sources.terraform.values import Null, Value, equal

Holds = Callable[..., bool]


def _promise(name: str, of: Type | Parameter, parameters: tuple[Type, ...], holds: Holds) -> None:
    def run(value: Value, *bounds: Value) -> Value:
        if not holds(value, *bounds):
            raise EvaluationError("the value is not as it is assumed to be")
        return value

    function(name, of, *parameters, deep=False)(run)


def _within(value: Value, least: Decimal, most: Decimal) -> bool:
    return least <= len(value.items) <= most


_promise("assumeequal", DYNAMIC, (DYNAMIC,), lambda value, other: equal(value, other) is not False)
_promise("assumenotnull", maybe(), (), lambda value: not isinstance(value, Null))
_promise("assumestringprefix", STRING, (STRING,), lambda value, prefix: value.startswith(prefix))
for _name, _of in {"list": ListType(DYNAMIC), "map": MapType(DYNAMIC), "set": SetType(DYNAMIC)}.items():
    _promise(f"assume{_name}length", _of, (NUMBER, NUMBER), _within)
    _promise(f"assume{_name}lengthmin", _of, (NUMBER,), lambda value, least: len(value.items) >= least)
    _promise(f"assume{_name}lengthmax", _of, (NUMBER,), lambda value, most: len(value.items) <= most)
