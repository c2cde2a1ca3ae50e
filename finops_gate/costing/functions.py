"""The functions that only cost models have: they look beyond the values, at other resources and at the catalogue.

The expression language passes a function nothing but its arguments, so the evaluation that is going on is kept here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from decimal import Decimal
from typing import Any, Protocol

from finops_gate.expression_values import Operation, strict, text
from finops_gate.model import Unknown


class Surroundings(Protocol):
    """What a model can ask about beyond the attributes it is given."""

    def ref(self, source: Mapping[str, Any] | None, path: str, wanted: str) -> Mapping[str, Any] | Unknown | None: ...

    def referrers(self, source: Mapping[str, Any] | None, wanted: str, path: str) -> list[Mapping[str, Any]]: ...

    def unit_price(self, key: str, component: str, purchase: str, provider: str) -> Decimal | Unknown: ...

    def spec(self, key: str, provider: str) -> Mapping[str, Any] | None: ...

    def declares(self, usage: str) -> bool: ...


_current: ContextVar[Surroundings] = ContextVar("current")


@contextmanager
def looking_from(surroundings: Surroundings) -> Iterator[None]:
    """Within it, the functions answer for this evaluation."""
    token = _current.set(surroundings)
    try:
        yield
    finally:
        _current.reset(token)


def _ref(*arguments: Any) -> Any:
    """`ref(path)`, `ref(path, type)`, and each with another resource before, from which the path then leads."""
    first, *rest = arguments
    if first is None:
        return None
    if isinstance(first, Mapping):
        return _from(first, *rest)
    return _from(None, first, *rest)


def _from(source: Mapping[str, Any] | None, path: Any = None, wanted: Any = "") -> Any:
    return _current.get().ref(source, text(path), text(wanted))


def _referrers(*arguments: Any) -> Any:
    """`referrers(type, path)`, and with another resource before, to which they then refer; none to null."""
    if len(arguments) == 2:
        return _current.get().referrers(None, *map(text, arguments))
    source, wanted, path = arguments
    return [] if source is None else _current.get().referrers(source, text(wanted), text(path))


def _price(key: Any, component: Any, purchase: Any = "on-demand", provider: Any = "") -> Any:
    return _current.get().unit_price(text(key), text(component), text(purchase), text(provider))


def _spec(key: Any, provider: Any = "") -> Any:
    return None if key is None else _current.get().spec(text(key), text(provider))


def _declared(usage: Any) -> Any:
    return _current.get().declares(text(usage))


FUNCTIONS: Mapping[str, tuple[int, int, Operation]] = {
    "declared": (1, 1, strict(_declared)),
    "price": (2, 4, strict(_price)),
    "ref": (1, 3, strict(_ref)),
    "referrers": (2, 3, strict(_referrers)),
    "spec": (1, 2, strict(_spec)),
}
