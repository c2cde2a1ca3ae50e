"""GitHub workflows as resources: against an independent oracle, hand arithmetic and the documented rules."""

import csv
import json
import textwrap
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from finops_gate.data import pricing_dir
from finops_gate.model import UNBOUNDED, Loaded, Range, Resource, Unknown, is_unbounded
from finops_gate.settings import Settings
from finops_gate.sources import ci
from finops_gate.sources.ci.runners import find
from finops_gate.sources.files import WorkingTree

ORACLES = next(
    (p / "shared/oracles/ci" for p in Path(__file__).parents if (p / "shared/oracles/ci").is_dir()), Path("absent")
)
EXPECTED = ORACLES / "expected.json"
CASES: dict[str, Any] = json.loads(EXPECTED.read_text())["cases"] if EXPECTED.is_file() else {}
WORKFLOW = ".github/workflows/ci.yml"


def prices() -> dict[str, Decimal]:
    with (pricing_dir() / "rates" / "ci" / "runners.csv").open(encoding="utf-8", newline="") as file:
        return {row["key"]: Decimal(row["usd"]) for row in csv.DictReader(file)}


def load(root: Path, files: dict[str, str], **settings: Any) -> Loaded:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(textwrap.dedent(text), encoding="utf-8")
    tree = WorkingTree(root)
    return ci.load(tree, [path for path in tree.paths() if ci.matches(path)], Settings(ci=settings))


def jobs(root: Path, text: str, **settings: Any) -> dict[str, Resource]:
    found = load(root, {WORKFLOW: text}, **settings).resources
    return {resource.address.partition(":")[2]: resource for resource in found}


def job(root: Path, body: str, on: str = "push", **settings: Any) -> Resource:
    """The only job of a workflow, from its lines."""
    text = f"on: {on}\njobs:\n  it:\n" + textwrap.indent(textwrap.dedent(body), "    ")
    return jobs(root, text, **settings)["it"]


def usd_per_run(resource: Resource, bound: str) -> Decimal:
    """The sum over machines of count x minutes x price: what the cost model is to come to."""
    usd = prices()
    minutes = getattr(resource.attributes["minutes"], bound)
    return sum(
        (entry["count"] * minutes * usd[f"runner|{entry['sku']}"] for entry in resource.attributes["runner_skus"]),
        Decimal(0),
    )


@pytest.mark.skipif(not CASES, reason="no shared/oracles/ci beside the checkout")
@pytest.mark.parametrize("case", sorted(CASES))
def test_oracle(case: str, tmp_path: Path) -> None:
    expected = CASES[case]
    path = f".github/workflows/{expected['file']}"
    loaded = load(tmp_path, {path: (ORACLES / expected["file"]).read_text()})
    found = {resource.address: resource for resource in loaded.resources}
    assert list(found) == [f"{path}:{entry['id']}" for entry in expected["jobs"]]
    for entry in expected["jobs"]:
        attributes = found[f"{path}:{entry['id']}"].attributes
        assert attributes["instances"] == entry["combos"]
        assert attributes["runners"] == entry["runners"]
        assert attributes["timeout_minutes"] == entry["timeout_minutes"]
        assert attributes["timeout_declared"] is entry["timeout_explicit"]
        worst = usd_per_run(found[f"{path}:{entry['id']}"], "ceiling")
        assert worst == Decimal(str(entry["worst_case_usd_per_run"]))
        assert set(attributes["triggers"]) <= set(expected["triggers"])
    for schedule in expected["schedules"]:
        floors = {r.attributes["runs_per_month"].floor for r in loaded.resources}
        assert {round(floor, 4) for floor in floors} == {Decimal(str(schedule["runs_per_month"]))}
    retired = [entry for r in loaded.resources for entry in r.attributes["retired_runners"]]
    assert len(retired) == len(expected["unknown"])


# Worked examples


def test_three_systems_by_three_versions(tmp_path: Path) -> None:
    """8 minutes, 200 runs: 3 x 8 x 200 x (0.006 + 0.010 + 0.062) = 374.40 USD a month."""
    found = job(
        tmp_path,
        """
        runs-on: ${{ matrix.os }}
        strategy: {matrix: {os: [ubuntu-latest, windows-latest, macos-latest], version: [1, 2, 3]}}
        """,
        minutes=8,
        runs={"push": 200},
    )
    assert found.attributes["instances"] == 9
    assert found.attributes["runners"] == {"ubuntu-latest": 3, "windows-latest": 3, "macos-latest": 3}
    assert usd_per_run(found, "expected") * found.attributes["runs_per_month"].expected == Decimal("374.40")


