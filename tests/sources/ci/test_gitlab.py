"""GitLab pipelines as resources: hand arithmetic, and the rules that GitLab documents."""

from __future__ import annotations

import time
from decimal import Decimal
from typing import Any

import pytest

from finops_gate.costing.usage import Usage
from finops_gate.model import UNBOUNDED, Range, Unknown
from finops_gate.sources.ci.gitlab_config import fits, steps_of
from finops_gate.sources.ci.gitlab_job import minutes_of
from finops_gate.sources.ci.gitlab_rules import AT_RUN_TIME, SOME, RuleError, condition
from tests.sources.ci.reading import bounds, codes, jobs, load, priced

FILE = ".gitlab-ci.yml"


def job(body: str, above: str = "", **settings: Any) -> Any:
    """The only job of a pipeline, from its keys in flow style."""
    return jobs({FILE: f"{above}\nit: {{script: [make], {body}}}\n"}, **settings)["it"]


# Worked figures


def test_a_large_runner_for_750_seconds() -> None:
    """750 / 60 x 3 = 37.5 compute minutes at 10 USD for 1,000: 0.375."""
    usage = Usage(exact={f"{FILE}:it": {"minutes_per_run": Decimal("12.5"), "monthly_runs": Decimal(1)}})
    found = priced({FILE: "it: {script: [make], tags: [saas-linux-large-amd64]}"}, usage)["it"]
    assert found.extra["per_run"].expected == Decimal("0.375")
    assert found.monthly.expected == Decimal("0.375")


def test_bounds_of_a_run() -> None:
    """A minute, ten and the hour that a project has by default, at 0.02."""
    found = priced({FILE: "it: {script: [make], tags: [saas-linux-medium-amd64]}"})["it"]
    assert found.extra["per_run"] == bounds("0.02", "0.20", "1.20")
    assert found.monthly == bounds("0", "12.00", "Infinity")
    assert found.assumptions == ("60 runs a month on push", "10 minutes a job")


# Machines


@pytest.mark.parametrize(
    ("tags", "sku"),
    [
        ("[]", "gitlab_linux_small"),
        ("[saas-linux-2xlarge-amd64]", "gitlab_linux_2xlarge"),
        ("[saas-macos-medium-m1]", "gitlab_macos_medium_m1"),
        ("[ours]", "gitlab_linux_large"),
        ("[any, saas-linux-small-arm64]", "gitlab_linux_small_arm64"),
        ("[$SIZE]", "gitlab_linux_xlarge"),
        ("['saas-linux-${ARCH}']", "gitlab_linux_medium_arm64"),
        ("[own]", "self_hosted"),
    ],
)
def test_machines(tags: str, sku: str) -> None:
    found = job(
        f"tags: {tags}",
        "variables: {SIZE: saas-linux-xlarge-amd64, ARCH: {value: medium-arm64, description: d}}",
        runners={"ours": "saas-linux-large-amd64", "own": "self_hosted"},
    )
    assert [entry["sku"] for entry in found.attributes["runner_skus"]] == [sku]


@pytest.mark.parametrize(("tags", "says"), [("[docker]", "ci.runners"), ("[$X]", "$X has its value only when it runs")])
def test_machines_nobody_knows(tags: str, says: str) -> None:
    (entry,) = job(f"tags: {tags}").attributes["runner_skus"]
    assert isinstance(entry["sku"], Unknown)
    assert says in entry["sku"].reason


def test_settings_say_what_untagged_jobs_run_on() -> None:
    (entry,) = job("", runners={"untagged": "self_hosted"}).attributes["runner_skus"]
    assert (entry["label"], entry["sku"]) == ("untagged", "self_hosted")


def test_parallel() -> None:
    found = jobs(
        {
            FILE: """
            five: {script: [make], parallel: 5}
            matrix:
              script: [make]
              tags: ["saas-linux-${SIZE}-amd64"]
              parallel: {matrix: [{SIZE: [small, large], V: [1, 2, 3]}, {SIZE: medium}]}
            """
        }
    )
    assert found["five"].attributes["instances"] == 5
    assert found["matrix"].attributes["instances"] == 7
    assert found["matrix"].attributes["runners"] == {
        "saas-linux-small-amd64": 3,
        "saas-linux-large-amd64": 3,
        "saas-linux-medium-amd64": 1,
    }


