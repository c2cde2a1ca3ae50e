from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator

from finops_gate.model import Estimate, Finding, Fix, Report, Span
from finops_gate.render import render
from tests.render import samples

SCHEMAS = Path(__file__).parent / "schemas"
SCHEMA = SCHEMAS / "sarif-2.1.0-rtm.5.json"


def run_of(report: Report) -> Any:
    return json.loads(render(report, "sarif"))["runs"][0]


def result_of(finding: Finding, *others: Finding) -> Any:
    return run_of(samples.report(found=[finding, *others]))["results"][0]


def finding_of(policy: str) -> Finding:
    return next(f for f in samples.findings() if f.policy == policy)


VOLUME = finding_of("no-previous-generation-volumes")


def test_the_schema_is_the_published_one() -> None:
    assert hashlib.sha256(SCHEMA.read_bytes()).hexdigest() in (SCHEMAS / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("report", [*(make() for make in samples.ALL.values()), samples.hostile(), samples.many(40)])
def test_is_valid_sarif(report: Report) -> None:
    validator = Draft4Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
    assert [e.message for e in validator.iter_errors(json.loads(render(report, "sarif")))] == []


def test_levels_and_suppressions() -> None:
    results = {r["ruleId"]: r for r in run_of(samples.compared())["results"]}
    assert {policy: result["level"] for policy, result in results.items()} == {
        "max-instance-size": "error",
        "change-cost-increase": "error",
        "no-previous-generation-volumes": "warning",
        "no-unbounded-exposure": "warning",
        "log-retention": "warning",
        "require-cost-tags": "warning",
    }
    suppressed = results.pop("require-cost-tags")["suppressions"]
    assert suppressed[0]["kind"] == "external"
    assert suppressed[0]["justification"] == "moves to SSM, FIN-9 (until 2027-03-31)"
    assert not any("suppressions" in result for result in results.values())


def test_every_result_points_at_its_rule() -> None:
    run = run_of(samples.compared())
    rules = run["tool"]["driver"]["rules"]
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])
    assert all(result["locations"] for result in run["results"])


def print_of(finding: Finding, *after: Estimate) -> Any:
    return run_of(samples.report(found=[finding], after=after))["results"][0]["partialFingerprints"]


def moved_down(estimate: Estimate) -> Estimate:
    spans = {p: replace(s, line=s.line + 200, end_line=s.end_line + 200) for p, s in estimate.resource.spans.items()}
    return replace(estimate, resource=replace(estimate.resource, spans=spans))


def test_a_fingerprint_outlives_a_move_down_the_file() -> None:
    lower = replace(VOLUME, span=Span(samples.MAIN, 231, 23, 231, 28))
    assert print_of(VOLUME, samples.volume()) == print_of(lower, moved_down(samples.volume()))
    assert print_of(VOLUME) == print_of(lower)


@pytest.mark.parametrize(
    "change",
    [{"policy": "x"}, {"resource": "aws_ebs_volume.y"}, {"span": Span("other.tf", 31, 23, 31, 28)}, {"value": "io1"}],
)
def test_a_fingerprint_tells_findings_apart(change: dict[str, Any]) -> None:
    assert print_of(VOLUME) != print_of(replace(VOLUME, **change))


def test_two_attributes_of_one_resource_keep_apart() -> None:
    size = replace(VOLUME, span=Span(samples.MAIN, 32, 23, 32, 26))
    assert print_of(VOLUME, samples.volume()) != print_of(size, samples.volume())


def test_two_findings_of_one_place_keep_apart() -> None:
    twice = run_of(samples.report(found=[VOLUME, VOLUME]))["results"]
    assert len({r["partialFingerprints"]["finopsGate/v1"] for r in twice}) == 2


@pytest.mark.parametrize(
    ("change", "inserted"),
    [
        ({}, '"gp3"'),
        ({"fix": Fix("x", {"type": "gp3"})}, '"gp3"'),
        ({"excerpt": " " * 22 + "gp2", "span": Span(samples.MAIN, 31, 23, 31, 26)}, "gp3"),
        ({"fix": Fix("x", {"size": "gp3"})}, None),
        ({"origin": Span("variables.tf", 2, 1, 2, 4)}, None),
        ({"excerpt": "  type              = var.t"}, None),
        ({"fix": Fix("x", {"type": "gp3", "iops": samples.D(3000)})}, None),
    ],
)
def test_a_fix_rewrites_the_literal_at_the_place(change: dict[str, Any], inserted: str | None) -> None:
    fixes = result_of(replace(VOLUME, **change)).get("fixes", [])
    texts = [r["insertedContent"]["text"] for f in fixes for c in f["artifactChanges"] for r in c["replacements"]]
    assert texts == ([inserted] if inserted else [])


def test_an_incomplete_run_says_so() -> None:
    assert run_of(samples.unfinished())["invocations"][0]["executionSuccessful"] is False


def test_paths_are_uris() -> None:
    odd = replace(VOLUME, span=Span("envs/a b/c#d.tf", 1, 1, 1, 2))
    location = result_of(odd)["locations"][0]["physicalLocation"]["artifactLocation"]
    assert location == {"uri": "envs/a%20b/c%23d.tf", "uriBaseId": "%SRCROOT%"}
