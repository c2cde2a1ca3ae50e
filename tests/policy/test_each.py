"""`each` beside `assert`: every element of a list is asked, and every offender is a finding at its own place."""

from __future__ import annotations

from typing import Any

import pytest

from finops_gate.errors import ConfigurationError
from finops_gate.model import NOTHING, Component, Estimate, Finding, Range, Resource, Span, Totals, Unknown
from finops_gate.policy.definition import PolicySet
from finops_gate.policy.evaluate import evaluate
from finops_gate.policy.load import load_policies
from finops_gate.settings import Settings
from finops_gate.sources.memory import MemoryTree

NOT_KNOWN = Unknown("only the run knows it")
JOB_SCOPE = "scope: {resources: ['ci:job']}\n"
STEPS = [
    {"uses": "actions/checkout@v4"},
    {"name": "Node", "uses": "actions/setup-node@v4"},
    {"uses": "actions/setup-node@v4", "with": {"cache": "npm"}},
    {"uses": "actions/setup-node@v4", "with": {"cache": ""}},
]
CACHE = "not startswith(uses, 'actions/setup-node@') or present(it['with'].cache)"


def policy(rule: str, scope: str = JOB_SCOPE) -> PolicySet:
    text = f"id: own\ntitle: T.\n{scope}{rule}message: '{{element}} {{attribute}} {{value}}'\n"
    loaded = load_policies(Settings(policy_paths=["own.yaml"]), MemoryTree({"own.yaml": text}))
    return PolicySet({"own": loaded.policies["own"]})


def judged(policies: PolicySet, attributes: dict[str, Any], **facts: Any) -> list[Finding]:
    given = {"type": "ci:job", "source": "ci"} | facts
    found = Resource("ci.yml:test", span=Span("ci.yml", 1), attributes=attributes, **given)
    estimate = Estimate(found, (Component("c", "run", Range.exact(1), Range.exact(1)),), "priced")
    return evaluate(policies, [estimate], [], Totals(NOTHING), Settings(), "2026-06-01")


def asking(assertion: str, each: str = "steps") -> PolicySet:
    return policy(f'each: {each}\nassert: "{assertion}"\n')


def test_every_offender_is_a_finding_at_the_attribute_that_is_named() -> None:
    places = {"steps[1].uses": Span("ci.yml", 8), "steps[3].uses": Span("ci.yml", 14)}
    found = judged(asking(CACHE), {"steps": STEPS}, spans=places)
    assert [(f.span and f.span.line, f.message) for f in found] == [
        (8, "Node steps[1].uses actions/setup-node@v4"),
        (14, "(not known) steps[3].uses actions/setup-node@v4"),
    ]


def test_what_is_named_first_and_is_there_is_the_place() -> None:
    places = {"steps[0].with.cache": Span("ci.yml", 9), "steps[0].uses": Span("ci.yml", 8)}
    [found] = judged(asking("it['with'].cache != false or uses == 'x'"), {"steps": [STEPS[2] | OFF]}, spans=places)
    assert (found.span, found.value) == (Span("ci.yml", 9), "false")


OFF = {"with": {"cache": False}}


def test_an_element_that_has_nothing_of_what_is_named_is_the_place_itself() -> None:
    [found] = judged(asking("present(shell)"), {"steps": [{"run": "make"}]}, spans={"steps[0]": Span("ci.yml", 5)})
    assert (found.span, found.value) == (Span("ci.yml", 5), "not set")


def test_names_of_the_element_hide_those_of_the_resource_even_where_they_are_absent() -> None:
    """A step without a name has none, though its job has one; what only the job has can be named."""
    attributes = {"name": "of the job", "system": "github", "steps": [{"run": "make"}]}
    assert judged(asking("name == null and system == 'github'"), attributes) == []


def test_plain_elements_are_it() -> None:
    found = judged(asking("it != 'pull_request'", "triggers"), {"triggers": ["push", "pull_request"]})
    assert [(f.message, f.value) for f in found] == [("(not known) triggers[1] pull_request", "pull_request")]


def test_lists_below_lists() -> None:
    lifecycle = policy(
        "each: lifecycle_rule[*].transition\nassert: days >= 30\n", "scope: {resources: [aws_s3_bucket]}\n"
    )
    rules = [{"transition": [{"days": 30}]}, {"transition": [{"days": 60}, {"days": 7}]}, {}]
    found = judged(lifecycle, {"lifecycle_rule": rules}, type="aws_s3_bucket", source="terraform")
    assert [f.value for f in found] == ["7"]
    assert found[0].message == "(not known) lifecycle_rule[1].transition[1].days 7"


def test_elements_of_a_container() -> None:
    mounts = policy("each: ports\nassert: containerPort < 1024\n", "scope: {resources: ['kubernetes:container']}\n")
    path = "spec.template.spec.containers[0]"
    container = {"name": "web", "path": path, "ports": [{"containerPort": 80}, {"containerPort": 8080}]}
    spans = {f"{path}.ports[1].containerPort": Span("w.yaml", 20)}
    attributes = {"containers": [container]}
    found = judged(mounts, attributes, type="kubernetes:Deployment", source="kubernetes", spans=spans)
    assert [f.span for f in found] == [Span("w.yaml", 20)]


@pytest.mark.parametrize("steps", [None, [], "make"])
def test_where_there_is_no_element_there_is_nothing_to_say(steps: Any) -> None:
    assert judged(asking("false"), {"steps": steps}) == []


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        (NOT_KNOWN, "steps is not known (only the run knows it)"),
        ([NOT_KNOWN], "steps[0] is not known (only the run knows it)"),
        ([{"uses": NOT_KNOWN}], "steps[0].uses is not known (only the run knows it)"),
    ],
)
def test_what_is_not_known_says_so(steps: Any, said: str) -> None:
    [found] = judged(asking("uses == 'x'"), {"steps": steps})
    assert (found.outcome, found.message) == ("unknown", f"ci.yml:test cannot be judged: {said}.")


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("each: stepz\nassert: 'true'\n", "ci:job has no attribute `stepz`; did you mean `steps`?"),
        ("each: steps\nassert: present(usess)\n", "there is no `usess`; did you mean `uses`?"),
        ("each: steps\nassert: present(it.usess)\n", "there is no `usess`; did you mean `uses`?"),
        ("each: 'steps['\nassert: 'true'\n", "is not an attribute path"),
        ("each: steps\nrequire: {runs-on: x}\n", "`each` stands beside `assert`"),
        ("each: [steps]\nassert: 'true'\n", "`each` must be text"),
    ],
)
def test_what_is_wrong_is_said_when_the_policy_is_loaded(rule: str, said: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        policy(rule)
    assert said in error.value.message


def test_whole_objects_are_no_values() -> None:
    found = judged(policy("assert: length(steps) < 2\n"), {"steps": STEPS})
    assert [f.value for f in found] == [""]
