"""Derived attributes stand where what they are derived from is written."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from finops_gate.model import Loaded
from tests.sources.kubernetes.manifests import only

Load = Callable[..., Loaded]
WORKLOAD = """\
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: w}
spec:
  replicas: 3
  template:
    spec:
      nodeSelector:
        kubernetes.io/arch: arm64
      containers:
        - name: first
          resources:
            limits:
              cpu: 1
              memory: 1Gi
        - name: second
          resources:
            requests:
              cpu: 100m
            limits:
              cpu: 2
              nvidia.com/gpu: 1
  volumeClaimTemplates:
    - metadata: {name: data}
      spec:
        storageClassName: gp2
        resources:
          requests:
            storage: 10Gi
"""
SCALER = """\
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: h}
spec:
  scaleTargetRef: {kind: StatefulSet, name: w}
  minReplicas: 2
  maxReplicas: 9
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("replicas_range", 5),
        ("spot", 9),
        ("pod", 8),
        ("pod.cpu", 14),
        ("pod.memory_gib", 15),
        ("pod.gpu", 22),
        ("containers[0].cpu", 14),
        ("containers[0].cpu_limit_to_request", 14),
        ("containers[1].cpu", 19),
        ("spec.template.spec.containers[1].cpu_limit", 21),
        ("containers[1].memory_gib", 16),
        ("claims[0].type", 26),
        ("claims[0].gib", 29),
        ("autoscaler", 3),
    ],
)
def test_in_the_object_itself(load: Load, path: str, line: int) -> None:
    assert only(load(WORKLOAD), "StatefulSet").span_of(path).line == line


@pytest.mark.parametrize(
    ("path", "line"), [("autoscaler", 3), ("autoscaler.min_replicas", 6), ("autoscaler.max_replicas", 7)]
)
def test_the_bounds_of_an_autoscaler_are_in_its_own_file(load: Load, path: str, line: int) -> None:
    files = {"workload.yaml": WORKLOAD, "scaler.yaml": SCALER}
    for kind in ("StatefulSet", "HorizontalPodAutoscaler"):
        place = only(load(files), kind).span_of(path)
        assert (place.path, place.line) == ("scaler.yaml", line if path != "autoscaler" or kind == "StatefulSet" else 5)


def test_how_many_times_its_request_a_container_may_take(load: Load) -> None:
    first, second = only(load(WORKLOAD), "StatefulSet").attributes["containers"]
    assert (first["cpu_limit_to_request"], first["memory_limit_to_request"]) == (1, 1)
    assert (second["cpu_limit_to_request"], second["memory_limit_to_request"]) == (20, None)
