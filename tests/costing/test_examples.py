"""Every example of every cost model that ships: adding a model adds its tests."""

from __future__ import annotations

import json
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from finops_gate import data
from finops_gate.costing.catalogue import Catalogue, open_catalogue
from finops_gate.costing.examples import Example, estimate_example, examples_of, run_example
from finops_gate.costing.model_reader import decimal_validator, read_document
from finops_gate.costing.models import Folder, Models
from finops_gate.sources.files import WorkingTree

MODELS = data.pricing_dir() / "models"
FILES = sorted(MODELS.glob("*/*.yaml"))
EXAMPLES = [example for file in FILES for example in examples_of(file)]


@cache
def catalogue() -> Catalogue:
    return open_catalogue()


@cache
def models() -> Models:
    return Models()


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: f"{e.resource}: {e.name}")
def test_example_comes_to_what_it_says(example: Example) -> None:
    assert run_example(example, catalogue(), models()) == [], str(example.span)


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_model_keeps_the_schema(file: Path) -> None:
    schema = json.loads((data.schemas_dir() / "cost-model.schema.json").read_text(encoding="utf-8"))
    errors = [f"{e.json_path}: {e.message}" for e in decimal_validator(schema).iter_errors(read_document(file).value)]
    assert errors == []


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: f"{e.resource}: {e.name}")
def test_bounds_are_in_order(example: Example) -> None:
    for component in estimate_example(example, catalogue(), models()).components:
        known = [bound for bound in component.monthly if isinstance(bound, Decimal)]
        assert known == sorted(known), component.name


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: f"{e.resource}: {e.name}")
def test_line_has_the_unit_of_its_price(example: Example) -> None:
    for component in estimate_example(example, catalogue(), models()).components:
        assert component.price is None or component.unit == component.price.unit, component.name


def test_page_about_models_shows_one_that_works(tmp_path: Path) -> None:
    page = (data.data_root() / "docs" / "cost-models.md").read_text(encoding="utf-8")
    file = tmp_path / "models" / "aws" / "aws_ebs_volume.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(page.split("```yaml\n")[1].split("```")[0], encoding="utf-8")
    shown = Models([Folder(WorkingTree(tmp_path), "models")])
    assert [run_example(example, catalogue(), shown) for example in examples_of(file)] == [[]]
