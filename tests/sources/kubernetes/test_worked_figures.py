"""Worked figures down the whole pipeline: settings and manifests in, the JSON report out."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import CommandLine
from tests.sources.kubernetes.manifests import manifest

KUBECTL_COST = (
    "{replicas: 3, template: {spec: {containers: [{name: a, resources: {requests: {cpu: 3, memory: 2Gi}}}]}}}"
)
SIDECARS = """{initContainers: [
  {name: s1, restartPolicy: Always, resources: {requests: {cpu: 100m, memory: 100Mi}}},
  {name: i1, resources: {requests: {cpu: 2, memory: 1Gi}}},
  {name: s2, restartPolicy: Always, resources: {requests: {cpu: 200m, memory: 200Mi}}}],
 containers: [{name: a, resources: {requests: {cpu: 500m, memory: 256Mi}}},
  {name: b, resources: {limits: {cpu: 250m, memory: 128Mi}}}]}"""
EXPONENT = "{template: {spec: {containers: [{name: a, resources: {requests: {cpu: 0.5, memory: 1e9}}}]}}}"
CRON = """{schedule: '0 * * * *', jobTemplate: {spec: {parallelism: 2, completions: 4,
  template: {spec: {containers: [{name: a, resources: {requests: {cpu: 1, memory: 2Gi}}}]}}}}}"""
BOX = "{containers: [{name: a, resources: {requests: {cpu: 1, memory: %s}}}]}"


def costs(finops_gate: CommandLine, directory: Path, text: str, settings: str = "") -> dict[str, Any]:
    (directory / "m.yaml").write_text(text)
    if settings:
        (directory / ".finops-gate.yaml").write_text(settings)
    report = directory / "report.json"
    finops_gate("estimate", "m.yaml", "-f", f"json={report}")
    (resource,) = json.loads(report.read_text())["resources"]
    return dict(resource)


@pytest.mark.parametrize(
    ("version", "kind", "spec", "usd"),
    [
        # 9 cores x 0.031611 x 730 = 207.684270; 6 GiB x 0.004237 x 730 = 18.558060
        ("apps/v1", "Deployment", KUBECTL_COST, "226.242330"),
        # 2.1 cores, 1124 MiB: 48.459663 + 3.395062
        ("v1", "Pod", SIDECARS, "51.854725"),
        # 0.5 cores, 10^9 bytes: 11.538015 + 2.880590
        ("apps/v1", "Deployment", EXPONENT, "14.418605"),
        # four runs of ten minutes an hour: 4 x 1/6 of (0.031611 + 2 x 0.004237) x 730 = 29.262050
        ("batch/v1", "CronJob", CRON, "19.508033"),
    ],
)
def test_at_the_default_rates(
    finops_gate: CommandLine, tmp_path: Path, version: str, kind: str, spec: str, usd: str
) -> None:
    found = costs(finops_gate, tmp_path, manifest(version, kind, spec))
    assert abs(Decimal(found["monthly"]["expected"]) - Decimal(usd)) < Decimal("1e-6")


@pytest.mark.parametrize(
    ("memory", "pricing", "cpu", "gib"),
    [
        # AWS's own example: 1 vCPU and 8 GB, with 256 MB beside them, are billed as 2 vCPU and 9 GB
        ("8Gi", "eks-fargate", 2 * Decimal("0.04048"), 9 * Decimal("0.004445")),
        # OpenCost's split: an m5.large is 0.096 an hour, and 0.097118 at its rates, so each counts 0.988488 times
        ("4Gi", "{instance: m5.large}", Decimal("0.0312470"), 4 * Decimal("0.00418820")),
        ("4Gi", "gke-autopilot", Decimal("0.0445"), 4 * Decimal("0.0049225")),
        ("4Gi", "aci", Decimal("0.0405"), 4 * Decimal("0.00445")),
        ("4Gi", "{utilization: 0.5}", 2 * Decimal("0.031611"), 8 * Decimal("0.004237")),
    ],
)
def test_by_billing_mode(
    finops_gate: CommandLine, tmp_path: Path, memory: str, pricing: str, cpu: Decimal, gib: Decimal
) -> None:
    settings = f"kubernetes: {{pricing: {pricing}}}\n"
    found = costs(finops_gate, tmp_path, manifest("v1", "Pod", BOX % memory), settings)
    assert [round(Decimal(c["monthly"]["expected"]) / 730, 6) for c in found["components"]] == [
        round(cpu, 6),
        round(gib, 6),
    ]


def test_floor_expected_and_ceiling(finops_gate: CommandLine, tmp_path: Path) -> None:
    text = manifest("apps/v1", "Deployment", "{replicas: 3, template: {spec: %s}}" % (BOX % "1Gi"))
    text += manifest(
        "autoscaling/v2",
        "HorizontalPodAutoscaler",
        "{scaleTargetRef: {kind: Deployment, name: w}, minReplicas: 2, maxReplicas: 10}",
    )
    (tmp_path / "m.yaml").write_text(text)
    report = tmp_path / "report.json"
    finops_gate("check", "m.yaml", "-f", f"json={report}")
    # a pod is (0.031611 + 0.004237) x 730 = 26.16904 a month
    assert json.loads(report.read_text())["totals"]["after"] == {
        "floor": "52.33808",
        "expected": "78.50712",
        "ceiling": "261.6904",
    }
