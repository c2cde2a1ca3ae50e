"""What must hold whatever the input: no exception but the documented ones, values of the agreed kinds, and no hang."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any
from unittest import mock

from finops_gate import gate
from finops_gate.errors import ConfigurationError, IncompleteError
from finops_gate.model import Range, Report, Span, Unknown
from finops_gate.render import FORMATS, render
from finops_gate.selection import Selection
from finops_gate.settings import Settings
from finops_gate.sources import terraform
from finops_gate.sources.memory import MemoryTree
from finops_gate.sources.terraform import hcl, json_syntax
from finops_gate.sources.terraform.syntax import Body, Source

SECONDS = 10.0
"""How long any input of a few kilobytes may take, on a slow and busy machine."""


@contextmanager
def in_time() -> Iterator[None]:
    begun = time.process_time()
    yield
    took = time.process_time() - begun
    assert took < SECONDS, f"took {took:.1f} s"


def read(text: str) -> Source:
    """Any text is read, and every place of the tree is inside of it."""
    with in_time():
        source = hcl.parse(text)
    inside(source, source.body)
    for problem in source.problems:
        source.span("main.tf", problem.start, problem.end)
    return source


def inside(source: Source, body: Body) -> None:
    for attribute in body.attributes.values():
        assert 0 <= attribute.start <= attribute.end <= len(source.text)
        source.span("main.tf", attribute.start, attribute.end)
    for block in body.blocks:
        assert 0 <= block.start <= block.header_end <= block.end <= len(source.text)
        inside(source, block.body)


def read_json(text: str) -> None:
    with in_time():
        json_syntax.parse(text)
        json_syntax.parse_values(text)


def evaluate_expression(text: str) -> None:
    """An expression has a plain value or is refused."""
    with in_time():
        try:
            value = terraform.evaluate_expression(text, {"var": {"a": 1, "b": ["x", None], "c": {"d": True}}})
        except terraform.EvaluationError:
            return
    plain(value)


def plain(value: Any) -> None:
    """Only what the documentation of `Resource.attributes` lists."""
    if isinstance(value, dict):
        for name, inner in value.items():
            assert isinstance(name, str)
            plain(inner)
    elif isinstance(value, list):
        for inner in value:
            plain(inner)
    else:
        assert value is None or isinstance(value, str | bool | Decimal | Unknown | Range), repr(value)


def evaluate(files: Mapping[str, str]) -> None:
    """A repository of Terraform has resources with plain attributes, each of which has a place."""
    tree = MemoryTree(files)
    with in_time():
        loaded = terraform.load(tree, [path for path in tree.paths() if terraform.matches(path)], Settings())
        for resource in loaded.resources:
            plain(resource.attributes)
            plain(resource.tags)
            for places in (resource.spans, resource.origins):
                assert all(isinstance(place, Span) and place.line > 0 for place in places.values())
            assert all(resource.references.values())


def check(files: Mapping[str, str], base: Mapping[str, str] | None = None) -> Report | None:
    """A whole run over a repository, and its report in every format; None where it refuses to judge."""
    run = gate.Run(Selection(Path("/"), ("",)), Settings(), "2026-01-01")
    with in_time(), mock.patch.object(gate, "WorkingTree", return_value=MemoryTree(files)):
        try:
            report = gate.check(run)
        except (ConfigurationError, IncompleteError):
            return None
        for name in FORMATS:
            assert isinstance(render(report, name), str)
    return report
