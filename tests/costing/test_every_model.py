"""What must hold for every cost model that ships: its examples reach all of it, and its bounds never cross."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finops_gate import data
from finops_gate.costing.catalogue import Catalogue, open_catalogue
from finops_gate.costing.examples import Example, estimate_example, examples_of
from finops_gate.costing.formula import Formula
from finops_gate.costing.model_reader import read_document
from finops_gate.costing.models import Models, UsageKey, UsageKeys
from finops_gate.model import Component

FILES = [file for file in sorted((data.pricing_dir() / "models").glob("*/*.yaml")) if list(examples_of(file))]
WITHOUT_ENOUGH_EXAMPLES = frozenset(
    {
        "job",
        *("aws_eks_node_group", "aws_s3_bucket"),
    }
)
"""Models of which some expression is not reached yet. To be shortened."""
AMOUNTS = st.one_of(st.none(), st.sampled_from([Decimal(n) for n in (0, 1, 7, 1_000, 3_000_000, 10**12)]))


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
    for example in examples_of(file):
        estimate_example(example, catalogue(), models)
    model = models.get(resource_type(file))
    if model is not None and model.is_part_only:
        pytest.skip("it is billed as a part of others, whose examples reach it")
    missed = [formula.source for formula in formulas_in(model) if id(formula) not in reached]
    if missed and file.stem in WITHOUT_ENOUGH_EXAMPLES:
        pytest.xfail(f"no example reaches {missed}")
    assert missed == []


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
@given(choice=st.data())
@settings(max_examples=15, deadline=None, derandomize=True)
def test_bounds_never_cross(file: Path, choice: st.DataObject) -> None:
    for component in estimate_example(varied(file, choice), catalogue(), shipped()).components:
        assert in_order(component), component


@cache
def shipped() -> Models:
    return Models()


@cache
def written(file: Path) -> tuple[Example, ...]:
    return tuple(examples_of(file))


def varied(file: Path, choice: st.DataObject) -> Example:
    """An example with other attributes, among them ones that nobody knows, and any usage."""
    examples = written(file)
    example = choice.draw(st.sampled_from(examples))
    attributes = {
        name: choice.draw(st.sampled_from([*values, None, "unknown"]), label=name)
        for name, values in written_values(examples, "given").items()
    }
    declared = written_values(examples, "usage")
    usage = usage_of(shipped().usage_keys(example.resource), declared, choice)
    return dataclasses.replace(example, value={**example.value, "given": attributes, "usage": usage})


def written_values(examples: tuple[Example, ...], part: str) -> dict[str, list[Any]]:
    """What the examples give each attribute, or declare for each usage key."""
    found: dict[str, list[Any]] = {}
    for example in examples:
        for name, value in (example.value.get(part) or {}).items():
            found.setdefault(name, []).append(value)
    return found


def usage_of(keys: UsageKeys, declared: Mapping[str, list[Any]], choice: st.DataObject) -> dict[str, Any]:
    usage: dict[str, Any] = {}
    for name, key in keys.items():
        if not isinstance(key, UsageKey):
            usage[name] = usage_of(key, {}, choice)
        elif key.is_setting or key.by:
            usage[name] = choice.draw(st.sampled_from([*declared.get(name, []), None]), label=name)
        else:
            usage[name] = choice.draw(AMOUNTS, label=name)
    return usage


def in_order(component: Component) -> bool:
    amounts = (component.quantity, component.monthly)
    known = [[bound for bound in amount if isinstance(bound, Decimal)] for amount in amounts]
    return all(bounds == sorted(bounds) and all(bound >= 0 for bound in bounds) for bounds in known)
