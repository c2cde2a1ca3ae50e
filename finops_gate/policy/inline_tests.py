"""Runs the tests that stand in a policy's file: a text goes down the whole pipeline, to what the policy says of it.

    tests:
      - name: a gp2 volume
        expect: warn
        line: 3
        terraform: |
          resource "aws_ebs_volume" "data" {
            size = 100
            type = "gp2"
          }

`before` holds what the files were before the change (`{}`: nothing), `env` the environment they belong to,
`parameters` values of the policy's parameters, `settings` how the formats are read. A rollout is taken to be over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from finops_gate import sources
from finops_gate.costing.catalogue import Catalogue
from finops_gate.costing.compare import compare, totals
from finops_gate.costing.estimate import estimate
from finops_gate.costing.models import shipped
from finops_gate.costing.references import References
from finops_gate.costing.subject import Context
from finops_gate.costing.usage import NO_USAGE
from finops_gate.costing.what_if import reestimator
from finops_gate.environments import with_environment
from finops_gate.model import Estimate, Finding, Notice, Span
from finops_gate.policy.definition import Policy, PolicySet
from finops_gate.policy.evaluate import evaluate
from finops_gate.policy.load import Draft, compile_policy
from finops_gate.settings import Settings
from finops_gate.sources.memory import MemoryTree

FILES = {"terraform": "main.tf", "kubernetes": "manifest.yaml", "github": ".github/workflows/workflow.yml"}
"""The file that a test's text becomes, by the key that holds it; `files` holds several, by path."""

AFTER_EVERY_ROLLOUT = "9999-12-31"
WORST_FIRST = ("fail", "warn", "unknown")


@dataclass(frozen=True, slots=True)
class Result:
    """How one test went: `problem` is empty where the policy said what was expected, and `findings` what it said."""

    policy: str
    name: str
    problem: str
    span: Span
    findings: Sequence[Finding] = ()


def run_tests(draft: Draft, catalogue: Catalogue) -> Iterator[Result]:
    """The results of a policy's tests, in their order. Raises ConfigurationError for a policy that is wrong."""
    for i, test in enumerate(draft.source.get("tests", [])):
        policy = compile_policy(draft, {"enabled": True, "parameters": test.get("parameters")})
        findings, errors = judged(policy, test, catalogue)
        problem = f"the text cannot be read: {errors[0].message}" if errors else difference(test, findings)
        yield Result(policy.id, test["name"], problem, draft.locate(f"tests[{i}]"), findings)


def judged(policy: Policy, test: Mapping[str, Any], catalogue: Catalogue) -> tuple[list[Finding], list[Notice]]:
    """What a policy says of a test's files, and what could not be read of them."""
    environments = {test["env"]: ["**"]} if "env" in test else {}
    settings = Settings(environments=environments, **test.get("settings", {}))
    after, context, errors = priced(files_of(test), settings, catalogue)
    before: list[Estimate] | None = None
    if "before" in test:
        before, _, worse = priced(files_of(test["before"]), settings, catalogue)
        errors += worse
    deltas = compare(before, after) if before is not None else []
    sums = totals(after, before, deltas)
    policies = PolicySet({policy.id: policy})
    found = evaluate(policies, after, deltas, sums, settings, AFTER_EVERY_ROLLOUT, reestimator(context))
    return found, errors


def priced(
    files: Mapping[str, str], settings: Settings, catalogue: Catalogue
) -> tuple[list[Estimate], Context, list[Notice]]:
    """What the files hold and cost, and what could not be read of them."""
    tree = MemoryTree(files)
    loaded = sources.load(tree, sources.claim(tree.paths()), settings)
    resources = [with_environment(resource, settings) for resource in loaded.resources]
    context = Context(catalogue, shipped(), References(resources), NO_USAGE)
    errors = [notice for notice in loaded.notices if notice.severity == "error"]
    return [estimate(resource, context) for resource in resources], context, errors


def files_of(test: Mapping[str, Any]) -> Mapping[str, str]:
    return {path: test[word] for word, path in FILES.items() if word in test} | dict(test.get("files", {}))


def difference(test: Mapping[str, Any], findings: Sequence[Finding]) -> str:
    """What the policy said instead of what its test expects; empty where they agree."""
    said = next((outcome for outcome in WORST_FIRST if any(f.outcome == outcome for f in findings)), "pass")
    if said != test["expect"]:
        details = "".join(f"\n    {f.span}: {f.message}" for f in findings)
        return f"expected {test['expect']}, but the policy says {said}{details}"
    lines = sorted({f.span.line for f in findings if f.span and f.outcome == said})
    if "line" in test and int(test["line"]) not in lines:
        return f"expected a finding on line {test['line']}, but it is on {', '.join(map(str, lines)) or 'none'}"
    return ""
