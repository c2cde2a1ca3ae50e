from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from finops_gate.costing.component_groups import ungrouped
from tests.costing.fakes import Catalogue, models, price, resource, yaml

MODEL = """
attributes: {size: 0, on: true}
components:
  - {name: Alone, unit: unit, price: {key: box, component: one}, quantity: 1}
  - under: Inside
    when: on
    unit: unit
    price: {key: crate}
    components:
      - {name: First, price: {component: one}, quantity: size}
      - {name: Second, when: size > 2, price: {component: two, key: box}, quantity: size}
"""
CATALOGUE = Catalogue({"box one": 1, "crate one": 10, "box two": 100})


def lines(tmp_path: Path, **attributes: object) -> dict[str, object]:
    (found,) = price([resource("aws_thing.x", attributes)], CATALOGUE, models(tmp_path, aws_thing=MODEL))
    return {"/".join((*c.path, c.name)): c.monthly.expected for c in found.components}


def test_a_line_has_the_keys_of_its_group(tmp_path: Path) -> None:
    """3 crates at 10, and 3 boxes of the other kind at 100."""
    assert lines(tmp_path, size=Decimal(3)) == {"Alone": 1, "Inside/First": 30, "Inside/Second": 300}


def test_both_conditions_must_hold(tmp_path: Path) -> None:
    assert lines(tmp_path, size=Decimal(2)) == {"Alone": 1, "Inside/First": 20}
    assert lines(tmp_path, size=Decimal(3), on=False) == {"Alone": 1}


def test_a_line_keeps_its_own_place_for_messages() -> None:
    written = yaml("[{name: a}, {when: x, components: [{name: b}, {name: c, when: y}]}]")
    assert list(ungrouped(written, "components")) == [
        ({"name": "a"}, "components[0]"),
        ({"when": "x", "name": "b"}, "components[1].components[0]"),
        ({"when": "(x) and (y)", "name": "c"}, "components[1].components[1]"),
    ]
