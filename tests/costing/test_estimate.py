from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from finops_gate.model import UNBOUNDED, Estimate, Range, Unknown
from tests.costing.fakes import Catalogue, models, price, resource, yaml

D = Decimal
PRICES = Catalogue({"box hours": "0.5", "big hours": 2, "data gb": "0.1"}, {"m1": {"vcpu": D(2)}})


def one(tmp_path: Path, model: str, given: str = "{}", usage: str = "{}", catalogue: Catalogue = PRICES) -> Estimate:
    """The estimate of one resource by one model, both as YAML."""
    known = models(tmp_path, aws_thing=model)
    return price([resource("aws_thing.x", yaml(given))], catalogue, known, {"aws_thing.x": yaml(usage)})[0]


def line(quantity: str, more: str = "") -> str:
    return f"""
attributes: {{a: null, b: 5, list: null}}
usage:
  requests: requests per month
  capped: {{about: GB, max: b * 10}}
  hours: {{about: hours, default: 730, max: 730}}
  count: {{about: how many, default: null}}
components:
  - name: Hours
    unit: hour
    price: {{key: box, component: hours}}
    quantity: {quantity}
{more}"""


@pytest.mark.parametrize(
    ("quantity", "given_", "usage", "expected"),
    [
        ("730", "{}", "{}", (730, 730, 730)),
        ("b", "{}", "{}", (5, 5, 5)),
        ("b", "{b: 7}", "{}", (7, 7, 7)),
        ("usage.requests", "{}", "{}", (0, 0, UNBOUNDED)),
        ("usage.requests", "{}", "{requests: 9}", (0, 9, UNBOUNDED)),
        ("usage.capped", "{}", "{capped: 20}", (0, 20, 50)),
        ("usage.capped", "{}", "{capped: 60}", (0, 60, 60)),
        ("usage.hours", "{}", "{}", (730, 730, 730)),
        ("usage.hours", "{}", "{hours: 100}", (100, 100, 730)),
        ("coalesce(usage.count, b)", "{}", "{}", (5, 5, 5)),
        ("coalesce(usage.count, b)", "{}", "{count: 2}", (2, 2, 2)),
        ("{floor: 1, expected: b, ceiling: 9}", "{}", "{}", (1, 5, 9)),
        ("{expected: usage.requests, ceiling: a}", "{a: 100}", "{requests: 7}", (0, 7, 100)),
        ("{expected: usage.requests, ceiling: a}", "{}", "{requests: 7}", (0, 7, UNBOUNDED)),
        ("{floor: 1, expected: b, ceiling: 3}", "{}", "{}", (1, 3, 3)),
        ("{floor: 6, expected: b, ceiling: 3}", "{}", "{}", (6, 6, 6)),
        ("max(100 - usage.requests, 0)", "{}", "{requests: 30}", (0, 70, 100)),
        ("a", '{a: "12"}', "{}", (12, 12, 12)),
    ],
)
def test_quantity_has_three_bounds(
    tmp_path: Path, quantity: str, given_: str, usage: str, expected: tuple[Any, Any, Any]
) -> None:
    (component,) = one(tmp_path, line(quantity), given_, usage).components
    assert component.quantity == Range(*(D(bound) for bound in expected))
    assert component.monthly == component.quantity * D("0.5")


def test_usage_nobody_declared_is_named(tmp_path: Path) -> None:
    (undeclared,) = one(tmp_path, line("usage.requests * usage.capped")).components
    assert undeclared.usage_based
    assert undeclared.usage_missing == ("capped", "requests")
    (declared,) = one(tmp_path, line("usage.requests"), usage="{requests: 0}").components
    assert declared.usage_based
    assert declared.usage_missing == ()


def test_named_expressions_carry_their_usage(tmp_path: Path) -> None:
    (component,) = one(tmp_path, line("double", "let: {double: usage.requests * 2}")).components
    assert component.usage_missing == ("requests",)


