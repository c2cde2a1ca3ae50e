"""Whatever stands in a policy's file, it is loaded and evaluated or refused in a sentence; nothing else happens."""

import copy
from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from finops_gate.errors import ConfigurationError
from finops_gate.model import NOTHING, Component, Estimate, Range, Resource, Span, Totals, Unknown
from finops_gate.policy.definition import Policy, PolicySet
from finops_gate.policy.evaluate import evaluate
from finops_gate.policy.load import compile_policy, drafts_of
from finops_gate.settings import Settings

RULES: list[dict[str, Any]] = [
    {"forbid": {"type": {"one_of": ["gp2"], "default": "gp2"}, "root_block_device[*].volume_type": "gp2"}},
    {"require": {"instance_type": {"max_size": "4xlarge", "like": ["m*"]}, "size": {"min": 1, "max": "$most"}}},
    {"require_tags": {"keys": {"team": "any", "env": ["prod"], "cost": {"pattern": "CC-[0-9]+"}}}},
    {"cost": {"per": "owner", "by": ["team"], "metric": "monthly", "warn_above": "1 USD", "fail_above": 5}},
    {"budget": {"by": "team", "limits": {"a": "5 USD"}, "warn_at": "80%"}},
    {"assert": "size < $most and any(root_block_device, volume_size > 5)"},
]
REST: dict[str, Any] = {
    "id": "own",
    "title": "T.",
    "parameters": {"most": 10},
    "scope": {"source": "terraform", "resources": ["aws_instance", "aws_ebs_volume"], "when": "monthly > 1"},
    "level": "fail",
    "rollout": {"warn_until": "2026-01-01"},
    "message": "{resource} {value}",
    "fix": {"say": "Do.", "set": {"@attribute": "gp3"}},
}
ODD = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-9, 10**9)
    | st.text(max_size=8)
    | st.sampled_from(["$most", "5 USD", "80%", "x > 1", "[*]"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    if isinstance(value, dict):
        for key in value:
            yield from places(value[key], (*path, key))
    elif isinstance(value, list):
        for i, inner in enumerate(value):
            yield from places(inner, (*path, i))


def resources() -> list[Estimate]:
    odd = [Decimal(20), "gp2", None, Unknown("var.x"), [{"volume_type": "gp2"}], Range.exact(5), {"a": 1}, True]
    found = []
    for i, value in enumerate(odd):
        attributes = dict.fromkeys(("type", "size", "instance_type", "root_block_device"), value)
        tags: Any = value if isinstance(value, (dict, Unknown)) else {"team": value, "env": "prod"}
        made = Resource(
            f"aws_instance.i{i}", "aws_instance", "terraform", attributes, Span("main.tf", i + 1), tags=tags
        )
        found.append(Estimate(made, (Component("c", "u", Range.exact(1), Range.exact(i)),), "priced"))
    return found


ESTIMATES = resources()


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_policy_with_anything_anywhere_is_judged_or_refused(data: st.DataObject) -> None:
    policy: Any = copy.deepcopy({**REST, **data.draw(st.sampled_from(RULES))})
    *way, last = data.draw(st.sampled_from(list(places(policy))))
    around = policy
    for step in way:
        around = around[step]
    around[last] = data.draw(ODD)
    compiled: list[Policy] = []
    with suppress(ConfigurationError):
        compiled = [compile_policy(draft, {}) for draft in drafts_of(yaml.safe_dump(policy), "own.yaml", shipped=False)]
    found = PolicySet({p.id: p for p in compiled})
    evaluate(found, ESTIMATES, [], Totals(NOTHING), Settings(), "2026-06-01")
