"""`finops-gate policy` as people call it."""

from pathlib import Path

from tests.conftest import CommandLine

OWN = """\
id: own-policy
title: Volumes are gp3.
scope: {resources: [aws_ebs_volume]}
forbid: {type: gp2}
message: "{resource} uses {value}."
tests:
  - name: a gp2 volume
    expect: EXPECT
    terraform: 'resource "aws_ebs_volume" "v" { type = "gp2" }'
"""


def repository(at: Path, expect: str = "fail") -> None:
    (at / "rules").mkdir()
    (at / "rules" / "own.yaml").write_text(OWN.replace("EXPECT", expect))
    (at / ".finops-gate.yaml").write_text("policy_paths: [rules]\npolicies:\n  required-tags: {enabled: false}\n")


def test_list_shows_ours_and_theirs_as_the_settings_have_them(tmp_path: Path, finops_gate: CommandLine) -> None:
    repository(tmp_path)
    lines = finops_gate("policy", "list").stdout.splitlines()
    rows = {line.split()[0]: line.split() for line in lines}
    assert rows["own-policy"][:4] == ["own-policy", "fail", "forbid", "rules/own.yaml"]
    assert rows["required-tags"][1] == "off"
    assert rows["log-retention"][1:4] == ["warn", "require", "finops-gate"]


def test_show_says_what_why_and_gives_an_example(tmp_path: Path, finops_gate: CommandLine) -> None:
    shown = finops_gate("policy", "show", "no-previous-generation-volumes").stdout
    for words in (
        "EBS volumes use gp3, not gp2.",
        "level: warn",
        "forbid:",
        "For example, a gp2 volume:",
        'type = "gp2"',
    ):
        assert words in shown


def test_show_names_the_nearest_policy(finops_gate: CommandLine) -> None:
    result = finops_gate("policy", "show", "log-retenton")
    assert result.exit_code == 2
    assert "did you mean `log-retention`?" in result.stderr


def test_test_runs_all_policies_or_those_of_a_path(tmp_path: Path, finops_gate: CommandLine) -> None:
    repository(tmp_path)
    everything = finops_gate("policy", "test")
    own = finops_gate("policy", "test", "rules")
    assert (everything.exit_code, own.exit_code) == (0, 0)
    assert own.stdout == "1 test of 1 policy: 1 passed, 0 failed\n"


def test_a_failing_test_is_exit_code_1_at_its_place(tmp_path: Path, finops_gate: CommandLine) -> None:
    repository(tmp_path, expect="pass")
    result = finops_gate("policy", "test", "rules/own.yaml")
    assert result.exit_code == 1
    assert "rules/own.yaml:7:5: own-policy: a gp2 volume: expected pass, but the policy says fail" in result.stdout


def test_a_missing_path_and_policies_without_tests_are_no_success(tmp_path: Path, finops_gate: CommandLine) -> None:
    (tmp_path / "bare.yaml").write_text(OWN.split("tests:")[0])
    assert finops_gate("policy", "test", "nowhere").exit_code == 2
    assert finops_gate("policy", "test", "bare.yaml").exit_code == 2