@pytest.mark.parametrize(
    ("quantity", "given_", "why"),
    [
        ("a", "{}", "`a` has no value"),
        ("a", "{a: text}", "'text' where a number is needed"),
        ("a", "{a: true}", "true or false where a number is needed"),
        ("a", "{a: -1}", "below zero"),
        ("a", "{a: 1e300}", "beyond any sensible size"),
        ("a / 0", "{a: 1}", "division by zero"),
    ],
)
def test_what_is_no_quantity_is_unknown_and_says_why(tmp_path: Path, quantity: str, given_: str, why: str) -> None:
    found = one(tmp_path, line(quantity), given_)
    assert found.coverage == "unknown"
    assert why in found.why
    assert isinstance(found.monthly.expected, Unknown)


def test_unknown_attribute_gives_its_own_reason(tmp_path: Path) -> None:
    known = models(tmp_path, aws_thing=line("a"))
    (found,) = price([resource("aws_thing.x", {"a": Unknown("var.a has no default")})], PRICES, known)
    assert (found.coverage, found.why) == ("unknown", "var.a has no default")


def test_choices_span_quantity_and_price(tmp_path: Path) -> None:
    model = """
attributes: {kind: box, n: 1}
components:
  - {name: "Hours ({kind})", unit: hour, price: {key: "{kind}", component: hours}, quantity: n}
"""
    known = models(tmp_path, aws_thing=model)
    attributes = {"kind": Unknown("var.kind", choices=("box", "big")), "n": Unknown("var.n", choices=(D(3), D(10)))}
    (found,) = price([resource("aws_thing.x", attributes)], PRICES, known)
    (component,) = found.components
    assert (component.monthly.floor, component.monthly.ceiling) == (D("1.5"), D(20))
    assert isinstance(component.monthly.expected, Unknown)
    assert component.name == "Hours (box or big)"
    assert found.coverage == "unknown"


@pytest.mark.parametrize(
    ("quantity", "usage", "coverage"),
    [
        ("730", "{}", "unpriced"),
        ("0", "{}", "priced"),
        ("usage.requests", "{}", "priced"),
        ("usage.requests", "{requests: 1}", "unpriced"),
    ],
)
def test_missing_price_is_never_zero(tmp_path: Path, quantity: str, usage: str, coverage: str) -> None:
    missing = """
  - {name: Gone, unit: hour, price: {key: gone, component: hours}, quantity: %s}
"""
    found = one(tmp_path, line("730", missing % quantity), usage=usage)
    assert found.coverage == coverage
    assert found.known_monthly.expected == D(365)
    if coverage == "unpriced":
        assert found.why == "no price for gone (hours) in here"
        assert isinstance(found.monthly.expected, Unknown)


def test_nothing_but_use_without_a_price_is_unpriced(tmp_path: Path) -> None:
    model = """
usage: {requests: requests}
components: [{name: Gone, unit: hour, price: {key: gone, component: hours}, quantity: usage.requests}]
"""
    assert one(tmp_path, model).coverage == "unpriced"


@pytest.mark.parametrize(
    ("when", "expected"),
    [("true", (1, 1, 1)), ("usage.requests > 0", (0, 0, 1)), ("usage.count == null", (1, 1, 1))],
)
def test_when_holds_pass_by_pass(tmp_path: Path, when: str, expected: tuple[int, int, int]) -> None:
    (component,) = one(tmp_path, line("1", f"    when: {when}")).components
    assert component.quantity == Range(*map(D, expected))


def test_line_that_may_be_there_has_no_floor(tmp_path: Path) -> None:
    known = models(tmp_path, aws_thing=line("10", "    when: a"))
    (found,) = price([resource("aws_thing.x", {"a": Unknown("var.a")})], PRICES, known)
    assert (found.monthly.floor, found.monthly.ceiling) == (D(0), D(5))
    assert isinstance(found.monthly.expected, Unknown)


def test_model_of_which_nothing_applies_is_free(tmp_path: Path) -> None:
    assert one(tmp_path, line("10", "    when: a == 1")).coverage == "free"


def test_each_makes_a_line_of_every_element(tmp_path: Path) -> None:
    found = one(tmp_path, line("it.n * 2", "    each: list"), "{list: [{n: 1}, {n: 4}]}")
    assert [c.quantity.expected for c in found.components] == [D(2), D(8)]


def test_each_over_the_unknown_is_unknown(tmp_path: Path) -> None:
    known = models(tmp_path, aws_thing=line("1", "    each: list"))
    (found,) = price([resource("aws_thing.x", {"list": Unknown("var.disks")})], PRICES, known)
    assert (found.coverage, found.why) == ("unknown", "var.disks")


