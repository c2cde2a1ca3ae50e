"""From a policy and resources to findings: which, where, at what level."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import pytest

from finops_gate.model import (
    NOTHING,
    Alternative,
    Component,
    Delta,
    Estimate,
    Finding,
    Range,
    Resource,
    Span,
    Totals,
    Unknown,
)
from finops_gate.policy.definition import PolicySet
from finops_gate.policy.evaluate import evaluate
from finops_gate.policy.load import load_policies
from finops_gate.settings import Settings
from finops_gate.sources.memory import MemoryTree

NOT_KNOWN = Unknown("var.x has no value")
GP2 = (
    "scope: {resources: [aws_ebs_volume, aws_instance]}\nforbid: {type: gp2, 'ebs_block_device[*].volume_type': gp2}\n"
)


def policy(rule: str, more: str = "", message: str = "{resource} {value}") -> PolicySet:
    text = f"id: own\ntitle: T.\n{rule}message: '{message}'\n{more}"
    loaded = load_policies(Settings(policy_paths=["own.yaml"]), MemoryTree({"own.yaml": text}))
    return PolicySet({"own": loaded.policies["own"]})


def resource(name: str, line: int = 1, **facts: Any) -> Resource:
    given = {"type": "aws_ebs_volume", "source": "terraform", "attributes": {}} | facts
    return Resource(f"{given['type']}.{name}", span=Span("main.tf", line), **given)


def costing(found: Resource, dollars: int | None) -> Estimate:
    if dollars is None:
        return Estimate(found, (), "unpriced", "there is no price")
    return Estimate(found, (Component("c", "month", Range.exact(1), Range.exact(dollars)),), "priced")


def judged(policies: PolicySet, resources: Sequence[Resource], as_of: str = "2026-06-01", **more: Any) -> list[Finding]:
    estimates = [costing(r, 10) for r in resources]
    return evaluate(policies, estimates, [], Totals(NOTHING), Settings(), as_of, **more)


def volume(value: Any, **facts: Any) -> Resource:
    return resource("v", attributes={"type": value}, **facts)


def test_one_finding_for_each_offender_at_its_own_line() -> None:
    places = {
        "ebs_block_device[0].volume_type": Span("main.tf", 5),
        "ebs_block_device[2].volume_type": Span("main.tf", 9),
    }
    origin = {"ebs_block_device[0].volume_type": Span("variables.tf", 2)}
    devices = [{"volume_type": kind} for kind in ("gp2", "gp3", "gp2")]
    found = judged(
        policy(GP2),
        [resource("i", type="aws_instance", attributes={"ebs_block_device": devices}, spans=places, origins=origin)],
    )
    assert [(f.span and f.span.line, f.value, f.outcome) for f in found] == [(5, "gp2", "fail"), (9, "gp2", "fail")]
    assert [f.origin for f in found] == [Span("variables.tf", 2), None]


def test_an_attribute_that_a_type_lacks_does_not_concern_it() -> None:
    wants = policy("scope: {resources: [aws_ebs_volume, aws_instance]}\nrequire: {instance_type: {present: true}}\n")
    assert [f.resource for f in judged(wants, [volume("gp2"), resource("i", type="aws_instance")])] == [
        "aws_instance.i"
    ]


@pytest.mark.parametrize(
    ("more", "value", "as_of", "outcome"),
    [
        ("", "gp2", "2026-06-01", "fail"),
        ("level: warn\n", "gp2", "2026-06-01", "warn"),
        ("rollout: {warn_until: 2026-06-01}\n", "gp2", "2026-06-01", "warn"),
        ("rollout: {warn_until: 2026-06-01}\n", "gp2", "2026-06-02", "fail"),
        ("", NOT_KNOWN, "2026-06-01", "unknown"),
        ("on_unknown: fail\n", NOT_KNOWN, "2026-06-01", "fail"),
        ("on_unknown: fail\nrollout: {warn_until: 2026-06-01}\n", NOT_KNOWN, "2026-06-01", "warn"),
        ("on_unknown: ignore\n", NOT_KNOWN, "2026-06-01", None),
        ("", "gp3", "2026-06-01", None),
    ],
)
def test_the_level_is_the_policys_until_its_rollout_is_over(
    more: str, value: Any, as_of: str, outcome: str | None
) -> None:
    found = judged(policy(GP2, more), [volume(value)], as_of)
    assert [f.outcome for f in found] == ([outcome] if outcome else [])


def test_what_is_not_known_says_why() -> None:
    assert judged(policy(GP2), [volume(NOT_KNOWN)])[0].message == (
        "aws_ebs_volume.v cannot be judged: type is not known (var.x has no value)."
    )


SCOPES = [
    ("source: kubernetes", {}, False),
    ("source: [ci, terraform]", {}, True),
    ("resources: [aws_*]", {}, True),
    ("resources: [google_*]", {}, False),
    ("paths: ['envs/**']", {}, False),
    ("paths: ['**/main.tf']", {}, True),
    ("paths: ['overlays/prod/**']", {"project": "overlays/prod"}, True),
    ("paths: ['overlays/prod/**']", {"project": "overlays/production"}, False),
    ("paths: ['overlays/*']", {"project": "overlays/prod"}, True),
    ("env: prod", {"env": "prod"}, True),
    ("env: {none_of: prod}", {"env": "prod"}, False),
    ("env: {none_of: prod}", {"env": None}, False),
    ("tags: {team: [search, shop]}", {"tags": {"team": "shop"}}, True),
    ("tags: {team: {present: true}}", {"tags": {}}, False),
    ("when: 'size > 50'", {}, False),
    ("when: monthly > 5", {}, True),
    ('when: \'resource.type == "aws_ebs_volume" and type == "gp2"\'', {}, True),
    ("changes: new", {}, False),
]


@pytest.mark.parametrize(("scope", "facts", "applies"), SCOPES)
def test_a_scope_narrows(scope: str, facts: Mapping[str, Any], applies: bool) -> None:
    found = judged(policy(f"scope: {{{scope}}}\nforbid: {{type: gp2}}\n"), [volume("gp2", **facts)])
    assert bool(found) is applies


def test_missing_labels_are_told_at_the_labels() -> None:
    spans = {"metadata": Span("m.yaml", 3), "tags": Span("m.yaml", 5)}
    found = resource("web", type="kubernetes:Deployment", attributes={"metadata": {}}, spans=spans)
    (finding,) = judged(policy("require_tags: {keys: [team]}\n"), [found])
    assert finding.span == Span("m.yaml", 5)


def test_doubt_about_the_scope_makes_a_broken_rule_unknown_and_no_more() -> None:
    rule = policy("scope: {resources: [aws_ebs_volume], when: size > 50}\nforbid: {type: gp2}\n")
    doubtful = [resource(kind, attributes={"type": kind, "size": NOT_KNOWN}) for kind in ("gp2", "gp3")]
    assert [(f.resource, f.outcome) for f in judged(rule, doubtful)] == [("aws_ebs_volume.gp2", "unknown")]


def test_new_and_changed_are_what_the_comparison_says() -> None:
    resources = {status: resource(status, attributes={"type": "gp2"}) for status in ("added", "changed", "unchanged")}
    deltas = [Delta(r.address, status, None, costing(r, 10), NOTHING) for status, r in resources.items()]  # type: ignore[arg-type]
    for changes, expected in (("new", 1), ("changed", 2), ("any", 3)):
        rule = policy(f"scope: {{changes: {changes}, resources: [aws_ebs_volume]}}\nforbid: {{type: gp2}}\n")
        estimates = [costing(r, 10) for r in resources.values()]
        assert len(evaluate(rule, estimates, deltas, Totals(NOTHING), Settings(), "2026-06-01")) == expected


def test_a_removed_resource_breaks_nothing() -> None:
    gone = volume("gp2")
    delta = Delta(gone.address, "removed", costing(gone, 10), None, NOTHING)
    assert evaluate(policy(GP2), [], [delta], Totals(NOTHING), Settings(), "2026-06-01") == []


def test_containers_are_judged_one_by_one_at_their_place() -> None:
    path = "spec.template.spec.containers[1]"
    containers = [{"name": "a", "path": "x", "cpu": Decimal(1)}, {"name": "b", "path": path, "cpu": None}]
    workload = resource(
        "w", type="kubernetes:Deployment", attributes={"containers": containers}, spans={path: Span("w.yaml", 12)}
    )
    rule = policy(
        "scope: {resources: ['kubernetes:container']}\nrequire: {cpu: {present: true}}\n", message="{element} {value}"
    )
    assert [(f.message, f.span) for f in judged(rule, [workload])] == [("b not set", Span("w.yaml", 12))]


def test_what_two_roots_say_of_one_place_is_said_once() -> None:
    (found,) = judged(policy(GP2), [volume("gp2", project="b"), volume("gp2", project="a")])
    assert found.projects == ("a", "b")


def test_what_costs_more_in_one_project_than_in_another_is_said_of_each() -> None:
    estimates = [costing(volume("gp2", project=f"infra ({env})"), cost) for env, cost in (("prod", 90), ("dev", 10))]
    found = evaluate(policy(GP2), estimates, [], Totals(NOTHING), Settings(), "2026-06-01")
    assert [(f.projects, f.monthly and f.monthly.expected) for f in found] == [
        (("infra (dev)",), Decimal(10)),
        (("infra (prod)",), Decimal(90)),
    ]


def test_each_project_has_the_changes_and_the_neighbours_of_its_own() -> None:
    old, new = volume("gp2", project="dev"), volume("gp2", project="prod")
    deltas = [
        Delta(old.address, "unchanged", costing(old, 10), costing(old, 10), NOTHING),
        Delta(new.address, "added", None, costing(new, 10), Range.exact(10)),
    ]
    rule = policy("scope: {changes: new, resources: [aws_ebs_volume]}\nforbid: {type: gp2}\n")
    estimates = [costing(new, 10), costing(old, 10)]
    (found,) = evaluate(rule, estimates, deltas, Totals(NOTHING), Settings(), "2026-06-01")
    assert found.projects == ("prod",)
    lonely = policy("scope: {resources: [aws_s3_bucket]}\nassert: any(referrers, type == 'aws_s3_bucket_policy')\n")
    buckets = [resource("b", type="aws_s3_bucket", project=project) for project in ("dev", "prod")]
    naming = resource("p", type="aws_s3_bucket_policy", references={"bucket": "aws_s3_bucket.b"}, project="dev")
    assert [f.projects for f in judged(lonely, [*buckets, naming])] == [("prod",)]


def test_a_fix_says_what_it_saves_and_sets_the_attribute_found() -> None:
    asked: list[Mapping[str, Any]] = []

    def reestimate(found: Resource, changes: Mapping[str, Any]) -> Range:
        asked.append(changes)
        return Range.exact(8)

    rule = policy(GP2, "fix: {say: Use gp3., set: {'@attribute': gp3}, safe: true}\n", "{value}; saves {savings}.")
    found = judged(rule, [volume("gp2")], reestimate=reestimate)[0]
    assert (found.message, found.savings, asked) == ("gp2; saves $2.00.", Decimal(2), [{"type": "gp3"}])
    assert found.fix is not None
    assert (found.fix.say, found.fix.set, found.fix.safe) == ("Use gp3.", {"type": "gp3"}, True)


def test_a_resource_knows_who_names_it() -> None:
    rule = policy("scope: {resources: [aws_s3_bucket]}\nassert: any(referrers, type == 'aws_s3_bucket_policy')\n")
    bucket = resource("b[0]", type="aws_s3_bucket")
    lonely = resource("c", type="aws_s3_bucket")
    naming = resource("p", type="aws_s3_bucket_policy", references={"bucket": "aws_s3_bucket.b"})
    assert [f.resource for f in judged(rule, [bucket, lonely, naming])] == ["aws_s3_bucket.c"]


def test_findings_are_in_the_order_of_the_files_whatever_that_of_the_resources() -> None:
    resources = [resource(f"v{i}", line=i, attributes={"type": "gp2"}) for i in (3, 1, 2)]
    assert [f.span and f.span.line for f in judged(policy(GP2), resources)] == [1, 2, 3]


CHEAPER = (
    Alternative("type", "gp3", "", Decimal(8), Decimal(2)),
    Alternative("other", "gp4", "", Decimal(7), Decimal(3)),
)


def cheaper(found: Estimate, at: str) -> tuple[Alternative, ...]:
    return tuple(other for other in CHEAPER if at in ("", other.attribute))


def with_cheaper(rule: PolicySet, found: Resource) -> Finding:
    estimates = [costing(found, 10)]
    settings = Settings()
    (finding,) = evaluate(rule, estimates, [], Totals(NOTHING), settings, "2026-06-01", None, cheaper)
    return finding


def test_an_alternative_helps_a_finding_about_its_attribute() -> None:
    finding = with_cheaper(policy(GP2, message="{value}; another saves {savings}."), volume("gp2"))
    assert finding.alternatives == CHEAPER[:1]
    assert finding.message == "gp2; another saves $2.00."


def test_all_alternatives_help_a_finding_about_the_cost_of_a_resource() -> None:
    limit = "scope: {resources: [aws_ebs_volume]}\ncost: {per: resource, metric: monthly, fail_above: 1}\n"
    assert with_cheaper(policy(limit, message="{resource} costs {monthly}."), volume("gp2")).alternatives == CHEAPER


def test_no_alternative_helps_a_finding_about_something_else() -> None:
    tags = policy("scope: {resources: [aws_ebs_volume]}\nrequire_tags: {keys: [team]}\n")
    assert with_cheaper(tags, volume("gp2")).alternatives == ()


def test_what_the_fix_sets_is_no_alternative_to_it() -> None:
    rule = policy(GP2, "fix: {say: Use gp3., set: {'@attribute': gp3}, safe: true}\n")
    assert with_cheaper(rule, volume("gp2")).alternatives == ()
