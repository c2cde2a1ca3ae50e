"""What is too large, too deep or too much to compute is refused in a sentence, and soon. Fuzzing found most of it."""

from __future__ import annotations

import pytest

from finops_gate.settings import Settings
from finops_gate.sources.memory import MemoryTree
from finops_gate.sources.terraform import EvaluationError, evaluate_expression, load


@pytest.mark.parametrize(
    "text",
    [
        "transpose({a = null})",
        "slice([1, 2], 1e9998, 2)",
        'cidrsubnet("10.0.0.0/8", 4, 1e9998)',
        'cidrhost("10.0.0.0/8", 1e4500)',
        'cidrsubnets("10.0.0.0/8", 1e9998)',
        'format("%99999999999d", 1)',
        f'format("%[{"9" * 5_000}]d", 1)',
        f'yamldecode("0x{"f" * 6_000}")',
        f'yamldecode("0o{"7" * 6_000}")',
        f'yamldecode("{"[" * 3_000}")',
        f'jsondecode("{"[" * 3_000}")',
        f'timeadd("2024-01-01T00:00:00Z", "{"9" * 5_000}h")',
        "[for a in range(1024): [for b in range(1024): [for c in range(1024): c]]]",
        "setproduct(range(1024), range(1024), range(1024))",
        'indent(1e9, "a\\nb")',
        "pow(1e4500, 3)",
        "1e9998 * 1e9998",
    ],
)
def test_refused(text: str) -> None:
    with pytest.raises(EvaluationError):
        evaluate_expression(text)


def test_the_longest_numbers_are_written_out() -> None:
    assert evaluate_expression('format("%d", 1e9998)') == "1" + "0" * 9998
    assert evaluate_expression(f'replace("a", "/(a)/", "${"9" * 5_000}")') == ""


@pytest.mark.parametrize("kind", ["aws" + "é" * 300, "../../x_y", "a" * 5_000])
def test_a_type_that_nobody_knows_is_a_resource_like_others(kind: str) -> None:
    tree = MemoryTree({"main.tf": f'resource "{kind}" "a" {{\n  x = 1\n}}\n'})
    loaded = load(tree, tree.paths(), Settings())
    assert [resource.type for resource in loaded.resources] == [kind]
    assert not loaded.notices
