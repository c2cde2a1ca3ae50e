"""CircleCI configurations as resources: hand arithmetic, and the documented rules."""

from __future__ import annotations

import time
from decimal import Decimal
from typing import Any

import pytest

from finops_gate.costing.usage import Usage
from finops_gate.model import UNBOUNDED, Range, Unknown
from finops_gate.sources.ci.circleci_values import filled, holds
from tests.sources.ci.reading import bounds, codes, jobs, load, priced

FILE = ".circleci/config.yml"

EXECUTORS = """
executors:
  sized:
    parameters: {size: {type: string, default: medium}}
    docker: [{image: x}]
    resource_class: << parameters.size >>
  mac: {macos: {xcode: "15"}, resource_class: m4pro.medium}
"""


def job(body: str, use: str = "it", **settings: Any) -> Any:
    """The only job of a configuration, from its keys in flow style."""
    text = f"version: 2.1\n{EXECUTORS}\njobs: {{it: {{{body}}}}}\nworkflows: {{w: {{jobs: [{use}]}}}}\n"
    return jobs({FILE: text}, **settings)["w/it"]


def test_docker_large_for_435_seconds() -> None:
    """435 / 60 x 20 = 145 credits at 15 / 25,000: 0.087."""
    text = "jobs: {it: {docker: [{image: x}], resource_class: large}}\nworkflows: {w: {jobs: [it]}}\n"
    usage = Usage(exact={f"{FILE}:w/it": {"minutes_per_run": Decimal("7.25")}})
    found = priced({FILE: text}, usage)["w/it"]
    assert found.extra["per_run"].expected == Decimal("0.087")
    assert found.monthly.expected == 60 * Decimal("0.087")
    # A minute is 20 credits, five hours are 6,000.
    assert (found.extra["per_run"].floor, found.extra["per_run"].ceiling) == (Decimal("0.012"), Decimal("3.6"))


def test_whole_credits() -> None:
    """10 seconds on medium are 1.67 credits, so 2: 0.0012."""
    text = "jobs: {build: {docker: [{image: x}], resource_class: medium}}\n"
    usage = Usage(exact={f"{FILE}:build": {"minutes_per_run": Decimal("0.16")}})
    assert priced({FILE: text}, usage)["build"].extra["per_run"].expected == Decimal("0.0012")


def test_layer_caching_is_billed_by_the_job() -> None:
    """10 minutes x 40 credits + 200 credits = 600 x 0.0006 = 0.36."""
    text = """
    jobs:
      build: {docker: [{image: x}], resource_class: xlarge, steps: [setup_remote_docker: {docker_layer_caching: true}]}
    """
    assert priced({FILE: text})["build"].extra["per_run"].expected == Decimal("0.36")


@pytest.mark.parametrize(
    ("body", "use", "runners"),
    [
        ("docker: [{image: x}], resource_class: small", "it", {"docker/small": 1}),
        ("docker: [{image: x}], resource_class: arm.medium", "it", {"docker/arm.medium": 1}),
        ("machine: {image: x}, resource_class: large", "it", {"machine/large": 1}),
        ("machine: {image: x}, resource_class: windows.medium", "it", {"machine/windows.medium": 1}),
        ("executor: mac", "it", {"macos/m4pro.medium": 1}),
        ("executor: sized", "it", {"docker/medium": 1}),
        ("executor: {name: sized, size: xlarge}", "it", {"docker/xlarge": 1}),
        ("executor: mac, resource_class: m4pro.large", "it", {"macos/m4pro.large": 1}),
        ("docker: [{image: x}], resource_class: large, parallelism: 4", "it", {"docker/large": 4}),
        (
            "parameters: {size: {type: string}}, executor: {name: sized, size: << parameters.size >>}",
            "it: {size: 2xlarge}",
            {"docker/2xlarge": 1},
        ),
        (
            "parameters: {size: {type: string}, v: {type: string}}, "
            "docker: [{image: x}], resource_class: << parameters.size >>, parallelism: 2",
            "it: {matrix: {parameters: {size: [small, large], v: [a, b, c]}, exclude: [{size: small, v: c}]}}",
            {"docker/small": 4, "docker/large": 6},
        ),
    ],
)
def test_machines(body: str, use: str, runners: dict[str, int]) -> None:
    found = job(body, use)
    assert found.attributes["runners"] == runners
    assert found.attributes["instances"] == sum(runners.values())


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("docker: [{image: x}]", "no `resource_class` is given"),
        ("executor: win/default", "is of an orb"),
        ("executor: nowhere", "does not exist"),
        ("steps: []", "names no executor"),
        ("docker: [{image: x}], resource_class: << pipeline.parameters.size >>", "only when it runs"),
        ("machine: {image: x}, resource_class: gpu.nvidia.huge", "ci.runners"),
    ],
)
def test_machines_nobody_knows(body: str, says: str) -> None:
    (entry,) = job(body).attributes["runner_skus"]
    assert isinstance(entry["sku"], Unknown)
    assert says in entry["sku"].reason


