"""Two readers, one tree: ours and python-hcl2's are held against each other, offsets included.

Both take heredocs and escapes from `hcl_strings.py` and `template.py`, so those rest on Terraform's own verdicts
and values (`test_hcl_verdicts.py`, `test_hcl_strings.py`).
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from finops_gate.sources.terraform import hcl
from finops_gate.sources.terraform.reference import MAX_CHARACTERS, second_opinion
from finops_gate.sources.terraform.syntax import Node

SNIPPETS = sorted((Path(__file__).parent / "data" / "snippets").glob("*.tf"))


def tree(node: Any) -> Any:
    """A tree with all that is in it, to be compared."""
    if isinstance(node, Node):
        slots = [slot for kind in type(node).__mro__ for slot in getattr(kind, "__slots__", ())]
        return (type(node).__name__, *[(slot, tree(getattr(node, slot))) for slot in slots])
    if isinstance(node, list | tuple):
        return [tree(item) for item in node]
    if isinstance(node, dict):
        return [(key, tree(value)) for key, value in node.items()]
    return node


def agree(text: str) -> bool:
    ours, theirs = hcl.parse(text), second_opinion(text)
    assert not ours.problems
    return theirs is not None and tree(theirs) == tree(ours.body)


def test_both_readers_agree_on_every_conformance_file(shared: Path) -> None:
    files = sorted((shared / "conformance").rglob("*.tf"))
    assert len(files) > 100
    differing = [file for file in files if not agree(file.read_text(encoding="utf-8-sig"))]
    assert differing == []


@pytest.mark.parametrize("file", SNIPPETS, ids=lambda file: file.stem)
def test_both_readers_agree_on_every_snippet(file: Path) -> None:
    assert agree(file.read_text())


# What Terraform reads and python-hcl2 does not; each goes once python-hcl2 can read it.
REFUSED_BY_THEM = {
    "x = - - 1\n": "a sign cannot follow a sign",
    "x = length(x)-10\n": "`-10` after an operand is taken for a negative number",
    "x = (a\n.b)\n": "a line cannot end before a dot, even in parentheses",
    "x = {for a in b : a\n => a}\n": "a line cannot end before `=>`",
    'x = "${~ a ~}"\n': "an interpolation has no strip markers",
    'x = "${\n a\n}"\n': "a line cannot end within an interpolation",
    "x = /* c */ 1\n": "a comment cannot stand between `=` and the value",
    'b /* a */ "c" {}\n': "a comment cannot stand between labels",
    "\u00e9 = 1\n": "names are ASCII",
    "\ufeffx = 1\n": "a byte order mark is not skipped",
    "x = <<A\nfoo\nA  \n": "the end of a heredoc has no space after it",
    'x = "$${"\n': "an escaped sequence has to be closed",
    "x = core::f(a)\n": "a function in a namespace has three names",
}


@pytest.mark.parametrize("text", REFUSED_BY_THEM)
def test_the_known_differences_are_still_there(text: str) -> None:
    assert hcl.parse(text).problems == []
    assert second_opinion(text) is None


@pytest.mark.parametrize(
    ("text", "same_as"),
    [
        ("x = 1 y = 2\n", "x = 1\ny = 2\n"),
        ("b {\n x = 1 }\n", "b {\n x = 1\n}\n"),
        ("b\n{\n x = 1\n}\n", "b {\n x = 1\n}\n"),
        ("b { c {} }\n", "b {\n c {}\n}\n"),
        ('x = {"a" = 1 "b" = 2}\n', 'x = {"a" = 1, "b" = 2}\n'),
        ("x = a\n? b : c\n", "x = a ? b : c\n"),
        ('x = "a\nb"\n', 'x = "a\\nb"\n'),
        ('x = <<E\necho ${V:-1}\nE\n', 'x = <<E\necho $${V:-1}\nE\n'),
    ],
)  # fmt: skip
def test_reads_leniently_what_terraform_refuses(text: str, same_as: str) -> None:
    assert hcl.parse(text).problems
    lenient = second_opinion(text)
    assert lenient is not None
    assert shape(lenient) == shape(hcl.parse(same_as).body)


def shape(node: Any) -> Any:
    """A tree without its places."""
    if isinstance(node, Node):
        slots = [slot for kind in type(node).__mro__ for slot in getattr(kind, "__slots__", ())]
        return (
            type(node).__name__,
            *[shape(getattr(node, s)) for s in slots if s not in ("start", "end", "header_end")],
        )
    if isinstance(node, list | tuple):
        return [shape(item) for item in node]
    if isinstance(node, dict):
        return [(key, shape(value)) for key, value in node.items()]
    return node


@pytest.mark.parametrize(
    "text",
    [
        "x = = 1\n",
        'x = "$${a ${b} }" y = 1\n',
        "x = 1e99999999 y = 1\n",
        "x = <<EOT\n" + "\n" * 100_000,
        "x = <<EOT\n" + "\n" * 100_000 + "EOT\n",
        "x = <<EOT\n" + " " * 100_000 + "\nEOT\n",
        "x = " + "(" * 5000 + "1" + ")" * 5000 + "\n",
        "x = " + "!" * 5000 + "1\n",
        "b {\n" * 200 + "}\n" * 200,
        "x = " + "1+" * 5000 + "1\n",
        "x = 1\n" * (MAX_CHARACTERS // 6 + 1),
    ],
    ids=range(11),
)
def test_has_no_opinion_on_nonsense_nor_on_what_would_take_too_long(text: str) -> None:
    assert second_opinion(text) is None


def test_python_hcl2_is_loaded_only_for_a_second_opinion() -> None:
    code = "import sys; from finops_gate.sources.terraform import hcl, reference; sys.exit('hcl2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


NAMES = st.sampled_from(["a", "b_1", "some-name", "var", "each"])
WORDS = st.one_of(
    st.sampled_from(
        ["true", "false", "null", '""', '"text"', '"a ${b.c} d"', '"${a}"', '"$${a} %"', '"\\"\\n\\u00e9"']
    ),
    st.integers(0, 10**12).map(str),
    st.decimals(0, 1000, places=2).map(str),
    NAMES,
)
OPERATORS = st.sampled_from(["+", "*", "/", "%", "==", "!=", "<", "<=", "&&", "||"])


def grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Larger expressions of smaller ones, in the syntax that both readers know."""
    closed = inner.map(lambda text: f"({text})")
    some = st.lists(inner, max_size=3)
    pairs = st.lists(st.tuples(NAMES, inner), max_size=3)
    return st.one_of(
        closed,
        closed.map(lambda text: f"!{text}"),
        st.tuples(inner, OPERATORS, inner).map(" ".join),
        st.tuples(closed, inner, inner).map(lambda t: f"{t[0]} ? {t[1]} : {t[2]}"),
        some.map(lambda items: f"[{', '.join(items)}]"),
        some.map(lambda items: "[\n" + "".join(f"  {item},\n" for item in items) + "]"),
        pairs.map(lambda items: "{" + ", ".join(f"{key} = {value}" for key, value in items) + "}"),
        pairs.map(lambda items: "{\n" + "".join(f'  "{key}" : {value} # why\n' for key, value in items) + "}"),
        st.tuples(NAMES, some).map(lambda t: f"{t[0]}({', '.join(t[1])})"),
        st.tuples(NAMES, inner).map(lambda t: f"{t[0]}({t[1]}...)"),
        st.tuples(NAMES, NAMES, inner).map(lambda t: f"{t[0]}.{t[1]}[{t[2]}].0.x"),
        st.tuples(NAMES, NAMES).map(lambda t: f"{t[0]}[*].{t[1]}[0]"),
        st.tuples(NAMES, NAMES).map(lambda t: f"{t[0]}.*.{t[1]}[0].y"),
        st.tuples(NAMES, inner, inner).map(lambda t: f"[for {t[0]} in {t[1]} : {t[2]}]"),
        st.tuples(NAMES, inner, inner, closed).map(
            lambda t: f"{{for k, {t[0]} in {t[1]} : {t[0]} => {t[2]}... if {t[3]}}}"
        ),
    )


