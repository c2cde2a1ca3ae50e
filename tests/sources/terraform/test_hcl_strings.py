"""What strings are worth: each value is what `terraform console` (1.11.4) printed, and is asked again where it is.

The texts are whole in themselves (no variables), so that both sides can work out their values.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from finops_gate.sources.terraform import hcl
from finops_gate.sources.terraform.syntax import (
    Binary,
    GetAttr,
    Literal,
    Template,
    TemplateFor,
    TemplateIf,
    TupleNode,
    Variable,
)

STRINGS = [
    ('"${"a"}"', "a"),
    ('"a ${~ "b" ~} c"', "abc"),
    ('" ${~ "b"} "', "b "),
    ('"a \\n ${~ "b" ~} \\n c"', "abc"),
    ('"$${a} %%{b} $a %b $$ %% $"', "${a} %{b} $a %b $$ %% $"),
    ('"%${"a"}%"', "%a%"),
    ('"\\u00e9\\U0001F600\\t\\r\\n\\"\\\\"', 'é😀\t\r\n"\\'),
    ('"%{ if true }a%{ else }b%{ endif }"', "a"),
    ('"%{ if false }a%{ endif }"', ""),
    ('"x %{ if true ~} a %{~ endif } y"', "x a y"),
    ('"%{ for v in ["a", "b"] }[${v}]%{ endfor }"', "[a][b]"),
    ('"%{ for k, v in ["a", "b"] ~} ${k}=${v} %{~ endfor }"', "0=a1=b"),
    ('"%{ for v in ["a", "b"] }%{ if v == "a" }A%{ else }${v}%{ endif }%{ endfor }"', "Ab"),
    ('"${"${"a"}"}b"', "ab"),
    ('"${~"a"~}"', "a"),
    ('""', ""),
    ('"\xa0${~ "a" ~}\xa0"', "a"),
    ("<<E\nE\n", ""),
    ("<<E\na\n\nb\nE\n", "a\n\nb\n"),
    ("<<E\n  a\n b\n  E\n", "  a\n b\n"),
    ("<<-E\n    a\n\n      b\n   c\n    E\n", " a\n\n   b\nc\n"),
    ("<<-E\n\t\ta\n\t b\n\tE\n", "a\nb\n"),
    ('<<-E\n  ${"a"}\n    b\n  E\n', "a\n  b\n"),
    ('<<-E\n${"a"}\n    b\n  E\n', "a\n    b\n"),
    ('<<-E\n    a ${"b"}\n  ${"c"} d\n  E\n', "  a b\nc d\n"),
    ('<<E\na \\n $${b} %%{c} \\" "\nE\n', 'a \\n ${b} %{c} \\" "\n'),
    ('<<E\n  ${~ "a" ~}  \n\n b\nE\n', "a\n b\n"),
    ('<<E\na\n\n${~ "b"}\nE\n', "a\nb\n"),
    ("<<E\na  \n  %{~ if true ~}\n  b\n  %{~ endif ~}\n c\nE\n", "a  \n  b\n c\n"),
    ("<<-E\n    %{ if true }\n    a\n    %{ endif }\n    b\n    E\n", "\na\n\nb\n"),
    ('<<-E\n    %{ for v in ["a", "b"] ~}\n      ${v}\n    %{ endfor ~}\n    c\n    E\n', "      a\n      b\n    c\n"),
    ("<<-E\n   \n    a\n  \n    b\n    E\n", "   \na\n  \nb\n"),
    ("<<-E\n    a\n  \t\n    E\n", "a\n  \t\n"),
    ("<<E\r\na\r\nb\r\nE\n", "a\r\nb\r\n"),
    ("<<-E\r\n  a\r\n   b\r\n  E\n", "a\r\n b\r\n"),
    ('<<E\n${"a"}E\nE\n', "aE\n"),
    ("<<E\n${<<F\nf\nF\n}\nE\n", "f\n\n"),
    ("<<-E\n    ${<<-F\n      f\n        g\n      F\n}\n    E\n", "f\n  g\n\n"),
    ("<<E\na$\nb%\nE\n", "a$\nb%\n"),
    ("<<E\na$${\nE\n", "a${\n"),
    ("<<-E\n  a\n\xa0 b\n  E\n", "a\nb\n"),
    ('<<-E\n  ${~ "a"}\n    b\n  E\n', "a\n    b\n"),
    ('<<-E\n    a\n${~ "b" ~}\n    c\n  E\n', "ab    c\n"),
    ('"\\\\${"a"}"', "\\a"),
    ('"$"', "$"),
    ('"$$"', "$$"),
    ('"%"', "%"),
    ('"$${"', "${"),
    ('"a$${b}${"c"}"', "a${b}c"),
]


def value(node: Any, names: dict[str, Any]) -> Any:
    """The value of the few kinds of expression that the strings above have in them."""
    if isinstance(node, str):
        return node
    if isinstance(node, Literal):
        return node.value
    if isinstance(node, Variable):
        return names[node.name]
    if isinstance(node, TupleNode):
        return [value(item, names) for item in node.items]
    if isinstance(node, Binary):
        assert node.operator == "=="
        return value(node.left, names) == value(node.right, names)
    if isinstance(node, TemplateIf):
        return value(node.then if value(node.condition, names) else node.otherwise, names)
    if isinstance(node, TemplateFor):
        rounds = enumerate(value(node.collection, names))
        return "".join(value(node.body, {**names, str(node.key_name): str(k), node.value_name: v}) for k, v in rounds)
    assert isinstance(node, Template)
    return "".join(str(value(part, names)) for part in node.parts)


def setting(text: str) -> str:
    return f"  r = {text}" if text.endswith("\n") else f"  r = {text}\n"


@pytest.mark.parametrize(("text", "expected"), STRINGS)
def test_a_string_is_worth_what_terraform_says(text: str, expected: str) -> None:
    source = hcl.parse(setting(text))
    assert [problem.message for problem in source.problems] == []
    assert value(source.body.attributes["r"].value, {}) == expected


def test_terraform_gives_the_same_values(tmp_path: Path) -> None:
    terraform = shutil.which("terraform")
    if terraform is None:
        pytest.skip("no terraform on the PATH")
    settings = "".join(setting(text).replace("  r =", f"  r{n} =", 1) for n, (text, _) in enumerate(STRINGS))
    (tmp_path / "main.tf").write_bytes(f"locals {{\n{settings}}}\n".encode())
    names = ", ".join(f"local.r{n}" for n in range(len(STRINGS)))
    run = subprocess.run(
        [terraform, "console"],
        input=f"jsonencode([{names}])\n",
        cwd=tmp_path,
        env={"HOME": str(tmp_path), "CHECKPOINT_DISABLE": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(json.loads(run.stdout)) == [expected for _, expected in STRINGS]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("plain", ["plain"]),
        ("", []),
        ("a\n  b\\n", ["a\n  b\\n"]),
        ("$${a} $ %", ["${a} $ %"]),
        ("${a.b}", [GetAttr]),
        ("x\n${~ a ~}\n\ny", ["x", Variable, "\ny"]),
        ("%{ if a }b%{ endif }\n", [TemplateIf, "\n"]),
    ],
)
def test_a_template_file_has_no_escapes_with_backslashes(text: str, parts: list[Any]) -> None:
    template, problems = hcl.parse_template(text)
    assert problems == []
    assert [part if isinstance(part, str) else type(part) for part in template.parts] == parts


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a ${", "expected an expression, found the end of the text"),
        ("a ${b", "expected `}` at the end of `${` (a literal `${` is written `$${`), found the end of the text"),
        ("%{ if a }b", "`%{ if }` has no `%{ endif }` in this template"),
        ("%{ endfor }", "expected `%{ if }` or `%{ for }` before it, found `%{ endfor }`"),
    ],
)
def test_a_bad_template_file_is_a_problem(text: str, message: str) -> None:
    _, problems = hcl.parse_template(text)
    assert [problem.message for problem in problems] == [message]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ('"${a}"', [Variable]),
        ('" ${~ a}"', ["", Variable]),
        ('"${a}${b}"', [Variable, Variable]),
        ('"${[1]}"', [TupleNode]),
    ],
)
def test_only_an_interpolation_and_nothing_else_keeps_its_type(text: str, kinds: list[Any]) -> None:
    """A literal that `~` emptied stays as a part, for it makes the template a string in Terraform, too."""
    node, _ = hcl.parse_expression(text)
    assert isinstance(node, Template)
    assert [part if isinstance(part, str) else type(part) for part in node.parts] == kinds


def test_numbers_are_exact() -> None:
    node, _ = hcl.parse_expression("0.1234567890123456789012345678901234567890")
    assert isinstance(node, Literal)
    assert node.value == Decimal("0.1234567890123456789012345678901234567890")
