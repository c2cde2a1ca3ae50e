"""What is too large, too deep or too much to compute is refused in a sentence, and soon. Fuzzing found most of it."""

from __future__ import annotations

import gc

import pytest

from finops_gate.settings import Settings
from finops_gate.sources.memory import MemoryTree
from finops_gate.sources.terraform import EvaluationError, evaluate_expression, load, project, scope


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


VOLUME = 'resource "aws_ebs_volume" "v%s" {\n  size = %s\n}\n'
LOOP = "length([for a in range(200): [for b in range(200): a + b if b < 0]])"
TEXT = 'locals {\n  text = join("", [for i in range(100): "aaaaaaaaaa"])\n}\n'


@pytest.mark.parametrize(
    "files",
    [
        {
            "main.tf": 'module "m" {\n  source = "./m"\n  count = 5000\n}\n',
            "m/main.tf": VOLUME % ("", "1\n count = 5000"),
        },
        {"main.tf": VOLUME % ("", "1\n  count = 5000\n" + "".join(f"  x{i} = {i}\n" for i in range(500)))},
        {"main.tf": "".join(VOLUME % (i, LOOP) for i in range(5))},
        {"main.tf": TEXT + "".join(VOLUME % (i, f'regex("(a?){{100}}(a){{100}}b{i}", local.text)') for i in range(3))},
        {f"root{i}/main.tf": 'provider "aws" {}\n' + VOLUME % ("", LOOP) * 2 for i in range(6)},
    ],
    ids=["instances", "attributes", "loops", "patterns", "projects"],
)
def test_what_all_of_it_takes_is_bounded(files: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(project, "MAX_STEPS", 100_000)
    monkeypatch.setattr(scope, "MAX_STEPS_OF_A_RUN", 150_000)
    tree = MemoryTree(files)
    loaded = load(tree, tree.paths(), Settings())
    assert len(loaded.resources) < 10_000
    refused = [notice for notice in loaded.notices if "too much to compute" in notice.message]
    assert refused
    assert all(notice.severity == "error" and notice.span is not None for notice in refused)


def test_an_error_does_not_keep_what_was_being_computed() -> None:
    """The collector is off while a run evaluates, so that only what nothing refers to is freed."""
    gc.collect()
    gc.disable()
    try:
        tree = MemoryTree({"main.tf": VOLUME % ("", "[for i in range(1000): i][1000]") + VOLUME % ("b", "1/0")})
        assert len(load(tree, tree.paths(), Settings()).notices) == 2
        assert not [found for found in gc.get_objects() if isinstance(found, EvaluationError)]
    finally:
        gc.enable()