def test_settings_say_what_a_label_is() -> None:
    assert job("docker: [{image: x}]", runners={"docker": "docker/large"}).attributes["runner_skus"][0]["sku"] == (
        "circleci_docker_large"
    )
    own = job("machine: true, resource_class: acme/linux", runners={"acme/linux": "self_hosted"})
    assert own.attributes["runner_skus"][0]["sku"] == "self_hosted"


def test_ones_own_runner_has_no_price_unless_the_settings_say_so() -> None:
    text = "jobs: {build: {machine: true, resource_class: acme/linux}}\n"
    assert priced({FILE: text})["build"].coverage == "unpriced"


WORKFLOWS = """
parameters: {nightly: {type: boolean, default: false}, on: {type: boolean, default: true}}
jobs:
  it: {docker: [{image: x}], resource_class: small}
  gate: {type: approval}
workflows:
  version: 2
  main:
    jobs:
      - it
      - gate: {type: approval, requires: [it]}
      - it: {name: deploy, requires: [gate]}
      - it: {name: after, requires: [deploy]}
      - it: {name: release, filters: {tags: {only: /v.*/}, branches: {ignore: /.*/}}}
      - it: {name: both, filters: {tags: {only: /v.*/}}}
      - it
  nightly:
    triggers: [{schedule: {cron: "0 3 * * *", filters: {branches: {only: [main, beta]}}}}]
    jobs: [it]
  some:
    triggers: [{schedule: {cron: "0 3 * * *", filters: {branches: {only: [/release.*/]}}}}]
    jobs: [it]
  off: {when: << pipeline.parameters.nightly >>, jobs: [it]}
  stopped: {unless: << pipeline.parameters.on >>, jobs: [it]}
  'on': {when: {and: [<< pipeline.parameters.on >>, {not: << pipeline.parameters.nightly >>}]}, jobs: [it]}
  branch: {when: {equal: [main, << pipeline.git.branch >>]}, jobs: [it]}
"""

DAILY = Decimal(730) / 24


def test_what_starts_a_job() -> None:
    found = jobs({FILE: WORKFLOWS}, runs={"push": 10, "tag": 2})
    runs = {name: (r.attributes["triggers"], r.attributes["runs_per_month"]) for name, r in found.items()}
    pushed = (["push"], Range(Decimal(0), Decimal(10), UNBOUNDED))
    assert runs.pop("main/it") == runs.pop("main/it 2") == runs.pop("on/it") == runs.pop("branch/it") == pushed
    assert runs.pop("main/deploy") == runs.pop("main/after") == (["push"], bounds("0", "0", "Infinity"))
    assert runs.pop("main/release") == (["tag"], bounds("0", "2", "Infinity"))
    assert runs.pop("main/both") == (["push", "tag"], bounds("0", "12", "Infinity"))
    assert runs.pop("off/it") == runs.pop("stopped/it") == (["api"], bounds("0", "0", "Infinity"))
    triggers, nightly = runs.pop("nightly/it")
    assert triggers == ["schedule"]
    assert [round(bound, 9) for bound in nightly] == [round(2 * DAILY, 9)] * 3
    _, some = runs.pop("some/it")
    assert (round(some.expected, 9), some.ceiling) == (round(DAILY, 9), UNBOUNDED)
    assert not runs


