"""What must hold for every cost model that ships: its examples reach all of it, and its bounds never cross."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finops_gate import data
from finops_gate.costing.catalogue import Catalogue, open_catalogue
from finops_gate.costing.examples import Example, estimate_example, examples_of
from finops_gate.costing.formula import Formula
from finops_gate.costing.model_reader import read_document
from finops_gate.costing.models import Models
from finops_gate.model import Range
from tests.costing.variations import varied

FILES = [file for file in sorted((data.pricing_dir() / "models").glob("*/*.yaml")) if list(examples_of(file))]


@cache
def catalogue() -> Catalogue:
    return open_catalogue()


def resource_type(file: Path) -> str:
    name: str = read_document(file).value["resource"]
    return name


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_examples_reach_every_expression(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    models, reached = Models(), set()
    evaluate = Formula.evaluate

    def watched(formula: Formula, *arguments: Any) -> Any:
        reached.add(id(formula))
        return evaluate(formula, *arguments)

    monkeypatch.setattr(Formula, "evaluate", watched)
    model = models.get(resource_type(file))
    for example in (e for user in users(file, models) for e in examples_of(user)):
        estimate_example(example, catalogue(), models)
    assert [formula.source for formula in formulas_in(model) if id(formula) not in reached] == []


def users(file: Path, models: Models) -> Iterator[Path]:
    """The file itself; for a model that is billed as a part of others, those that have it."""
    yield file
    name = resource_type(file)
    model = models.get(name)
    if model is not None and model.is_part_only:
        others = ((other, models.get(resource_type(other))) for other in FILES)
        yield from (path for path, other in others if other and any(part.model == name for part in other.parts))


def test_a_model_has_examples_or_is_that_of_another_type() -> None:
    without = set(FILES) ^ set((data.pricing_dir() / "models").glob("*/*.yaml"))
    assert [file.stem for file in sorted(without) if "like" not in read_document(file).value] == []


def formulas_in(part: Any) -> Iterator[Formula]:
    """The expressions of a model, wherever in it they are; constants need no example."""
    if isinstance(part, Formula):
        yield from [part] if part.expression else []
    elif dataclasses.is_dataclass(part):
        for field in dataclasses.fields(part):
            yield from formulas_in(getattr(part, field.name))
    elif isinstance(part, Mapping):
        for value in part.values():
            yield from formulas_in(value)
    elif isinstance(part, (list, tuple)):
        for value in part:
            yield from formulas_in(value)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
@given(seed=st.integers(0, 2**32))
@settings(max_examples=12, deadline=None, derandomize=True)
def test_bounds_never_cross(file: Path, seed: int) -> None:
    examples, random = written(file), Random(seed)
    for example in examples:
        keys = shipped().usage_keys(example.resource)
        found = estimate_example(varied(example, examples, keys, random), catalogue(), shipped())
        for component in found.components:
            assert in_order(component.quantity), component
            assert in_order(component.monthly), component
        assert in_order(found.monthly)


@cache
def shipped() -> Models:
    return Models()


@cache
def written(file: Path) -> tuple[Example, ...]:
    return tuple(examples_of(file))


def in_order(amount: Range) -> bool:
    known = [bound for bound in amount if isinstance(bound, Decimal)]
    return known == sorted(known) and all(bound >= 0 for bound in known)
