from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from finops_gate.costing.models import shipped
from finops_gate.costing.usage import read_usage
from finops_gate.costing.usage_file import entries, new_text
from finops_gate.model import Resource
from finops_gate.sources.documents import read_documents
from tests.costing.fakes import models, resource, yaml

THING = """
usage:
  requests: per month
  size: {about: KB of one, default: 64}
  kind: {about: which, default: null}
  standard: {gb: GB stored}
  out: {about: GB to each region, by: region}
components: [{name: Requests, unit: one, price: {key: box, component: one}, quantity: usage.requests}]
"""
SETTING = """
usage: {hours: {about: hours, default: 730}}
components: [{name: Hours, unit: hour, price: {key: box, component: one}, quantity: usage.hours}]
"""
WHOLE = """
usage: {own: per month, answered: per month}
parts: [{model: aws_thing, usage: {requests: usage.answered}}]
"""


def of_type(address: str, kind: str) -> Resource:
    return replace(resource(address), type=kind)


def test_every_key_is_a_comment_with_what_it_means(tmp_path: Path) -> None:
    known = models(tmp_path, aws_thing=THING)
    text = new_text(entries([resource("aws_thing.x")], known))
    assert yaml(text)["resource_usage"] == {"aws_thing.x": None}
    assert text.split("resource_usage:\n")[1].splitlines() == [
        "  aws_thing.x:",
        "    # requests: 0  # per month",
        "    # size: 64  # KB of one",
        "    # kind:  # which",
        "    # standard:",
        "    #   gb: 0  # GB stored",
        "    # out: {}  # GB to each region",
    ]


def test_figures_are_those_of_the_medium_profile_and_stand_when_uncommented() -> None:
    """A queue's hundred million requests, by pricing/usage/medium.yaml."""
    found = entries(
        [resource(f"{kind}.x") for kind in ("aws_sqs_queue", "aws_s3_bucket", "aws_dx_connection")], shipped()
    )
    text = re.sub(r"^(    )# ", r"\1", new_text(found), flags=re.MULTILINE)
    usage, notices = read_usage(text, "usage.yml")
    assert notices == ()
    assert usage.exact["aws_sqs_queue.x"]["monthly_requests"] == 100_000_000
    assert usage.exact["aws_s3_bucket.x"]["standard"]["storage_gb"] == 1000


def test_only_what_bills_by_use_has_an_entry(tmp_path: Path) -> None:
    known = models(tmp_path, aws_thing=THING, aws_setting=SETTING, aws_free="by_itself: free\nusage: {n: per month}")
    there = [resource(f"{kind}.x") for kind in ("aws_thing", "aws_setting", "aws_free", "aws_unheard_of")]
    assert [e.address for e in entries(there, known)] == ["aws_thing.x"]


def test_instances_share_an_entry(tmp_path: Path) -> None:
    known = models(tmp_path, aws_thing=THING)
    addresses = (
        "aws_thing.one[0]",
        'aws_thing.many["a"]',
        'aws_thing.many["b"]',
        "module.m[0].aws_thing.x",
        "module.m[1].aws_thing.x",
    )
    found = entries([of_type(a, "aws_thing") for a in addresses], known)
    assert [(e.address, len(e.resources)) for e in found] == [
        ("aws_thing.many[*]", 2),
        ("aws_thing.one[0]", 1),
        ("module.m[*].aws_thing.x", 2),
    ]


def test_keys_of_parts_that_the_whole_answers_for_are_not_asked_for(tmp_path: Path) -> None:
    known = models(tmp_path, aws_thing=THING, aws_whole=WHOLE)
    (entry,) = entries([resource("aws_whole.x")], known)
    assert list(entry.keys) == ["own", "answered", "size", "kind", "standard", "out"]


@pytest.mark.parametrize("key", ["a.b", "it's", 'say "x"', "a: b # c", "zwei\nZeilen", "\u2028", "*"])
def test_any_key_of_a_for_each_is_read_back(tmp_path: Path, key: str) -> None:
    address = f'aws_thing.x["{key}"]'
    text = new_text(entries([of_type(address, "aws_thing")], models(tmp_path, aws_thing=THING)))
    (document,) = read_documents(text, "usage.yml")
    assert document.notices == ()
    assert list(document.value["resource_usage"]) == [address]