@pytest.mark.parametrize(
    "parallel", ["many", "0", "201", "{matrix: [{A: [1, 2, 3, 4, 5, 6, 7], B: &b [1, 2, 3, 4, 5, 6], C: *b}]}"]
)
def test_parallel_that_gitlab_refuses(parallel: str) -> None:
    assert codes(load({FILE: f"it: {{script: [make], parallel: {parallel}}}"})) == [("invalid-pipeline", "error", 1)]


# Timeout


@pytest.mark.parametrize(
    ("written", "minutes"),
    [
        ("3h 30m", 210),
        ("1 hour and 20 minutes", 80),
        ("90 minutes", 90),
        ("3600 seconds", 60),
        ("2 days, 3 hours", 3060),
        ("1h30m", 90),
        ("120", 2),
        ("soon", None),
        ("0m", None),
        ("1 fortnight", None),
        ("", None),
    ],
)
def test_durations(written: str, minutes: int | None) -> None:
    assert minutes_of(written) == minutes


@pytest.mark.parametrize(
    ("body", "declared", "minutes", "ceiling"),
    [
        ("timeout: 20m", True, 20, 20),
        ("", False, 60, 60),
        # Hosted runners stop a job after three hours whatever it says; one's own do not.
        ("timeout: 5h", True, 300, 180),
        ("timeout: 5h, tags: [own]", True, 300, 300),
    ],
)
def test_timeouts(body: str, declared: bool, minutes: int, ceiling: int) -> None:
    attributes = job(body, runners={"own": "self_hosted"}).attributes
    assert (attributes["timeout_declared"], attributes["timeout_minutes"]) == (declared, minutes)
    assert attributes["minutes"].ceiling == ceiling


def test_a_timeout_that_is_none_is_said() -> None:
    loaded = load({FILE: "it:\n  script: [make]\n  timeout: soon\n"})
    assert codes(loaded) == [("invalid-pipeline", "error", 3)]


# What starts a job

MERGE_REQUEST = '$CI_PIPELINE_SOURCE == "merge_request_event"'


@pytest.mark.parametrize(
    ("body", "above", "started"),
    [
        ("", "", {"push": 60}),
        (f"rules: [{{if: '{MERGE_REQUEST}'}}]", "", {"pull_request": 120}),
        ("rules: [{if: $CI_COMMIT_TAG}]", "", {"tag": 0}),
        ("rules: [{if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH}]", "", {"push": 60}),
        (f"rules: [{{if: '{MERGE_REQUEST}', when: never}}, {{when: on_success}}]", "", {"push": 60}),
        ("rules: [{when: never}]", "", {}),
        ("rules: [{when: manual}]", "", {"push": 0, "pull_request": 0, "tag": 0, "schedule": 0, "manual": 0, "api": 0}),
        ("rules: [{changes: [src/**]}]", "", {"push": 60, "pull_request": 120}),
        ("rules: [{if: $DEPLOY}]", "", {"push": 60, "pull_request": 120}),
        ('rules: [{if: $DEPLOY == "yes"}]', "variables: {DEPLOY: no}", {}),
        ("rules: [{if: '$CI_PIPELINE_SOURCE == \"schedule\"'}]", "", {"schedule": 0}),
        ("when: never", "", {}),
        ("only: [tags]", "", {"tag": 0}),
        ("only: [merge_requests]", "", {"pull_request": 120}),
        ("only: [main]", "", {"push": 60}),
        ("only: {refs: [branches], changes: [a]}", "", {"push": 60}),
        ("except: [branches]", "", {"tag": 0}),
        ("", f"workflow: {{rules: [{{if: '{MERGE_REQUEST}'}}]}}", {"pull_request": 120}),
        (
            "",
            "workflow: {rules: [{if: $CI_COMMIT_TAG, when: never}, {when: always}]}",
            {"push": 60, "pull_request": 120},
        ),
    ],
)
def test_what_starts_a_job(body: str, above: str, started: dict[str, int]) -> None:
    found = job(body, above)
    assert found.attributes["triggers"] == list(started)
    assert found.attributes["runs_per_month"].expected == sum(started.values())
    assert found.attributes["runs_per_month"].ceiling == (UNBOUNDED if started else 0)


