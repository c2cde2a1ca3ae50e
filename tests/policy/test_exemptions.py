"""An exemption has a place, a reason and an end; what lacks them, or has run out, exempts nothing and is said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finops_gate.model import Finding, Resource, Span
from finops_gate.policy.exemptions import apply_exemptions
from finops_gate.policy.load import load_policies
from finops_gate.settings import Settings
from finops_gate.sources.memory import MemoryTree

POLICY = (
    "id: {}\ntitle: T.\nscope: {{resources: [aws_ebs_volume]}}\nforbid: {{type: gp2}}\nmessage: M.\nexemptible: {}\n"
)
POLICIES = load_policies(
    Settings(policy_paths=["p"]),
    MemoryTree({"p/a.yaml": POLICY.format("no-gp2", "inline"), "p/b.yaml": POLICY.format("never-this", "never")}),
)
VOLUME = 'resource "aws_ebs_volume" "a" {\n  size = 1\n  type = "gp2"\n}\n'
ADDRESS = "aws_ebs_volume.a"


def volume(path: str, line: int) -> Resource:
    return Resource(ADDRESS, "aws_ebs_volume", "terraform", {}, Span(path, line))


def outcomes(text: str, policy: str = "no-gp2", as_of: str = "2026-06-01") -> list[tuple[str, str]]:
    """What becomes of a finding at the `type =` line of a text, and what else is said."""
    lines = text.split("\n")
    at = next(i for i, line in enumerate(lines) if "type =" in line) + 1
    header = next(i for i, line in enumerate(lines) if line.startswith("resource")) + 1
    finding = Finding(policy, "fail", "M.", ADDRESS, Span("main.tf", at, 10))
    found = apply_exemptions(
        [finding], {"main.tf": text}.get, ["main.tf"], as_of, POLICIES, [volume("main.tf", header)]
    )
    return [(f.policy, f.outcome) for f in found]


def placed(comment: str, where: str) -> str:
    marks = {"above": '  type = "gp2"', "end": '"gp2"', "header": "resource "}
    mark = marks[where]
    return VOLUME.replace(mark, f"{mark} {comment}" if where == "end" else f"{comment}\n{mark}")


EXEMPT = [("no-gp2", "exempt")]
FAIL = ("no-gp2", "fail")


@pytest.mark.parametrize("where", ["above", "end", "header"])
@pytest.mark.parametrize(
    "comment",
    [
        "# finops-gate: ignore[no-gp2] the AMI needs it",
        "// finops-gate: ignore[no-gp2] the AMI needs it, until 2026-06-01",
        "# finops-gate: ignore[ no-gp2 ] the AMI needs it until 2027-01-31.",
    ],
)
def test_a_comment_with_a_reason_exempts_its_line_or_resource(comment: str, where: str) -> None:
    assert outcomes(placed(comment, where)) == EXEMPT


def test_comments_may_stand_one_above_the_other_and_lines_end_in_crlf() -> None:
    text = placed("# finops-gate: ignore[no-gp2] needed\n# because of the AMI", "above")
    assert outcomes(text.replace("\n", "\r\n")) == EXEMPT


@pytest.mark.parametrize(
    ("comment", "said"),
    [
        ("# finops-gate: ignore[no-gp2]", "invalid-exemption"),
        ("# finops-gate: ignore[no-gp2] until 2027-01-01", "invalid-exemption"),
        ("# finops-gate: ignore[no-gp2] reason, until tomorrow", "invalid-exemption"),
        ("# finops-gate: ignore[] reason", "invalid-exemption"),
        ("# finops-gate: ignore[no-gp3] reason", "invalid-exemption"),
        ("# finops-gate: skip[no-gp2] reason", "invalid-exemption"),
        ("# finops-gate: ignore[no-gp2] reason, until 2026-05-31", "expired-exemption"),
        ("# finops-gate: ignore[never-this] reason", "unused-exemption"),
    ],
)
def test_what_is_wrong_exempts_nothing_and_is_said(comment: str, said: str) -> None:
    assert outcomes(placed(comment, "above")) == [FAIL, (said, "warn")]


def test_a_comment_elsewhere_exempts_nothing() -> None:
    text = VOLUME.replace("  size = 1", "  size = 1 # finops-gate: ignore[no-gp2] reason")
    assert outcomes(text) == [FAIL, ("unused-exemption", "warn")]


def test_a_policy_may_refuse() -> None:
    text = placed("# finops-gate: ignore[never-this] reason", "above")
    assert outcomes(text, "never-this") == [("never-this", "fail"), ("refused-exemption", "warn")]


def test_a_comment_is_for_its_own_file_though_another_root_has_the_same_address() -> None:
    texts = {"prod/main.tf": VOLUME, "dev/main.tf": placed("# finops-gate: ignore[no-gp2] reason", "header")}
    findings = [Finding("no-gp2", "fail", "M.", ADDRESS, Span(path, 3 + (path[0] == "d"), 10)) for path in texts]
    resources = [volume("prod/main.tf", 1), volume("dev/main.tf", 2)]
    found = apply_exemptions(findings, texts.get, list(texts), "2026-06-01", POLICIES, resources)
    assert [(f.span and f.span.path, f.outcome) for f in found] == [("prod/main.tf", "fail"), ("dev/main.tf", "exempt")]


def test_the_exemption_says_why_and_where() -> None:
    text = placed("# finops-gate: ignore[no-gp2, never-this] the AMI needs it, until 2027-01-31", "end")
    finding = Finding("no-gp2", "fail", "M.", ADDRESS, Span("main.tf", 3, 10))
    found = apply_exemptions([finding], {"main.tf": text}.get, ["main.tf"], "2026-06-01", POLICIES, [])
    exemption = found[0].exemption
    assert exemption is not None
    assert (exemption.reason, exemption.until, exemption.span.line) == ("the AMI needs it", "2027-01-31", 3)
    assert [(f.policy, "never-this" in f.message) for f in found[1:]] == [("unused-exemption", True)]


PIECES = [*"ab \n#/[],.-:09", "# finops-gate: ", "finops-gate:", "ignore[", "no-gp2", "] ", "until ", "2027-01-01"]


@given(st.lists(st.sampled_from(PIECES)))
def test_no_comment_whatever_exempts_by_accident_or_raises(pieces: list[str]) -> None:
    text = "".join(pieces)
    found = outcomes(f"{text}\n{VOLUME}")
    assert found[0] in [FAIL, *EXEMPT]
    assert (found[0] == EXEMPT[0]) <= ("ignore[" in text and "no-gp2" in text)