def test_prices_add_up(tmp_path: Path) -> None:
    model = """
components:
  - name: Hours
    unit: hour
    price: {key: box, component: hours, plus: {key: big, component: hours}}
    quantity: 10
"""
    (component,) = one(tmp_path, model).components
    assert (component.unit_price, component.monthly.expected) == (D("2.5"), D(25))


def test_instances_multiply_every_line(tmp_path: Path) -> None:
    known = models(tmp_path, aws_thing=line("b"))
    some = Range(D(0), Unknown("var.count"), UNBOUNDED)
    (found,) = price([resource("aws_thing.x", instances=some)], PRICES, known)
    assert (found.monthly.floor, found.monthly.ceiling) == (D(0), UNBOUNDED)
    assert (found.coverage, found.why) == ("unknown", "var.count")


DISK = """
attributes: {size: 8, kind: box}
usage: {reads: reads}
components:
  - {name: "Storage ({kind})", unit: GB, price: {key: "{kind}", component: hours}, quantity: size}
  - {name: Reads, unit: read, price: {key: data, component: gb}, quantity: usage.reads}
assumptions: [{when: size == 8, say: 8 GB}]
"""


def test_part_uses_another_model(tmp_path: Path) -> None:
    machine = """
attributes: {disks: [{}]}
parts:
  - name: disks[{index}]
    model: aws_disk
    each: disks
    from: it
    attributes: {kind: it.type}
    times: {floor: 1, expected: 2, ceiling: 3}
"""
    known = models(tmp_path, aws_disk=DISK, aws_machine=machine)
    attributes = {"disks": [{"size": D(100), "type": "big", "unrelated": "x"}, {}]}
    (found,) = price([resource("aws_machine.x", attributes)], PRICES, known, {"aws_machine.x": {"reads": D(10)}})
    assert [(c.path, c.name, c.monthly.expected) for c in found.components] == [
        (("disks[0]",), "Storage (big)", D(400)),
        (("disks[0]",), "Reads", D(2)),
        (("disks[1]",), "Storage (box)", D(8)),
        (("disks[1]",), "Reads", D(2)),
    ]
    assert found.monthly.floor == D(204)
    assert found.assumptions == ("disks[1]: 8 GB",)


def test_range_passes_into_a_part(tmp_path: Path) -> None:
    machine = "attributes: {n: 1}\nparts: [{model: aws_disk, attributes: {size: n * 2}}]"
    known = models(tmp_path, aws_disk=DISK, aws_machine=machine)
    (found,) = price([resource("aws_machine.x", {"n": Range(D(1), D(2), D(8))})], PRICES, known)
    assert found.components[0].quantity == Range(D(2), D(4), D(16))


def test_reference_leads_to_another_resource_and_its_usage(tmp_path: Path) -> None:
    group = """
attributes: {template: null, n: 2}
let:
  found: ref('template', 'aws_disk')
  scalers: referrers('aws_scaler', 'target')
parts:
  - name: "{found.address}"
    when: found != null
    model: aws_disk
    from: found
    times: coalesce(scalers[0].usage.n, n)
"""
    known = models(tmp_path, aws_disk=DISK, aws_group=group)
    resources = [
        resource("aws_disk.d", {"name": "data"}),
        resource("aws_group.by_reference", {"template": Unknown("known after apply", reference="aws_disk.d.id")}),
        resource("aws_group.by_name", {"template": "data"}),
        resource("aws_group.nowhere", {"template": "gone"}),
        resource("aws_group.none"),
        resource("aws_scaler.s", {"target": "group/x"}, references={"target": "aws_group.by_name"}),
    ]
    _, by_reference, by_name, nowhere, none, _ = price(resources, PRICES, known, {"aws_scaler.s": {"n": D(5)}})
    assert by_reference.components[0].path == ("aws_disk.d",)
    assert by_reference.monthly.expected == D(8)
    assert by_name.monthly.expected == D(20)
    assert nowhere.why == "`template` refers to gone, which is not in the code"
    assert none.coverage == "free"