def test_every_quarter_of_an_hour(tmp_path: Path) -> None:
    """2,920 runs x 2 minutes x 0.006 = 35.04; without a timeout at most 2,920 x 360 x 0.006 = 6,307.20."""
    found = job(tmp_path, "runs-on: ubuntu-latest", on='{schedule: [{cron: "*/15 * * * *"}]}', minutes=2)
    assert found.attributes["runs_per_month"] == Range.exact(2920)
    assert found.attributes["minutes"] == Range(Decimal(1), Decimal(2), Decimal(360))
    assert usd_per_run(found, "expected") * 2920 == Decimal("35.04")
    assert usd_per_run(found, "ceiling") * 2920 == Decimal("6307.20")


def test_daily_macos_for_half_an_hour(tmp_path: Path) -> None:
    """730 / 24 x 30 x 0.062 = 56.575."""
    found = job(tmp_path, "runs-on: macos-latest", on='{schedule: [{cron: "0 3 * * *"}]}', minutes=30)
    monthly = usd_per_run(found, "expected") * found.attributes["runs_per_month"].expected
    assert round(monthly, 9) == Decimal("56.575")


def test_seven_seconds_are_a_minute(tmp_path: Path) -> None:
    """10,000 runs x 1 minute x 0.006 = 60."""
    found = job(tmp_path, "runs-on: ubuntu-latest", minutes="0.12", runs={"push": 10_000})
    assert usd_per_run(found, "expected") * found.attributes["runs_per_month"].expected == 60


# Runs a month


@pytest.mark.parametrize(
    ("on", "condition", "runs"),
    [
        ("push", "", (0, 60, UNBOUNDED)),
        ("[push, pull_request]", "", (0, 180, UNBOUNDED)),
        ("{push: {tags: ['v*']}}", "", (0, 0, UNBOUNDED)),
        ("workflow_dispatch", "", (0, 0, UNBOUNDED)),
        ("{schedule: [{cron: '0 * * * *'}]}", "", (730, 730, 730)),
        ("{schedule: [{cron: '0 * * * *'}, {cron: '30 * * * *'}]}", "", (1460, 1460, 1460)),
        ("{schedule: [{cron: '0 * * * *'}], push: null}", "", (730, 790, UNBOUNDED)),
        ("{schedule: [{cron: '0 * * * *'}], push: null}", "github.event_name == 'schedule'", (730, 730, 730)),
        ("{schedule: [{cron: '0 * * * *'}], push: null}", "github.event_name != 'schedule'", (0, 60, UNBOUNDED)),
        (
            "{schedule: [{cron: '0 * * * *'}, {cron: '*/30 * * * *'}]}",
            "github.event.schedule == '0 * * * *'",
            (730, 730, 730),
        ),
        ("{schedule: [{cron: '0 * * * *'}]}", "github.repository == 'a/b'", (0, 730, 730)),
        ("{schedule: [{cron: '0 * * * *'}]}", "${{ failure() }}", (0, 0, 730)),
        ("{schedule: [{cron: '0 * * * *'}]}", "false", (0, 0, 0)),
        ("push", "github.event_name == 'pull_request'", (0, 0, 0)),
        # GitHub starts a schedule at most every five minutes: 12 x 730.
        ("{schedule: [{cron: '* * * * *'}]}", "", (8760, 8760, 8760)),
    ],
)
def test_runs_per_month(on: str, condition: str, runs: tuple[Any, Any, Any], tmp_path: Path) -> None:
    found = job(tmp_path, f"runs-on: ubuntu-latest\nif: {condition}", on=on)
    assert found.attributes["runs_per_month"] == Range(*map(Decimal, runs))


def test_a_repository_of_the_settings_decides(tmp_path: Path) -> None:
    body = "runs-on: ${{ github.repository == 'a/b' && 'ubuntu-latest-16-cores' || 'ubuntu-latest' }}"
    assert job(tmp_path, body, repository="A/B").attributes["runner"] == "ubuntu-latest-16-cores"
    assert job(tmp_path, body, repository="fork/b").attributes["runner"] == "ubuntu-latest"


