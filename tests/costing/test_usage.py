from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from finops_gate.costing.estimate import estimate_all
from finops_gate.costing.usage import load_usage, read_usage
from finops_gate.model import UNBOUNDED, Resource
from finops_gate.settings import Settings
from finops_gate.sources.files import WorkingTree
from tests.costing.fakes import Catalogue, models, resource

D = Decimal
MODEL = """
usage: {requests: per month, hours: {about: hours, default: 730}, standard: {gb: GB, puts: requests}}
components: [{name: Hours, unit: hour, price: {key: box, component: hours}, quantity: usage.requests}]
"""

FILE = """version: 0.1
resource_type_default_usage:
  aws_thing: {requests: 1, hours: 100, standard: {gb: 5, puts: 7}}
resource_usage:
  aws_thing.many[*]: {requests: 2, standard: {gb: 6}}
  aws_thing.many["a"]: {requests: 3}
  module.shop[*].aws_thing.x: {requests: 4}
"""


@pytest.mark.parametrize(
    ("address", "requests", "gb"),
    [
        ("aws_thing.x", 1, 5),
        ("aws_thing.many[0]", 2, 6),
        ('aws_thing.many["a"]', 3, 6),
        ('aws_thing.many["b"]', 2, 6),
        ('module.shop["eu"].aws_thing.x', 4, 5),
    ],
)
def test_type_then_wildcard_then_exact_address(tmp_path: Path, address: str, requests: int, gb: int) -> None:
    usage, notices = read_usage(FILE, "usage.yml", models=models(tmp_path, aws_thing=MODEL))
    assert notices == ()
    standard = {"gb": D(gb), "puts": D(7)}
    assert usage.of(thing(address)) == {"requests": D(requests), "hours": D(100), "standard": standard}


def thing(address: str) -> Resource:
    return replace(resource(address), type="aws_thing")


def test_bare_type_among_the_addresses_is_a_default_of_the_type(tmp_path: Path) -> None:
    text = "resource_type_default_usage: {aws_thing: {requests: 1, hours: 5}}\n"
    text += "resource_usage: {aws_thing: {requests: 2}}"
    usage, notices = read_usage(text, "usage.yml", models=models(tmp_path, aws_thing=MODEL))
    assert notices == ()
    assert usage.of(thing("aws_thing.x")) == {"requests": D(2), "hours": D(5)}


TRAFFIC = """
declared_in: usage
usage: {region: {about: from, default: null}, gb: {about: GB to each region, by: region}}
region: usage.region
components:
  - {name: "To {it}", unit: GB, each: keys(usage.gb), price: {key: traffic, component: data}, quantity: "usage.gb[it]"}
"""


def test_resource_that_is_in_no_code_is_declared_by_its_usage(tmp_path: Path) -> None:
    known = models(tmp_path, aws_traffic=TRAFFIC)
    text = "resource_usage:\n  aws_traffic.out: {region: here, gb: {eu_west_1: 5, us_east_1: 2}}\n  aws_thing.x: {}"
    usage, notices = read_usage(text, "usage.yml", models=known)
    assert notices == ()
    (found,) = usage.resources
    assert (found.address, found.type, found.span.line) == ("aws_traffic.out", "aws_traffic", 2)
    (estimate,) = estimate_all(usage.resources, Catalogue({"traffic data": "0.5"}), Settings(), usage, known)
    lines = [(c.name, c.quantity.expected, c.price and c.price.region) for c in estimate.components]
    assert lines == [("To eu_west_1", D(5), "here"), ("To us_east_1", D(2), "here")]
    assert (estimate.monthly.floor, estimate.monthly.expected, estimate.monthly.ceiling) == (0, D("3.5"), UNBOUNDED)


@pytest.mark.parametrize(
    ("value", "message"),
    [("5", "`gb` holds a value for each region"), ("{eu: many}", "`eu` is not a number of 0 or more")],
)
def test_names_that_are_free_hold_numbers(tmp_path: Path, value: str, message: str) -> None:
    text = f"resource_usage: {{aws_traffic.out: {{gb: {value}}}}}"
    _, (notice,) = read_usage(text, "usage.yml", models=models(tmp_path, aws_traffic=TRAFFIC))
    assert message in notice.message


