"""Where the values of a resource are written, looked up when somebody asks: for most attributes nobody does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from finops_gate.model import Span
from finops_gate.sources.terraform.blocks import Place
from finops_gate.sources.terraform.syntax import Block, Literal, Template
from finops_gate.sources.terraform.tracing import NO_TRACE, Trace, is_plain, trace


class Spans(Mapping[str, Span]):
    """The place of each attribute path's value."""

    __slots__ = ("_places",)

    def __init__(self, places: Mapping[str, Place]) -> None:
        self._places = places

    def __getitem__(self, path: str) -> Span:
        place = self._places[path]
        file = place.scope.file
        return file.source.span(file.path, place.node.start, place.end)

    def __contains__(self, path: object) -> bool:
        return path in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


class Traces:
    """Where each path's value comes from; followed once a path."""

    __slots__ = ("_found", "places")

    def __init__(self, places: Mapping[str, Place]) -> None:
        self.places = places
        self._found: dict[str, Trace] = {}

    def of(self, path: str) -> Trace:
        if path not in self._found:
            place = self.places.get(path)
            self._found[path] = NO_TRACE if place is None or stands_by_itself(place) else followed(place)
        return self._found[path]


def stands_by_itself(place: Place) -> bool:
    """Whether the value is what is written there: no expression that could lead elsewhere."""
    node = place.node
    return isinstance(node, Block | Literal) or (isinstance(node, Template) and is_plain(node))


def followed(place: Place) -> Trace:
    return trace(place.node, place.scope, place.value)


class Origins(Mapping[str, Span]):
    """Where values were really written, for the paths where that is elsewhere (a variable's default)."""

    __slots__ = ("_traces",)

    def __init__(self, traces: Traces) -> None:
        self._traces = traces

    def __getitem__(self, path: str) -> Span:
        found = self._traces.of(path).origin
        if found is None:
            raise KeyError(path)
        return found

    def __iter__(self) -> Iterator[str]:
        return (path for path in self._traces.places if self._traces.of(path).origin is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)


class References(Mapping[str, str]):
    """The addresses of the resources that expressions name, for the paths whose expression names one."""

    __slots__ = ("_traces",)

    def __init__(self, traces: Traces) -> None:
        self._traces = traces

    def __getitem__(self, path: str) -> str:
        found = self._traces.of(path).reference
        if found is None:
            raise KeyError(path)
        return found

    def __iter__(self) -> Iterator[str]:
        return (path for path in self._traces.places if self._traces.of(path).reference is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)
