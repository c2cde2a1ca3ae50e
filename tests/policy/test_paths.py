"""Where an attribute path leads, and by which concrete path."""

from typing import Any

import pytest

from finops_gate.errors import ConfigurationError
from finops_gate.model import Unknown
from finops_gate.policy.paths import parse_path, select

VOLUME = {"root": [{"type": "gp2"}, {"type": "gp3"}], "none": [], "name": "x", "labels": {"a.b/c": "v"}}
NOT_KNOWN = Unknown("var.x has no value")


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("name", [("name", "x")]),
        ("root[*].type", [("root[0].type", "gp2"), ("root[1].type", "gp3")]),
        ("root.type", [("root[0].type", "gp2"), ("root[1].type", "gp3")]),
        ("root[1].type", [("root[1].type", "gp3")]),
        ("root[7].type", [("root[7].type", None)]),
        ("none[*].type", []),
        ("none.type", [("none.type", None)]),
        ("absent[*].type", []),
        ("absent.deeper.still", [("absent.deeper.still", None)]),
        ("name.deeper", [("name.deeper", None)]),
        ('labels["a.b/c"]', [('labels["a.b/c"]', "v")]),
    ],
)
def test_a_path_leads_to_every_element(path: str, found: list[tuple[str, Any]]) -> None:
    assert list(select(VOLUME, parse_path(path))) == found


def test_a_path_stops_at_what_is_not_known() -> None:
    assert list(select({"a": NOT_KNOWN}, parse_path("a[*].b"))) == [("a", NOT_KNOWN)]


@pytest.mark.parametrize("path", ["", "a..b", ".a", "[*]", "a[", "a[x]", "a b", "a.", "1a"])
def test_what_is_no_path_is_refused(path: str) -> None:
    with pytest.raises(ConfigurationError):
        parse_path(path)