def test_assumptions_are_said(tmp_path: Path) -> None:
    found = job(tmp_path, "runs-on: ubuntu-latest", on="[push, pull_request]", runs={"push": 7})
    assert found.attributes["assumptions"] == [
        "7 runs a month on push",
        "120 runs a month on pull_request",
        "10 minutes a job",
    ]


# Machines


@pytest.mark.parametrize(
    ("runs_on", "sku"),
    [
        ("ubuntu-latest", "linux"),
        ("macOS-latest", "macos"),
        ("[ubuntu-latest]", "linux"),
        ("[self-hosted, linux, x64]", "self_hosted"),
        ("self-hosted", "self_hosted"),
        ("{group: big, labels: ubuntu-latest-16-cores}", "linux_16_core"),
        ("{labels: [ubuntu-24.04-arm]}", "linux_2_core_arm"),
        ("ours", "linux_64_core"),
        ("{group: our group}", "windows_8_core"),
        ("[self-hosted, ours]", "linux_64_core"),
        ("${{ vars.RUNNER }}", "windows"),
        ("${{ vars.nothing == 'x' && 'ubuntu-latest' || 'ubuntu-24.04' }}", "linux"),
        ('${{ fromJSON(\'["self-hosted", "linux"]\') }}', "self_hosted"),
        ('["self-hosted", "${{ github.event_name }}"]', "self_hosted"),
        ("${{ inputs.runner || 'ubuntu-latest' }}", "linux"),
        ("${{ github.event_name == 'push' && 'windows-latest' || 'ubuntu-latest' }}", "windows"),
    ],
)
def test_machines(runs_on: str, sku: str, tmp_path: Path) -> None:
    own = {"ours": "linux_64_core", "our group": "windows_8_core"}
    found = job(tmp_path, f"runs-on: {runs_on}", runners=own, vars={"RUNNER": "windows-latest"})
    assert [(entry["sku"], entry["count"]) for entry in found.attributes["runner_skus"]] == [(sku, 1)]


@pytest.mark.parametrize(
    ("runs_on", "choices", "says"),
    [
        ("${{ matrix.nothing }}", (), "comes out empty"),
        ("[]", (), "comes out empty"),
        ("our-machine", (), "nobody says which machine our-machine is"),
        ("{group: ours}", (), "ci.runners"),
        ("${{ vars.RUNNER }}", (), "ci.vars"),
        ("${{ needs.plan.outputs.runner }}", (), "only when the workflow runs"),
        (
            "${{ github.repository == 'a/b' && 'ubuntu-latest-8-cores' || 'ubuntu-latest' }}",
            ("linux_8_core", "linux"),
            "github.repository is known only",
        ),
        ("${{ github.ref == 'x' && 'ours' || 'ubuntu-latest' }}", (), "ours or ubuntu-latest"),
    ],
)
def test_machines_nobody_knows(runs_on: str, choices: tuple[str, ...], says: str, tmp_path: Path) -> None:
    (entry,) = job(tmp_path, f"runs-on: {runs_on}").attributes["runner_skus"]
    assert isinstance(entry["sku"], Unknown)
    assert entry["sku"].choices == choices
    assert says in entry["sku"].reason


def test_standard_runners_of_a_public_repository_are_free(tmp_path: Path) -> None:
    body = "runs-on: ${{ matrix.os }}\nstrategy: {matrix: {os: [ubuntu-latest, ubuntu-latest-8-cores]}}"
    found = job(tmp_path, body, visibility="public")
    assert [entry["sku"] for entry in found.attributes["runner_skus"]] == ["linux_8_core"]
    assert found.attributes["instances"] == 2


@pytest.mark.parametrize(("label", "billed"), [("ubuntu-20.04", False), ("macos-13", False), ("macos-14", True)])
def test_retired_runners_are_told_with_their_date(label: str, billed: bool, tmp_path: Path) -> None:
    found = job(tmp_path, f"runs-on: {label}")
    assert found.attributes["retired_runners"] == [{"label": label, "retired": find("github", label, {}).retired}]  # type: ignore[union-attr]
    assert bool(found.attributes["runner_skus"]) is billed
    assert found.spans["retired_runners"].line == 4


# Matrix and timeout


