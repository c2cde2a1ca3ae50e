"""Workloads: how many pods each kind runs, for what share of the month, and what they request together.

A kind is a row of KINDS, or of FOREIGN where its API is no part of Kubernetes: where its pod template stands, how its
pods are counted, and how they are read where that is not plain. What else holds a pod template counts as a Deployment
does, or as a Job where it is called one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from finops_gate.model import NOTHING, Range
from finops_gate.sources.kubernetes import argo, counting, knative
from finops_gate.sources.kubernetes.counting import Count, Kind
from finops_gate.sources.kubernetes.figures import Figures
from finops_gate.sources.kubernetes.objects import Manifest, mapping
from finops_gate.sources.kubernetes.placement import spot_pools
from finops_gate.sources.kubernetes.pod_sets import (
    Pods,
    described_containers,
    described_pods,
    gpus_of,
    one_pod,
    undeclared,
)
from finops_gate.sources.kubernetes.storage import Claim, claims_of_templates, claims_of_volumes, total_of
from finops_gate.sources.kubernetes.storage_classes import disk_of
from finops_gate.sources.kubernetes.surroundings import Surroundings

TEMPLATE = ("spec.template.spec", "spec.template.metadata.labels")
JOB_TEMPLATE = ("spec.jobTemplate.spec.template.spec", "spec.jobTemplate.spec.template.metadata.labels")
JOB_TARGET = ("spec.jobTargetRef.template.spec", "spec.jobTargetRef.template.metadata.labels")

KINDS: Mapping[str, Kind] = {
    "CronJob": Kind(*JOB_TEMPLATE, counting.scheduled, one_pod),
    "DaemonSet": Kind(*TEMPLATE, counting.each_node, one_pod),
    "Deployment": Kind(*TEMPLATE, counting.declared, one_pod),
    "Job": Kind(*TEMPLATE, counting.one_run, one_pod),
    "Pod": Kind("spec", "", counting.single, one_pod),
    "ReplicaSet": Kind(*TEMPLATE, counting.declared, one_pod),
    "ReplicationController": Kind(*TEMPLATE, counting.declared, one_pod),
    "StatefulSet": Kind(*TEMPLATE, counting.declared, one_pod),
}

FOREIGN: Mapping[tuple[str, str], Kind] = {
    ("apps.openshift.io", "DeploymentConfig"): Kind(*TEMPLATE, counting.declared, one_pod),
    ("apps.kruise.io", "DaemonSet"): Kind(*TEMPLATE, counting.each_node, one_pod),
    ("argoproj.io", "CronWorkflow"): Kind("spec.workflowSpec", "", argo.scheduled_workflow, argo.pods_of_workflow),
    ("argoproj.io", "Rollout"): Kind(*TEMPLATE, counting.declared, argo.pods_of_rollout),
    ("argoproj.io", "Workflow"): Kind("spec", "", argo.one_workflow, argo.pods_of_workflow),
    ("keda.sh", "ScaledJob"): Kind(*JOB_TARGET, counting.scaled_job, one_pod),
    ("serving.knative.dev", "Service"): Kind(*TEMPLATE, knative.scaled, one_pod),
}
"""API group and kind.

Sources: https://openkruise.io/docs/user-manuals/advanceddaemonset
https://docs.openshift.com/container-platform/4.16/rest_api/workloads_apis/deploymentconfig-apps-openshift-io-v1.html
https://argo-workflows.readthedocs.io/en/latest/fields/
https://argo-rollouts.readthedocs.io/en/stable/features/specification/
https://keda.sh/docs/latest/reference/scaledjob-spec/
"""

WITH_A_TEMPLATE = Kind(*TEMPLATE, counting.declared, one_pod)
RUN_ONCE = Kind(*TEMPLATE, counting.one_run, one_pod)


def kind_of(manifest: Manifest) -> Kind | None:
    """How an object runs pods; None where it runs none that we know of."""
    known = KINDS.get(manifest.qualified_kind) or FOREIGN.get((manifest.group, manifest.kind))
    if known is not None:
        return known
    if not isinstance(manifest.get("spec", "template", "spec", "containers"), list):
        return None
    return RUN_ONCE if manifest.kind.endswith("Job") else WITH_A_TEMPLATE


def read_workload(manifest: Manifest, kind: Kind, around: Surroundings, figures: Figures) -> dict[str, Any]:
    """The derived attributes of a workload (`docs/kubernetes.md` says what each means)."""
    pods = kind.pods(manifest, kind.pod_spec, around, figures)
    count = kind.count(manifest, around, figures)
    alive = count.replicas * count.duty
    kept_for = count.replicas if count.run_hours is None else alive
    kept = [claim.times(kept_for) for claim in claims_of_templates(manifest.get("spec"), "spec", figures)]
    passing = [claim.times(alive) for part in pods for claim in claims_of_volumes(part.spec, part.path, figures)]
    found = described(manifest, pods, count, [*kept, *passing], around)
    return {**found, "pod_labels": dict(labels_of_pods(manifest, kind))}


def described(
    manifest: Manifest, pods: Sequence[Pods], count: Count, claims: Sequence[Claim], around: Surroundings
) -> dict[str, Any]:
    """The attributes of pods that are counted together."""
    billing = around.cluster.billing
    scaler = around.autoscaler.attribute if around.autoscaler else None
    share = count.replicas * count.duty
    return {
        "replicas_range": count.replicas,
        "duty": count.duty,
        "run_hours": count.run_hours,
        "gpus": count.replicas * gpus_of(pods),
        **described_pods(pods, billing.mode, spot_pools(manifest, around.lookup)),
        "undeclared_cpu": undeclared(pods, "cpu", share),
        "undeclared_memory": undeclared(pods, "memory", share),
        "storage_gib": total_of(claims),
        "claims": described_claims(manifest, claims, around),
        "containers": described_containers(pods),
        "autoscaler": count.scaler or scaler,
        "assumed": dict(count.assumed or {}),
        "billing": billing.attribute,
    }


def summed(groups: Sequence[Mapping[str, Any]], key: str) -> Range:
    """The sum of an attribute of several sets of pods."""
    total = NOTHING
    for group in groups:
        total = total + group[key]
    return total


def described_claims(manifest: Manifest, claims: Sequence[Claim], around: Surroundings) -> list[dict[str, Any]]:
    billing = around.cluster.billing
    return [c.attribute(disk_of(c.storage_class, manifest, billing, around.lookup)) for c in claims]


def labels_of_pods(manifest: Manifest, kind: Kind | None) -> Mapping[str, Any]:
    """The labels that an object gives to its pods."""
    return mapping(manifest.get(*kind.labels.split("."))) if kind and kind.labels else {}