@pytest.mark.parametrize(
    ("condition", "event"),
    [
        ("{equal: [webhook, << pipeline.trigger_source >>]}", "push"),
        ("{equal: [scheduled_pipeline, << pipeline.trigger_source >>]}", "schedule"),
        ("{equal: [api, << pipeline.trigger_source >>]}", "api"),
        ("{not: {equal: [scheduled_pipeline, << pipeline.trigger_source >>]}}", "push"),
        ("{equal: [nightly, << pipeline.schedule.name >>]}", "push"),
    ],
)
def test_a_condition_tells_what_starts_a_workflow(condition: str, event: str) -> None:
    text = f"jobs: {{it: {{docker: [{{image: x}}]}}}}\nworkflows: {{w: {{when: {condition}, jobs: [it]}}}}\n"
    assert jobs({FILE: text})["w/it"].attributes["triggers"] == [event]


def test_schedules_are_seen_by_policies() -> None:
    assert jobs({FILE: WORKFLOWS})["nightly/it"].attributes["schedules"] == [{"cron": "0 3 * * *"}]


@pytest.mark.parametrize(
    ("text", "noted"),
    [
        ("jobs: {a: {}}\n", [("invalid-pipeline", "error", 1)]),
        ("jobs: {}\nworkflows: {w: {jobs: [a]}}\n", [("invalid-pipeline", "error", 2)]),
        ("jobs: {}\nworkflows: {w: {jobs: [node/test]}}\n", [("remote-workflow", "info", 2)]),
        ("setup: true\njobs: {}\nworkflows: {w: {jobs: []}}\n", [("remote-workflow", "info", 1)]),
        (
            "jobs: {a: {parallelism: many, docker: [{}]}}\nworkflows: {w: {jobs: [a]}}\n",
            [("invalid-pipeline", "error", 1)],
        ),
        (
            "jobs: {a: {docker: [{}]}}\nworkflows: {w: {triggers: [schedule: {cron: x}], jobs: [a]}}\n",
            [("invalid-schedule", "error", 2)],
        ),
        (
            "jobs: null\nworkflows: {w: {jobs: [null, 3, {}, [], {a: 3}], triggers: 3}, v: 2}\n",
            [("invalid-pipeline", "error", 2)],
        ),
    ],
)
def test_what_is_wrong_is_said(text: str, noted: list[tuple[str, str, int]]) -> None:
    assert codes(load({FILE: text})) == noted


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("plain", "plain"),
        ("<< parameters.n >>", Decimal(3)),
        ("a-<<parameters.n>>-b", "a-3-b"),
        ("<< parameters.none >>", None),
        (Decimal(2), Decimal(2)),
    ],
)
def test_placeholders(written: Any, value: Any) -> None:
    found = filled(written, {"parameters.n": Decimal(3)})
    assert isinstance(found, Unknown) if value is None else found == value


@pytest.mark.parametrize(
    ("condition", "result"),
    [
        (True, True),
        ("", False),
        ("<< p.yes >>", True),
        ("<< p.no >>", False),
        ("<< p.who >>", None),
        ({"and": [True, "<< p.who >>"]}, None),
        ({"and": [False, "<< p.who >>"]}, False),
        ({"or": [True, "<< p.who >>"]}, True),
        ({"not": "<< p.no >>"}, True),
        ({"equal": ["a", "a"]}, True),
        ({"equal": ["a", "<< p.who >>"]}, None),
        ({"matches": {"pattern": "(a+)+$", "value": "a"}}, None),
        ({}, None),
    ],
)
def test_conditions(condition: Any, result: bool | None) -> None:
    found = holds(condition, {"p.yes": True, "p.no": False})
    assert isinstance(found, Unknown) if result is None else found is result


def test_a_matrix_cannot_multiply_without_end() -> None:
    axes = ", ".join(f"p{i}: [{', '.join(map(str, range(100)))}]" for i in range(8))
    text = f"jobs: {{a: {{docker: [{{}}]}}}}\nworkflows: {{w: {{jobs: [a: {{matrix: {{parameters: {{{axes}}}}}}}]}}}}\n"
    start = time.perf_counter()
    loaded = load({FILE: text})
    assert time.perf_counter() - start < 2
    assert codes(loaded) == [("too-complex", "error", 1)]