def test_a_matrix_of_a_literal(tmp_path: Path) -> None:
    found = job(
        tmp_path,
        """
        runs-on: ubuntu-latest
        strategy: {matrix: "${{ fromJSON('{\\"v\\": [1, 2, 3]}') }}"}
        """,
    )
    assert found.attributes["instances"] == 3


def test_a_dynamic_matrix_is_unknown_up_to_what_github_allows(tmp_path: Path) -> None:
    found = job(
        tmp_path,
        """
        runs-on: ubuntu-latest
        strategy: {matrix: {v: "${{ fromJSON(needs.plan.outputs.versions) }}"}}
        """,
    )
    assert isinstance(found.attributes["instances"], Unknown)
    (entry,) = found.attributes["runner_skus"]
    assert entry["sku"] == "linux"
    assert (entry["count"].floor, entry["count"].ceiling) == (0, 256)
    assert isinstance(entry["count"].expected, Unknown)


@pytest.mark.parametrize(
    ("lines", "timeout", "ceiling"),
    [
        ("", 360, 360),
        ("timeout-minutes: 5", 5, 5),
        ("timeout-minutes: 0.5", "0.5", 1),
        ("timeout-minutes: ${{ fromJSON('15') }}", 15, 15),
        ("timeout-minutes: 1000", 1000, 360),
        ("timeout-minutes: ${{ matrix.t }}\nstrategy: {matrix: {t: [5, 20]}}", 20, 20),
    ],
)
def test_timeouts(lines: str, timeout: Any, ceiling: int, tmp_path: Path) -> None:
    found = job(tmp_path, f"runs-on: ubuntu-latest\n{lines}").attributes
    assert found["timeout_minutes"] == Decimal(timeout)
    assert found["timeout_declared"] is bool(lines)
    assert found["minutes"].ceiling == ceiling
    assert found["minutes"].expected == min(10, ceiling)


def test_own_machines_may_run_for_five_days(tmp_path: Path) -> None:
    found = job(tmp_path, "runs-on: self-hosted\ntimeout-minutes: 9000").attributes
    assert found["minutes"].ceiling == 7200


def test_a_timeout_only_the_run_knows_ends_at_the_platforms(tmp_path: Path) -> None:
    found = job(tmp_path, "runs-on: ubuntu-latest\ntimeout-minutes: ${{ fromJSON(vars.T) }}").attributes
    assert isinstance(found["timeout_minutes"], Unknown)
    assert found["minutes"].ceiling == 360


# Calls

CALLED = """
    on:
      workflow_call:
        inputs:
          runner: {type: string, default: ubuntu-latest}
          fast: {type: boolean}
    jobs:
      test:
        runs-on: ${{ inputs.runner }}
      slow:
        if: ${{ !inputs.fast }}
        runs-on: ubuntu-latest
        timeout-minutes: 30
"""
CALLER = """
    on: push
    jobs:
      all:
        strategy: {matrix: {os: [windows-latest, macos-latest]}}
        uses: ./.github/workflows/called.yml
        with: {runner: "${{ matrix.os }}", fast: true}
      plain:
        uses: ./.github/workflows/called.yml
"""


def test_a_call_is_expanded(tmp_path: Path) -> None:
    loaded = load(tmp_path, {WORKFLOW: CALLER, ".github/workflows/called.yml": CALLED})
    found = {r.address.partition(":")[2]: r for r in loaded.resources}
    assert list(found) == ["all/test", "all/slow", "plain/test", "plain/slow"]
    assert found["all/test"].attributes["runners"] == {"windows-latest": 1, "macos-latest": 1}
    assert found["all/slow"].attributes["runs_per_month"] == Range.exact(0)
    assert found["plain/test"].attributes["runners"] == {"ubuntu-latest": 1}
    assert found["plain/slow"].attributes["triggers"] == ["push"]
    assert found["plain/slow"].span_of("timeout_minutes").path == ".github/workflows/called.yml"
    assert not loaded.notices


def test_what_is_of_the_workflow_is_of_the_one_that_was_started(tmp_path: Path) -> None:
    called = "on: workflow_call\njobs:\n  a: {runs-on: ubuntu-latest}\n  b: {runs-on: ubuntu-latest}\n"
    caller = "on:\n  pull_request:\njobs:\n  it:\n    uses: ./.github/workflows/called.yml\n"
    loaded = load(tmp_path, {WORKFLOW: caller, ".github/workflows/called.yml": called})
    first, second = loaded.resources
    assert [r.attributes["first"] for r in (first, second)] == [True, False]
    assert list(first.attributes["events"]) == ["pull_request"]
    assert str(first.span_of("cancels_superseded")).startswith(f"{WORKFLOW}:2:")
    assert str(first.span_of("runner")).startswith(".github/workflows/called.yml:3:")


