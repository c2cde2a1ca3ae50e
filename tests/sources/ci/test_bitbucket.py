"""Bitbucket pipelines as resources: hand arithmetic, and the documented defaults."""

from __future__ import annotations

import pytest

from finops_gate.model import UNBOUNDED, Unknown
from tests.sources.ci.reading import bounds, codes, jobs, load, priced

FILE = "bitbucket-pipelines.yml"


def test_size_4x_for_ten_minutes() -> None:
    """10 minutes x 4 at 10 USD for 1,000 build minutes: 0.40."""
    found = priced({FILE: "pipelines: {default: [{step: {size: 4x, max-time: 10, script: [make]}}]}"})["default/step 1"]
    assert found.extra["per_run"] == bounds("0.04", "0.40", "0.40")
    assert found.monthly == bounds("0", "24.00", "Infinity")


def test_steps_of_every_kind_of_pipeline() -> None:
    found = jobs(
        {
            FILE: """
            options: {max-time: 30, size: 2x}
            definitions:
              steps:
                - step: &build {name: Build, size: 8x, script: [make]}
            pipelines:
              default:
                - step: *build
                - parallel:
                    - step: {name: Test, script: [a]}
                    - step: {name: Test, script: [b]}
                - parallel: {fail-fast: true, steps: [{step: {script: [c]}}]}
                - stage: {name: ship, trigger: manual, steps: [{step: {name: Ship, script: [d]}}]}
                - step: {name: After, script: [e]}
              branches:
                main: [{step: {<<: *build, max-time: 5}}]
              pull-requests:
                '**': [{step: *build}]
              tags:
                v*: [{step: *build}]
              custom:
                nightly: [{variables: [{name: X}]}, {step: *build}]
            """
        }
    )
    assert {name: (r.attributes["runner"], r.attributes["triggers"]) for name, r in found.items()} == {
        "default/Build": ("8x", ["push"]),
        "default/Test": ("2x", ["push"]),
        "default/Test 2": ("2x", ["push"]),
        "default/step 1": ("2x", ["push"]),
        "default/Ship": ("2x", ["push"]),
        "default/After": ("2x", ["push"]),
        "branches/main/Build": ("8x", ["push"]),
        "pull-requests/**/Build": ("8x", ["pull_request"]),
        "tags/v*/Build": ("8x", ["tag"]),
        "custom/nightly/Build": ("8x", ["manual"]),
    }
    assert [found[f"{name}/Build"].attributes["timeout_minutes"] for name in ("default", "branches/main")] == [30, 5]
    # What somebody must start is not counted, nor is what follows it; it has no cap either.
    for name, expected in (("default/step 1", 60), ("default/Ship", 0), ("default/After", 0)):
        assert found[name].attributes["runs_per_month"].expected == expected
        assert found[name].attributes["runs_per_month"].ceiling == UNBOUNDED
    assert str(found["branches/main/Build"].span_of("runner")) == f"{FILE}:5:40"


def test_without_max_time_a_step_may_take_two_hours() -> None:
    attributes = jobs({FILE: "pipelines: {default: [{step: {script: [make]}}]}"})["default/step 1"].attributes
    assert (attributes["timeout_minutes"], attributes["timeout_declared"], attributes["runner"]) == (120, False, "1x")


@pytest.mark.parametrize(
    ("step", "coverage"),
    [
        ("runs-on: [self.hosted, linux]", "unpriced"),
        ("size: 64x", "unknown"),
        ("runtime: {cloud: {arch: arm}}", "unknown"),
        ("size: ours", "priced"),
    ],
)
def test_machines_without_a_price(step: str, coverage: str) -> None:
    text = f"pipelines: {{default: [{{step: {{{step}, script: [make]}}}}]}}"
    assert priced({FILE: text}, runners={"ours": "16x"})["default/step 1"].coverage == coverage


@pytest.mark.parametrize(
    ("text", "noted"),
    [
        ("image: x\n", [("invalid-pipeline", "error", 1)]),
        ("pipelines:\n  default:\n    - step: {max-time: soon}\n", [("invalid-pipeline", "error", 3)]),
        ("pipelines:\n  custom:\n    a: {import: shared:main:a}\n", [("remote-workflow", "info", 3)]),
        ("pipelines: {default: [{step: null}, {parallel: null}, 3], branches: null, custom: [1]}\n", []),
    ],
)
def test_what_is_wrong_is_said(text: str, noted: list[tuple[str, str, int]]) -> None:
    assert codes(load({FILE: text})) == noted


def test_an_unknown_size_says_where_to_say_it() -> None:
    (entry,) = jobs({FILE: "pipelines: {default: [{step: {size: 64x}}]}"})["default/step 1"].attributes["runner_skus"]
    assert isinstance(entry["sku"], Unknown)
    assert "ci.runners" in entry["sku"].reason
