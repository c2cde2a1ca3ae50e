"""The page about policies tells the truth: its policies load, and it leaves out no word."""

import re

import pytest

from finops_gate.costing.catalogue import open_catalogue
from finops_gate.policy.inline_tests import run_tests
from finops_gate.policy.load import drafts_of, load_policies
from finops_gate.policy.matchers import WORDS
from finops_gate.policy.messages import PLACEHOLDERS
from finops_gate.policy.names import BUILT_IN
from finops_gate.policy.rules import KINDS
from finops_gate.policy.rules.money import METRICS
from finops_gate.policy.scope import TESTS
from finops_gate.settings import Settings
from finops_gate.sources.memory import MemoryTree
from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "policies.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
FRAGMENTS = [text for text in EXAMPLES if text.split(":")[0] in KINDS]
WRAP = "id: example\ntitle: T.\nmessage: M.\nscope: {{resources: [{}]}}\n{}"
TYPES = {"assert": '"kubernetes:HorizontalPodAutoscaler"'}


def test_the_first_policy_does_what_its_tests_say() -> None:
    (first,) = [text for text in EXAMPLES if text.startswith("id:")]
    (draft,) = drafts_of(first, "a.yaml", shipped=False)
    assert [result.problem for result in run_tests(draft, open_catalogue())] == ["", ""]


@pytest.mark.parametrize("fragment", FRAGMENTS)
def test_an_example_of_a_rule_loads(fragment: str) -> None:
    types = TYPES.get(fragment.split(":")[0], "aws_instance, aws_ebs_volume")
    tree = MemoryTree({"a.yaml": WRAP.format(types, fragment)})
    assert "example" in load_policies(Settings(policy_paths=["a.yaml"]), tree).policies


def test_every_kind_of_rule_has_an_example() -> None:
    assert {text.split(":")[0] for text in FRAGMENTS} | {"require"} == set(KINDS)


@pytest.mark.parametrize(
    "words",
    [
        [f"{{{name}}}" for name in PLACEHOLDERS],
        sorted(BUILT_IN),
        sorted(TESTS),
        sorted(METRICS),
    ],
)
def test_nothing_is_left_out(words: list[str]) -> None:
    assert [word for word in words if f"`{word}`" not in PAGE] == []


def test_every_operator_is_explained() -> None:
    assert [word for word in WORDS if f"{word}:" not in PAGE] == []
