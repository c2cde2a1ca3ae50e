"""Files as a whole: their blocks, what is left of a broken one, and what a hostile one can do (nothing)."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finops_gate.sources.terraform import hcl
from finops_gate.sources.terraform.syntax import Block, Body, Source, Template

CONFIGURATION = """\
\ufeff# A service.
resource "aws_instance" web {
  ami = "ami-1" # pinned
  tags = {
    Name = "web"
  }
  root_block_device { volume_size = 10 }

  dynamic "ebs_block_device" {
    for_each = []
    content {}
  }
}
region = "eu-west-1"
"""


def names(body: Body) -> list[str]:
    """What a body holds: attributes, and blocks with their labels and, in brackets, their content."""
    blocks = [" ".join([b.type, *b.labels]) + f"[{', '.join(names(b.body))}]" for b in body.blocks]
    return [*body.attributes, *blocks]


def messages(source: Source) -> list[tuple[int, str]]:
    return [(source.position(problem.start)[0], problem.message) for problem in source.problems]


def test_attributes_and_blocks_in_order() -> None:
    source = hcl.parse(CONFIGURATION)
    assert messages(source) == []
    assert names(source.body) == [
        "region",
        "resource aws_instance web[ami, tags, root_block_device[volume_size], "
        "dynamic ebs_block_device[for_each, content[]]]",
    ]


def test_places_of_attributes_and_blocks() -> None:
    source = hcl.parse(CONFIGURATION)
    block = source.body.blocks[0]
    ami = block.body.attributes["ami"]
    inner = block.body.blocks[0]
    text = source.text
    assert text[block.start : block.header_end] == 'resource "aws_instance" web '
    assert text[block.start : block.end].endswith("content {}\n  }\n}")
    assert text[inner.start : inner.end] == "root_block_device { volume_size = 10 }"
    assert text[block.body.start : block.body.start + 1] == "{"
    assert text[ami.start : ami.end] == 'ami = "ami-1"'
    assert text[ami.value.start : ami.value.end] == '"ami-1"'
    assert str(source.span("main.tf", ami.value.start, ami.value.end)).startswith("main.tf:3:9")


def test_the_last_of_two_equal_attributes_counts() -> None:
    source = hcl.parse('a = "x"\na = "y"\n')
    assert messages(source) == [(2, "attribute `a` is set more than once")]
    value = source.body.attributes["a"].value
    assert isinstance(value, Template)
    assert value.parts == ["y"]


GOOD = 'resource "a" "good" {\n  x = 1\n}\n'


@pytest.mark.parametrize(
    ("bad", "problem", "kept"),
    [
        ('resource "a" "b" {\n  x = [1,\n}\n', (3, "expected an expression, found `}`"), ["resource a b[x]"]),
        ('resource "a" "b" {\n  x = 1\n  y = "open\n}\n',
         (3, 'expected `"` to end the string, found the end of the line'), ["resource a b[x, y]"]),
        ('resource "a" "b" {\n  x = 1\n', (1, "this block has no closing `}`"), ["resource a b[x]"]),
        ('resource "a" "b" {\n  c {\n    x = 1\n}\n', (1, "this block has no closing `}`"), ["resource a b[c[x]]"]),
        ('resource "a" "b" {\n  x = <<EOT\n  text\n}\n', (2, "this heredoc has no line that is `EOT` alone"),
         ["resource a b[x]"]),
        ('resource "a" "b" {\n  x = "${f(\n}\n', (3, "expected an expression, found `}`"), ["resource a b[x]"]),
        ('resource "a" "b" {\n  x = "\\q"\n}\n',
         (2, '`\\q` is not an escape; the escapes are \\n \\r \\t \\" \\\\ \\uNNNN \\UNNNNNNNN'), ["resource a b[x]"]),
        ('resource "a" "b" {\n  x = 1 }\n',
         (2, "expected the end of the line after the value or the block, found `}`"), ["resource a b[x]"]),
        ('resource "a" "b"\n{\n  x = 1\n}\n',
         (1, "expected `{` on this line, or a label, found the end of the line"), []),
        ("}\n", (1, "expected an attribute or a block, found `}`"), []),
        ("x =\n", (1, "expected an expression, found the end of the line"), ["x"]),
        ("x = (\n", (2, 'expected `)` to close the `(`, found a string'), ["x"]),
    ],
)  # fmt: skip
def test_one_bad_block_does_not_hide_the_others(bad: str, problem: tuple[int, str], kept: list[str]) -> None:
    good = "resource a good[x]"
    assert (messages(hcl.parse(bad + GOOD)), names(hcl.parse(bad + GOOD).body)) == ([problem], [*kept, good])
    after = hcl.parse(GOOD + bad + GOOD)
    assert [message for _, message in messages(after)] == [problem[1]]
    assert sorted(names(after.body)) == sorted([good, *kept, good])


def test_a_bad_line_of_variables_does_not_hide_the_others() -> None:
    source = hcl.parse("a = 1\nb = 2 3\nc = [\nd = 4\ne = 5\n")
    assert list(source.body.attributes) == ["a", "b", "c", "d", "e"]
    assert messages(source) == [
        (2, "expected the end of the line after the value or the block, found `3`"),
        (4, "expected `]` or `,` after this element, found `=`"),
    ]


def test_text_of_a_heredoc_is_never_taken_for_a_block() -> None:
    text = 'resource "a" "b" {\n  x = <<EOT\nresource "not" "one" {\n}\nEOT\n'
    assert names(hcl.parse(text + GOOD).body) == ["resource a b[x]", "resource a good[x]"]


def test_an_unclosed_comment_hides_what_it_comments_out() -> None:
    source = hcl.parse(f"{GOOD}/* off\n{GOOD}")
    assert (messages(source), names(source.body)) == ([(4, "this comment has no `*/`")], ["resource a good[x]"])


def test_a_problem_lies_within_the_block_that_it_spoils() -> None:
    source = hcl.parse('resource "a" "b" {\n  x = 1\n  y = \n}\n' + GOOD)
    (problem,) = source.problems
    spoilt = [block for block in source.body.blocks if block.start <= problem.start <= block.end]
    assert [block.labels for block in spoilt] == [["a", "b"]]


NESTED = {
    "parentheses": ("(", "1", ")"),
    "lists": ("[", "1", "]"),
    "objects": ("{a=", "1", "}"),
    "calls": ("f(", "1", ")"),
    "indices": ("a[", "1", "]"),
    "unary": ("!", "a", ""),
    "conditionals": ("a ? b : ", "c", ""),
    "strings": ('"${', "a", '}"'),
    "for": ("[for a in b : ", "a", "]"),
    "splats": ("a", "[*]", ""),
    "directives": ('"%{ if a }', "", ""),
}


@pytest.mark.parametrize("kind", NESTED)
def test_reads_what_is_nested_ninety_deep_and_refuses_a_thousand(kind: str) -> None:
    opening, inner, closing = NESTED[kind]

    def nested(depth: int) -> str:
        if kind == "splats":
            return opening + inner * depth
        if kind == "directives":
            return '"' + "%{ if a }" * depth + "%{ endif }" * depth + '"'
        return opening * depth + inner + closing * depth

    assert hcl.parse(f"x = {nested(90)}\n").problems == []
    for depth in (1000, 100_000):
        assert [p.message for p in hcl.parse(f"x = {nested(depth)}\n").problems] == ["nested more than 100 deep"]
        assert [p.message for p in hcl.parse_expression(nested(depth))[1]] == ["nested more than 100 deep"]


def test_reads_blocks_ninety_deep_and_refuses_a_thousand() -> None:
    assert hcl.parse("b {\n" * 90 + "}\n" * 90).problems == []
    assert messages(hcl.parse("b {\n" * 1000 + "}\n" * 1000)) == [(101, "nested more than 100 deep")]


def test_a_chain_is_not_a_nest() -> None:
    """Terraform reads these, too; a tree this deep on its left is for its walker to take in a loop."""
    for text in ("+".join(["a"] * 2000), ".".join(["a"] * 2000), "a" + "[0]" * 2000):
        assert hcl.parse_expression(text)[1] == []


SIZE = 100_000
HOSTILE = {
    "an unclosed heredoc of blank lines": "x = <<EOT\n" + "\n" * SIZE,
    "heredocs without ends": "".join(f"a {{\n  x = <<E{n}\n}}\n" for n in range(SIZE // 20)),
    "resources with heredocs without ends": "".join(
        f'resource "a" "b" {{\n  x = <<E{n}\n}}\n' for n in range(SIZE // 30)
    ),
    "heredocs that close too late": 'resource "a" "b" {\n  x = [<<E\n' * (SIZE // 30) + "E\n",
    "lists without ends": 'resource "a" "b" {\n  x = [\n' * (SIZE // 30),
    "blocks without ends": 'resource "a" "b" {\n' * (SIZE // 20),
    "words of a heredoc": "x = <<E\n" + "E a\n" * (SIZE // 4) + "E\n",
    "opening quotes": '"' * SIZE,
    "a string without end": 'x = "' + "$a%b" * (SIZE // 4),
    "openings of sequences": 'x = "' + "${" * (SIZE // 2),
    "dollars": 'x = "' + "$" * SIZE + '"\n',
    "comments without ends": "/*" * (SIZE // 2),
    "slashes and stars": "x = " + "/ *" * (SIZE // 3),
    "comments": "# a = 1\n" * (SIZE // 8),
    "short comments": "/**/" * (SIZE // 4) + "x = 1\n",
    "space": "x = 1" + " " * SIZE + "y\n" + "\n" * SIZE + " " * SIZE + "!",
    "space in a list": "x = [a" + " " * SIZE + "b]\n",
    "labels": "x" + ' "a"' * (SIZE // 4) + "\n",
    "names": "x = " + "a." * (SIZE // 2) + "\n",
    "carriage returns": "x = (\r\n" + "\r\n" * (SIZE // 2) + "1)\r\n",
    "a number": "x = " + "1." * (SIZE // 2) + "\n",
    "a long number": "x = " + "1" * SIZE + "\n",
    "a huge number": "x = 1e999999999\n" * 100,
    "bad escapes": 'x = "' + "\\q" * (SIZE // 2) + '"\n',
    "foreign letters": "x = " + "\u00e9\u0301\u2028" * (SIZE // 3) + "\n",
    "headers": 'resource "a" "b" ' * (SIZE // 17) + "\n",
    "stray brackets": "}\n" * (SIZE // 2),
    "ends of directives before a nest": 'x = "' + "%{ endif }" * 2000 + "${" + "(" * 2000 + '"\n',
    "ends of directives before a nest in a heredoc": "x = <<E\n" + "%{ endif }" * 2000 + "${" + "(" * 2000 + "\nE\n",
    "directives": 'x = "' + "%{ else }" * (SIZE // 9) + '"\n',
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_text_takes_no_longer_than_other_text(kind: str) -> None:
    """100 kB in a second where honest text takes 20 ms: room for a slow machine, none for a square."""
    hcl.parse(HOSTILE[kind])


FRAGMENTS = st.sampled_from(
    ['"', "${", "%{", "}", "{", "[", "]", "(", ")", "\n", "\r\n", " ", "a", "b.c", "for", "in", "if", "endif", "=",
     "=>", ":", "::", "?", ",", ".", "...", "*", "[*]", "-", "!", "&&", "==", "1", "1.5", "<<E\n", "<<-E\n", "\nE\n",
     "~", "#", "//", "/*", "*/", "\\", "\\u00e9", "$", "%", "\u00e9", "\u00a0", 'resource "a" "b" {\n', "x = 1\n",
     "\t", "true"]
)  # fmt: skip


@given(st.lists(FRAGMENTS, max_size=40).map("".join))
def test_no_text_raises_and_every_problem_has_its_place(text: str) -> None:
    for problems in (hcl.parse(text).problems, hcl.parse_expression(text)[1], hcl.parse_template(text)[1]):
        for problem in problems:
            assert problem.message
            assert 0 <= problem.start <= problem.end <= len(text)


@given(st.text(max_size=200))
def test_nor_does_any_other(text: str) -> None:
    hcl.parse(text)
    hcl.parse_template(text)


def walk(body: Body) -> list[Block]:
    return [found for block in body.blocks for found in (block, *walk(block.body))]


def test_reads_every_conformance_file_without_a_problem(shared: Path) -> None:
    files = sorted((shared / "conformance").rglob("*.tf"))
    assert len(files) > 100
    for file in files:
        source = hcl.parse(file.read_text(encoding="utf-8-sig"))
        assert messages(source) == [], file
        for block in walk(source.body):
            assert source.text[block.header_end] == "{"
            assert source.text[block.end - 1] == "}"
