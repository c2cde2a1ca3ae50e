from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from finops_gate.costing.usage_file import Entry, entries, new_text
from finops_gate.costing.usage_update import updated
from finops_gate.errors import ConfigurationError
from tests.costing.fakes import models, resource, yaml

THING = """
usage: {a: first, b: second, group: {a: inner}}
components: [{name: A, unit: one, price: {key: box, component: one}, quantity: usage.a}]
"""
FILE = """# ours, by hand
version: 0.1
resource_usage:
  aws_thing.x:
    b: 5   # measured
    # group:
    #   a: 0

  aws_thing.one_line: {a: 1}
  aws_thing.many[*]:
    a: 2
# what holds for all
resource_type_default_usage:
  aws_thing: {a: 7}
"""


def found(tmp_path: Path, *addresses: str) -> list[Entry]:
    there = [replace(resource(a), type="aws_thing") for a in addresses]
    return entries(there, models(tmp_path, aws_thing=THING))


def test_adds_keys_and_addresses_and_keeps_every_character(tmp_path: Path) -> None:
    result = updated(FILE, "usage.yml", found(tmp_path, "aws_thing.x", "aws_thing.one_line", "aws_thing.new"))
    assert (result.addresses, result.completed) == (1, 1)
    assert result.text == (
        """# ours, by hand
version: 0.1
resource_usage:
  aws_thing.x:
    b: 5   # measured
    # group:
    #   a: 0
    # a: 0  # first

  aws_thing.one_line: {a: 1}
  aws_thing.many[*]:
    a: 2
  aws_thing.new:
    # a: 0  # first
    # b: 0  # second
    # group:
    #   a: 0  # inner
# what holds for all
resource_type_default_usage:
  aws_thing: {a: 7}
"""
    )


def test_what_it_wrote_lacks_nothing(tmp_path: Path) -> None:
    all_of_them = found(tmp_path, "aws_thing.x", "aws_thing.new")
    once = updated(FILE, "usage.yml", all_of_them).text
    again = updated(once, "usage.yml", all_of_them)
    assert (again.text, again.addresses, again.completed) == (once, 0, 0)
    fresh = new_text(all_of_them)
    assert updated(fresh, "usage.yml", all_of_them).text == fresh


def test_wildcard_covers_its_instances(tmp_path: Path) -> None:
    text = "resource_usage:\n  aws_thing.many[*]: {a: 1}\n  aws_thing.few[0]: {a: 1}\n"
    there = found(tmp_path, "aws_thing.many[0]", "aws_thing.few[0]", "aws_thing.few[1]")
    result = updated(text, "usage.yml", there)
    assert list(yaml(result.text)["resource_usage"]) == ["aws_thing.many[*]", "aws_thing.few[0]", "aws_thing.few[*]"]


@pytest.mark.parametrize(
    "text",
    ["", "version: 0.1\n", "version: 0.1", "resource_usage:\n", "resource_usage:  # none yet\n", "# nothing\n"],
)
def test_file_without_the_section_gets_one(tmp_path: Path, text: str) -> None:
    result = updated(text, "usage.yml", found(tmp_path, "aws_thing.x"))
    assert result.text.startswith(text)
    assert yaml(result.text)["resource_usage"] == {"aws_thing.x": None}


def test_indentation_and_line_ends_are_those_of_the_file(tmp_path: Path) -> None:
    text = "resource_usage:\r\n    aws_thing.x: {a: 1}\r\n"
    result = updated(text, "usage.yml", found(tmp_path, "aws_thing.x", "aws_thing.new"))
    assert "\r\n    aws_thing.new:\r\n      # a: 0  # first\r\n" in result.text
    assert result.text.count("\n") == result.text.count("\r\n")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("resource_usage: {aws_thing.y: {a: 1}}\n", "cannot be added to: write it as a block"),
        ("- a list\n", "is no usage file"),
        ("resource_usage: [\n", "not valid YAML"),
        # A text of several lines, in which there is no place for a comment.
        ("resource_usage:\n  aws_thing.x:\n    b: |\n      text\n      more\n", ""),
    ],
)
def test_refuses_what_it_cannot_add_to(tmp_path: Path, text: str, message: str) -> None:
    if not message:
        result = updated(text, "usage.yml", found(tmp_path, "aws_thing.x"))
        assert yaml(result.text)["resource_usage"]["aws_thing.x"]["b"] == "text\nmore\n"
        return
    with pytest.raises(ConfigurationError, match=message):
        updated(text, "usage.yml", found(tmp_path, "aws_thing.x"))
