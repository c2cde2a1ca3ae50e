"""Claims of storage: what they are counted with, and which disk of a platform they are on."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from finops_gate.model import Loaded
from tests.sources.kubernetes.manifests import TEMPLATE, manifest, only, priced

Load = Callable[..., Loaded]
SIZE = "resources: {requests: {storage: 100Gi}}"


def claim(more: str = "", metadata: str = "name: c, namespace: n") -> str:
    return manifest("v1", "PersistentVolumeClaim", f"{{{SIZE}, {more}}}", metadata)


def storage_class(name: str, provisioner: str, parameters: str = "", annotations: str = "") -> str:
    metadata = f"{{name: {name}, annotations: {{{annotations}}}}}"
    head = f"---\napiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {metadata}\n"
    return f"{head}provisioner: {provisioner}\nparameters: {{{parameters}}}\n"


FAST = storage_class("fast", "ebs.csi.aws.com", "type: io2, iops: '3000'")


@pytest.mark.parametrize(
    ("platform", "text", "usd"),
    [
        # us-east-1: gp2 0.10, gp3 0.08, io2 0.125 a GB-month and 0.065 an IOPS; standard 0.05
        ("aws", claim(), "10"),
        ("aws", claim("storageClassName: gp3"), "8"),
        ("aws", claim("", "name: c, annotations: {volume.beta.kubernetes.io/storage-class: gp3}"), "8"),
        ("aws", claim("storageClassName: fast") + FAST, "207.5"),
        ("aws", claim("storageClassName: s") + storage_class("s", "ebs.csi.aws.com"), "8"),
        ("aws", claim("storageClassName: s") + storage_class("s", "kubernetes.io/aws-ebs"), "10"),
        ("aws", claim("storageClassName: s") + storage_class(
            "s", "ebs.csi.aws.com", "type: io1, iopsPerGB: '10'"), "77.5"),
        ("aws", claim() + storage_class(
            "s", "ebs.csi.aws.com", "type: gp3", "storageclass.kubernetes.io/is-default-class: 'true'"), "8"),
        # us-central1: pd-balanced 0.10, pd-ssd 0.17, pd-standard 0.04 a GB-month
        ("gcp", claim(), "10"),
        ("gcp", claim("storageClassName: premium-rwo"), "17"),
        ("gcp", claim("storageClassName: s") + storage_class("s", "pd.csi.storage.gke.io"), "4"),
        # a local disk is a part of its node
        ("aws", claim("storageClassName: s") + storage_class("s", "kubernetes.io/no-provisioner"), "0"),
        # without a platform, OpenCost's rate: 100 x 0.00005479452 x 730
        ("", claim("storageClassName: fast") + FAST, "3.99999996"),
    ],
)  # fmt: skip
def test_a_claim_is_billed_as_the_disk_of_its_class(load: Load, platform: str, text: str, usd: str) -> None:
    (found,) = priced(load(text, **({"platform": platform} if platform else {})), "PersistentVolumeClaim")
    assert found.monthly.floor == found.monthly.expected == Decimal(usd)


def test_premium_disks_of_azure_are_billed_by_their_size(load: Load) -> None:
    text = claim("storageClassName: managed-csi-premium").replace("100Gi", "20Gi")
    (found,) = priced(load(text, platform="azure"), "PersistentVolumeClaim")
    assert found.monthly.expected == Decimal("5.28")


@pytest.mark.parametrize(
    ("text", "settings"),
    [
        (claim("storageClassName: efs") + storage_class("efs", "efs.csi.aws.com"), {"platform": "aws"}),
        (claim("storageClassName: whatever"), {"platform": "aws"}),
        (claim(), {"pricing": "eks-fargate"}),
    ],
)
def test_what_nobody_has_a_price_for_is_unpriced(load: Load, text: str, settings: dict[str, Any]) -> None:
    (found,) = priced(load(text, **settings), "PersistentVolumeClaim")
    assert found.coverage == "unpriced"


SET = manifest(
    "apps/v1",
    "StatefulSet",
    f"{{replicas: 2, {TEMPLATE}, volumeClaimTemplates: [{{metadata: {{name: data}}, spec: {{{SIZE}}}}}]}}",
    "name: db, namespace: n",
)


@pytest.mark.parametrize(
    ("name", "gib"),
    [("data-db-0", 0), ("data-db-1", 0), ("data-db-2", 100), ("data-db", 100), ("logs-db-0", 100), ("data-db-x", 100)],
)
def test_a_claim_that_a_stateful_set_made_is_counted_once(load: Load, name: str, gib: int) -> None:
    loaded = load(SET + claim("", f"name: {name}, namespace: n"))
    found = only(loaded, "PersistentVolumeClaim").attributes
    assert found["storage_gib"].expected == gib
    assert found["counted_with"] == (None if gib else "n/StatefulSet/db")
    assert only(loaded, "StatefulSet").attributes["storage_gib"].expected == 200


def test_disks_of_a_stateful_set_are_as_many_as_its_pods(load: Load) -> None:
    (found,) = priced(load(SET, platform="aws"))
    disks = [c for c in found.components if c.path == ("data",)]
    # two of 100 GB of gp2
    assert [disk.monthly.expected for disk in disks] == [Decimal(20)]
    assert "claims without a storage class are on gp2 disks" in found.assumptions


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (claim("storageClassName: gp2"), "gp2"),
        (claim("storageClassName: premium-rwo"), "pd-ssd"),
        (claim("storageClassName: fast") + FAST, "io2"),
        # AWS and Azure both have a class of that name
        (claim("storageClassName: default"), None),
        (claim("storageClassName: quick"), None),
        (claim(), None),
    ],
)
def test_the_type_of_a_disk_is_known_without_a_platform_where_it_is_unmistakable(
    load: Load, text: str, kind: str | None
) -> None:
    (found,) = only(load(text), "PersistentVolumeClaim").attributes["claims"]
    assert (found["type"], found["provider"]) == (kind, None)