@pytest.mark.parametrize(
    ("rules", "twice"),
    [
        ("rules: [{if: $CI_MERGE_REQUEST_IID}, {if: $CI_COMMIT_BRANCH}]", True),
        ("rules: [{when: always}]", True),
        ("only: [branches, merge_requests]", True),
        ("rules: [{if: $CI_MERGE_REQUEST_IID}, {if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH}]", False),
        ("rules: [{if: $CI_MERGE_REQUEST_IID}, {if: $CI_COMMIT_BRANCH, when: manual}]", False),
        ("rules: [{if: $CI_COMMIT_BRANCH && $CI_OPEN_MERGE_REQUESTS, when: never}, {when: always}]", False),
        ("when: always", False),
    ],
)
def test_the_first_job_that_a_push_starts_twice_says_so(rules: str, twice: bool) -> None:
    text = f"a: {{script: [x], {rules}}}\nb: {{script: [x], {rules}}}\n"
    assert [job.attributes["runs_twice"] for job in jobs({FILE: text}).values()] == [twice, False]


def test_schedules_stand_in_the_settings() -> None:
    found = job("", runs={"schedule": 30})
    assert found.attributes["triggers"] == ["push", "schedule"]
    assert found.attributes["runs_per_month"] == Range(Decimal(0), Decimal(90), UNBOUNDED)


def test_rules_that_are_no_rules_are_said() -> None:
    loaded = load({FILE: "it:\n  script: [make]\n  rules:\n    - if: $A = b\n"})
    assert codes(loaded) == [("invalid-expression", "error", 4)]


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("$A", True),
        ("$EMPTY", False),
        ("$NULL", False),
        ("$A == 'a'", True),
        ('$A != "a"', False),
        ("$A == $B", False),
        ("$NULL == null", True),
        ("$SOME", True),
        ("$SOME == null", False),
        ("$SOME == 'x'", None),
        ("$NULL =~ /x/", False),
        ("$A =~ /^a$/", None),
        ("$A == 'a' && $B == 'b'", True),
        ("$A == 'x' && $OTHER", False),
        ("$A == 'a' || $OTHER", True),
        ("$A == 'x' || $B == 'b' && $A", True),
        ("($A == 'x' || $B == 'b') && $NULL", False),
        ("$CI_MERGE_REQUEST_ID", False),
        ("${A}", True),
    ],
)
def test_conditions(text: str, holds: bool | None) -> None:
    found = condition(text, {"A": "a", "B": "b", "EMPTY": "", "NULL": None, "SOME": SOME, "OTHER": AT_RUN_TIME})
    assert isinstance(found, Unknown) if holds is None else found is holds


@pytest.mark.parametrize("text", ["", "$A ==", "== $A", "($A", "$A $B", "$A = 1", "'open", "(" * 100])
def test_conditions_that_are_none(text: str) -> None:
    with pytest.raises(RuleError):
        condition(text, {})


# Configuration


def test_extends_merges_mappings_and_replaces_lists() -> None:
    found = jobs(
        {
            FILE: """
            .a: {script: [a], tags: [saas-linux-large-amd64], variables: {X: 1, Y: 1}}
            .b: {variables: {Y: 2, Z: 2}, timeout: 20m}
            it: {extends: [.a, .b], variables: {Z: 3}, tags: [saas-linux-medium-amd64]}
            """
        }
    )
    assert list(found) == ["it"]
    assert found["it"].attributes["variables"] == {"X": Decimal(1), "Y": Decimal(2), "Z": Decimal(3)}
    assert found["it"].attributes["runner"] == "saas-linux-medium-amd64"
    assert found["it"].attributes["timeout_minutes"] == 20


def test_places_are_where_a_value_is_written() -> None:
    found = jobs(
        {
            FILE: "include: /ci/base.yml\nit:\n  extends: .base\n  script: [make]\n",
            "ci/base.yml": ".base:\n  timeout: 20m\n  tags:\n    - saas-linux-large-amd64\n",
        }
    )["it"]
    assert str(found.span) == f"{FILE}:2:1"
    assert str(found.span_of("timeout_minutes")) == "ci/base.yml:2:12"
    assert str(found.span_of("runner")) == "ci/base.yml:4:5"
    assert str(found.span_of("script[0]")) == f"{FILE}:4:12"
    assert str(found.span_of("runs_per_month")) == f"{FILE}:2:1"


