from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from finops_gate.costing.unused_usage import unused_usage
from finops_gate.costing.usage import read_usage
from finops_gate.model import Range, Unknown
from tests.conftest import CommandLine
from tests.costing.fakes import resource

FILE = """resource_type_default_usage:
  aws_nothing: {requests: 1}
resource_usage:
  aws_thing.x: {requests: 1}
  aws_thing.y: {requests: 1}
  aws_thing.many[*]: {requests: 1}
  aws_thing.none[*]: {requests: 1}
  aws_thing.some[0]: {requests: 1}
  aws_thing: {requests: 2}
  aws_thing.unsaid:
"""
THERE = (
    resource("aws_thing.x"),
    resource('aws_thing.many["a"]'),
    replace(resource("aws_thing.some"), instances=Range(Decimal(0), Unknown("var.n"), Decimal(2))),
)


def lines(path: str, *targets: str) -> list[int]:
    usage, _ = read_usage(FILE, path)
    return [n.span.line for n in unused_usage(usage, THERE, targets) if n.span]


def test_address_without_a_resource_is_a_warning_at_its_line() -> None:
    usage, _ = read_usage(FILE, "infracost-usage.yml")
    first, second = unused_usage(usage, THERE, [""])
    assert first.message == "no resource has the address aws_thing.y; did you mean `aws_thing.x`?"
    assert (first.severity, first.span and first.span.line, second.span and second.span.line) == ("warning", 5, 7)


@pytest.mark.parametrize(
    ("path", "target", "found"),
    [
        ("infracost-usage.yml", "", [5, 7]),
        ("infra/prod/usage.yml", "infra", [5, 7]),
        ("infra/prod/usage.yml", "infra/prod", [5, 7]),
        # What the file is about may lie beside what this run looks at.
        ("infracost-usage.yml", "infra", []),
        ("infra/usage.yml", "infra/prod", []),
        ("infrastructure/usage.yml", "infra", []),
    ],
)
def test_file_of_more_than_the_run_looks_at_says_nothing(path: str, target: str, found: list[int]) -> None:
    assert lines(path, target) == found


def test_file_of_a_project_is_about_its_resources_only() -> None:
    own, _ = read_usage("resource_usage: {aws_thing.x: {requests: 1}}", "prod.yml")
    usage, _ = read_usage("resource_usage: {aws_thing.x: {requests: 1}}", "infracost-usage.yml")
    usage = replace(usage, files={"prod.yml": own})
    of_the_project = replace(resource("aws_thing.x"), usage_file="prod.yml")
    assert [n.span and n.span.path for n in unused_usage(usage, [of_the_project], [""])] == ["infracost-usage.yml"]
    assert [n.span and n.span.path for n in unused_usage(usage, [resource("aws_thing.x")], [""])] == ["prod.yml"]


def test_whole_run_warns_unless_it_could_not_see_everything(tmp_path: Path, finops_gate: CommandLine) -> None:
    (tmp_path / "main.tf").write_text('resource "aws_sqs_queue" "jobs" {}\n')
    (tmp_path / "infracost-usage.yml").write_text("resource_usage:\n  aws_sqs_queue.job: {monthly_requests: 1}\n")
    result = finops_gate("estimate", "--format", "concise")
    assert "infracost-usage.yml:2:3" in result.stdout
    assert "did you mean `aws_sqs_queue.jobs`?" in result.stdout
    (tmp_path / "main.tf").write_text('module "far" {\n  source = "example.org/far/away"\n  version = "1.0.0"\n}\n')
    assert "no resource has the address" not in finops_gate("estimate", "--format", "concise").stdout


SETTINGS = """version: 1
usage:
  "aws_sqs_queue.*": {monthly_requests: 5, monthly_request: 6}
  "aws_sqs_queu.*": {monthly_requests: 5}
  "*": {monthly_requests: 7}
"""


def test_globs_of_the_settings_that_count_nowhere_are_warned_about(tmp_path: Path, finops_gate: CommandLine) -> None:
    (tmp_path / ".finops-gate.yaml").write_text(SETTINGS)
    (tmp_path / "main.tf").write_text('resource "aws_sqs_queue" "jobs" {}\n')
    said = finops_gate("estimate", "-f", "concise").stdout
    queue = "aws_sqs_queue.*: nothing that it matches has a usage key `monthly_request`; did you mean `monthly_re"
    assert f".finops-gate.yaml:3:44: warning unknown-usage-key {queue}" in said
    glob = "no resource has an address like aws_sqs_queu.*; did you mean `aws_sqs_queue`?"
    assert f".finops-gate.yaml:4:3: warning usage-without-resource {glob}" in said
    assert said.count("warning ") == 2
