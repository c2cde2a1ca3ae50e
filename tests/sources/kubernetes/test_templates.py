"""Pod templates in kinds that nobody has described; a pod is a core and a GiB, and an hour of it HOUR."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from finops_gate.model import Loaded, Range, Unknown
from tests.sources.kubernetes.manifests import CONTAINER, HOUR, TEMPLATE, exact, manifest, only, priced

Load = Callable[..., Loaded]
MONTH = HOUR * 730
SET = "StatefulSet.apps.kruise.io"
POD = f"{{spec: {{containers: [{CONTAINER}]}}}}"


@pytest.mark.parametrize(
    ("version", "kind", "spec", "pods"),
    [
        ("agones.dev/v1", "Fleet", f"{{replicas: 3, template: {{spec: {{template: {POD}}}}}}}", (3, 3, 3)),
        (
            "ray.io/v1",
            "RayCluster",
            f"{{headGroupSpec: {{template: {POD}}}, workerGroupSpecs: [{{groupName: small, "
            f"replicas: 2, minReplicas: 1, maxReplicas: 5, template: {POD}}}]}}",
            (2, 3, 6),
        ),
        (
            "operators.coreos.com/v1alpha1",
            "ClusterServiceVersion",
            f"{{install: {{spec: {{deployments: [{{name: a, spec: {{replicas: 2, {TEMPLATE}}}}}]}}}}}}",
            (2, 2, 2),
        ),
        ("example.org/v1", "Graph", f"{{predictors: [{{replicas: 2, parts: [{POD}, {POD}]}}]}}", (4, 4, 4)),
        ("example.org/v1", "Agent", f"{{daemonSet: {POD}}}", (3, 3, 3)),
        ("example.org/v1", "Server", f"{{replicas: 2, podTemplate: {POD}, canary: {{podTemplate: {POD}}}}}", (4, 4, 4)),
        ("example.org/v1", "Server", f"{{minReplicas: 1, maxReplicas: 4, podTemplate: {POD}}}", (1, 1, 4)),
        ("example.org/v1", "Server", f"{{shards: [{{replicas: 0, podTemplate: {POD}}}]}}", (0, 0, 0)),
    ],
)
def test_pods_are_counted_by_the_replicas_beside_and_above_them(
    load: Load, version: str, kind: str, spec: str, pods: tuple[int, int, int]
) -> None:
    (found,) = priced(load(manifest(version, kind, spec)))
    assert found.monthly == exact(*(count * MONTH for count in pods))
    assert any(kind in said for said in found.assumptions)


def test_a_number_that_may_count_pods_leaves_them_unknown(load: Load) -> None:
    (found,) = priced(load(manifest("example.org/v1", "Database", f"{{size: 4, podTemplate: {POD}}}")))
    assert (found.coverage, found.monthly.floor) == ("unknown", 0)
    assert isinstance(found.monthly.expected, Unknown)
    assert found.why == "what size makes of a pod template"


def test_replicas_that_are_no_number_may_mean_something_else(load: Load) -> None:
    loaded = load(manifest("example.org/v1", "Database", f"{{replicas: {{min: 1}}, podTemplate: {POD}}}"))
    assert loaded.notices == ()
    (found,) = priced(loaded)
    assert (found.coverage, found.why) == ("unknown", "what replicas makes of a pod template")


@pytest.mark.parametrize(
    ("version", "kind", "spec", "coverage"),
    [
        (
            "kubeflow.org/v1",
            "PyTorchJob",
            f"{{replicaSpecs: {{Worker: {{replicas: 2, template: {POD}}}}}}}",
            "unpriced",
        ),
        (
            "kyverno.io/v1",
            "ClusterPolicy",
            f"{{rules: [{{generate: {{data: {{spec: {{template: {POD}}}}}}}}}]}}",
            "free",
        ),
        ("batch.volcano.sh/v1alpha1", "Job", f"{{tasks: [{{replicas: 2, template: {POD}}}]}}", "unpriced"),
        ("example.org/v1", "SandboxTemplate", f"{{podTemplate: {POD}}}", "unpriced"),
        ("example.org/v1", "Server", "{podTemplate: {spec: {containers: many}}}", "unpriced"),
        ("example.org/v1", "Server", "[1]", "unpriced"),
    ],
)
def test_what_only_holds_templates_or_runs_once_stays_as_it_was(
    load: Load, version: str, kind: str, spec: str, coverage: str
) -> None:
    (found,) = priced(load(manifest(version, kind, spec)))
    assert found.coverage == coverage


def test_sets_and_containers_are_told_with_their_places(load: Load) -> None:
    text = """\
apiVersion: ray.io/v1
kind: RayCluster
metadata: {name: r}
spec:
  headGroupSpec:
    template:
      spec:
        volumes: [{name: v, ephemeral: {volumeClaimTemplate: {spec: {resources: {requests: {storage: 10Gi}}}}}}]
        containers:
          - name: head
  workerGroupSpecs:
    - groupName: small
      replicas: 2
      template:
        spec:
          containers:
            - name: worker
              resources:
                requests:
                  cpu: 2
"""
    found = only(load(text), "RayCluster")
    assert [group["name"] for group in found.attributes["groups"]] == ["headGroupSpec", "small"]
    assert found.attributes["storage_gib"] == Range.exact(10)
    assert (found.span_of("containers[0].unset").line, found.span_of("containers[1].cpu").line) == (10, 20)


def test_an_endless_object_ends(load: Load) -> None:
    deep = POD
    for _ in range(40):
        deep = f"{{a: {deep}, b: {{replicas: 2}}}}"
    wide = ", ".join(f"w{i}: {{t: {POD}}}" for i in range(200))
    loaded = load(manifest("example.org/v1", "Server", f"{{deep: {deep}, {wide}}}"))
    assert len(loaded.resources[0].attributes["groups"]) == 50


def test_foreign_workloads_of_well_known_names(load: Load) -> None:
    scaler = manifest(
        "autoscaling/v2",
        "HorizontalPodAutoscaler",
        "{scaleTargetRef: {apiVersion: apps.kruise.io/v1beta1, kind: StatefulSet, name: w}, "
        "minReplicas: 2, maxReplicas: 4}",
    )
    (found,) = priced(load(manifest("apps.kruise.io/v1beta1", "StatefulSet", f"{{{TEMPLATE}}}") + scaler), SET)
    assert found.monthly == exact(2 * MONTH, 2 * MONTH, 4 * MONTH)
    (found,) = priced(load(manifest("apps/v1", "StatefulSet", f"{{{TEMPLATE}}}") + scaler), "StatefulSet")
    assert found.monthly == exact(MONTH, MONTH, MONTH)
    (found,) = priced(load(manifest("apps.kruise.io/v1alpha1", "DaemonSet", f"{{{TEMPLATE}}}")))
    assert found.monthly == exact(3 * MONTH, 3 * MONTH, 3 * MONTH)


def test_what_is_called_a_job_runs_once(load: Load) -> None:
    (found,) = priced(load(manifest("apps.kruise.io/v1alpha1", "BroadcastJob", f"{{parallelism: 2, {TEMPLATE}}}")))
    assert found.monthly == exact(0, 0, 0)
    # two pods for ten minutes
    assert abs(found.extra["per_run"].expected - HOUR / 3) < Decimal("1e-9")
    assert any("runs once" in said for said in found.assumptions)
