"""Whatever cannot be read or judged ends in exit 2 or 3 and one sentence that says what and where. Never in 0."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.conftest import CommandLine

GOOD = 'resource "aws_nat_gateway" "a" {\n  subnet_id = "s"\n}\n'

POLICY = """id: no-gp2
title: Volumes use gp3.
scope: {resources: [aws_ebs_volume]}
%s
level: fail
message: "{resource} uses gp2."
fix: {say: Use gp3.}
"""

PLAN = (
    '{"format_version": "1.2", "terraform_version": "1.11.4", "planned_values": {"root_module": {"resources": [{"addr'
)


@dataclass(frozen=True)
class Case:
    files: dict[str, str]
    says: tuple[str, ...]
    arguments: tuple[str, ...] = ()
    exit_code: int = 2
    settings: str = ""
    policy: str = field(default="")


CASES = {
    "missing path": Case({"a.tf": GOOD}, ("nowhere", "no such file"), ("nowhere",), 3),
    "empty directory": Case({}, ("nothing to check",), (), 3),
    "no file that it reads": Case({"README.md": "# x\n", "x.py": "1\n"}, ("nothing to check",), (), 3),
    "a named file that it does not read": Case({"x.py": "1\n"}, ("x.py", "not a file"), ("x.py",), 3),
    "a Terraform syntax error": Case(
        {"bad.tf": 'resource "aws_instance" "a" {\n  ami = = 1\n}\n', "a.tf": GOOD},
        ("bad.tf:2:", "aws_nat_gateway.a"),
        (),
        3,
    ),
    "invalid YAML": Case({"x.yaml": "apiVersion: v1\nkind: [\n"}, ("x.yaml:",), (), 3),
    "an invalid workflow": Case({".github/workflows/ci.yml": "jobs:\n  a: {runs-on: [\n"}, ("ci.yml:",), (), 3),
    "an unknown policy id in the settings": Case(
        {"a.tf": GOOD},
        (".finops-gate.yaml:2:", "requierd-tags", "required-tags"),
        settings="policies:\n  requierd-tags: {enabled: true}\n",
    ),
    "a misspelt attribute in a policy": Case(
        {"a.tf": GOOD}, ("mine.yaml:4:", "tpye", "`type`"), policy=POLICY % "forbid: {tpye: gp2}"
    ),
    "a misspelt operator in a policy": Case(
        {"a.tf": GOOD}, ("mine.yaml:4:", "one_off", "one_of"), policy=POLICY % "forbid: {type: {one_off: [gp2]}}"
    ),
    "a misspelt function in a policy": Case(
        {"a.tf": GOOD}, ("mine.yaml:4:", "lenght", "length"), policy=POLICY % "assert: lenght(type) > 2"
    ),
    "a misspelt name in a policy": Case(
        {"a.tf": GOOD}, ("mine.yaml:4:", "monthyl", "monthly"), policy=POLICY % "assert: monthyl < 100"
    ),
    "a policy that breaks the schema": Case(
        {"a.tf": GOOD}, ("mine.yaml:4:", "forbidd", "forbid"), policy=POLICY % "forbidd: {type: gp2}"
    ),
    "a policy that is no YAML": Case({"a.tf": GOOD}, ("mine.yaml:",), policy="id: [\n"),
    "a settings key nobody knows": Case(
        {"a.tf": GOOD}, (".finops-gate.yaml:1:", "polices", "policies"), settings="polices: {}\n"
    ),
    "settings that are no YAML": Case({"a.tf": GOOD}, (".finops-gate.yaml:",), settings="policies: [\n"),
    "a base that does not exist": Case(
        {"a.tf": GOOD}, ("no-such-branch", "no such commit"), ("--base", "no-such-branch"), 3
    ),
    "a named JSON file that is no plan and no manifest": Case(
        {"package.json": '{"name": "x"}'}, ("package.json",), ("package.json",), 3
    ),
    "YAML that is no manifest": Case({"compose.yaml": "services: {}\n"}, ("nothing to check",), (), 3),
    "a plan as -out writes it": Case(
        {"tfplan": "PK\x03\x04 tfplan"}, ("tfplan:1:1", "terraform show -json"), ("tfplan",), 3
    ),
    "a plan cut short": Case({"plan.json": PLAN}, ("plan.json",), ("plan.json",), 3),
    "a report to compare with that is none": Case(
        {"a.tf": GOOD, "old.json": "{}"}, ("old.json", "not a report"), ("--compare-to", "old.json"), 3
    ),
    "an unknown format": Case({"a.tf": GOOD}, ("jsno", "json"), ("-f", "jsno")),
    "a variable file that is missing": Case({"a.tf": GOOD}, ("x.tfvars", "no such file"), ("--var-file", "x.tfvars")),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_says_so_and_does_not_pass(case: Case, tmp_path: Path, finops_gate: CommandLine) -> None:
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    files = dict(case.files)
    if case.settings:
        files[".finops-gate.yaml"] = case.settings
    if case.policy:
        files |= {".finops-gate.yaml": "policy_paths: [rules]\n", "rules/mine.yaml": case.policy}
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content)
    result = finops_gate("check", *case.arguments)
    assert result.exit_code == case.exit_code, result.stdout + result.stderr
    for words in case.says:
        assert words in result.stdout + result.stderr


def test_a_duplicate_key_in_a_manifest_warns_at_its_line(tmp_path: Path, finops_gate: CommandLine) -> None:
    (tmp_path / "x.yaml").write_text(
        "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {type: ClusterIP}\nkind: Service\n"
    )
    result = finops_gate("check", "-f", "concise")
    assert "x.yaml:5:1" in result.stdout
    assert result.exit_code == 0
