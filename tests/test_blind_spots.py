"""`--fail-on-incomplete`: what could not be looked into makes the run incomplete, and nothing else does."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from finops_gate.blind_spots import CODES, as_errors
from finops_gate.model import Notice
from tests.conftest import ROOT, CommandLine

MODULE = 'module "m" {\n  source = "ns/name/aws"\n}\n'
WORKFLOW = "on: push\njobs:\n  a:\n    uses: o/r/.github/workflows/x.yml@v1\n"
SPOTS = {
    "a module that is not here": ({"main.tf": MODULE}, "module-not-downloaded"),
    "a workflow of another repository": ({".github/workflows/ci.yml": WORKFLOW}, "remote-workflow"),
    "a template of a chart": ({"x.yaml": "kind: {{ .Values.kind }}\n"}, "go-template"),
}


def write(directory: Path, files: dict[str, str]) -> None:
    subprocess.run(["git", "init", "-q"], cwd=directory, check=True)
    for name, text in files.items():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_text(text)


@pytest.mark.parametrize(("files", "code"), SPOTS.values(), ids=SPOTS)
def test_is_said_and_passed_over_unless_asked(
    files: dict[str, str], code: str, tmp_path: Path, finops_gate: CommandLine
) -> None:
    write(tmp_path, files)
    relaxed = finops_gate("check", "-f", "json")
    assert relaxed.exit_code == 0
    assert [n["code"] for n in json.loads(relaxed.stdout)["notices"]] == [code]
    strict = finops_gate("check", "-f", "json", "--fail-on-incomplete")
    assert strict.exit_code == 3
    report = json.loads(strict.stdout)
    assert report["verdict"] == "incomplete"
    assert [(f["policy"], f["outcome"]) for f in report["findings"]] == [(code, "fail")]
    assert finops_gate("estimate", "--fail-on-incomplete").exit_code == 3


def test_the_settings_may_ask_for_it(tmp_path: Path, finops_gate: CommandLine) -> None:
    write(tmp_path, {"main.tf": MODULE, ".finops-gate.yaml": "fail_on_incomplete: true\n"})
    assert finops_gate("check").exit_code == 3


def test_a_blind_spot_of_the_base_makes_the_change_doubtful(tmp_path: Path, finops_gate: CommandLine) -> None:
    write(tmp_path, {"main.tf": MODULE})
    git = ("git", "-c", "user.name=Test", "-c", "user.email=test@example.com")
    subprocess.run([*git, "add", "."], cwd=tmp_path, check=True)
    subprocess.run([*git, "commit", "-qm", "x"], cwd=tmp_path, check=True)
    (tmp_path / "main.tf").write_text('resource "aws_sqs_queue" "q" {}\n')
    result = finops_gate("check", "--base", "HEAD", "--fail-on-incomplete", "-f", "json")
    assert result.exit_code == 0
    found = {f["policy"]: f["outcome"] for f in json.loads(result.stdout)["findings"]}
    assert found["base-module-not-downloaded"] == "warn"


def test_other_notices_stay_as_they_are() -> None:
    notices = (Notice("unknown-count", "info", "x"), Notice("duplicate-key", "warning", "x"))
    assert as_errors(notices) == notices


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_code_is_one_that_a_source_says(code: str) -> None:
    package = ROOT / "finops_gate"
    texts = (p.read_text(encoding="utf-8") for p in package.rglob("*.py") if p.name != "blind_spots.py")
    assert any(f'"{code}"' in text for text in texts)