def test_what_nobody_calls_stands_for_itself(tmp_path: Path) -> None:
    loaded = load(tmp_path, {".github/workflows/called.yml": CALLED})
    assert [r.attributes["runs_per_month"] for r in loaded.resources] == [Range(Decimal(0), Decimal(0), UNBOUNDED)] * 2


def test_a_call_below_another_directory(tmp_path: Path) -> None:
    files = {f"examples/a/{WORKFLOW}": CALLER, "examples/a/.github/workflows/called.yml": CALLED}
    assert len(load(tmp_path, files).resources) == 4


@pytest.mark.parametrize(
    ("used", "code", "severity"),
    [
        ("./.github/workflows/absent.yml", "missing-workflow", "error"),
        ("./.github/workflows/ci.yml", "workflow-recursion", "error"),
        ("./../../etc/passwd", "missing-workflow", "error"),
        ("other/repo/.github/workflows/x.yml@v1", "remote-workflow", "info"),
    ],
)
def test_calls_that_lead_nowhere(used: str, code: str, severity: str, tmp_path: Path) -> None:
    loaded = load(tmp_path, {WORKFLOW: f"on: push\njobs:\n  it:\n    uses: {used}\n"})
    assert [(n.code, n.severity, n.span.line if n.span else 0) for n in loaded.notices] == [(code, severity, 4)]


# Places, and what is wrong


def test_findings_land_on_the_line(tmp_path: Path) -> None:
    found = jobs(
        tmp_path,
        """\
        on:
          schedule:
            - cron: "0 3 * * *"
        jobs:
          build:
            runs-on: ubuntu-latest
            strategy:
              matrix: {a: [1, 2]}
            timeout-minutes: 20
          bare:
            runs-on: ubuntu-latest
        """,
    )
    build, bare = found["build"], found["bare"]
    lines = {
        "timeout-minutes": 9,
        "timeout_minutes": 9,
        "runs-on": 6,
        "runner": 6,
        "runner_skus[0].sku": 6,
        "strategy.matrix": 8,
        "instances": 8,
        "strategy.fail-fast": 8,
        "schedules[0].cron": 3,
        "on.schedule[0].cron": 3,
        "nothing": 5,
    }
    assert {path: build.span_of(path).line for path in lines} == lines
    assert bare.span_of("timeout_minutes").line == 10
    assert {"timeout-minutes", "on.schedule[0].cron", "timeout_minutes", "strategy.matrix.a[1]"} <= set(build.spans)
    assert all(path in build.spans for path in build.spans)
    assert "timeout_minutes" not in bare.spans


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("on: push\njobs:\n  it: {runs-on: x\n", "invalid-yaml", 4),
        ("on: push\n", "invalid-workflow", 1),
        ("", "invalid-workflow", 1),
        ("- a\n", "invalid-workflow", 1),
        ("jobs:\n  it: {runs-on: self-hosted}\n", "invalid-workflow", 2),
        ("on: push\njobs: []\n", "invalid-workflow", 2),
        ("on: push\njobs:\n  it: 3\n", "invalid-workflow", 3),
        ("on: push\njobs:\n  it:\n    steps: []\n", "invalid-workflow", 3),
        ("on: push\njobs:\n  it:\n    runs-on: ${{ 'a }}\n", "invalid-expression", 3),
        ("on: push\njobs:\n  it:\n    if: a b\n    runs-on: self-hosted\n", "invalid-expression", 3),
        ("on: push\njobs:\n  it:\n    runs-on: self-hosted\n    timeout-minutes: -1\n", "invalid-workflow", 5),
        (
            "on: push\njobs:\n  it:\n    runs-on: self-hosted\n    strategy:\n      matrix:\n        a: b\n",
            "invalid-matrix",
            7,
        ),
        (
            "on:\n  schedule:\n    - cron: 0 0 * *\njobs:\n  it:\n    runs-on: self-hosted\n",
            "invalid-schedule",
            3,
        ),
    ],
)
def test_what_is_wrong_is_an_error_at_its_line(text: str, code: str, line: int, tmp_path: Path) -> None:
    loaded = load(tmp_path, {WORKFLOW: text})
    assert [(n.code, n.severity, n.span.line if n.span else 0) for n in loaded.notices] == [(code, "error", line)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("on: push\njobs:\n  it:\n    runs-on: self-hosted\n    runs-on: self-hosted\n", "duplicate-key"),
        ("on: {schedule: [{cron: '@daily'}]}\njobs:\n  it:\n    runs-on: self-hosted\n", "invalid-schedule"),
        ("on: {schedule: [{cron: '* * * * *'}]}\njobs:\n  it:\n    runs-on: self-hosted\n", "schedule-too-frequent"),
    ],
)
def test_what_is_doubtful_is_a_warning(text: str, code: str, tmp_path: Path) -> None:
    loaded = load(tmp_path, {WORKFLOW: text})
    assert [(n.code, n.severity) for n in loaded.notices] == [(code, "warning")]
    assert len(loaded.resources) == 1


