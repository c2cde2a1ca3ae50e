"""Hostile files through the whole program: each ends in a finding and a documented exit, soon and in little memory.

What a run takes beyond one over an empty file is measured, in CPU seconds, so that a busy machine changes nothing.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

MORE_SECONDS = 0.3
MEGABYTES = 150
WORKLOAD = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: w}\nspec:\n  "
PODS = "template: {spec: {containers: [{name: c, resources: {requests: {cpu: 1, memory: 1Gi}}}]}}\n"
CRON = "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: w}\nspec:\n  "
MEGABYTE = 1024 * 1024


class Run(NamedTuple):
    exit_code: int
    seconds: float
    megabytes: float
    said: str


MEASURE = """
import resource, subprocess, sys
code = subprocess.run(sys.argv[1:], stderr=subprocess.STDOUT).returncode
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(code, used.ru_utime + used.ru_stime, used.ru_maxrss, file=sys.stderr)
"""
"""Starts a program from a small process: until it runs, it counts the memory of who started it as its own."""


def run(directory: Path, *arguments: str) -> Run:
    command = [sys.executable, "-c", MEASURE, sys.executable, "-m", "finops_gate", "check", ".", *arguments]
    done = subprocess.run(command, cwd=directory, capture_output=True, text=True, encoding="utf-8", check=True)
    code, seconds, memory = done.stderr.split()
    unit = 1 if sys.platform == "darwin" else 1024
    return Run(int(code), float(seconds), int(memory) * unit / 1e6, done.stdout)


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> Run:
    directory = tmp_path_factory.mktemp("usual")
    (directory / "m.yaml").write_text(WORKLOAD + PODS)
    run(directory)  # Compiles modules and the catalogue where nobody has run yet.
    return run(directory)


def lines(text: str, count: int) -> str:
    return "".join(text.format(i) for i in range(count))


OBJECT = "# apiVersion, kind\n"
"""What makes a text one that may be a manifest."""

BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 11)
)
FILES: dict[str, tuple[Callable[[], str | bytes], str]] = {
    "alias bomb": (lambda: BOMB, "too-complex"),
    "merge bomb": (
        lambda: "b0: &b {x: 1, y: 2}\n" + lines("b{0}: &b\n  <<: [*b, *b, *b]\n  k{0}: 1\n", 3_000),
        "too-complex",
    ),
    "self-reference": (lambda: "a: &a [*a]\n", "too-complex"),
    "depth, flow": (lambda: "[" * 25_000, "too-complex"),
    "depth, block": (lambda: "- " * 25_000 + "x", "too-complex"),
    "depth, mixed": (lambda: "a:\n" + "".join(" " * i + "- b: [{c: [\n" for i in range(1, 1_000)), "invalid-yaml"),
    "depth, JSON": (lambda: '{"apiVersion": "v1", "kind": "List", "items": ' + "[" * 25_000, "too-complex"),
    "a scalar of 4 MB": (lambda: f"a: {'x' * 4 * MEGABYTE}: 1\n", "invalid-yaml"),
    "an open quote of 4 MB": (lambda: f'a: "{"x" * 4 * MEGABYTE}', "invalid-yaml"),
    "an open quote of many lines": (lambda: 'a: "' + "x\n" * 2 * MEGABYTE, "invalid-yaml"),
    "a flow list of 4 MB": (lambda: f"{OBJECT}[{'a, ' * (4 * MEGABYTE // 3)}a]", "too-large"),
    "lists in lists of 4 MB": (lambda: f"{OBJECT}[{'[], ' * MEGABYTE}]", "too-large"),
    "250,000 anchors": (lambda: lines("k{0}: &a{0} x\n", 250_000), "too-complex"),
    "300,000 duplicate keys": (lambda: "a: 1\n" * 300_000, "too-complex"),
    "300,000 keys": (lambda: OBJECT + lines("a{0}: 1\n", 300_000), "too-large"),
    "100,000 documents": (lambda: OBJECT + "---\na: 1\n" * 100_000, "too-large"),
    "100,000 broken documents": (lambda: "---\n[\n" * 100_000, "invalid-yaml"),
    "100,000 tag directives": (lambda: lines("%TAG !t{0}! tag:x,2000:{0}\n", 100_000) + "---\na: 1\n", "too-complex"),
    "200,000 tags": (lambda: OBJECT + lines("- !t{0} x\n", 200_000), "too-large"),
    "a file of 50 MB": (lambda: "a: 1\n" * 10 * MEGABYTE, "file-too-large"),
    "a Go template": (lambda: WORKLOAD + "replicas: {{ .Values.replicas }}\n", "go-template"),
    "binary": (lambda: bytes(range(256)) * 1_000, "binary-file"),
    "a NUL": (lambda: WORKLOAD.encode() + b"x: \0\n", "binary-file"),
    "latin-1": (lambda: (WORKLOAD + "x: \xe9\n").encode("latin-1"), "not-utf-8"),
    "UTF-16": (lambda: WORKLOAD.encode("utf-16"), "not-utf-8"),
    "UTF-16 without a mark": (lambda: WORKLOAD.encode("utf-16-be"), "not-utf-8"),
    "UTF-32": (lambda: WORKLOAD.encode("utf-32"), "not-utf-8"),
    "a surrogate": (lambda: WORKLOAD.encode() + b"x: \xed\xa0\x80\n", "not-utf-8"),
    "an escaped surrogate": (lambda: WORKLOAD + 'x: "\\ud800"\n', "invalid-yaml"),
    "a huge exponent": (lambda: WORKLOAD + "replicas: 1e999999\n  " + PODS, "invalid-value"),
    "a number of 100,000 digits": (lambda: WORKLOAD + f"replicas: {'9' * 100_000}\n  " + PODS, "invalid-value"),
    "a huge quantity": (lambda: WORKLOAD + PODS.replace("cpu: 1", f"cpu: '{'9' * 100_000}'"), "invalid-quantity"),
    "a huge schedule": (
        lambda: CRON + f"schedule: '{'0-59/1,' * 50_000}1 * * * *'\n  jobTemplate:\n   spec: {{{PODS.strip()}}}",
        "invalid-schedule",
    ),
}
"""What is in the file, made when it is needed, and the finding."""


def write(path: Path, name: str) -> str:
    """Writes the file of that name; the finding that it must end in."""
    make, code = FILES[name]
    content = make()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return code


@pytest.mark.parametrize("name", FILES)
def test_it_ends_in_a_finding_soon(name: str, usual: Run, tmp_path: Path) -> None:
    code = write(tmp_path / "m.yaml", name)
    found = run(tmp_path)
    assert code in found.said
    assert found.exit_code == (0 if code == "go-template" else 3)
    assert found.seconds - usual.seconds < MORE_SECONDS
    assert found.megabytes < MEGABYTES


def test_a_table_of_data_is_no_concern_of_the_gate(tmp_path: Path) -> None:
    (tmp_path / "deployment.yaml").write_text(WORKLOAD + PODS)
    (tmp_path / "texts.yaml").write_text(lines("key{0}: text {0}\n", 30_000))
    (tmp_path / "numbers.yml").write_text("- [1, 2, 3]\n" * 30_000)
    found = run(tmp_path)
    assert found.exit_code == 0, found.said
    assert "too-large" not in found.said


READERS = {
    ".github/workflows/ci.yml": ("alias bomb", 3),
    ".gitlab-ci.yml": ("merge bomb", 3),
    ".circleci/config.yml": ("depth, block", 3),
    "azure-pipelines.yml": ("a flow list of 4 MB", 3),
    "bitbucket-pipelines.yml": ("250,000 anchors", 3),
    "cloudbuild.yaml": ("300,000 duplicate keys", 3),
    "kustomization.yaml": ("100,000 documents", 3),
    "infracost-usage.yml": ("an open quote of 4 MB", 3),
    ".finops-gate.yaml": ("depth, flow", 2),
    "policies/p.yaml": ("binary", 2),
}
"""Who else reads YAML, what it is given, and the exit: settings and policies that cannot be read are the user's own."""


@pytest.mark.parametrize("path", READERS)
def test_so_it_does_in_whatever_reads_yaml(path: str, usual: Run, tmp_path: Path) -> None:
    name, exit_code = READERS[path]
    write(tmp_path / path, name)
    (tmp_path / "good.yaml").write_text(WORKLOAD + PODS)
    if path.startswith("policies/"):
        (tmp_path / ".finops-gate.yaml").write_text("policy_paths: [policies]\n")
    found = run(tmp_path, *(["--usage-file", path] if "usage" in path else []))
    assert found.exit_code == exit_code
    assert path in found.said
    assert found.seconds - usual.seconds < MORE_SECONDS
    assert found.megabytes < MEGABYTES
