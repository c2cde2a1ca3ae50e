"""How many pods each kind runs and for what share of the month; figures by hand, 730 hours a month."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from finops_gate.model import UNBOUNDED, Loaded, Range, Resource, Unknown

Load = Callable[..., Loaded]
CONTAINERS = "containers: [{name: c, resources: {requests: {cpu: 1, memory: 1Gi}}}]"
TOLERANCE = Decimal("1e-9")


def workload(kind: str, spec: str, name: str = "w", namespace: str = "n") -> str:
    version = {"Pod": "v1", "Job": "batch/v1", "CronJob": "batch/v1"}.get(kind, "apps/v1")
    return (
        f"---\napiVersion: {version}\nkind: {kind}\nmetadata: {{name: {name}, namespace: {namespace}}}\nspec: {spec}\n"
    )


def template(more: str = "") -> str:
    return f"{{{more}template: {{spec: {{{CONTAINERS}}}}}}}"


def autoscaler(spec: str, target: str = "Deployment", name: str = "w", namespace: str = "n") -> str:
    reference = f"scaleTargetRef: {{apiVersion: apps/v1, kind: {target}, name: {name}}}"
    head = "---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\n"
    return f"{head}metadata: {{name: h, namespace: {namespace}}}\nspec: {{{reference}, {spec}}}\n"


def only(loaded: Loaded, kind: str) -> Resource:
    (found,) = [r for r in loaded.resources if r.type == f"kubernetes:{kind}"]
    return found


def exact(*bounds: Any) -> Range:
    return Range(*(Decimal(b) for b in bounds))


@pytest.mark.parametrize(
    ("written", "replicas"),
    [("replicas: 3, ", 3), ("", 1), ("replicas: 0, ", 0), ("replicas: null, ", 1)],
)
@pytest.mark.parametrize("kind", ["Deployment", "ReplicaSet", "StatefulSet"])
def test_declared_replicas(load: Load, kind: str, written: str, replicas: int) -> None:
    assert only(load(workload(kind, template(written))), kind).attributes["replicas_range"] == Range.exact(replicas)


@pytest.mark.parametrize(
    ("written", "bounds", "expected"),
    [
        ("", "minReplicas: 2, maxReplicas: 10", (2, 2, 10)),
        ("replicas: 4, ", "minReplicas: 2, maxReplicas: 10", (2, 4, 10)),
        ("replicas: 1, ", "minReplicas: 2, maxReplicas: 10", (2, 2, 10)),
        ("replicas: 50, ", "minReplicas: 2, maxReplicas: 10", (2, 10, 10)),
        ("", "maxReplicas: 10", (1, 1, 10)),
        ("", "minReplicas: 0, maxReplicas: 3", (0, 0, 3)),
        ("", "minReplicas: 9, maxReplicas: 3", (3, 3, 3)),
        ("", "minReplicas: 2", (2, 2, UNBOUNDED)),
    ],
)
def test_an_autoscaler_bounds_the_replicas(load: Load, written: str, bounds: str, expected: tuple[int, ...]) -> None:
    found = only(load(workload("Deployment", template(written)) + autoscaler(bounds)), "Deployment")
    assert found.attributes["replicas_range"] == exact(*expected)
    assert found.references == {"autoscaler": "n/HorizontalPodAutoscaler/h"}


def test_an_autoscaler_is_for_its_kind_name_and_namespace(load: Load) -> None:
    others = [
        autoscaler("maxReplicas: 9", "StatefulSet"),
        autoscaler("maxReplicas: 9", name="x"),
        autoscaler("maxReplicas: 9", namespace="x"),
    ]
    found = only(load(workload("Deployment", template()) + "".join(others)), "Deployment")
    assert found.attributes["replicas_range"] == Range.exact(1)
    assert found.attributes["autoscaler"] is None


def test_without_namespaces_the_nearest_is_meant(load: Load) -> None:
    web = workload("Deployment", template(), namespace="")
    files = {
        "dev/web.yaml": web,
        "prod/web.yaml": web,
        "prod/scaling/hpa.yaml": autoscaler("maxReplicas: 5", namespace=""),
        "shop/base/web.yaml": web,
        "shop/overlays/live/hpa.yaml": autoscaler("maxReplicas: 7", namespace=""),
    }
    deployments = [r for r in load(files).resources if r.type == "kubernetes:Deployment"]
    assert {r.project: r.attributes["replicas_range"].ceiling for r in deployments} == {
        "dev": 1,
        "prod": 5,
        "shop/base": 7,
    }


@pytest.mark.parametrize("written", ["three", "-1", "1.5", "'3'", "1e99", "[]", "true"])
def test_replicas_that_are_no_number_are_unknown_and_said(load: Load, written: str) -> None:
    loaded = load(workload("Deployment", template(f"replicas: {written}, ")))
    (notice,) = loaded.notices
    assert (notice.code, notice.severity, str(notice.span)[:8]) == ("invalid-value", "error", "m.yaml:5")
    assert isinstance(loaded.resources[0].attributes["replicas_range"].expected, Unknown)


def test_placeholders_are_unknown_between_the_bounds(load: Load) -> None:
    loaded = load(workload("Deployment", template("replicas: '${N}', ")) + autoscaler("minReplicas: 2, maxReplicas: 4"))
    replicas = only(loaded, "Deployment").attributes["replicas_range"]
    assert loaded.notices == ()
    assert (replicas.floor, replicas.ceiling) == (2, 4)
    assert isinstance(replicas.expected, Unknown)


def test_a_daemon_set_runs_on_every_node(load: Load) -> None:
    found = only(load(workload("DaemonSet", template())), "DaemonSet").attributes
    assert (found["replicas_range"], found["assumed"]) == (Range.exact(3), {"nodes": Decimal(3)})
    found = only(load(workload("DaemonSet", template()), nodes=12), "DaemonSet").attributes
    assert (found["replicas_range"], found["assumed"]) == (Range.exact(12), {})


def test_a_pod_is_one(load: Load) -> None:
    found = only(load(workload("Pod", f"{{{CONTAINERS}}}")), "Pod").attributes
    assert (found["replicas_range"], found["duty"], found["pod"]["cpu"]) == (Range.exact(1), Range.exact(1), 1)


def cron(job: str, more: str = "", schedule: str = "0 * * * *") -> str:
    return workload("CronJob", f"{{schedule: '{schedule}', {more}jobTemplate: {{spec: {template(job)}}}}}")


@pytest.mark.parametrize(
    ("job", "more", "pods", "duty"),
    [
        # hourly, 10 minutes: 730 x 1/6 / 730
        ("", "", 1, (0, "1/6", "inf")),
        ("", "concurrencyPolicy: Forbid, ", 1, (0, "1/6", 1)),
        ("", "concurrencyPolicy: Replace, ", 1, (0, "1/6", 1)),
        ("", "suspend: true, ", 1, (0, 0, 0)),
        # four completions on two places: 20 minutes each
        ("completions: 4, parallelism: 2, ", "", 2, (0, "1/3", "inf")),
        ("parallelism: 3, ", "", 3, (0, "1/6", "inf")),
        ("completions: 2, parallelism: 5, ", "", 2, (0, "1/6", "inf")),
        # half an hour at most; and five minutes at most, so ten are too many to expect
        ("activeDeadlineSeconds: 1800, ", "", 1, (0, "1/6", "1/2")),
        ("activeDeadlineSeconds: 300, ", "", 1, (0, "1/12", "1/12")),
        # ten hours, every hour: ten at once, unless they may not overlap
        ("activeDeadlineSeconds: 36000, ", "", 1, (0, "1/6", 10)),
        ("activeDeadlineSeconds: 36000, ", "concurrencyPolicy: Forbid, ", 1, (0, "1/6", 1)),
        ("parallelism: 0, ", "", 0, (0, "1/6", "inf")),
    ],
)
def test_cron_jobs(load: Load, job: str, more: str, pods: int, duty: tuple[Any, ...]) -> None:
    found = only(load(cron(job, more)), "CronJob").attributes
    assert found["replicas_range"] == Range.exact(pods)
    for bound, wanted in zip(found["duty"], duty, strict=True):
        top, _, bottom = str(wanted).partition("/")
        want = Decimal(top) / Decimal(bottom or 1)
        assert bound == want or abs(bound - want) < TOLERANCE


def test_the_minutes_of_a_run_are_a_setting(load: Load) -> None:
    found = only(load(cron(""), cron_minutes=30), "CronJob").attributes
    assert abs(found["duty"].expected - Decimal("0.5")) < TOLERANCE
    assert found["assumed"] == {}


@pytest.mark.parametrize("schedule", ["61 * * * *", "", "nope"])
def test_a_wrong_schedule_is_unknown_and_said(load: Load, schedule: str) -> None:
    loaded = load(cron("", schedule=schedule))
    assert [(n.code, n.severity) for n in loaded.notices] == [("invalid-schedule", "error")]
    assert isinstance(loaded.resources[0].attributes["duty"].expected, Unknown)


def test_a_job_bills_a_run_and_no_month(load: Load) -> None:
    spec = template("parallelism: 2, completions: 6, activeDeadlineSeconds: 7200, ")
    found = only(load(workload("Job", spec), cron_minutes=20), "Job").attributes
    # six completions of 20 minutes on two places: an hour each; two hours at most
    assert (found["duty"], found["replicas_range"]) == (Range.exact(0), Range.exact(2))
    assert abs(found["run_hours"].expected - 1) < TOLERANCE
    assert abs(found["run_hours"].ceiling - 2) < TOLERANCE


CLAIM = "{metadata: {name: d}, spec: {resources: {requests: {storage: 10Gi}}}}"


def test_claims_of_a_stateful_set_are_kept_for_every_replica(load: Load) -> None:
    text = workload("StatefulSet", template(f"replicas: 3, volumeClaimTemplates: [{CLAIM}, {CLAIM}], "))
    assert only(load(text), "StatefulSet").attributes["storage_gib"] == Range.exact(60)
    scaled = text + autoscaler("minReplicas: 2, maxReplicas: 5", "StatefulSet")
    assert only(load(scaled), "StatefulSet").attributes["storage_gib"] == exact(40, 60, 100)


def test_ephemeral_volumes_live_as_long_as_their_pods(load: Load) -> None:
    volumes = f"volumes: [{{name: v, ephemeral: {{volumeClaimTemplate: {CLAIM}}}}}, {{name: e, emptyDir: {{}}}}]"
    text = workload("Deployment", f"{{replicas: 2, template: {{spec: {{{CONTAINERS}, {volumes}}}}}}}")
    assert only(load(text), "Deployment").attributes["storage_gib"] == Range.exact(20)


@pytest.mark.parametrize(("size", "gib"), [("10Gi", 10), ("512Mi", "0.5"), ("1073741824", 1)])
def test_persistent_volume_claims(load: Load, size: str, gib: Any) -> None:
    spec = f"spec: {{resources: {{requests: {{storage: {size}}}}}}}\n"
    text = f"apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {{name: c}}\n{spec}"
    found = only(load(text), "PersistentVolumeClaim")
    assert found.attributes["storage_gib"] == Range.exact(Decimal(gib))
    assert found.span_of("storage_gib").line == 4


def test_a_claim_without_a_size_is_unknown(load: Load) -> None:
    text = "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: c}\nspec: {}\n"
    assert isinstance(only(load(text), "PersistentVolumeClaim").attributes["storage_gib"].expected, Unknown)
