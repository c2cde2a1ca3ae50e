from __future__ import annotations

import contextlib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finops_gate.errors import ExpressionError
from finops_gate.expression import compile_expression
from finops_gate.model import UNBOUNDED, Range, Unknown

U = Unknown("var.x has no value")

SCOPE = {
    "a": Decimal(6),
    "b": Decimal(4),
    "text": "m5.large",
    "ten": "10",
    "nothing": None,
    "yes": True,
    "u": U,
    "either": Unknown("var.env has no value", choices=(Decimal(1), Decimal(2))),
    "replicas": Range(Decimal(1), Decimal(3), UNBOUNDED),
    "blocks": [{"size": Decimal(8), "kind": "gp2"}, {"size": Decimal(20), "kind": "gp3"}],
    "tags": {"team": "payments"},
}

CASES = [
    ("a + b * 2", Decimal(14)),
    ("0.1 + 0.2", Decimal("0.3")),
    ("20_000 / 8", Decimal(2500)),
    ("a / 0", Unknown),
    ("2 ** 1000000", Unknown),
    ("ten * 2", Decimal(20)),
    ("ten == 10 and yes == 'true'", True),
    ("text == 'm5.large' if yes else false", True),
    ("'m5' in text", True),
    ("text in ['m5.large', 'm5.xlarge']", True),
    ("[text] in tags or 'team' in tags", True),
    ("1 < b <= 4 != 5", True),
    ("nothing > 3", False),
    ("nothing == null", True),
    ("nothing + 1", Unknown),
    ("nothing.deep.path", None),
    ("u and false", False),
    ("u or true", True),
    ("not u", Unknown),
    ("u == u", Unknown),
    ("either > 0", True),
    ("either * 0", Decimal(0)),
    ("either > 1", Unknown),
    ("7 if u else 7", Decimal(7)),
    ("replicas * 2", Decimal(6)),
    ("replicas.floor", Decimal(1)),
    ("replicas.ceiling - 5", UNBOUNDED),
    ("blocks.size", [Decimal(8), Decimal(20)]),
    ("blocks[1].kind", "gp3"),
    ("blocks[-3].kind", None),
    ("sum(blocks.size)", Decimal(28)),
    ("sum(blocks, size * 2)", Decimal(56)),
    ("any(blocks, kind == 'gp2')", True),
    ("all(blocks, it.size > 8)", False),
    ("count(blocks, size >= a)", Decimal(2)),
    ("filter(blocks, size > 8)[0].kind", "gp3"),
    ("map(blocks, kind + '!')", ["gp2!", "gp3!"]),
    ("any(nothing, it)", False),
    ("any(u, it)", Unknown),
    ("any([[1], [2, 3]], length(it) == 2 and any(it, it == 3))", True),
    ("coalesce(nothing, 8)", Decimal(8)),
    ("coalesce(u, 8)", Unknown),
    ("if_known(u, 8)", Decimal(8)),
    ("is_known(u)", False),
    ("present(nothing)", False),
    ("present(tags.team)", True),
    ("tags['team']", "payments"),
    ("lookup(tags, 'owner', 'nobody')", "nobody"),
    ("max(a, b, 5)", Decimal(6)),
    ("min(blocks.size)", Decimal(8)),
    ("ceil(a / b)", Decimal(2)),
    ("round(2.345, 2)", Decimal("2.35")),
    ("length(text) + length(blocks) + length(nothing)", Decimal(10)),
    ("matches(text, 'm5.*', 'c5.*')", True),
    ("split('.', text)[0]", "m5"),
    ("parse_json('[1, {\"a\": 0.1}]')[1].a", Decimal("0.1")),
    ("-a", Decimal(-6)),
]


@pytest.mark.parametrize(("source", "expected"), CASES, ids=[c[0] for c in CASES])
def test_evaluates(source: str, expected: object) -> None:
    found = compile_expression(source, names=SCOPE).evaluate(SCOPE)
    if expected is Unknown:
        assert isinstance(found, Unknown)
    else:
        assert found == expected
        assert type(found) is type(expected)


def test_a_range_yields_the_bound_of_the_pass() -> None:
    expression = compile_expression("replicas * 2")
    assert [expression.evaluate(SCOPE, b) for b in ("floor", "expected", "ceiling")] == [2, 6, UNBOUNDED]  # type: ignore[arg-type]


def test_an_unknown_keeps_its_reason_and_a_finite_unknown_its_choices() -> None:
    assert compile_expression("u * 2").evaluate(SCOPE).reason == "var.x has no value"
    assert compile_expression("either * 10").evaluate(SCOPE).choices == (10, 20)


REFUSED = [
    ("instnace_type == 1", "did you mean `instance_type`"),
    ("lenght(instance_type)", "did you mean `length`"),
    ("instance_type ==", "invalid syntax"),
    ("instance_type is null", "write =="),
    ("(lambda: 1)()", "only the functions"),
    ("instance_type.upper()", "only the functions"),
    ("[x for x in instance_type]", "ListComp is not part"),
    ("length(1, 2)", "takes 1 arguments, not 2"),
    ("1" + "+1" * 600, "longer than"),
    ("(" * 300 + "1" + ")" * 300, "too many nested"),
    ("-" * 200 + "1", "nested"),
    ("0x10", "not a decimal"),
    ("1j", "not part"),
    ("b'x'", "not part"),
]


@pytest.mark.parametrize(("source", "message"), REFUSED, ids=[r[0][:30] for r in REFUSED])
def test_refuses(source: str, message: str) -> None:
    with pytest.raises(ExpressionError, match=message):
        compile_expression(source, names=["instance_type"])


def test_reaches_nothing_of_python() -> None:
    assert compile_expression("text.__class__").evaluate(SCOPE) is None


def test_says_which_paths_it_uses() -> None:
    expression = compile_expression("usage.requests * tags['team'] + blocks[0].size")
    assert set(expression.paths) == {"usage.requests", "tags.team", "blocks[0].size"}
    assert expression.names == {"usage", "tags", "blocks"}


@given(st.text(max_size=40))
def test_never_raises_anything_else(source: str) -> None:
    with contextlib.suppress(ExpressionError):
        compile_expression(source).evaluate(SCOPE)


leaves = st.sampled_from(["a", "b", "u", "nothing", "text", "either", "replicas", "blocks", "1", "0", "'x'", "true"])
trees = st.recursive(
    leaves,
    lambda inner: st.builds(
        lambda op, x, y: f"({x} {op} {y})",
        st.sampled_from(["+", "-", "*", "/", "%", "==", "<", "in", "and", "or", "if u else"]),
        inner,
        inner,
    ),
    max_leaves=8,
)


@given(trees, st.sampled_from(["floor", "expected", "ceiling"]))
def test_evaluation_never_raises(source: str, bound: str) -> None:
    compile_expression(source).evaluate(SCOPE, bound)  # type: ignore[arg-type]
