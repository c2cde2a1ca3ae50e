"""Workloads whose kinds are no part of Kubernetes; figures by hand."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from finops_gate.model import UNBOUNDED, Loaded, Range, Unknown
from tests.sources.kubernetes.manifests import CONTAINER, HOUR, TEMPLATE, exact, manifest, only, priced

Load = Callable[..., Loaded]


@pytest.mark.parametrize(
    ("version", "kind"),
    [
        ("argoproj.io/v1alpha1", "Rollout"),
        ("apps.openshift.io/v1", "DeploymentConfig"),
        ("agones.dev/v1", "GameServerThing"),
        ("apps.example.org/v1", "Deployment"),
    ],
)
def test_what_holds_a_template_is_priced_as_a_deployment(load: Load, version: str, kind: str) -> None:
    loaded = load(manifest(version, kind, f"{{replicas: 3, {TEMPLATE}}}"))
    (found,) = priced(loaded)
    assert (found.coverage, found.monthly.expected) == ("priced", 3 * 730 * HOUR)
    assert found.resource.attributes["containers"][0]["cpu"] == 1


@pytest.mark.parametrize(
    ("bounds", "written", "replicas"),
    [
        ("", "replicas: 3, ", (0, 3, 100)),
        ("", "", (0, 0, 100)),
        ("minReplicaCount: 2, maxReplicaCount: 10", "", (2, 2, 10)),
        ("minReplicaCount: 2, maxReplicaCount: 10", "replicas: 5, ", (2, 5, 10)),
        ("minReplicaCount: 2, idleReplicaCount: 0, maxReplicaCount: 10", "replicas: 5, ", (0, 5, 10)),
    ],
)
def test_keda_scales_from_nothing_to_a_hundred(
    load: Load, bounds: str, written: str, replicas: tuple[int, ...]
) -> None:
    scaler = manifest(
        "keda.sh/v1alpha1", "ScaledObject", f"{{scaleTargetRef: {{name: w}}, {bounds}}}", "name: s, namespace: n"
    )
    loaded = load(manifest("apps/v1", "Deployment", f"{{{written}{TEMPLATE}}}") + scaler)
    found = only(loaded, "Deployment")
    assert found.attributes["replicas_range"] == exact(*replicas)
    assert found.attributes["autoscaler"]["is_bounded"] is ("maxReplicaCount" in bounds)
    assert only(loaded, "ScaledObject").attributes["autoscaler"] == found.attributes["autoscaler"]


def test_a_scaled_job_runs_as_many_pods_as_its_maximum(load: Load) -> None:
    text = manifest(
        "keda.sh/v1alpha1", "ScaledJob", f"{{maxReplicaCount: 5, jobTargetRef: {{parallelism: 2, {TEMPLATE}}}}}"
    )
    (found,) = priced(load(text))
    assert found.resource.attributes["replicas_range"] == exact(0, 0, 10)
    assert found.monthly == Range(Decimal(0), Decimal(0), 10 * 730 * HOUR)


@pytest.mark.parametrize(
    ("annotations", "replicas", "is_bounded"),
    [
        ("", (0, 0, UNBOUNDED), False),
        ("autoscaling.knative.dev/min-scale: '2', autoscaling.knative.dev/max-scale: '8'", (2, 2, 8), True),
        ("autoscaling.knative.dev/minScale: '1', autoscaling.knative.dev/max-scale: '0'", (1, 1, UNBOUNDED), False),
    ],
)
def test_knative_scales_by_its_annotations(
    load: Load, annotations: str, replicas: tuple[Decimal, ...], is_bounded: bool
) -> None:
    spec = f"{{template: {{metadata: {{annotations: {{{annotations}}}}}, spec: {{containers: [{CONTAINER}]}}}}}}"
    (found,) = priced(load(manifest("serving.knative.dev/v1", "Service", spec)))
    assert found.resource.attributes["replicas_range"] == exact(*replicas)
    assert found.resource.attributes["autoscaler"]["is_bounded"] is is_bounded
    assert found.monthly.ceiling == Decimal(replicas[2]) * 730 * HOUR


def test_a_scale_that_is_no_number_is_said(load: Load) -> None:
    annotations = "autoscaling.knative.dev/max-scale: many"
    spec = f"{{template: {{metadata: {{annotations: {{{annotations}}}}}, spec: {{containers: []}}}}}}"
    loaded = load(manifest("serving.knative.dev/v1", "Service", spec))
    assert [n.code for n in loaded.notices] == ["invalid-value"]


ROLLOUT = manifest(
    "argoproj.io/v1alpha1",
    "Rollout",
    "{replicas: 4, workloadRef: {apiVersion: apps/v1, kind: Deployment, name: w}}",
    "name: r, namespace: n",
)


def test_a_rollout_runs_the_template_of_the_workload_that_it_names(load: Load) -> None:
    loaded = load(manifest("apps/v1", "Deployment", f"{{replicas: 2, {TEMPLATE}}}") + ROLLOUT)
    (rollout,), (deployment,) = priced(loaded, "Rollout"), priced(loaded, "Deployment")
    assert rollout.monthly.expected == 4 * 730 * HOUR
    assert deployment.monthly.expected == 0


def test_a_rollout_of_what_is_not_here_is_unknown(load: Load) -> None:
    (found,) = priced(load(ROLLOUT))
    assert found.coverage == "unknown"
    assert "Deployment/w, which is not in the files" in found.why


VPA = """---
apiVersion: autoscaling.k8s.io/v1
kind: VerticalPodAutoscaler
metadata: {name: v, namespace: n}
spec:
  targetRef: {kind: Deployment, name: w}
  updatePolicy: {updateMode: %s}
  resourcePolicy: {containerPolicies: [%s]}
