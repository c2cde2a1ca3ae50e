"""Azure pipelines as resources: templates, conditions and loops, and the price of jobs that may run at once."""

from __future__ import annotations

import time
from decimal import Decimal
from typing import Any

import pytest

from finops_gate.costing.catalogue import open_catalogue
from finops_gate.costing.estimate import estimate_all
from finops_gate.model import UNBOUNDED, Range, Unknown
from finops_gate.settings import Settings
from finops_gate.sources import ci
from finops_gate.sources.ci.azure_values import evaluate, filled
from tests.sources.ci.reading import bounds, codes, jobs, load, priced

FILE = "azure-pipelines.yml"


def job(body: str, above: str = "", **settings: Any) -> Any:
    """The only job of a pipeline, from its keys in flow style."""
    return jobs({FILE: f"{above}\njobs: [{{job: it, {body}}}]\n"}, **settings)["it"]


# Price


def test_minutes_have_no_price_and_the_report_says_why() -> None:
    found = priced({FILE: "jobs: [{job: it, pool: {vmImage: ubuntu-latest}}]"})["it"]
    assert found.coverage == "unpriced"
    assert any("bills jobs that may run at once by the month, not minutes" in said for said in found.assumptions)
    assert found.resource.attributes["per_run_minutes"] == Range(Decimal(1), Decimal(10), Decimal(60))


def test_parallel_jobs_of_the_settings_are_the_price() -> None:
    """3 x 40 + 2 x 15 = 150, once for all pipelines; a job costs nothing beside."""
    files = {FILE: "jobs: [{job: a}, {job: b, pool: ours}]", "azure-pipelines-2.yml": "steps: []"}
    loaded = load(files, parallel_jobs={"hosted": 3, "self_hosted": 2})
    found = {e.resource.address: e for e in estimate_all(loaded.resources, open_catalogue(), Settings())}
    assert found.pop("azure-pipelines:parallel-jobs").monthly == Range.exact(150)
    assert {address: (e.coverage, e.monthly.ceiling) for address, e in found.items()} == {
        f"{FILE}:a": ("free", 0),
        f"{FILE}:b": ("free", 0),
        "azure-pipelines-2.yml:job": ("free", 0),
    }


def test_without_azure_there_are_no_parallel_jobs() -> None:
    assert not load({"bitbucket-pipelines.yml": "pipelines: {}"}, parallel_jobs={"hosted": 3}).resources


# Machines


@pytest.mark.parametrize(
    ("body", "above", "runners"),
    [
        ("pool: {vmImage: windows-2022}", "", {"windows-2022": 1}),
        ("steps: []", "pool: {vmImage: macOS-14}", {"macOS-14": 1}),
        ("steps: []", "", {"ubuntu-latest": 1}),
        ("pool: ours", "", {"ours": 1}),
        ("pool: {name: Azure Pipelines, vmImage: ubuntu-22.04}", "", {"ubuntu-22.04": 1}),
        ("strategy: {parallel: 4}", "", {"ubuntu-latest": 4}),
        (
            "strategy: {matrix: {a: {os: ubuntu-22.04}, b: {os: macOS-14}}, maxParallel: 1}, pool: {vmImage: $(os)}",
            "",
            {"ubuntu-22.04": 1, "macOS-14": 1},
        ),
        ("pool: server", "", {}),
    ],
)
def test_machines(body: str, above: str, runners: dict[str, int]) -> None:
    assert job(body, above).attributes["runners"] == runners


@pytest.mark.parametrize(
    ("above", "body"),
    [
        ("variables: {Image: windows-2022}", "pool: {vmImage: $(image)}"),
        ("variables: [{group: secrets}, {name: image, value: windows-2022}]", "pool: {vmImage: $(Image)}"),
        ("variables: {image: macOS-15}", "variables: {image: windows-2022}, pool: {vmImage: $(image)}"),
        ("variables: {image: windows-2022}", "pool: {vmImage: '${{ variables.image }}'}"),
        ("variables: {'${{ if true }}': {image: windows-2022}}", "pool: {vmImage: $(image)}"),
    ],
)
def test_variables_say_which_machine(above: str, body: str) -> None:
    assert job(body, above).attributes["runners"] == {"windows-2022": 1}


def test_a_variable_that_may_be_another_is_not_known() -> None:
    doubtful = "variables: [{'${{ if eq(variables.x, 1) }}': [{name: image, value: windows-2022}]}]"
    (entry,) = job("pool: {vmImage: $(image)}", doubtful).attributes["runner_skus"]
    assert isinstance(entry["sku"], Unknown)


def test_text_that_templates_double_and_double_again_is_not_built() -> None:
    given = "parameters: {x: '${{ parameters.x }}${{ parameters.x }}'}"
    files = {FILE: f"parameters: {{x: aaaaaaaa}}\njobs: [{{template: t0.yml, {given}}}]"}
    files |= {f"t{i}.yml": f"jobs: [{{template: t{i + 1}.yml, {given}}}]" for i in range(18)}
    files["t18.yml"] = "jobs: [{job: a, pool: '${{ parameters.x }}'}]"
    (found,) = [r for r in load(files).resources if r.type == "ci:job"]
    assert found.attributes["runner_skus"][0]["sku"].reason == "a text is too long"


