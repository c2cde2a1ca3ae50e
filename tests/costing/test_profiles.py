"""Every forecast of every model has a figure in every profile; a model that is added brings its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from finops_gate import data
from finops_gate.costing.estimate import estimate
from finops_gate.costing.layered_usage import LayeredUsage
from finops_gate.costing.model_definition import UsageKey
from finops_gate.costing.models import Models, shipped
from finops_gate.costing.profiles import SECTION, profile, profile_names, typical, used, usual
from finops_gate.costing.references import References, value_at
from finops_gate.costing.subject import Context
from finops_gate.costing.suppose import supposed
from finops_gate.costing.suppositions import key_paths
from finops_gate.costing.usage import Usage, read_usage
from finops_gate.errors import ConfigurationError
from finops_gate.settings import Settings
from finops_gate.sources.documents import read_documents
from tests.costing.fakes import Catalogue, models, resource

D = Decimal
CLOUDS = ("aws", "azurerm", "google")
NAMES = ("small", "medium", "large")


def figures(name: str) -> dict[str, Any]:
    text = (data.usage_dir() / f"{name}.yaml").read_text(encoding="utf-8")
    found: dict[str, Any] = read_documents(text, name)[0].value[SECTION]
    return found


def forecasts(known: Models, resource_type: str) -> Iterator[tuple[str, UsageKey]]:
    """The forecasts of a type: its own, and those of its parts that it does not answer for itself."""
    model = known.get(resource_type)
    assert model is not None
    yield from ((path, key) for path, key in key_paths(model.usage) if not key.is_setting)
    for part in model.parts:
        for path, key in forecasts(known, part.model):
            if path.split(".")[0] not in (*part.usage, *model.usage):
                yield path, key


def test_three_profiles_ship() -> None:
    assert profile_names() == tuple(sorted(NAMES))


@pytest.mark.parametrize("name", NAMES)
def test_every_forecast_has_a_figure(name: str) -> None:
    types = [f.stem for cloud in CLOUDS for f in sorted((data.pricing_dir() / "models" / cloud).glob("*.yaml"))]
    missing = [
        f"{resource_type}: {path}: 0  # {key.about}"
        for resource_type in types
        for path, key in forecasts(shipped(), resource_type)
        if value_at(usual(name, resource_type, shipped()), path) is None
    ]
    assert missing == [], f"give each a `typical` figure in its model, or one in pricing/usage/{name}.yaml"


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_is_of_a_key_that_exists_and_says_of_what(name: str) -> None:
    file = data.usage_dir() / f"{name}.yaml"
    text = file.read_text(encoding="utf-8")
    _, notices = read_usage(text, file.name)
    assert notices == ()
    assert list(figures(name)) == sorted(figures(name))
    assert all(shipped().get(resource_type) for resource_type in figures(name))
    bare = [line for line in text.splitlines() if re.search(r"^ .*: [\d.{}]+$", line)]
    assert bare == []


def test_no_figure_falls_as_the_load_grows() -> None:
    models = [f.stem for f in (data.pricing_dir() / "models").glob("a*/*.yaml")]
    small, medium, large = (dict(leaves({kind: usual(name, kind, shipped()) for kind in models})) for name in NAMES)
    assert small.keys() == medium.keys() == large.keys()
    assert [k for k in small if not small[k] <= medium[k] <= large[k]] == []


def leaves(tree: Any, path: str = "") -> Iterator[tuple[str, Decimal]]:
    if isinstance(tree, dict):
        for name, value in tree.items():
            yield from leaves(value, f"{path}.{name}")
    else:
        yield path, tree


def test_round_figures_of_the_header_hold() -> None:
    assert [figures(n)["aws_lambda_function"]["monthly_requests"] for n in NAMES] == [10**6, 10**8, 10**9]
    assert [figures(n)["aws_s3_bucket"]["standard"]["storage_gb"] for n in NAMES] == [10, 1000, 10000]


def test_what_a_load_does_without_is_not_declared() -> None:
    assert used({"a": D(0), "b": D(1), "c": {"d": D(0)}, "e": {"f": D(0), "g": D(2)}}) == {"b": D(1), "e": {"g": D(2)}}
    assert "glacier_deep_archive" not in profile("large")["aws_s3_bucket"]


def test_misspelt_profile() -> None:
    with pytest.raises(ConfigurationError, match="did you mean `medium`"):
        profile("mediun")


MODEL = """
usage: {requests: per month, gb: GB, hours: {about: hours, default: 730}}
components: [{name: All, unit: one, price: {key: box, component: one}, quantity: usage.requests + usage.gb}]
"""


def test_profile_stands_below_all_that_is_declared(tmp_path: Path) -> None:
    known = models(tmp_path, aws_thing=MODEL)
    text = """