def test_globs_of_the_settings_stand_between_type_and_address() -> None:
    globs = {"aws_thing.*": {"requests": D(8), "hours": D(1)}}
    usage, _ = read_usage("resource_usage: {aws_thing.x: {requests: 9}}", "usage.yml", globs)
    assert usage.of(thing("aws_thing.x")) == {"requests": D(9), "hours": D(1)}
    assert usage.of(thing("aws_thing.y")) == {"requests": D(8), "hours": D(1)}


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("resource_usage:\n  aws_thing.x:\n    reqests: 1", 3, "no usage key `reqests`; did you mean `requests`?"),
        ("resource_usage:\n  aws_thing.x[*]:\n    standard:\n      gbs: 1", 4, "key `gbs`; did you mean `gb`?"),
        ("resource_usage:\n  module.a.aws_thing.x:\n    nothing: 1", 3, "no usage key `nothing`"),
        ("resource_type_default_usage:\n  aws_thing:\n    reqests: 1", 3, "no usage key `reqests`"),
        ("resource_usage:\n  aws_thing.x:\n    requests: many", 3, "`requests` is not a number of 0 or more"),
        ("resource_usage:\n  aws_thing.x:\n    requests: -1", 3, "`requests` is not a number of 0 or more"),
        ("resource_usage:\n  aws_thing.x:\n    standard: 5", 3, "`standard` holds further keys"),
        ("resource_usages:\n  aws_thing.x: {}", 1, "no section `resource_usages`; did you mean `resource_usage`?"),
    ],
)  # fmt: skip
def test_what_nobody_knows_is_a_warning_at_its_line(tmp_path: Path, text: str, line: int, message: str) -> None:
    _, (notice,) = read_usage(text, "usage.yml", models=models(tmp_path, aws_thing=MODEL))
    assert message in notice.message
    assert notice.severity == "warning"
    assert notice.span is not None
    assert (notice.span.path, notice.span.line) == ("usage.yml", line)


@pytest.mark.parametrize("text", ["resource_usage: [", "- a", "just text"])
def test_file_that_is_none_is_an_error(text: str) -> None:
    usage, notices = read_usage(text, "usage.yml")
    assert [notice.severity for notice in notices] == ["error"]
    assert usage.of(thing("aws_thing.x")) == {}


def test_file_of_the_repository_is_found_and_a_named_one_must_exist(tmp_path: Path) -> None:
    assert load_usage(WorkingTree(tmp_path), Settings())[1] == ()
    (tmp_path / "infracost-usage.yml").write_text("resource_usage: {aws_thing.x: {requests: 2}}", encoding="utf-8")
    usage, _ = load_usage(WorkingTree(tmp_path), Settings())
    assert usage.of(thing("aws_thing.x")) == {"requests": D(2)}
    _, (notice,) = load_usage(WorkingTree(tmp_path), Settings(usage_file="gone.yml"))
    assert (notice.code, notice.severity) == ("missing-file", "error")


def test_a_project_with_a_usage_file_of_its_own_goes_by_that_alone(tmp_path: Path) -> None:
    for name, requests in (("infracost-usage.yml", 2), ("prod.yml", 3)):
        text = f"resource_type_default_usage: {{aws_thing: {{requests: {requests}}}}}"
        (tmp_path / name).write_text(text, encoding="utf-8")
    settings = Settings(usage={"aws_thing.*": {"hours": D(1)}})
    usage, notices = load_usage(WorkingTree(tmp_path), settings, projects=[("prod.yml", "infra (prod)")])
    assert notices == ()
    assert usage.of(thing("aws_thing.x")) == {"requests": D(2), "hours": D(1)}
    assert usage.of(replace(thing("aws_thing.x"), usage_file="prod.yml")) == {"requests": D(3), "hours": D(1)}
    _, (notice,) = load_usage(WorkingTree(tmp_path), settings, projects=[("gone.yml", "a"), ("gone.yml", "b")])
    assert (notice.code, notice.severity) == ("missing-file", "error")
