"""Figures of strangers that nobody means: they end in a finding, soon, and never in a crash."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.conftest import CommandLine

GITHUB = ".github/workflows/a.yml"
CIRCLECI = ".circleci/config.yml"

CASES = {
    "gitlab parallel": (".gitlab-ci.yml", "a: {script: [x], parallel: HUGE}"),
    "gitlab timeout": (".gitlab-ci.yml", "a: {script: [x], timeout: HUGE}"),
    "gitlab matrix": (".gitlab-ci.yml", "a: {script: [x], tags: [$a0], parallel: {matrix: [{AXES}]}}"),
    "github timeout": (GITHUB, "on: push\njobs: {a: {runs-on: ubuntu-latest, timeout-minutes: HUGE}}"),
    "github steps": (GITHUB, "on: push\njobs: {a: {runs-on: x, steps: [{run: x, timeout-minutes: HUGE}]}}"),
    "github matrix": (GITHUB, "on: push\njobs: {a: {runs-on: x, strategy: {matrix: {AXES}}}}"),
    "circleci parallelism": (
        CIRCLECI,
        "jobs: {a: {docker: [{image: x}], parallelism: HUGE}}\nworkflows: {w: {jobs: [a]}}",
    ),
    "circleci matrix": (
        CIRCLECI,
        "jobs: {a: {docker: [{}]}}\nworkflows: {w: {jobs: [a: {matrix: {parameters: {AXES}}}]}}",
    ),
    "azure": ("azure-pipelines.yml", "jobs: [{job: a, strategy: {parallel: HUGE}, timeoutInMinutes: HUGE}]"),
    "bitbucket": ("bitbucket-pipelines.yml", "pipelines: {default: [step: {script: [x], max-time: HUGE}]}"),
    "codebuild matrix": ("buildspec.yml", "batch: {build-matrix: {dynamic: {env: {variables: {AXES}}}}}"),
    "codebuild fan-out": ("buildspec.yml", "batch: {build-fanout: {parallelism: HUGE}}"),
}
AXES = ", ".join(f"a{i}: [1, 2]" for i in range(10_000))


@pytest.mark.parametrize(("path", "text"), CASES.values(), ids=CASES)
def test_ends_soon_and_says_something(path: str, text: str, tmp_path: Path, finops_gate: CommandLine) -> None:
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / path).write_text(text.replace("HUGE", "1e999999").replace("AXES", AXES), encoding="utf-8")
    start = time.perf_counter()
    result = finops_gate("check")
    assert time.perf_counter() - start < 5
    assert result.exit_code in (0, 3)
    assert len(result.stdout) < 10_000