resource_type_default_usage: {aws_thing: {gb: 2}}
resource_usage: {"aws_thing.many[*]": {gb: 3}, "aws_thing.x": {requests: 4}}
"""
    declared, _ = read_usage(text, "usage.yml", models=known)
    usage = LayeredUsage(declared=declared, profile={"aws_thing": {"requests": D(7), "gb": D(9)}}, name="medium")
    assert usage.of(resource("aws_thing.y")) == {"requests": 7, "gb": 2}
    assert usage.of(resource("aws_thing.many[0]")) == {"requests": 7, "gb": 3}
    assert usage.of(resource("aws_thing.x")) == {"requests": 4, "gb": 2}
    assert LayeredUsage(declared=declared).of(resource("aws_thing.x")) == {"requests": 4, "gb": 2}

    def assumptions(address: str) -> tuple[str, ...]:
        there = resource(address)
        context = Context(Catalogue({"box one": 1}), known, References([there]), usage)
        return usage.noted(estimate(there, context)).assumptions

    assert assumptions("aws_thing.y") == ("usage of the medium profile, where nobody declared any",)
    assert assumptions("aws_thing.x") == ()


def test_factor_applies_to_the_figure_of_the_profile() -> None:
    there = resource("aws_sqs_queue.jobs")
    settings = Settings(usage_profile="medium", what_if=["aws_sqs_queue.jobs.monthly_requests=x2"])
    _, usage = supposed([there], Usage(), shipped(), settings)
    assert usage.of(there)["monthly_requests"] == 2 * 10**8


TYPICAL = """
usage:
  requests: {about: per month, typical: {small: 1, medium: 10, large: 100}}
  tiers: {hot: {about: GB, typical: {small: 0, medium: 5, large: 50}}, cold: GB}
components: [{name: All, unit: one, price: {key: box, component: one}, quantity: usage.requests + usage.tiers.hot}]
"""


def test_a_model_brings_the_figures_of_its_forecasts(tmp_path: Path) -> None:
    known = models(tmp_path, aws_thing=TYPICAL)
    assert typical("medium", known.usage_keys("aws_thing")) == {"requests": 10, "tiers": {"hot": 5}}
    assert profile("small", known)["aws_thing"] == {"requests": 1}
    assert usual("small", "aws_thing", known) == {"requests": 1, "tiers": {"hot": 0}}


OTHER = """
usage: {reads: {about: reads, typical: {small: 7, medium: 7, large: 7}}}
components: [{name: All, unit: one, price: {key: box, component: one}, quantity: usage.reads}]
"""


def test_the_figures_of_a_part_are_those_of_the_whole_unless_it_answers_for_them(tmp_path: Path) -> None:
    whole = "parts: [{model: aws_thing}, {model: aws_other, usage: {reads: 1}}]"
    known = models(tmp_path, aws_whole=whole, aws_thing=TYPICAL, aws_other=OTHER)
    assert usual("medium", "aws_whole", known) == {"requests": 10, "tiers": {"hot": 5}}


def test_the_file_of_a_profile_wins(tmp_path: Path) -> None:
    known = models(tmp_path, aws_sqs_queue=OTHER.replace("reads", "monthly_requests"))
    assert usual("medium", "aws_sqs_queue", known)["monthly_requests"] == 10**8


def test_a_whole_has_the_figures_of_its_parts(tmp_path: Path) -> None:
    """Those of the profile's file, too: a queue is used as much where it is a part of something."""
    part = OTHER.replace("reads", "monthly_requests")
    known = models(tmp_path, aws_whole="parts: [{model: aws_sqs_queue}]", aws_sqs_queue=part)
    assert usual("medium", "aws_whole", known)["monthly_requests"] == 10**8
