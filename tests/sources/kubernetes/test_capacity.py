"""What limits a cluster or a namespace: told, and no part of the bill."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from finops_gate.model import Loaded
from tests.sources.kubernetes.manifests import HOUR, manifest, only, priced

Load = Callable[..., Loaded]


@pytest.mark.parametrize(
    ("version", "kind", "spec"),
    [
        ("karpenter.sh/v1", "NodePool", "{limits: {cpu: 100, memory: 100Gi}}"),
        ("karpenter.sh/v1alpha5", "Provisioner", "{limits: {resources: {cpu: '100', memory: 100Gi}}}"),
        ("v1", "ResourceQuota", "{hard: {requests.cpu: 100, requests.memory: 100Gi, limits.cpu: 200, pods: 5}}"),
        ("v1", "ResourceQuota", "{hard: {cpu: 100, memory: 100Gi}}"),
        ("v1", "ResourceQuota", "{hard: {limits.cpu: 100, requests.memory: 100Gi, limits.memory: 200Gi}}"),
    ],
)
def test_limits_are_told_and_not_billed(load: Load, version: str, kind: str, spec: str) -> None:
    (found,) = priced(load(manifest(version, kind, spec)))
    assert (found.coverage, found.monthly.ceiling) == ("free", 0)
    assert found.resource.attributes["limits"] == {"cpu": 100, "memory_gib": 100, "gpu": None}
    assert found.extra["capacity_monthly"].expected == 73000 * HOUR


def test_without_limits_nothing_is_told(load: Load) -> None:
    (found,) = priced(load(manifest("karpenter.sh/v1", "NodePool", "{}")))
    assert (found.extra, found.resource.attributes["limits"]["cpu"]) == ({}, None)


@pytest.mark.parametrize(("namespace", "quota"), [("shop", Decimal(4)), ("other", None)])
def test_a_namespace_knows_its_quota(load: Load, namespace: str, quota: Decimal | None) -> None:
    text = manifest("v1", "ResourceQuota", "{hard: {requests.cpu: 4}}", f"name: q, namespace: {namespace}")
    loaded = load({"a/ns.yaml": manifest("v1", "Namespace", "{}", "name: shop"), "b/quota.yaml": text})
    found = only(loaded, "Namespace").attributes["quota"]
    assert (found and found["cpu"]) == quota
