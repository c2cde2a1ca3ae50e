"""The action's script in a runner's environment: the files it may write, the variables it gets, its exit code."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from tests.conftest import ROOT

SCRIPT = ROOT / "integrations" / "github" / "run.sh"
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
INSTALLED = Path(sys.executable).parent / "finops-gate"

INSTANCE = """provider "aws" {
  region = "us-east-1"
}

resource "aws_instance" "api" {
  ami           = "ami-1"
  instance_type = "%s"
  tags          = { team = "payments", env = "prod" }

  root_block_device {
    volume_type = "gp3"
    volume_size = 8
  }
}
"""
CAP = """id: cap
title: Nothing costs over $500 a month.
scope: {resources: [aws_instance]}
cost: {per: resource, metric: monthly, fail_above: 500 USD}
message: "{resource} is too dear."
"""


@dataclass(frozen=True)
class Step:
    """What a step of a job left behind."""

    exit_code: int
    stdout: str
    stderr: str
    outputs: dict[str, str]
    summary: str


class Runner:
    """A runner's workspace and temporary directory, and a repository in the workspace."""

    def __init__(self, directory: Path) -> None:
        self.workspace = directory / "work space"
        self.temp = directory / "temp"
        self.workspace.mkdir()
        self.temp.mkdir()
        self.git("init", "-q", "-b", "main")

    def git(self, *arguments: str) -> str:
        identity = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
        command = ["git", *identity, *arguments]
        return subprocess.run(command, cwd=self.workspace, check=True, capture_output=True, text=True).stdout.strip()

    def commit(self, files: dict[str, str]) -> str:
        for name, content in files.items():
            (self.workspace / name).write_text(content, encoding="utf-8")
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "change")
        return self.git("rev-parse", "HEAD")

    def pull_request(self, files: dict[str, str]) -> dict[str, str]:
        """A merge commit as GitHub makes it, and the variables that describe it."""
        self.git("checkout", "-q", "-b", "change")
        self.commit(files)
        self.git("checkout", "-q", "-b", "merge", "main")
        self.git("merge", "-q", "--no-ff", "-m", "merge", "change")
        return {"GITHUB_EVENT_NAME": "pull_request", "GITHUB_SHA": self.git("rev-parse", "HEAD")}

    def run(self, inputs: dict[str, str] | None = None, **variables: str) -> Step:
        files = {name: self.temp / name for name in ("output", "summary")}
        for file in files.values():
            file.touch()
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.temp),
            "GITHUB_OUTPUT": str(files["output"]),
            "GITHUB_STEP_SUMMARY": str(files["summary"]),
            "GITHUB_ACTION_PATH": str(ROOT),
            "RUNNER_TEMP": str(self.temp),
            "FINOPS_GATE_COMMAND": str(INSTALLED),
            **given(inputs or {}),
            **variables,
        }
        command = ["bash", str(SCRIPT)]
        done = subprocess.run(
            command, cwd=self.workspace, env=environment, capture_output=True, text=True, timeout=300, check=False
        )
        lines = files["output"].read_text(encoding="utf-8").splitlines()
        outputs = dict(line.split("=", 1) for line in lines)
        return Step(done.returncode, done.stdout, done.stderr, outputs, files["summary"].read_text(encoding="utf-8"))


def given(inputs: dict[str, str]) -> dict[str, str]:
    """The variables that action.yml makes of its inputs, defaults included."""
    (step,) = ACTION["runs"]["steps"]
    values = {name: spec["default"] for name, spec in ACTION["inputs"].items()} | inputs
    names = {key: re.fullmatch(r"\$\{\{ inputs\.([a-z-]+) \}\}", value)[1] for key, value in step["env"].items()}
    return {key: values[name] for key, name in names.items()}


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    if not INSTALLED.is_file() or not shutil.which("bash"):
        pytest.skip("needs bash, and finops-gate installed beside this Python")
    return Runner(tmp_path)


def test_a_passing_run_sets_its_outputs(runner: Runner) -> None:
    runner.commit({"main.tf": INSTANCE % "t3.nano"})
    step = runner.run()
    assert step.exit_code == 0, step.stderr
    assert step.outputs["verdict"] in ("pass", "warn")
    assert (step.outputs["delta"], step.outputs["exit-code"]) == ("", "0")
    assert json.loads(Path(step.outputs["report-json"]).read_text(encoding="utf-8"))["version"] == 1


def test_a_pull_request_is_compared_with_the_commit_it_goes_into(runner: Runner) -> None:
    runner.commit({"main.tf": INSTANCE % "m5.large"})
    step = runner.run(**runner.pull_request({"main.tf": INSTANCE % "m5.xlarge"}))
    # 0.192 and 0.096 an hour, 730 hours: 70.08
    assert step.outputs["delta"] == "70.08", step.stderr
    assert step.summary.startswith("## finops-gate: ")
    assert "**+$70.08 a month**" in step.summary


def test_a_failing_gate_sets_its_outputs_and_fails_the_step(runner: Runner) -> None:
    settings = "policy_paths: [cap.yaml]\n"
    runner.commit({"main.tf": INSTANCE % "m5.8xlarge", "cap.yaml": CAP, ".finops-gate.yaml": settings})
    step = runner.run()
    assert step.exit_code == 1, step.stderr
    assert (step.outputs["verdict"], step.outputs["exit-code"]) == ("fail", "1")
    assert re.search(r"^::error file=main\.tf,line=\d+,.*title=cap::aws_instance\.api is too dear\.", step.stdout, re.M)
    assert "::group::FAIL: 1 error" in step.stdout


