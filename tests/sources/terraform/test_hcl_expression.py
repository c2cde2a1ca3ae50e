"""The shape of expressions, and that every node knows its place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from finops_gate.sources.terraform import hcl
from finops_gate.sources.terraform.syntax import (
    Binary,
    Call,
    Conditional,
    ForObject,
    ForTuple,
    GetAttr,
    Index,
    Literal,
    Node,
    ObjectNode,
    Parentheses,
    Splat,
    SplatItem,
    Template,
    TupleNode,
    Unary,
    Variable,
)


def shape(node: Any) -> Any:
    """A tree as nested lists, in prefix notation."""
    show = {
        Literal: lambda n: n.value if isinstance(n.value, str | bool | None) else int(n.value),
        Template: lambda n: ["str", *map(shape, n.parts)],
        Variable: lambda n: ["var", n.name],
        GetAttr: lambda n: [".", shape(n.base), n.name],
        Index: lambda n: ["[]", shape(n.base), shape(n.key)],
        Splat: lambda n: ["[*]" if n.full else ".*", shape(n.base), shape(n.rest)],
        SplatItem: lambda n: "item",
        Call: lambda n: ["call" + "..." * n.expand, n.name, *map(shape, n.arguments)],
        TupleNode: lambda n: ["tuple", *map(shape, n.items)],
        ObjectNode: lambda n: ["object", *[[shape(key), shape(value)] for key, value in n.items]],
        Conditional: lambda n: ["?", shape(n.condition), shape(n.then), shape(n.otherwise)],
        Binary: lambda n: [n.operator, shape(n.left), shape(n.right)],
        Unary: lambda n: [n.operator, shape(n.operand)],
        Parentheses: lambda n: ["()", shape(n.inner)],
        ForTuple: lambda n: ["for", n.key_name, n.value_name, *map(shape, (n.collection, n.value, n.condition))],
        ForObject: lambda n: [
            "for..." if n.grouping else "for", n.key_name, n.value_name,
            *map(shape, (n.collection, n.key, n.value, n.condition)),
        ],
        str: lambda n: n,
        type(None): lambda n: None,
    }  # fmt: skip
    return show[type(node)](node)


A, B, C, D = (["var", name] for name in "abcd")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a + b * c - d", ["-", ["+", A, ["*", B, C]], D]),
        ("a - b - c", ["-", ["-", A, B], C]),
        ("a || b && c == d", ["||", A, ["&&", B, ["==", C, D]]]),
        ("a && b || c && d", ["||", ["&&", A, B], ["&&", C, D]]),
        ("a == b != c", ["!=", ["==", A, B], C]),
        ("a < b == c >= d", ["==", ["<", A, B], [">=", C, D]]),
        ("a % b / c", ["/", ["%", A, B], C]),
        ("-a + !b", ["+", ["-", A], ["!", B]]),
        ("- -a", ["-", ["-", A]]),
        ("!a.b[0]", ["!", ["[]", [".", A, "b"], 0]]),
        ("10-20", ["-", 10, 20]),
        ("(a + b) * c", ["*", ["()", ["+", A, B]], C]),
        ("a ? b : c ? d : 1", ["?", A, B, ["?", C, D, 1]]),
        ("a ? b ? 1 : 2 : c", ["?", A, ["?", B, 1, 2], C]),
        ("a || b ? c : d", ["?", ["||", A, B], C, D]),
        ("true.x", [".", True, "x"]),
        ("null", None),
        ("a-b.c", [".", ["var", "a-b"], "c"]),
        ("a.0.b", [".", ["[]", A, 0], "b"]),
        ('a["x"]', ["[]", A, ["str", "x"]]),
        ("a[b + 1].c", [".", ["[]", A, ["+", B, 1]], "c"]),
        ("a.*.b.c", [".*", A, [".", [".", "item", "b"], "c"]]),
        ("a.*.b[0]", ["[]", [".*", A, [".", "item", "b"]], 0]),
        ("a.*.0.b", [".*", A, [".", ["[]", "item", 0], "b"]]),
        ("a[*].b[0]", ["[*]", A, ["[]", [".", "item", "b"], 0]]),
        ("a[*].b[*].c", ["[*]", A, ["[*]", [".", "item", "b"], [".", "item", "c"]]]),
        ("f()", ["call", "f"]),
        ("f(a, [b]...)", ["call...", "f", A, ["tuple", B]]),
        ("core::f(a,)", ["call", "core::f", A]),
        ("f(a).b", [".", ["call", "f", A], "b"]),
        ("[a, 1, [], \"b\"]", ["tuple", A, 1, ["tuple"], ["str", "b"]]),
        ("{a = 1, b : c\nd = f(\n)\n}", ["object", ["a", 1], ["b", C], ["d", ["call", "f"]]]),
        ('{"a" = 1, (b) = 2, 3 = 4, true = 5}', ["object", [["str", "a"], 1], [["()", B], 2], [3, 4], ["true", 5]]),
        ('{"a-${b}" = 1}', ["object", [["str", "a-", B], 1]]),
        ("[for a in b : a.c if d]", ["for", None, "a", B, [".", A, "c"], D]),
        ("[for a, b in c : b]", ["for", "a", "b", C, B, None]),
        ("{for a, b in c : b => a... if d}", ["for...", "a", "b", C, B, A, D]),
        ("{for a in b : a => [for c in a : c]}", ["for", None, "a", B, A, ["for", None, "c", A, C, None], None]),
        ('"a${b}c"', ["str", "a", B, "c"]),
        ("/* x */ a # y\n + b // z", ["+", A, B]),
    ],
)  # fmt: skip
def test_the_shape_of_an_expression(text: str, expected: Any) -> None:
    node, problems = hcl.parse_expression(text)
    assert [problem.message for problem in problems] == []
    assert shape(node) == expected


def below(node: Any) -> list[Node]:
    """All nodes of a tree but those that only a splat has."""
    if isinstance(node, list | tuple):
        return [found for item in node for found in below(item)]
    if not isinstance(node, Node) or isinstance(node, Splat):
        return []
    slots = [slot for kind in type(node).__mro__ for slot in getattr(kind, "__slots__", ())]
    return [node] + [found for slot in slots for found in below(getattr(node, slot))]


PLACES = """f( a.b.c , "x${ g(1) }y", [ 1 , { k = -h[0] , "l" : (m + n) } ]... ) ? # why
  [ for p , q in r : q . s [ t ] if ! u ] : { for v in w.0.x : v => "z"... }"""


def test_the_text_at_a_node_reads_as_that_node() -> None:
    node, _ = hcl.parse_expression(PLACES)
    nodes = [found for found in below(node) if not (isinstance(found, Literal) and isinstance(found.value, str))]
    kinds = {Call, Template, TupleNode, ObjectNode, Unary, Index, Parentheses, Binary, Conditional, ForTuple, ForObject}
    assert kinds < {type(found) for found in nodes}
    for found in nodes:
        again, problems = hcl.parse_expression(PLACES[found.start : found.end])
        assert not problems
        assert shape(again) == shape(found)


def test_the_places_of_a_traversal() -> None:
    text = "  aws_instance.web[0] . tags"
    node, _ = hcl.parse_expression(text)
    places = []
    while not isinstance(node, Variable):
        places.append(text[node.start : node.end])
        assert isinstance(node, GetAttr | Index)
        node = node.base
    assert places == ["aws_instance.web[0] . tags", "aws_instance.web[0]", "aws_instance.web"]


def test_every_expression_of_the_oracle_is_read(shared: Path) -> None:
    """What terraform or its authors' own tests evaluate is syntax; rows with an error may be refused here."""
    rows = [json.loads(line) for line in (shared / "oracles" / "hcl_expressions.jsonl").read_text().splitlines()]
    for row in rows:
        read = hcl.parse_template if row["kind"] == "template" else hcl.parse_expression
        _, problems = read(row["expr"])
        assert row.get("error") or not problems, row["id"]