def test_default_and_what_does_not_inherit_it() -> None:
    found = jobs(
        {
            FILE: """
            default: {timeout: 15m, tags: [saas-linux-large-amd64], interruptible: true}
            all: {script: [x]}
            own: {script: [x], timeout: 5m}
            none: {script: [x], inherit: {default: false}}
            some: {script: [x], inherit: {default: [tags]}}
            """
        }
    )
    assert [found[name].attributes["timeout_minutes"] for name in ("all", "own", "none", "some")] == [15, 5, 60, 60]
    assert found["none"].attributes["runner"] == "saas-linux-small-amd64"
    assert found["some"].attributes["runner"] == "saas-linux-large-amd64"
    assert [found[name].attributes.get("interruptible") for name in ("all", "none")] == [True, None]
    assert {job.attributes["cancels_superseded"] for job in found.values()} == {True}


def test_references() -> None:
    found = jobs(
        {
            FILE: """
            .size: {tags: [saas-linux-large-amd64], timeout: 9m}
            .never: {rules: [{if: $CI_COMMIT_TAG, when: never}]}
            it:
              script: [x]
              tags: !reference [.size, tags]
              timeout: !reference [.size, timeout]
              rules:
                - !reference [.never, rules]
                - when: on_success
            """
        }
    )["it"]
    assert found.attributes["runner"] == "saas-linux-large-amd64"
    assert found.attributes["timeout_minutes"] == 9
    assert found.attributes["triggers"] == ["push", "pull_request"]
    assert found.span_of("timeout_minutes").line == 2


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (".a: {extends: .b}\n.b: {extends: .a}\nit: {extends: .a, script: [x]}", "extends-recursion"),
        ("it: {extends: .none, script: [x]}", "missing-template"),
        ("it: {script: [x], tags: !reference [.none, tags]}", "missing-reference"),
        (".a: {tags: !reference [.a, tags]}\nit: {script: [x], tags: !reference [.a, tags]}", "missing-reference"),
        ("include: nowhere.yml\nit: {script: [x]}", "missing-include"),
        (f"include: {FILE}\nit: {{script: [x]}}", "include-recursion"),
        ("[]", "invalid-pipeline"),
        ("", "invalid-pipeline"),
    ],
)
def test_what_is_wrong_is_said(text: str, code: str) -> None:
    loaded = load({FILE: text})
    assert {(c, severity) for c, severity, _ in codes(loaded)} == {(code, "error")}


def test_includes() -> None:
    """A file that includes others is laid over them; a file that nothing includes stands for itself."""
    found = load(
        {
            FILE: """
            include:
              - local: /ci/*.yml
              - deep/**.yml
            a: {script: [x], timeout: 3m}
            """,
            "ci/a.yml": "include: more/b.yml\na: {script: [x], timeout: 1m, tags: [saas-linux-large-amd64]}\n",
            "ci/below/no.yml": "no: {script: [x]}\n",
            "more/b.yml": "b: {script: [x]}\n",
            "deep/c.yml": "c: {script: [x]}\n",
            "deep/er/d.yml": "d: {script: [x]}\n",
            "alone.gitlab-ci.yml": "e: {script: [x]}\n",
        }
    )
    assert [r.address for r in found.resources] == [
        f"{FILE}:b",
        f"{FILE}:a",
        f"{FILE}:c",
        f"{FILE}:d",
        "alone.gitlab-ci.yml:e",
    ]
    merged = found.resources[1].attributes
    assert (merged["timeout_minutes"], merged["runner"]) == (3, "saas-linux-large-amd64")


@pytest.mark.parametrize(
    ("glob", "path", "matches"),
    [
        ("ci/*.yml", "ci/a.yml", True),
        ("ci/*.yml", "ci/b/a.yml", False),
        ("ci/**.yml", "ci/a.yml", True),
        ("ci/**.yml", "ci/b/c/a.yml", True),
        ("ci/**/*.yml", "ci/b/a.yml", True),
        ("ci/**/*.yml", "ci/a.yml", False),
        ("ci/[a].yml", "ci/a.yml", False),
    ],
)
def test_globs(glob: str, path: str, matches: bool) -> None:
    """https://docs.gitlab.com/ci/yaml/includes/#use-includelocal-with-wildcard-file-paths"""
    assert fits(path.split("/"), steps_of(glob)) is matches


