"""Cloud Build configurations as resources: hand arithmetic, and the documented defaults."""

from __future__ import annotations

from decimal import Decimal

import pytest

from finops_gate.sources import ci
from tests.sources.ci.reading import bounds, codes, jobs, load, priced

FILE = "cloudbuild.yaml"


def test_a_build_on_eight_processors() -> None:
    """1, 10 and 20 minutes at 0.0156; 60 pushes x 10 x 0.0156."""
    found = priced({FILE: "steps: [{name: x}]\ntimeout: 1200s\noptions: {machineType: E2_HIGHCPU_8}\n"})["build"]
    assert found.extra["per_run"] == bounds("0.0156", "0.156", "0.312")
    assert found.monthly == bounds("0", "9.36", "Infinity")
    assert str(found.resource.span_of("runner")) == f"{FILE}:3:24"


def test_without_a_machine_both_plain_ones_are_spanned() -> None:
    """A minute at 0.003, an hour at 0.006."""
    found = priced({FILE: "steps: [{name: x}]\n"})["build"]
    assert (found.extra["per_run"].floor, found.extra["per_run"].ceiling) == (Decimal("0.003"), Decimal("0.36"))
    assert found.coverage == "unknown"


@pytest.mark.parametrize(
    ("options", "coverage"),
    [
        ("machineType: N1_HIGHCPU_8", "unknown"),
        ("pool: {name: projects/p/locations/l/workerPools/w}", "unknown"),
        ("pool: {name: ours}", "priced"),
        ("machineType: ${_SIZE}", "priced"),
    ],
)
def test_other_machines(options: str, coverage: str) -> None:
    text = f"steps: [{{name: x}}]\nsubstitutions: {{_SIZE: E2_MEDIUM}}\noptions:\n  {options}\n"
    assert priced({FILE: text}, runners={"ours": "E2_HIGHCPU_32"})["build"].coverage == coverage


def test_an_hour_by_default() -> None:
    attributes = jobs({FILE: "steps: [{name: x}]\n"})["build"].attributes
    assert (attributes["timeout_minutes"], attributes["timeout_declared"]) == (60, False)


@pytest.mark.parametrize(
    ("path", "is_build"),
    [
        ("cloudbuild.yaml", True),
        ("a/b/cloudbuild.json", True),
        ("cloudbuild-release.yml", True),
        ("cloudbuild.dev.yaml", True),
        ("cloudbuildtrigger.yaml", False),
        ("my-cloudbuild.yaml", False),
    ],
)
def test_names(path: str, is_build: bool) -> None:
    assert (ci.system_of(path) == "cloudbuild") is is_build


@pytest.mark.parametrize(
    ("text", "line"), [("steps: [{name: x}]\ntimeout: 20m\n", 2), ("images: [x]\n", 1), ("steps: [\n", 2), ("3\n", 1)]
)
def test_what_is_wrong_is_said(text: str, line: int) -> None:
    ((code, severity, at),) = codes(load({FILE: text}))
    assert code in ("invalid-pipeline", "invalid-yaml")
    assert (severity, at) == ("error", line)