def test_a_missing_base_is_never_taken_for_an_empty_one(runner: Runner) -> None:
    runner.commit({"main.tf": INSTANCE % "m5.large"})
    head = runner.git("rev-parse", "HEAD")
    step = runner.run(GITHUB_EVENT_NAME="pull_request", GITHUB_SHA=head)
    assert step.exit_code == 3
    assert (step.outputs["verdict"], step.outputs["exit-code"]) == ("incomplete", "3")
    assert step.stdout.startswith("::error title=finops-gate::")
    assert "fetch-depth: 2" in step.stdout


def test_base_none_compares_with_nothing(runner: Runner) -> None:
    head = runner.commit({"main.tf": INSTANCE % "t3.nano"})
    step = runner.run({"base": "none"}, GITHUB_EVENT_NAME="pull_request", GITHUB_SHA=head)
    assert step.exit_code == 0, step.stderr


@pytest.mark.parametrize(
    ("inputs", "code", "verdict"),
    [
        ({"paths": "nowhere"}, 3, "incomplete"),
        ({"config": "nowhere.yaml"}, 2, "error"),
        ({"working-directory": "nowhere"}, 2, "error"),
        ({"base": "nowhere"}, 3, "incomplete"),
    ],
)
def test_what_cannot_be_judged_is_annotated_and_never_passes(
    runner: Runner, inputs: dict[str, str], code: int, verdict: str
) -> None:
    runner.commit({"main.tf": INSTANCE % "t3.nano"})
    step = runner.run(inputs)
    assert (step.exit_code, step.outputs["exit-code"]) == (code, str(code)), step.stderr
    assert (step.outputs["verdict"], step.outputs["report-json"]) == (verdict, "")
    assert step.stdout.startswith("::error title=finops-gate::")


def test_inputs_are_data(runner: Runner) -> None:
    runner.commit({"main.tf": INSTANCE % "t3.nano"})
    hostile = "$(touch pwned)`touch pwned`; touch pwned #\n--help\n::error::forged"
    for name in ("paths", "config", "usage-file", "sarif-file", "working-directory", "base"):
        step = runner.run({name: hostile})
        assert step.exit_code in (2, 3) or name == "sarif-file"
        assert not [line for line in step.stdout.splitlines() if line.lstrip().startswith("::error::forged")]
        assert not [line for line in step.stderr.splitlines() if line.lstrip().startswith("::")]
    assert not list(runner.workspace.rglob("pwned"))


def test_modules_of_the_repository_are_not_imported(runner: Runner) -> None:
    planted = "open('pwned', 'w').close()\n"
    runner.commit(
        {"main.tf": INSTANCE % "t3.nano", **dict.fromkeys(("json.py", "sitecustomize.py", "click.py"), planted)}
    )
    step = runner.run()
    assert step.exit_code == 0, step.stderr
    assert not list(runner.workspace.rglob("pwned"))


def test_several_paths_and_a_sarif_file(runner: Runner) -> None:
    runner.commit({"main.tf": INSTANCE % "t3.nano", "other.tf": ""})
    step = runner.run({"paths": "main.tf\n\nother.tf\n", "sarif-file": "out.sarif", "summary": "false"})
    assert step.exit_code == 0, step.stderr
    assert json.loads((runner.workspace / "out.sarif").read_text(encoding="utf-8"))["version"] == "2.1.0"
    assert step.summary == ""


def test_strict_fails_on_a_warning(runner: Runner) -> None:
    runner.commit({"main.tf": (INSTANCE % "t3.nano").replace("gp3", "gp2")})
    assert runner.run().outputs["verdict"] == "warn"
    assert runner.run({"strict": "true"}).exit_code == 1


@pytest.mark.slow
def test_it_installs_itself_from_its_own_checkout(runner: Runner, registry: None) -> None:
    runner.commit({"main.tf": INSTANCE % "t3.nano", "venv.py": "raise SystemExit('imported')\n"})
    passing_through = {n: v for n, v in os.environ.items() if n.startswith("PIP_")}
    step = runner.run(FINOPS_GATE_COMMAND="", **passing_through)
    assert step.exit_code == 0, step.stderr
    assert (runner.temp / "finops-gate" / "bin" / "finops-gate").is_file()
    assert step.outputs["verdict"] == "pass"


# --- action.yml itself -----------------------------------------------------------------------------------------------


def test_no_input_is_interpolated_into_a_script() -> None:
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step["run"]


def test_every_input_reaches_the_script_and_every_output_is_set_by_it() -> None:
    script = SCRIPT.read_text(encoding="utf-8")
    (step,) = ACTION["runs"]["steps"]
    assert len(step["env"]) == len(ACTION["inputs"])
    assert all(name in script for name in step["env"])
    for name, output in ACTION["outputs"].items():
        assert output["value"] == "${{ steps.gate.outputs.%s }}" % name  # noqa: UP031
        assert re.search(rf"output {name} |{name}=", script)


def test_the_script_is_executable_and_parses() -> None:
    assert os.access(SCRIPT, os.X_OK)
    assert subprocess.run(["bash", "-n", str(SCRIPT)], check=False).returncode == 0