def test_inputs() -> None:
    found = jobs(
        {
            FILE: "include: [{local: t.yml, inputs: {size: large}}, {local: u.yml}]\n",
            "t.yml": """
            spec: {inputs: {size: {default: small}, time: {default: 7m}}}
            ---
            build-$[[ inputs.size ]]:
              script: [x]
              timeout: $[[ inputs.time ]]
              tags: ["saas-linux-$[[ inputs.size ]]-amd64"]
            """,
            "u.yml": "other: {script: [x]}\n",
        }
    )
    assert list(found) == ["build-large", "other"]
    assert found["build-large"].attributes["runner"] == "saas-linux-large-amd64"
    assert found["build-large"].attributes["timeout_minutes"] == 7


def test_what_is_included_from_elsewhere_is_said_and_not_guessed() -> None:
    loaded = load(
        {
            FILE: """
            include:
              - template: Jobs/SAST.gitlab-ci.yml
              - project: group/ci
                file: a.yml
              - https://example.com/b.yml
              - component: gitlab.com/x/y@1
            it: {extends: .theirs, script: [x]}
            sized: {extends: .theirs, script: [x], tags: [saas-linux-small-amd64]}
            """
        }
    )
    assert codes(loaded) == [("remote-workflow", "info", line) for line in (3, 4, 6, 7)]
    unknown, known = (resource.attributes["runner_skus"][0]["sku"] for resource in loaded.resources)
    assert isinstance(unknown, Unknown)
    assert ".theirs" in unknown.reason
    assert known == "gitlab_linux_small"


def test_child_pipelines_run_when_their_parent_job_does() -> None:
    loaded = load(
        {
            FILE: f"""
            kid:
              rules: [{{if: '{MERGE_REQUEST}'}}]
              trigger: {{include: child.yml}}
            other: {{trigger: group/project}}
            """,
            "child.yml": """
            always: {script: [x], rules: [{if: '$CI_PIPELINE_SOURCE == "parent_pipeline"'}]}
            tagged: {script: [x], rules: [{if: $CI_COMMIT_TAG}]}
            request: {script: [x], rules: [{if: $CI_MERGE_REQUEST_ID}]}
            """,
        }
    )
    found = {r.address: r.attributes["runs_per_month"].expected for r in loaded.resources}
    assert found == {f"{FILE}:kid/always": 120, f"{FILE}:kid/tagged": 0, f"{FILE}:kid/request": 120}
    assert codes(loaded) == [("remote-workflow", "info", 5)]


# Hostile


HOSTILE = {
    "a chain of includes": {FILE: "include: a0.yml"}
    | {f"a{i}.yml": f"include: [a{i + 1}.yml, a{i + 1}.yml]" for i in range(60)}
    | {"a60.yml": "it: {script: [x]}"},
    "wide templates under many jobs": {
        FILE: ".a: {variables: {"
        + ", ".join(f"V{i}: 1" for i in range(5000))
        + "}}\n"
        + "\n".join(f"j{i}: {{extends: .a, variables: {{X: 1}}, script: [x]}}" for i in range(5000))
    },
    "references that double": {
        FILE: "\n".join(
            f".r{i}: {{tags: [!reference [.r{i + 1}, tags], !reference [.r{i + 1}, tags]]}}" for i in range(40)
        )
        + "\n.r40: {tags: [a]}\nit: {script: [x], tags: !reference [.r0, tags]}"
    },
    "nested references": {
        FILE: "\n".join(f".r{i}: {{rules: {'[' * 90}!reference [.r{i + 1}, rules]{']' * 90}}}" for i in range(9))
        + "\n.r9: {rules: []}\nit: {script: [x], rules: !reference [.r0, rules]}"
    },
    "many parallel jobs": {
        FILE: "\n".join(
            f"j{i}: {{script: [x], tags: [$A], parallel: {{matrix: [{{A: {list(range(200))}}}]}}}}" for i in range(1000)
        )
    },
    "globs": {FILE: "include:\n" + "".join(f"  - '**/a*{i}*b*c*d.yml'\n" for i in range(140))}
    | {f"{'a' * 200}{i}.yml": "x: {script: [x]}" for i in range(1000)},
    "deep parentheses": {FILE: f"it: {{script: [x], rules: [{{if: '{'(' * 4000}'}}]}}"},
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_pipelines_end_soon(name: str) -> None:
    start = time.perf_counter()
    loaded = load(HOSTILE[name])
    assert time.perf_counter() - start < 5
    assert any(notice.severity == "error" for notice in loaded.notices) or name == "globs"