def test_referrers_of_another_resource(tmp_path: Path) -> None:
    """A service asks what refers to its cluster; what is not there, nothing refers to."""
    service = """
attributes: {cluster: null}
let:
  home: ref('cluster', 'aws_cluster')
components:
  - name: Hours
    unit: hour
    price: {key: box, component: hours}
    quantity: sum(referrers(home, 'aws_provider', 'cluster'), n)
"""
    known = models(tmp_path, aws_service=service)
    resources = [
        resource("aws_service.x", {"cluster": "main"}),
        resource("aws_service.homeless"),
        resource("aws_cluster.main", {"name": "main"}),
        resource("aws_provider.one", {"cluster": "main", "n": D(3)}),
        resource("aws_provider.other", {"cluster": "elsewhere", "n": D(5)}),
    ]
    found, homeless, *_ = price(resources, PRICES, known)
    assert [c.quantity.expected for e in (found, homeless) for c in e.components] == [D(3), D(0)]


def test_region_nobody_declared_is_assumed_and_said(tmp_path: Path) -> None:
    known = models(tmp_path, aws_thing=line("1"))
    (found,) = price([resource("aws_thing.x", region=None)], PRICES, known)
    assert found.components[0].price is not None
    assert found.components[0].price.region == "us-east-1"
    assert found.assumptions == ("region us-east-1: none is declared",)


def test_region_by_the_model(tmp_path: Path) -> None:
    model = line("1", "region: replace(lower(list), ' ', '')")
    (component,) = one(tmp_path, model, "{list: West Europe}").components
    assert component.price is not None
    assert component.price.region == "westeurope"


def test_extra_figures(tmp_path: Path) -> None:
    extra = "extra:\n  per_run: {floor: 1, expected: b, ceiling: usage.requests}\n  kind: \"'spot'\"\n"
    found = one(tmp_path, line("1", extra))
    assert found.extra == {"per_run": Range(D(1), D(5), UNBOUNDED), "kind": "spot"}


def test_unknown_type_is_unpriced_and_a_listed_one_free(tmp_path: Path) -> None:
    known = models(tmp_path)
    (tmp_path / "free").mkdir()
    (tmp_path / "free" / "aws.txt").write_text("# nothing by themselves\naws_role\n", encoding="utf-8")
    role, other, hostile = price([resource(a) for a in ("aws_role.a", "aws_other.a", "../x.a")], PRICES, known)
    assert (role.coverage, other.coverage, hostile.coverage) == ("free", "unpriced", "unpriced")
    assert other.why == "there is no cost model of aws_other"


def test_hostile_text_finds_no_price(tmp_path: Path) -> None:
    model = """
attributes: {kind: box}
components: [{name: "Hours ({kind})", unit: hour, price: {key: "{kind}", component: hours}, quantity: 1}]
"""
    known = models(tmp_path, aws_thing=model)
    for kind in ("\ud800", "a\0b", "x" * 20_000, ["a"], {"b": "c"}):
        (found,) = price([resource("aws_thing.x", {"kind": kind})], PRICES, known)
        assert found.coverage in ("unpriced", "unknown")


bounds = st.one_of(st.decimals(0, 10**6, allow_nan=False, places=2), st.just(UNBOUNDED), st.just(Unknown("why")))
values = st.one_of(bounds, st.none(), st.text(max_size=3), st.builds(Range, bounds, bounds, bounds))
FORMULAS = [
    "a",
    "{floor: a, expected: b, ceiling: usage.requests}",
    "max(usage.capped - a, 0)",
    "a * b / 7",
    "usage.hours - a",
]


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(quantity=st.sampled_from(FORMULAS), a=values, b=values, when=values, requests=values)
def test_bounds_are_always_in_order(tmp_path: Path, quantity: str, a: Any, b: Any, when: Any, requests: Any) -> None:
    known = models(tmp_path, aws_thing=line(quantity, "    when: list != 'no'"))
    attributes = {"a": a, "b": b, "list": when}
    (found,) = price([resource("aws_thing.x", attributes)], PRICES, known, {"aws_thing.x": {"requests": requests}})
    for component in found.components:
        for figures in (component.quantity, component.monthly):
            known_bounds = [bound for bound in figures if isinstance(bound, Decimal)]
            assert known_bounds == sorted(known_bounds)
