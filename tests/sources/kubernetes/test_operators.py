"""Operators' kinds: how many pods of what each makes; figures by hand."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from finops_gate.model import Loaded, Range
from finops_gate.sources.kubernetes.operators import operators
from tests.sources.kubernetes.manifests import HOUR, exact, manifest, priced

Load = Callable[..., Loaded]
BOX = "resources: {requests: {cpu: 1, memory: 1Gi}}"
POD = f"{{spec: {{containers: [{{name: elasticsearch, {BOX}}}]}}}}"
CLAIM = "{spec: {resources: {requests: {storage: 10Gi}}}}"
GIB_MONTH = Decimal("0.00005479452") * 730


@pytest.mark.parametrize(
    ("version", "kind", "spec", "pods", "gib"),
    [
        ("monitoring.coreos.com/v1", "Prometheus", f"{{{BOX}}}", 1, 0),
        ("monitoring.coreos.com/v1", "Prometheus",
         f"{{replicas: 2, shards: 3, {BOX}, storage: {{volumeClaimTemplate: {CLAIM}}}}}", 6, 60),
        ("monitoring.coreos.com/v1", "Alertmanager", f"{{replicas: 3, {BOX}}}", 3, 0),
        ("monitoring.coreos.com/v1", "ThanosRuler", f"{{replicas: 2, {BOX}}}", 2, 0),
        ("elasticsearch.k8s.elastic.co/v1", "Elasticsearch",
         f"{{nodeSets: [{{name: hot, count: 3, podTemplate: {POD}, volumeClaimTemplates: [{CLAIM}]}},"
         f" {{name: cold, count: 2, podTemplate: {POD}}}]}}", 5, 30),
        ("kafka.strimzi.io/v1beta2", "Kafka",
         f"{{kafka: {{replicas: 3, {BOX}, storage: {{type: jbod, volumes: [{{size: 100Gi}}, {{type: ephemeral}}]}}}},"
         f" zookeeper: {{replicas: 3, {BOX}, storage: {{type: persistent-claim, size: 10Gi}}}},"
         f" entityOperator: {{topicOperator: {{{BOX}}}}}}}", 7, 330),
        ("kafka.strimzi.io/v1beta2", "KafkaNodePool", f"{{replicas: 2, {BOX}, storage: {{size: 5Gi}}}}", 2, 10),
        ("acid.zalan.do/v1", "postgresql", f"{{numberOfInstances: 2, volume: {{size: 10Gi}}, {BOX}}}", 2, 20),
        ("postgresql.cnpg.io/v1", "Cluster",
         f"{{instances: 3, storage: {{size: 20Gi}}, walStorage: {{size: 5Gi}}, {BOX}}}", 3, 75),
        ("databases.spotahome.com/v1", "RedisFailover",
         f"{{redis: {{replicas: 2, {BOX}, storage: {{persistentVolumeClaim: {CLAIM}}}}}, sentinel: {{{BOX}}}}}", 5, 20),
    ],
)  # fmt: skip
def test_an_operator_makes_pods(load: Load, version: str, kind: str, spec: str, pods: int, gib: int) -> None:
    (found,) = priced(load(manifest(version, kind, spec)))
    assert found.coverage == "priced"
    assert found.resource.attributes["replicas_range"] == Range.exact(pods)
    assert found.resource.attributes["storage_gib"] == Range.exact(gib)
    wanted = pods * 730 * HOUR + gib * GIB_MONTH
    assert abs(found.monthly.expected - wanted) < Decimal("1e-9")  # type: ignore[operator]


def test_what_a_set_leaves_out_is_unknown_at_its_place(load: Load) -> None:
    (found,) = priced(load(manifest("postgresql.cnpg.io/v1", "Cluster", "\n  instances: 3\n  storage: {size: 1Gi}")))
    assert (found.coverage, found.why) == ("unknown", "the container postgres declares no CPU request")
    assert found.resource.span_of("spec.instances").line == 6
    assert found.resource.attributes["containers"][0]["unset"] == ["cpu", "memory"]


def test_an_autoscaler_bounds_what_has_one_set_of_pods(load: Load) -> None:
    scaler = "---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: h, namespace: n}\n"
    target = "spec: {minReplicas: 2, maxReplicas: 6, scaleTargetRef: {kind: KafkaConnect, name: w}}\n"
    connect = manifest("kafka.strimzi.io/v1beta2", "KafkaConnect", f"{{replicas: 4, {BOX}}}")
    (found,) = priced(load(connect + scaler + target), "KafkaConnect")
    assert found.resource.attributes["replicas_range"] == exact(2, 4, 6)


def test_every_set_of_the_table_says_how_many_of_what() -> None:
    for (group, kind), sets in operators().items():
        assert "." in group, kind
        for row in sets:
            assert {"name", "replicas", "default"} <= row.keys()
            assert "resources" in row or "pod_spec" in row
