"""What a function of Terraform is to the evaluator: the types of its parameters, and the code behind.

A parameter converts its argument to its type, and refuses null unless it says otherwise. An argument that is not
known makes the result unknown; where `deep`, so does an unknown anywhere inside an argument. `kinds` are the types that
an argument may have which is null or not known; of what is known the function sees for itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from finops_gate.sources.terraform.types import DYNAMIC, ListType, MapType, ObjectType, SetType, TupleType, Type


@dataclass(frozen=True, slots=True)
class Parameter:
    type: Type
    null: bool = False
    unknown: bool = False
    kinds: tuple[Any, ...] = ()

    def refuses(self, of: Type) -> bool:
        """Whether nothing of this type can be the argument."""
        return bool(self.kinds) and of is not DYNAMIC and not isinstance(of, self.kinds)


ORDERED = Parameter(DYNAMIC, kinds=(ListType, TupleType))
SEQUENCE = Parameter(DYNAMIC, kinds=(ListType, TupleType, SetType))
MAPPING = Parameter(DYNAMIC, kinds=(MapType, ObjectType))


def maybe(type: Type = DYNAMIC) -> Parameter:
    """A parameter that may be null."""
    return Parameter(type, null=True)


def anything(type: Type = DYNAMIC) -> Parameter:
    """A parameter that may be null or unknown: the function looks for itself."""
    return Parameter(type, null=True, unknown=True)


@dataclass(frozen=True, slots=True)
class Function:
    """`run` takes the converted arguments: after the scope, where `scoped`; after scope and `evaluate`, where it
    `renders` a template. Where `lazy`, it takes the call itself, scope and `evaluate`."""

    name: str
    run: Callable[..., Any]
    parameters: tuple[Parameter, ...] = ()
    variadic: Parameter | None = None
    optional: int = 0
    returns: Type = DYNAMIC
    deep: bool = True
    lazy: bool = False
    scoped: bool = False
    renders: bool = False


FUNCTIONS: dict[str, Function] = {}


def function(
    name: str,
    *parameters: Type | Parameter,
    variadic: Type | Parameter | None = None,
    optional: int = 0,
    returns: Type = DYNAMIC,
    deep: bool = True,
    lazy: bool = False,
    scoped: bool = False,
    renders: bool = False,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Registers the code of a function; the last `optional` of its parameters may be left out."""

    def register(run: Callable[..., Any]) -> Callable[..., Any]:
        declared = tuple(map(_parameter, parameters))
        rest = _parameter(variadic) if variadic else None
        FUNCTIONS[name] = Function(name, run, declared, rest, optional, returns, deep, lazy, scoped, renders)
        return run

    return register


def _parameter(of: Type | Parameter) -> Parameter:
    return of if isinstance(of, Parameter) else Parameter(of)
