"""A policy that is wrong ends the run with what, where and the nearest right word; never with a pass."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import jsonschema
import pytest

from finops_gate import data
from finops_gate.errors import ConfigurationError
from finops_gate.policy.load import load_policies, shipped_drafts
from finops_gate.settings import Settings
from finops_gate.sources.memory import MemoryTree

GOOD = """\
id: own-policy
title: Volumes are gp3.
scope: {resources: [aws_ebs_volume]}
forbid: {type: gp2}
message: "{resource} uses {value}."
"""


def load(text: str, **settings: Any) -> Any:
    tree = MemoryTree({"policies/own.yaml": text})
    return load_policies(Settings(policy_paths=["policies"], **settings), tree)


BUCKET = GOOD.replace("aws_ebs_volume", "aws_s3_bucket")


@pytest.mark.parametrize(
    ("assertion", "nearest"),
    [
        ("any(lifecycle_rule, length(expiraton) > 0)", "expiration"),
        ("any(lifecycle_rule, it.expiraton.days > 0)", "expiration"),
        ("any(lifecycle_rule, any(expiration, dais > 3))", "days"),
        ("lifecycle_rule[0].expiration.dais > 3", "days"),
        ("length(filter(lifecycle_rule, enabld)) > 0", "enabled"),
    ],
)
def test_a_name_inside_a_quantifier_or_below_a_path_must_exist_too(assertion: str, nearest: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        load(BUCKET.replace("forbid: {type: gp2}", f"assert: {assertion}"))
    assert f"did you mean `{nearest}`?" in error.value.message


@pytest.mark.parametrize(
    "assertion",
    [
        "any(lifecycle_rule, enabled and any(expiration, days > 3 or bucket == 'x'))",
        "tags.whatever == 'x' and any(referrers, type == 'y' and whatever)",
        "any(['a', 'b'], it == bucket)",
        "{'a': monthly.floor}[bucket] > 5",
        "resource.attributes.whatever == null",
    ],
)
def test_names_that_exist_or_cannot_be_checked_are_let_through(assertion: str) -> None:
    assert load(BUCKET.replace("forbid: {type: gp2}", f'assert: "{assertion}"'))


def test_a_good_policy_is_known_and_enabled() -> None:
    assert "own-policy" in [policy.id for policy in load(GOOD).enabled]


@pytest.mark.parametrize(
    ("wrong", "right", "line", "said"),
    [
        ("forbid: {type", "forbidd: {type", 4, "unknown key `forbidd`; did you mean `forbid`?"),
        ("type: gp2", "tpye: gp2", 4, "aws_ebs_volume has no attribute `tpye`; did you mean `type`?"),
        ("type: gp2", "type: {onof: [gp2]}", 4, "`one_of`"),
        ("type: gp2", "type: {pattern: '(a+)+'}", 4, "a repeat inside a repeat"),
        ("type: gp2", "size: {max: lots}", 4, "'lots' is not a figure"),
        ("type: gp2", "type: {max_size: 4Gi}", 4, "size such as 4xlarge"),
        ("type: gp2", "type: $kind", 4, "there is no parameter `kind`"),
        ("type: gp2", "'type..x': gp2", 4, "is not an attribute path"),
        ("forbid: {type: gp2}", "assert: tpye != 'gp2'", 4, "there is no `tpye`; did you mean `type`?"),
        ("forbid: {type: gp2}", "assert: lenght(type) > 2", 4, "there is no function `lenght`; did you mean `length`?"),
        ("forbid: {type: gp2}", "assert: 'type ~ 3'", 4, "invalid syntax"),
        ("forbid: {type: gp2}", "assert: monthly.ceilng < 5", 4, "did you mean `ceiling`?"),
        ("forbid: {type: gp2}", "assert: resource.adress == 'a'", 4, "did you mean `address`?"),
        ("forbid: {type: gp2}", "assert: 'any([1], it.x > size) and sise > 1'", 4, "did you mean `size`?"),
        ("forbid: {type: gp2}", "cost: {per: team, metric: monthly, fail_above: 1 USD}", 4, "resource, owner, project"),
        ("forbid: {type: gp2}", "cost: {per: change, metric: change, fail_above: 20%}", 4, "written as 500 USD"),
        ("forbid: {type: gp2}", "cost: {per: change, metric: change}", 4, "`warn_above` or `fail_above`"),
        ("forbid: {type: gp2}", "budget: {by: team, limits: {a: 5d}}", 4, "not an amount of money"),
        ("forbid: {type: gp2}", "require_tags: {key: [team]}", 4, "unknown key `key`"),
        ("forbid: {type: gp2}", "level: warn", 1, "a policy needs a rule"),
        ("forbid: {type: gp2}", "forbid: {type: gp2}\nrequire: {type: gp3}", 5, "a policy has one rule"),
        ("scope: {resources", "scope: {resource", 3, "did you mean `resources`?"),
        ("[aws_ebs_volume]", "[aws_ebs_volume], changes: newish", 3, "did you mean `new`?"),
        ("[aws_ebs_volume]", "[aws_ebs_volume], when: sizes > 3", 3, "did you mean `size`?"),
        ("{value}", "{vlaue}", 5, "did you mean `value`?"),
        ("id: own-policy", "id: Own Policy", 1, "kebab case"),
        ("title: Volumes are gp3.\n", "", 1, "lacks `title`"),
        ("forbid: {type: gp2}", "forbid: {type: gp2", 5, "not valid YAML"),
        ("forbid: {type: gp2}", "forbid: {type: gp2}\nlevel: fial", 5, "did you mean `fail`?"),
        ("forbid: {type: gp2}", "forbid: {type: gp2}\nlevel: warn\nlevel: fail", 6, "given twice"),
    ],
)
def test_what_is_wrong_is_said_at_its_line(wrong: str, right: str, line: int, said: str) -> None:
    assert wrong in GOOD
    with pytest.raises(ConfigurationError) as error:
        load(GOOD.replace(wrong, right))
    assert said in error.value.message
    assert error.value.span is not None
    assert (error.value.span.path, error.value.span.line) == ("policies/own.yaml", line)
    assert error.value.exit_code == 2


@pytest.mark.parametrize(
    ("policies", "said"),
    [
        ({"own-polcy": {"enabled": False}}, "there is no policy `own-polcy`; did you mean `own-policy`?"),
        ({"own-policy": {"levle": "warn"}}, "did you mean `level`?"),
        ({"own-policy": {"parameters": {"x": 1}}}, "no parameter `x`"),
    ],
)
def test_a_setting_of_what_does_not_exist_is_an_error(policies: Mapping[str, Any], said: str) -> None:
    with pytest.raises(ConfigurationError, match=r"no (policy|setting|parameter) ") as error:
        load(GOOD, policies=policies)
    assert said in error.value.message


def test_settings_override_level_parameters_and_whether_it_is_enabled() -> None:
    text = GOOD.replace("type: gp2", "type: $kinds") + "parameters: {kinds: [gp2]}\n"
    own = load(text, policies={"own-policy": {"level": "warn", "parameters": {"kinds": ["io1"]}}}).policies[
        "own-policy"
    ]
    assert (own.level, own.source["parameters"]) == ("warn", {"kinds": ["io1"]})
    assert "own-policy" not in [p.id for p in load(GOOD, policies={"own-policy": {"enabled": False}}).enabled]


@pytest.mark.parametrize(
    ("policy", "parameters", "said"),
    [
        ("required-tags", {"keys": "team"}, "require_tags.keys"),
        ("required-tags", {"keys": Decimal(5)}, "require_tags.keys"),
        ("required-tags", {"keys": []}, "require_tags.keys"),
        ("instance-size-cap", {"largest": "huge"}, "'huge' is not a figure"),
        ("job-timeout", {"minutes": "an hour"}, "is not a figure"),
        ("team-budget", {"limits": ["a"]}, "budget.limits"),
        ("team-budget", {"limits": {"a": "5 EUR"}}, "5 EUR"),
    ],
)
def test_a_parameter_that_does_not_fit_is_an_error_of_the_settings(policy: str, parameters: Any, said: str) -> None:
    with pytest.raises(ConfigurationError, match="with these parameters of") as error:
        load(GOOD, policies={policy: {"parameters": parameters}})
    assert said in error.value.message


def test_a_file_may_hold_a_list_and_an_id_is_used_once() -> None:
    listed = "".join(f"- id: p{i}\n  title: T.\n  forbid: {{type: gp2}}\n  message: M.\n" for i in range(2))
    assert {"p0", "p1"} <= set(load(listed).policies)
    with pytest.raises(ConfigurationError, match="used twice"):
        load(listed.replace("p1", "p0"))


def test_a_path_without_policies_is_an_error() -> None:
    with pytest.raises(ConfigurationError, match="no policy file at nowhere"):
        load_policies(Settings(policy_paths=["nowhere"]), MemoryTree({}))


def plain(value: Any) -> Any:
    """A policy as JSON has it, for the schema."""
    return json.loads(json.dumps(value, default=float))


@pytest.mark.parametrize("draft", list(shipped_drafts()), ids=lambda draft: draft.source["id"])
def test_a_shipped_policy_keeps_the_schema_and_the_house_rules(draft: Any) -> None:
    source = draft.source
    schema = json.loads((data.schemas_dir() / "policy.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(plain(source))
    assert draft.locate("id").path.endswith(f"/{source['id']}.yaml")
    assert source["title"].endswith(".")
    assert source["fix"]["say"].endswith(".")
    assert source["description"]
    expected = {test["expect"] for test in source["tests"]}
    assert "pass" in expected
    assert expected & {"warn", "fail"}