def test_a_broken_workflow_does_not_hide_the_others(tmp_path: Path) -> None:
    good = "on: push\njobs:\n  it:\n    runs-on: ubuntu-latest\n"
    loaded = load(tmp_path, {WORKFLOW: "on: [", ".github/workflows/z.yml": good})
    assert [r.address for r in loaded.resources] == [".github/workflows/z.yml:it"]


def test_calls_cannot_multiply_without_end(tmp_path: Path) -> None:
    """Nine files, each calling the next ten times, would make a billion jobs."""
    files = {}
    for number in range(9):
        calls = "".join(f"  j{n}: {{uses: ./.github/workflows/w{number + 1}.yml}}\n" for n in range(10))
        files[f".github/workflows/w{number}.yml"] = f"on: [push, workflow_call]\njobs:\n{calls}"
    files[".github/workflows/w9.yml"] = "on: workflow_call\njobs:\n  it:\n    runs-on: ubuntu-latest\n"
    loaded = load(tmp_path, files)
    assert "too-complex" in {n.code for n in loaded.notices}


def test_matrices_in_called_workflows_in_matrices_are_bounded(tmp_path: Path) -> None:
    """100 x 100 jobs are counted; 100 x 100 x 100 are more than anybody means."""
    axis = ", ".join(map(str, range(100)))
    files = {}
    for number in range(3):
        leaf = "runs-on: ubuntu-latest" if number == 2 else f"uses: ./.github/workflows/w{number + 1}.yml"
        files[f".github/workflows/w{number}.yml"] = (
            f"on: [push, workflow_call]\njobs: {{it: {{strategy: {{matrix: {{a: [{axis}]}}}}, {leaf}}}}}\n"
        )
    loaded = load(tmp_path, files)
    assert {r.address: r.attributes["instances"] for r in loaded.resources} == {
        ".github/workflows/w1.yml:it/it": 10_000,
        ".github/workflows/w2.yml:it": 100,
    }
    assert [n.code for n in loaded.notices] == ["too-complex"]


def test_a_matrix_that_github_refuses_is_counted_not_expanded(tmp_path: Path) -> None:
    text = f"on: push\njobs: {{it: {{runs-on: '${{{{ matrix.a }}}}', strategy: {{matrix: {{a: [{'x, ' * 300}]}}}}}}}}\n"
    loaded = load(tmp_path, {WORKFLOW: text})
    assert loaded.resources[0].attributes["instances"] == 300
    assert [n.code for n in loaded.notices] == ["matrix-too-large"]


@pytest.mark.parametrize(
    ("path", "ours"),
    [
        (".github/workflows/ci.yml", True),
        (".github/workflows/ci.yaml", True),
        ("examples/shop/.github/workflows/ci.yml", True),
        (".github/workflows/README.md", False),
        (".github/workflows/sub/ci.yml", False),
        ("github/workflows/ci.yml", False),
        (".github/dependabot.yml", False),
    ],
)
def test_matches(path: str, ours: bool) -> None:
    assert ci.matches(path) is ours


def test_no_cap_is_unbounded(tmp_path: Path) -> None:
    assert is_unbounded(job(tmp_path, "runs-on: ubuntu-latest").attributes["runs_per_month"].ceiling)
