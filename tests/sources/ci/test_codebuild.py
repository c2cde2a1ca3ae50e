"""CodeBuild's batches as resources, by hand arithmetic with the published prices of us-east-1."""

from __future__ import annotations

from decimal import Decimal

import pytest

from finops_gate.model import Unknown
from finops_gate.sources import ci
from tests.sources.ci.reading import bounds, codes, jobs, load, priced

FILE = "buildspec.yml"
BATCH = """
    version: 0.2
    batch:
      fast-fail: false
      build-list:
        - identifier: small
          env: {compute-type: BUILD_GENERAL1_SMALL}
        - identifier: windows
          env: {type: WINDOWS_SERVER_2022_CONTAINER, compute-type: BUILD_GENERAL1_LARGE}
        - identifier: as_the_project_says
      build-graph:
        - identifier: arm
          env: {type: ARM_CONTAINER, compute-type: BUILD_GENERAL1_SMALL}
          depend-on: [small]
    phases: {build: {commands: [make]}}
"""


def test_builds_of_a_batch() -> None:
    """60 pushes x 10 minutes x 0.005, 0.036 and 0.0034; an hour unless the project says otherwise."""
    found = priced({FILE: BATCH})
    assert found["small"].monthly == bounds("0", "3.000", "Infinity")
    assert found["small"].extra["per_run"] == bounds("0.005", "0.050", "0.300")
    assert found["windows"].monthly.expected == Decimal("21.6")
    assert found["arm"].monthly.expected == Decimal("2.04")
    assert found["as_the_project_says"].coverage == "unknown"
    assert str(found["windows"].resource.span_of("runner")) == f"{FILE}:9:64"


def test_a_matrix_multiplies_its_lists() -> None:
    """2 compute types x 2 images x 3 versions: 6 builds at 0.005 and 6 at 0.01, 60 x 10 x 0.09."""
    found = priced(
        {
            FILE: """
            version: 0.2
            batch:
              build-matrix:
                static: {env: {type: LINUX_CONTAINER}}
                dynamic:
                  env:
                    compute-type: [BUILD_GENERAL1_SMALL, BUILD_GENERAL1_MEDIUM]
                    image: ["aws/codebuild/standard:7.0", "aws/codebuild/standard:6.0"]
                    variables: {GO: ["1.22", "1.23", "1.24"]}
            """
        }
    )["build-matrix"]
    assert found.resource.attributes["runners"] == {"BUILD_GENERAL1_SMALL": 6, "BUILD_GENERAL1_MEDIUM": 6}
    assert found.monthly.expected == 54


def test_a_fan_out() -> None:
    text = "batch: {build-fanout: {parallelism: 5, env: {compute-type: BUILD_GENERAL1_LARGE}}}\n"
    assert jobs({FILE: text})["build-fanout"].attributes["runners"] == {"BUILD_GENERAL1_LARGE": 5}


def test_a_matrix_without_a_machine_is_counted_and_not_priced() -> None:
    found = jobs({FILE: "batch: {build-matrix: {dynamic: {env: {image: [a, b]}}}}\n"})["build-matrix"].attributes
    assert found["instances"] == 2
    assert isinstance(found["runner_skus"][0]["sku"], Unknown)


@pytest.mark.parametrize(
    ("text", "noted"),
    [
        ("version: 0.2\nphases: {build: {commands: [make]}}\n", [("buildspec-without-machine", "info", 1)]),
        ("version: 0.2\n", [("invalid-pipeline", "error", 1)]),
        ("batch: {build-fanout: {parallelism: many}}\n", [("invalid-pipeline", "error", 1)]),
        ("batch: {build-list: 3, build-graph: [null, 3], build-matrix: [], build-fanout: x}\n", []),
    ],
)
def test_what_is_wrong_or_missing_is_said(text: str, noted: list[tuple[str, str, int]]) -> None:
    assert codes(load({FILE: text})) == noted


@pytest.mark.parametrize(
    ("path", "is_one"),
    [
        ("buildspec.yml", True),
        ("ci/buildspec-release.yaml", True),
        ("buildspec_prod.yml", True),
        ("buildspecs.yml", False),
        ("my-buildspec.yml", False),
    ],
)
def test_names(path: str, is_one: bool) -> None:
    assert ci.matches(path) is is_one