EXPRESSIONS = st.recursive(WORDS, grown, max_leaves=8)
ATTRIBUTES = st.tuples(NAMES, EXPRESSIONS).map(lambda t: f"{t[0]} = {t[1]}\n")
HEREDOCS = st.tuples(NAMES, NAMES).map(lambda t: f"{t[0]} = <<-EOT\n    x ${{{t[1]}}}\n  y\n  EOT\n")
BODIES = st.recursive(
    st.lists(st.one_of(ATTRIBUTES, HEREDOCS), max_size=3, unique_by=lambda line: line.split(" ")[0]).map("".join),
    lambda inner: st.tuples(NAMES, inner, inner).map(lambda t: f'{t[0]} "label" {t[0]} {{\n{t[1]}}}\n\n# c\n{t[2]}'),
    max_leaves=4,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(BODIES)
def test_both_readers_agree_on_made_up_text(text: str) -> None:
    ours = hcl.parse(text)
    if all("more than once" in problem.message for problem in ours.problems):
        theirs = second_opinion(text)
        assert theirs is not None
        assert tree(theirs) == tree(ours.body)
    else:
        pytest.fail(ours.problems[0].message)


PIECES = st.sampled_from([*'"${}%[]()=,.:?!-*~\n a1<#/\\', "for ", "in ", "<<E\n", "E\n", "b {\n", "x = "])


@settings(max_examples=60, deadline=None)
@given(st.lists(PIECES).map("".join))
def test_no_text_raises(text: str) -> None:
    second_opinion(text)
