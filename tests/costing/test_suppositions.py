from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finops_gate.costing.models import shipped
from finops_gate.costing.suppositions import HOW, mistake, named_by, parse
from finops_gate.errors import ConfigurationError
from finops_gate.model import Resource
from tests.costing.fakes import models, resource

D = Decimal
MODEL = """
attributes: {size: 1, disks: []}
usage: {requests: per month, gb: {about: GB to each region, by: region}, standard: {gb: GB}}
components: [{name: Requests, unit: one, price: {key: box, component: requests}, quantity: usage.requests}]
"""
ADDRESSES = (
    "aws_thing.x",
    'aws_thing.many["a.b"]',
    'aws_thing.many["c=d"]',
    "module.shop[0].aws_thing.x",
    "aws_other.x",
)


@pytest.mark.parametrize(
    ("written", "path", "value", "factor"),
    [
        ("a.b.c=x100", "a.b.c", None, D(100)),
        ("a.b.c=X0.5", "a.b.c", None, D("0.5")),
        ("a.b.c=1_000_000", "a.b.c", D(1_000_000), None),
        ("a.b.c=1e6", "a.b.c", D(1_000_000), None),
        ("a.b.c = 20", "a.b.c", D(20), None),
        ("a.b.type=m5.large", "a.b.type", "m5.large", None),
        ("a.b.type=x1e.large", "a.b.type", "x1e.large", None),
        ("a.b.on=true", "a.b.on", True, None),
        ('a.b["c=d"].size=2', 'a.b["c=d"].size', D(2), None),
    ],
)
def test_reads_factors_and_values(written: str, path: str, value: object, factor: Decimal | None) -> None:
    found = parse(written)
    assert (found.path, found.value, found.factor) == (path, value, factor)


@pytest.mark.parametrize("written", ["", "x", "a.b.c", "a.b.c=", "=x2", "abc=x2", 'a.b["c=d"]'])
def test_says_how_to_write_it(written: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        parse(written)
    assert HOW in str(raised.value)


def test_refuses_what_no_bill_holds() -> None:
    with pytest.raises(ConfigurationError, match="beyond any sensible size"):
        parse("a.b.c=1e99")


@pytest.mark.parametrize(
    ("path", "addresses", "key"),
    [
        ("aws_thing.x.requests", ["aws_thing.x"], "requests"),
        ("aws_thing.x.standard.gb", ["aws_thing.x"], "standard.gb"),
        ("aws_thing.x.gb.eu_west_1", ["aws_thing.x"], "gb.eu_west_1"),
        ('aws_thing.many["a.b"].requests', ['aws_thing.many["a.b"]'], "requests"),
        ("aws_thing.many[*].standard.gb", ['aws_thing.many["a.b"]', 'aws_thing.many["c=d"]'], "standard.gb"),
        ("*.aws_thing.x.requests", ["module.shop[0].aws_thing.x"], "requests"),
        ("*aws_thing.x.size", ["aws_thing.x", "module.shop[0].aws_thing.x"], "size"),
        ("module.shop[*].aws_thing.?.disks[0].size", ["module.shop[0].aws_thing.x"], "disks[0].size"),
        # Every thing has the key, and the type that no model knows does not.
        ("*.requests", [*ADDRESSES[:4]], "requests"),
    ],
)
def test_finds_resource_and_key_in_one_path(tmp_path: Path, path: str, addresses: list[str], key: str) -> None:
    known = models(tmp_path, aws_thing=MODEL)
    found = named_by(path, [thing(a) for a in ADDRESSES], known)
    assert [(n.resource.address, n.key) for n in found] == [(address, key) for address in addresses]


def thing(address: str) -> Resource:
    return replace(resource(address), type="aws_other" if "other" in address else "aws_thing")


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("aws_thing.y.requests", "no resource has such an address; did you mean `aws_thing.x`?"),
        ("aws_thing.x.reqests", "aws_thing has no usage key or attribute `reqests`; did you mean `requests`?"),
        ("aws_thing.x.standard.gbs", "no usage key or attribute `standard.gbs`; did you mean `standard.gb`?"),
        ("aws_thing.x.siz", "did you mean `size`?"),
        ("aws_thing.x.standard", "no usage key or attribute `standard`"),
        ("nothing.at_all", "no resource has such an address"),
    ],
)
def test_names_the_nearest(tmp_path: Path, path: str, message: str) -> None:
    known = models(tmp_path, aws_thing=MODEL)
    resources = [thing(a) for a in ADDRESSES]
    assert not any(n.key for n in named_by(path, resources, known))
    assert message in mistake(path, resources, known)


@given(st.text(alphabet='aws_thing.x[]*?"=0159xe-\n\u2028', max_size=60))
def test_any_text_is_read_or_refused_in_a_sentence(written: str) -> None:
    try:
        found = parse(written)
    except ConfigurationError:
        return
    assert mistake(found.path, [thing(a) for a in ADDRESSES], shipped())
    named_by(found.path, [thing(a) for a in ADDRESSES], shipped())


def test_no_glob_takes_long() -> None:
    assert named_by("*a" * 40 + "b.key", [resource("a" * 500)], shipped()) == []
    found = named_by("*t*h**g.*x.size", [thing(a) for a in ADDRESSES], shipped())
    assert [n.resource.address for n in found] == ["aws_thing.x", "module.shop[0].aws_thing.x"]