"""


@pytest.mark.parametrize(
    ("mode", "policies", "cpu"),
    [
        ("'Off'", "", (1, 1, 1)),
        ("Auto", "", (0, 1, UNBOUNDED)),
        ("Auto", "{containerName: '*', minAllowed: {cpu: 100m}, maxAllowed: {cpu: 4}}", ("0.1", 1, 4)),
        ("Auto", "{containerName: c, maxAllowed: {cpu: 500m}}", (0, "0.5", "0.5")),
        ("Auto", "{containerName: c, minAllowed: {cpu: 2}, maxAllowed: {cpu: 3}}", (2, 2, 3)),
        ("Auto", "{containerName: c, mode: 'Off'}", (1, 1, 1)),
        ("Auto", "{containerName: c, controlledResources: [memory]}", (1, 1, 1)),
        ("Auto", "{containerName: other, mode: 'Off'}", (0, 1, UNBOUNDED)),
    ],
)
def test_a_vertical_autoscaler_moves_requests_within_its_bounds(
    load: Load, mode: str, policies: str, cpu: tuple[Decimal, ...]
) -> None:
    loaded = load(manifest("apps/v1", "Deployment", f"{{{TEMPLATE}}}") + VPA % (mode, policies))
    found = only(loaded, "Deployment").attributes["pod"]["cpu"]
    wanted = exact(*cpu)
    assert found == (wanted.expected if wanted.floor == wanted.ceiling else wanted)


def test_a_vertical_autoscaler_bounds_what_nobody_requests(load: Load) -> None:
    bounds = "{containerName: '*', minAllowed: {cpu: 1, memory: 1Gi}, maxAllowed: {cpu: 2, memory: 2Gi}}"
    text = manifest("apps/v1", "Deployment", "{replicas: 3, template: {spec: {containers: [{name: c}]}}}")
    (found,) = priced(load(text + VPA % ("Auto", bounds)), "Deployment")
    assert (found.coverage, found.monthly.floor, found.monthly.ceiling) == ("unknown", 3 * 730 * HOUR, 6 * 730 * HOUR)
    assert isinstance(found.monthly.expected, Unknown)
