"""Pricing what is alike once must not be seen: every estimate is what it would be by itself."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from finops_gate import data
from finops_gate.costing.estimate import estimate
from finops_gate.costing.examples import examples_of, linked
from finops_gate.costing.models import shipped
from finops_gate.costing.references import References
from finops_gate.costing.subject import Context
from finops_gate.costing.usage import NO_USAGE
from finops_gate.model import Estimate, Resource, Span, Unknown
from tests.costing.fakes import Catalogue, models, resource

LOOKS_AROUND = """
attributes: {size: 1, disk: null}
components:
  - {name: Box, unit: box, quantity: size, price: {key: box, component: one}}
  - {name: Tagged, unit: box, when: resource.tags.team == "a", quantity: 1, price: {key: box, component: one}}
  - {name: Disk, unit: box, when: disk != null, quantity: ref("disk").size, price: {key: box, component: one}}
"""


def together(resources: list[Resource], context: Context) -> list[Estimate]:
    return [estimate(each, context) for each in resources]


def apart(resources: list[Resource], context: Context) -> list[Estimate]:
    return [
        estimate(each, Context(context.catalogue, context.models, context.references, context.usage))
        for each in resources
    ]


def shipped_examples() -> list[Resource]:
    """Every example of the cost models, thrice: the same again, and with another address, tag and place."""
    found = []
    for file in sorted((data.pricing_dir() / "models").glob("*/*.yaml")):
        for i, example in enumerate(examples_of(file)):
            attributes = linked(example.value.get("given") or {}, example.value.get("with") or {})
            address = f"{example.resource}.x{i}"
            first = Resource(address, example.resource, "test", attributes, Span("a", i + 1), region="eu-west-1")
            other = replace(first, address=f"{address}b", tags={"team": "a"}, span=Span("b", 1), region=None)
            found += [first, replace(first, address=f"{address}a"), other]
    return found


def test_of_every_model() -> None:
    resources = shipped_examples()
    context = Context(Catalogue({}), shipped(), References(resources), NO_USAGE)
    assert together(resources, context) == apart(resources, context)


def test_what_looks_at_tags_or_at_others_is_priced_by_itself(tmp_path: Path) -> None:
    known = models(tmp_path, aws_box=LOOKS_AROUND)
    resources = [
        resource("aws_box.a", {"size": Decimal(2)}),
        resource("aws_box.b", {"size": Decimal(2)}, tags={"team": "a"}),
        resource("aws_box.c", {"size": Decimal(2), "disk": Unknown("later", reference="aws_box.a")}),
        resource("aws_box.d", {"size": Decimal(2), "disk": Unknown("later", reference="aws_box.z")}),
    ]
    context = Context(Catalogue({"box one": 1}), known, References(resources), NO_USAGE)
    found = together(resources, context)
    assert found == apart(resources, context)


def test_what_is_alike_is_priced_once(tmp_path: Path) -> None:
    model = "attributes: {size: 1}\ncomponents: [{name: B, unit: b, quantity: size, price: {key: box, component: one}}]"
    known = models(tmp_path, aws_box=model)
    first, second = (resource(f"aws_box.{name}", {"size": Decimal(2)}) for name in "ab")
    third = resource("aws_box.c", {"size": Decimal("2.0")})
    context = Context(Catalogue({"box one": 1}), known, References([first, second, third]), NO_USAGE)
    found = together([first, second, third], context)
    assert found[0].components is found[1].components
    assert found[0].components is not found[2].components
    assert [each.resource.address for each in found] == [first.address, second.address, third.address]
