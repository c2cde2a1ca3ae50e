"""The table of limits in docs/performance.md is what the code holds to, and leaves none of Terraform's out."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| [^|]+ \| ([0-9,]+)( MiB)? \| `([\w/]+\.py)` `(\w+)` \|", re.MULTILINE)
CONSTANT = re.compile(r"^(MAX_\w+) = ([0-9_ *]+)$", re.MULTILINE)
ROWS = {
    (path, name): int(figure.replace(",", "")) * (2**20 if mebibytes else 1)
    for figure, mebibytes, path, name in ROW.findall(PAGE)
}

OF_MESSAGES = {
    "MAX_MESSAGE",
    "MAX_NAMED",
    "MAX_NOISE",
    "MAX_ROWS",
    "MAX_GAP",
    "MAX_NAME",
    "MAX_DIGITS",
    "MAX_CODE_FILES",
}
"""They shorten what is said, or what is tried first; nothing is lost beyond them."""


def constants() -> Iterator[tuple[str, str, int]]:
    """The limits of reading and evaluating Terraform; those of downloads stand beside the downloading."""
    package = ROOT / "finops_gate"
    for path in sorted((package / "sources" / "terraform").rglob("*.py")):
        if "remote" not in path.parts:
            for name, product in CONSTANT.findall(path.read_text(encoding="utf-8")):
                yield path.relative_to(package).as_posix(), name, eval_product(product)


def eval_product(written: str) -> int:
    figure = 1
    for factor in written.split("*"):
        figure *= int(factor.replace("_", ""))
    return figure


@pytest.mark.parametrize(("path", "name"), ROWS)
def test_rows_are_what_the_code_says(path: str, name: str) -> None:
    text = (ROOT / "finops_gate" / path).read_text(encoding="utf-8")
    assert {n: eval_product(v) for n, v in CONSTANT.findall(text)}[name] == ROWS[path, name]


def test_no_limit_is_left_out() -> None:
    left_out = [(path, name) for path, name, _ in constants() if (path, name) not in ROWS and name not in OF_MESSAGES]
    assert left_out == [("sources/terraform/functions/strings.py", "MAX_TEXT")]
