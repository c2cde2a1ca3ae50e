"""How many pods a workload runs, and for what share of the month."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from finops_gate.model import NOTHING, ONCE, ZERO, Bound, Range
from finops_gate.sources.kubernetes.autoscaling import KEDA_MAXIMUM, Autoscaler, bound_of, held
from finops_gate.sources.kubernetes.figures import Figures
from finops_gate.sources.kubernetes.jobs import read_run, share_of_month
from finops_gate.sources.kubernetes.objects import Manifest, mapping
from finops_gate.sources.kubernetes.pod_sets import Pods
from finops_gate.sources.kubernetes.surroundings import Surroundings

ONE = Decimal(1)
HOOKS = ("helm.sh/hook", "argocd.argoproj.io/hook")
"""Annotations of what runs beside a release, such as a chart's tests.

Sources: https://helm.sh/docs/topics/charts_hooks/ https://argo-cd.readthedocs.io/en/stable/user-guide/resource_hooks/
"""


@dataclass(frozen=True, slots=True)
class Count:
    """How many pods, and for what share of a month; `assumed` are the figures that nobody declared. `scaler` is what
    policies see of an autoscaler that the workload brings along.
    """

    replicas: Range
    duty: Range = ONCE
    assumed: Mapping[str, Decimal] | None = None
    run_hours: Range | None = None
    scaler: Mapping[str, Any] | None = None


Counting = Callable[[Manifest, Surroundings, Figures], Count]
Reading = Callable[[Manifest, str, Surroundings, Figures], Sequence[Pods]]


@dataclass(frozen=True, slots=True)
class Kind:
    """Where the pod spec of a kind stands, its labels, how its pods are counted, and how they are read."""

    pod_spec: str
    labels: str
    count: Counting
    pods: Reading


def declared(manifest: Manifest, around: Surroundings, figures: Figures) -> Count:
    """`spec.replicas` (one, where it is left out), or what the autoscaler makes of it."""
    if around.is_taken_over:
        return Count(NOTHING)
    written = manifest.get("spec", "replicas")
    replicas: Bound | None = None if written is None else figures.count(written, "spec.replicas")
    if around.autoscaler is not None:
        return Count(held(replicas, around.autoscaler))
    return Count(Range.exact(ONE if replicas is None else replicas))


def single(manifest: Manifest, around: Surroundings, figures: Figures) -> Count:
    """A Pod stays, but for one that a release starts as a hook: that is run and done with, as a Job is."""
    if any(hook in mapping(manifest.get("metadata", "annotations")) for hook in HOOKS):
        run = read_run(manifest, "spec", figures, around.cluster)
        return Count(ONCE, NOTHING, assumed_minutes(around), Range(ZERO, run.hours, run.most_hours))
    return Count(ONCE)


def each_node(manifest: Manifest, around: Surroundings, figures: Figures) -> Count:
    """One on every node; none on Fargate, which has no nodes to run it on."""
    if around.cluster.billing.mode == "eks-fargate":
        return Count(NOTHING)
    nodes = around.cluster.nodes
    return Count(Range.exact(nodes), assumed={"nodes": nodes} if "nodes" in around.cluster.assumed else None)


def one_run(manifest: Manifest, around: Surroundings, figures: Figures) -> Count:
    """A Job runs once: it is no part of a monthly rate, and its cost is that of a run."""
    run = read_run(manifest, "spec", figures, around.cluster)
    hours = Range(ZERO, run.hours, run.most_hours)
    return Count(Range.exact(run.pods), NOTHING, assumed_minutes(around), hours)


def scheduled(manifest: Manifest, around: Surroundings, figures: Figures) -> Count:
    run = read_run(manifest, "spec.jobTemplate.spec", figures, around.cluster)
    duty = share_of_month(manifest, run, figures)
    return Count(Range.exact(run.pods), duty, assumed_minutes(around), Range(ZERO, run.hours, run.most_hours))


def scaled_job(manifest: Manifest, around: Surroundings, figures: Figures) -> Count:
    """The jobs that KEDA starts, at most `maxReplicaCount` of them at a time."""
    run = read_run(manifest, "spec.jobTargetRef", figures, around.cluster)
    least = bound_of(manifest, "minReplicaCount", figures, ZERO)
    most = bound_of(manifest, "maxReplicaCount", figures, KEDA_MAXIMUM)
    scaler = scaler_of(manifest, least, most, manifest.get("spec", "maxReplicaCount") is not None)
    return Count(Range(least, least, most) * Range.exact(run.pods), scaler=scaler)


def scaler_of(manifest: Manifest, least: Bound, most: Bound, is_bounded: bool) -> dict[str, Any]:
    """What policies see of an autoscaler that is a part of its workload."""
    return Autoscaler(manifest, ("", "", ""), least, most, least, is_bounded).attribute


def assumed_minutes(around: Surroundings) -> Mapping[str, Decimal] | None:
    cluster = around.cluster
    return {"cron_minutes": cluster.cron_minutes} if "cron_minutes" in cluster.assumed else None
