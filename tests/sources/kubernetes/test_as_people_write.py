"""Manifests in the forms that people and charts give them; figures by hand from the OpenCost default rates."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from finops_gate.model import Loaded, Range
from tests.sources.kubernetes.manifests import CONTAINER, HOUR, TEMPLATE, exact, manifest, only, priced

Load = Callable[..., Loaded]
MONTH = HOUR * 730

LIST = """# rendered by hand
---

---
apiVersion: v1
kind: List
items:
- apiVersion: apps/v1
  kind: Deployment
  metadata: {name: first, labels: &labels {team: shop}}
  spec:
    replicas: 2
    template:
      metadata: {labels: *labels}
      spec:
        containers:
        - name: a
          resources: &small
            requests: {cpu: 250m, memory: 256Mi}   # a quarter
        - {name: b, resources: {<<: *small}}
- apiVersion: v1
  kind: PodList
  items:
  - apiVersion: v1
    kind: Pod
    metadata: {generateName: worker-}
    spec: {containers: [{name: a, resources: *small}]}
...
---
kind: ConfigMap
"""


def test_documents_lists_anchors_and_comments(load: Load) -> None:
    loaded = load(LIST)
    found = {e.resource.address: e.monthly for e in priced(loaded)}
    # 2 x 2 x 0.25 cores and GiB: a whole of each; and a quarter
    assert found == {"Deployment/first": Range.exact(MONTH), "Pod/worker-*": Range.exact(MONTH / 4)}
    assert only(loaded, "Deployment").tags == {"team": "shop"}


@pytest.mark.parametrize("annotation", ["helm.sh/hook: test", "argocd.argoproj.io/hook: PreSync"])
def test_a_hooks_pod_is_run_and_done_with(load: Load, annotation: str) -> None:
    metadata = f"name: w, annotations: {{{annotation}}}"
    (found,) = priced(load(manifest("v1", "Pod", f"{{containers: [{CONTAINER}]}}", metadata)))
    assert found.monthly == exact(0, 0, 0)
    assert abs(found.extra["per_run"].expected - HOUR / 6) < Decimal("1e-9")
    assert any("hook runs once" in said for said in found.assumptions)


def test_a_hooks_job_is_a_job(load: Load) -> None:
    text = manifest("batch/v1", "Job", f"{{{TEMPLATE}}}", "generateName: up-, annotations: {helm.sh/hook: pre-install}")
    (found,) = priced(load(text))
    assert (found.resource.address, found.monthly) == ("Job/up-*", exact(0, 0, 0))


@pytest.mark.parametrize(("of_workload", "of_scaler"), [("", "default"), ("default", ""), ("", ""), ("shop", "shop")])
def test_no_namespace_is_the_default_one(load: Load, of_workload: str, of_scaler: str) -> None:
    target = "scaleTargetRef: {kind: Deployment, name: w}"
    text = manifest("apps/v1", "Deployment", f"{{{TEMPLATE}}}", f"name: w, namespace: '{of_workload}'") + manifest(
        "autoscaling/v2",
        "HorizontalPodAutoscaler",
        f"{{{target}, minReplicas: 2, maxReplicas: 5}}",
        f"name: h, namespace: '{of_scaler}'",
    )
    assert only(load(text), "Deployment").attributes["replicas_range"] == exact(2, 2, 5)


def test_another_namespace_is_another(load: Load) -> None:
    target = "scaleTargetRef: {kind: Deployment, name: w}"
    text = manifest("apps/v1", "Deployment", f"{{{TEMPLATE}}}", "name: w, namespace: shop") + manifest(
        "autoscaling/v2", "HorizontalPodAutoscaler", f"{{{target}, minReplicas: 2, maxReplicas: 5}}", "name: h"
    )
    assert only(load(text), "Deployment").attributes["replicas_range"] == Range.exact(1)


@pytest.mark.parametrize(("name", "noted"), [("w", False), ("wb", True)])
def test_an_autoscaler_whose_workload_is_not_here_is_noted(load: Load, name: str, noted: bool) -> None:
    text = manifest("apps/v1", "Deployment", f"{{{TEMPLATE}}}") + manifest(
        "autoscaling/v2", "HorizontalPodAutoscaler", f"{{scaleTargetRef: {{kind: Deployment, name: {name}}}}}"
    )
    notices = load(text).notices
    assert [(n.code, n.severity, n.span and n.span.line) for n in notices] == (
        [("autoscaler-without-target", "info", 10)] if noted else []
    )