@pytest.mark.parametrize("body", ["pool: {vmImage: $(os)}", "pool: '${{ parameters.pool }}'"])
def test_machines_nobody_knows(body: str) -> None:
    (entry,) = job(body, "parameters: [{name: pool, type: string}]").attributes["runner_skus"]
    assert isinstance(entry["sku"], Unknown)


def test_names_that_are_none_are_left_out() -> None:
    odd = "parameters: [{name: {a: b}}, {name: [c]}, 3]\nvariables: [{name: {a: b}}, {name: [c]}, 3]"
    assert job("steps: []", odd).attributes["runners"] == {"ubuntu-latest": 1}


def test_a_matrix_made_at_run_time_is_not_known() -> None:
    count = job("strategy: {matrix: \"$[ dependencies.a.outputs['m'] ]\"}").attributes["runner_skus"][0]["count"]
    assert (count.floor, count.ceiling) == (0, UNBOUNDED)
    assert isinstance(count.expected, Unknown)


@pytest.mark.parametrize(
    ("body", "minutes", "declared", "ceiling"),
    [
        ("steps: []", 60, False, 60),
        ("timeoutInMinutes: 90", 90, True, 90),
        ("timeoutInMinutes: 0", 360, True, 360),
        ("timeoutInMinutes: 900", 900, True, 360),
        ("timeoutInMinutes: 0, pool: ours", UNBOUNDED, True, UNBOUNDED),
        ("timeoutInMinutes: 900, pool: ours", 900, True, 900),
    ],
)
def test_timeouts(body: str, minutes: Decimal, declared: bool, ceiling: Decimal) -> None:
    attributes = job(body).attributes
    assert (attributes["timeout_minutes"], attributes["timeout_declared"]) == (minutes, declared)
    assert attributes["minutes"].ceiling == ceiling


# What starts it


@pytest.mark.parametrize(
    ("above", "started", "runs"),
    [
        ("", ["push", "pull_request"], ("0", "180", "Infinity")),
        ("trigger: none", ["pull_request"], ("0", "120", "Infinity")),
        ("pr: none", ["push"], ("0", "60", "Infinity")),
        ("trigger: none\npr: none", ["manual"], ("0", "0", "Infinity")),
        ("trigger: {tags: {include: [v*]}}\npr: none", ["tag"], ("0", "0", "Infinity")),
        (
            "trigger: none\npr: none\nschedules: [{cron: '0 * * * *', always: true, branches: {include: [main, x]}}]",
            ["schedule"],
            ("1460", "1460", "1460"),
        ),
        ("trigger: none\npr: none\nschedules: [{cron: '0 * * * *'}]", ["schedule"], ("0", "730", "730")),
    ],
)
def test_what_starts_a_job(above: str, started: list[str], runs: tuple[str, str, str]) -> None:
    found = job("steps: []", above)
    assert found.attributes["triggers"] == started
    assert found.attributes["runs_per_month"] == bounds(*runs)


def test_a_job_that_never_runs() -> None:
    assert job("condition: false").attributes["runs_per_month"] == Range.exact(0)


# Templates


def test_stages_templates_conditions_and_loops() -> None:
    found = jobs(
        {
            FILE: """
            parameters: [{name: big, type: boolean, default: true}, {name: systems, default: [linux, mac]}]
            pool: {vmImage: ubuntu-22.04}
            stages:
              - stage: Build
                pool: {vmImage: windows-2022}
                jobs:
                  - job: A
                  - deployment: D
                  - ${{ if eq(parameters.big, true) }}:
                      - job: Big
                  - ${{ else }}:
                      - job: Small
                  - ${{ if eq(variables['Build.Reason'], 'Manual') }}:
                      - job: Maybe
                  - ${{ elseif parameters.big }}:
                      - job: Otherwise
                  - ${{ each s in parameters.systems }}:
                      - job: On_${{ s }}
                  - template: ci/jobs.yml
                    parameters: {image: macOS-15}
              - template: /ci/stage.yml@self
            """,
            "ci/jobs.yml": """
            parameters: [{name: image, default: ubuntu-20.04}]
            jobs:
              - job: T
                pool:
                  ${{ if parameters.image }}:
                    vmImage: ${{ parameters.image }}
            """,
            "ci/stage.yml": "stages: [{stage: Ship, jobs: [{job: S}]}]\n",
        }
    )
    assert {name: r.attributes["runner"] for name, r in found.items()} == {
        "Build/A": "windows-2022",
        "Build/D": "windows-2022",
        "Build/Big": "windows-2022",
        "Build/Maybe": "windows-2022",
        "Build/Otherwise": "windows-2022",
        "Build/On_linux": "windows-2022",
        "Build/On_mac": "windows-2022",
        "Build/T": "macOS-15",
        "Ship/S": "ubuntu-22.04",
    }
    counts = {name: r.attributes["runner_skus"][0]["count"] for name, r in found.items()}
    assert counts["Build/Big"] == 1
    assert counts["Build/Maybe"] == counts["Build/Otherwise"] == Range(Decimal(0), Decimal(1), Decimal(1))
    assert str(found["Build/T"].span) == "ci/jobs.yml:4:5"


