"""Workloads: how many pods each kind runs, for what share of the month, and what they request together.

A kind is a row of KINDS: where its pod template stands, and the function that counts its pods.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from finops_gate.model import NOTHING, ONCE, ZERO, Bound, Range, Unknown
from finops_gate.sources.kubernetes.autoscaling import Autoscaler, held
from finops_gate.sources.kubernetes.figures import Figures
from finops_gate.sources.kubernetes.jobs import read_run, share_of_month
from finops_gate.sources.kubernetes.limits import ContainerDefaults
from finops_gate.sources.kubernetes.objects import Manifest
from finops_gate.sources.kubernetes.pods import GIB, Container, Pod, read_pod
from finops_gate.sources.kubernetes.settings import Cluster
from finops_gate.sources.kubernetes.storage import claimed_by_templates, claimed_by_volumes

ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a workload is read with: its autoscaler, its namespace's defaults, and the cluster's figures."""

    autoscaler: Autoscaler | None
    defaults: ContainerDefaults
    cluster: Cluster


@dataclass(frozen=True, slots=True)
class Count:
    """How many pods, and for what share of a month; `assumed` are the figures that nobody declared."""

    replicas: Range
    duty: Range = ONCE
    assumed: Mapping[str, Decimal] | None = None
    run_hours: Range | None = None


Counting = Callable[[Manifest, Surroundings, Figures], Count]


def declared(manifest: Manifest, around: Surroundings, figures: Figures) -> Count:
    """`spec.replicas` (one, where it is left out), or what the autoscaler makes of it."""
    written = manifest.get("spec", "replicas")
    replicas: Bound | None = None if written is None else figures.count(written, "spec.replicas")
    if around.autoscaler is not None:
        return Count(held(replicas, around.autoscaler))
    return Count(Range.exact(ONE if replicas is None else replicas))


def one(manifest: Manifest, around: Surroundings, figures: Figures) -> Count:
    return Count(ONCE)


def each_node(manifest: Manifest, around: Surroundings, figures: Figures) -> Count:
    nodes = around.cluster.nodes
    return Count(Range.exact(nodes), assumed={"nodes": nodes} if "nodes" in around.cluster.assumed else None)


def one_run(manifest: Manifest, around: Surroundings, figures: Figures) -> Count:
    """A Job runs once: it is no part of a monthly rate, and its cost is that of a run."""
    run = read_run(manifest, "spec", figures, around.cluster)
    hours = Range(ZERO, run.hours, run.most_hours)
    return Count(Range.exact(run.pods), NOTHING, _assumed_minutes(around), hours)


def scheduled(manifest: Manifest, around: Surroundings, figures: Figures) -> Count:
    run = read_run(manifest, "spec.jobTemplate.spec", figures, around.cluster)
    duty = share_of_month(manifest, run, figures)
    return Count(Range.exact(run.pods), duty, _assumed_minutes(around), Range(ZERO, run.hours, run.most_hours))


def _assumed_minutes(around: Surroundings) -> Mapping[str, Decimal] | None:
    cluster = around.cluster
    return {"cron_minutes": cluster.cron_minutes} if "cron_minutes" in cluster.assumed else None


@dataclass(frozen=True, slots=True)
class Kind:
    """Where the pod spec of a kind stands, its labels, and how its pods are counted."""

    pod_spec: str
    labels: str
    count: Counting


TEMPLATE = ("spec.template.spec", "spec.template.metadata.labels")
JOB_TEMPLATE = ("spec.jobTemplate.spec.template.spec", "spec.jobTemplate.spec.template.metadata.labels")

KINDS: Mapping[str, Kind] = {
    "CronJob": Kind(*JOB_TEMPLATE, scheduled),
    "DaemonSet": Kind(*TEMPLATE, each_node),
    "Deployment": Kind(*TEMPLATE, declared),
    "Job": Kind(*TEMPLATE, one_run),
    "Pod": Kind("spec", "", one),
    "ReplicaSet": Kind(*TEMPLATE, declared),
    "ReplicationController": Kind(*TEMPLATE, declared),
    "StatefulSet": Kind(*TEMPLATE, declared),
}


def read_workload(manifest: Manifest, around: Surroundings, figures: Figures) -> dict[str, Any]:
    """The derived attributes of a workload (`docs/kubernetes.md` says what each means)."""
    kind = KINDS[manifest.qualified_kind]
    pod_spec = manifest.get(*kind.pod_spec.split("."))
    pod = read_pod(pod_spec, kind.pod_spec, figures, around.defaults)
    count = kind.count(manifest, around, figures)
    kept = claimed_by_templates(manifest.get("spec"), "spec", figures) * count.replicas
    passing = claimed_by_volumes(pod_spec, kind.pod_spec, figures) * count.replicas * count.duty
    return {
        "replicas_range": count.replicas,
        "duty": count.duty,
        "run_hours": count.run_hours,
        "pod": _pod(pod),
        "undeclared_cpu": _undeclared(pod, "cpu", count),
        "undeclared_memory": _undeclared(pod, "memory", count),
        "storage_gib": kept + passing,
        "containers": [_container(c) for c in pod.containers],
        "autoscaler": _autoscaler(around.autoscaler),
        "assumed": dict(count.assumed or {}),
    }


def _pod(pod: Pod) -> dict[str, Any]:
    return {
        "cpu": pod.amount("cpu"),
        "memory_gib": pod.amount("memory") / GIB,
        "gpu": pod.gpus,
        "accelerators": [{"name": name, "count": amount} for name, amount in pod.accelerators.items()],
        "unset": [f"{c.name}: {resource}" for c in pod.containers if c.role != "init" for resource in c.unset],
    }


def _undeclared(pod: Pod, resource: str, count: Count) -> list[dict[str, Any]]:
    """What containers without a request may take a month, in pods' hours: nobody knows, unless no pod runs at all."""
    share = count.replicas * count.duty
    return [
        {"container": container.name, "amount": Range(ZERO, why, why) * share}
        for container, name, why in pod.unsettled
        if name == resource
    ]


def _container(container: Container) -> dict[str, Any]:
    """A container as policies see it: what its author wrote, and the figures in force (null: none)."""
    return {
        **container.value,
        "name": container.name,
        "role": container.role,
        "path": container.path,
        "cpu": _figure(container, "cpu"),
        "memory_gib": _figure(container, "memory", GIB),
        "cpu_limit": container.limits.get("cpu"),
        "memory_limit_gib": container.limits["memory"] / GIB if "memory" in container.limits else None,
        "unset": list(container.unset),
    }


def _figure(container: Container, resource: str, unit: Decimal = ONE) -> Decimal | Unknown | None:
    if resource in container.requests:
        return container.requests[resource] / unit
    return None if resource in container.unset else container.unsettled.get(resource)


def _autoscaler(autoscaler: Autoscaler | None) -> dict[str, Any] | None:
    if autoscaler is None:
        return None
    return {
        "kind": autoscaler.manifest.kind,
        "name": autoscaler.manifest.name,
        "min_replicas": autoscaler.minimum,
        "max_replicas": autoscaler.maximum,
    }