def test_a_template_is_no_pipeline_by_itself() -> None:
    loaded = load(
        {
            ".azure-pipelines/main.yml": "trigger: [main]\nextends: {template: base.yml}\n",
            ".azure-pipelines/base.yml": "jobs: [{job: a}]\n",
            ".azure-pipelines/for-others.yml": "parameters: [{name: x}]\njobs: [{job: b}]\n",
        }
    )
    assert [r.address for r in loaded.resources] == [".azure-pipelines/main.yml:a"]


@pytest.mark.parametrize(
    ("path", "is_pipeline"),
    [
        ("azure-pipelines.yml", True),
        ("a/azure-pipelines.release.yaml", True),
        (".azure-pipelines/x.yml", True),
        ("azure-pipelines/manifests/x.yml", False),
        ("my-azure-pipelines.yml", False),
    ],
)
def test_names(path: str, is_pipeline: bool) -> None:
    assert (ci.system_of(path) == "azure") is is_pipeline


@pytest.mark.parametrize(
    ("text", "noted"),
    [
        ("jobs: [{template: no.yml}]\n", [("missing-template", "error", 1)]),
        ("jobs: [{template: a.yml@other}]\n", [("remote-workflow", "info", 1)]),
        (f"jobs:\n- template: {FILE}\n", [("workflow-recursion", "error", 2)]),
        ("jobs: [{job: a, timeoutInMinutes: soon}]\n", [("invalid-pipeline", "error", 1)]),
        ("jobs: [{job: a, strategy: {parallel: many}}]\n", [("invalid-pipeline", "error", 1)]),
        ("schedules: [{cron: x}]\njobs: [{job: a}]\n", [("invalid-schedule", "error", 1)]),
        ("jobs: [3, null, {}, [x], {job: null}]\nstages: x\n", []),
    ],
)
def test_what_is_wrong_is_said(text: str, noted: list[tuple[str, str, int]]) -> None:
    assert codes(load({FILE: text})) == noted


# Expressions


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("'it''s'", "it's"),
        ("3", Decimal(3)),
        ("true", True),
        ("parameters.a", "x"),
        ("parameters['a']", "x"),
        ("parameters.none", None),
        ("eq(parameters.a, 'X')", True),
        ("ne(parameters.a, 'x')", False),
        ("and(true, not(false), eq(1, '1'))", True),
        ("or(false, variables.x)", "unknown"),
        ("and(false, variables.x)", False),
        ("in(parameters.a, 'y', 'x')", True),
        ("containsValue(parameters.list, 'b')", True),
        ("startsWith('abc', 'A')", True),
        ("coalesce('', parameters.none, parameters.a)", "x"),
        ("replace(replace('ubuntu-22.04', '-', '_'), '.', '_')", "ubuntu_22_04"),
        ("format('{0}-{1}', parameters.a, 3)", "x-3"),
        ("join(';', parameters.list)", "a;b"),
        ("iif(eq(parameters.a, 'x'), 'big', 'small')", "big"),
        ("length(parameters.list)", Decimal(2)),
        ("upper(trim(' a '))", "A"),
        ("format('{9}')", ""),
        ("shuffle(parameters.list)", "unknown"),
        ("eq('a')", "unknown"),
        ("parameters.", "unknown"),
        ("(" * 100, "unknown"),
        ("not(" * 100, "unknown"),
    ],
)
def test_expressions(text: str, value: Any) -> None:
    found = evaluate(text, {"parameters": {"a": "x", "list": ["a", "b"]}})
    assert isinstance(found, Unknown) if value == "unknown" else found == value


def test_text_around_expressions() -> None:
    assert filled("a-${{ parameters.n }}-${{ true }}", {"parameters": {"n": Decimal(1)}}) == "a-1-True"


def test_hostile_templates_end_soon() -> None:
    nested = "".join(f"{'  ' * i}- ${{{{ if true }}}}:\n" for i in range(45)) + "  " * 45 + "- template: t{}.yml\n"
    files = {FILE: "jobs:\n" + nested.replace("{}", "0")}
    files |= {f"t{i}.yml": "jobs:\n" + nested.replace("{}", str(i + 1)) * 2 for i in range(19)}
    fan = {FILE: "jobs: [{template: t0.yml}]"} | {
        f"t{i}.yml": f"jobs: [{', '.join([f'{{template: t{i + 1}.yml}}'] * 10)}]" for i in range(15)
    }
    for hostile in (files, fan | {"t15.yml": "jobs: [{job: a}]"}):
        start = time.perf_counter()
        assert [code for code, _, _ in codes(load(hostile))] == ["too-complex"]
        assert time.perf_counter() - start < 5
