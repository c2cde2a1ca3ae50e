"""What manifests cost at the default rates, from file to estimate."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from finops_gate.costing.catalogue import open_catalogue
from finops_gate.costing.estimate import estimate_all
from finops_gate.model import Estimate, Loaded, sum_known
from finops_gate.settings import Settings
from finops_gate.sources import kubernetes
from finops_gate.sources.files import WorkingTree

Load = Callable[..., Loaded]
SHARED = Path(__file__).parents[4] / "shared" / "oracles" / "kubernetes"
CASES: dict[str, Any] = {}
if (SHARED / "expected.json").is_file():
    CASES = json.loads((SHARED / "expected.json").read_text(encoding="utf-8"))["cases"]


def estimates(loaded: Loaded) -> list[Estimate]:
    return estimate_all(loaded.resources, open_catalogue(), Settings())


@pytest.mark.skipif(not CASES, reason="the shared oracles are not beside the checkout")
@pytest.mark.parametrize("case", sorted(CASES))
def test_the_costs_of_an_independent_script(case: str) -> None:
    tree = WorkingTree(SHARED / case)
    source = CASES[case]["source"]
    paths = [p for p in tree.paths(source["paths"][0] if source.get("kustomize") else "") if kubernetes.matches(p)]
    found = estimates(kubernetes.load(tree, paths, Settings()))
    wanted = CASES[case]
    total = sum_known(e.known_monthly for e in found)
    assert close(total.expected, wanted["opencost_monthly_usd"]["total"])
    # the script takes cron jobs at their ten minutes also where autoscalers are at their maximum
    steady = sum_known(e.known_monthly for e in found if e.resource.type != "kubernetes:CronJob")
    crons = sum_known(e.known_monthly for e in found if e.resource.type == "kubernetes:CronJob")
    assert close(steady.ceiling + crons.expected, wanted["opencost_monthly_usd_at_hpa_max"])  # type: ignore[operator]
    rows = {(row["kind"], row["name"]): row["monthly_usd"] for row in wanted["rows"] if "monthly_usd" in row}
    costs = {tuple(e.resource.address.split("/")[-2:]): e for e in found}
    assert all(close(costs[key].known_monthly.expected, usd) for key, usd in rows.items())


def close(found: Any, wanted: float) -> bool:
    return bool(abs(found - Decimal(str(wanted))) <= Decimal("1e-6"))


POD = "apiVersion: v1\nkind: Pod\nmetadata: {{name: p}}\nspec: {{containers: [{{name: a, resources: {{{}}}}}, {}]}}\n"
FULL = "requests: {cpu: 1, memory: 1Gi}"


def test_what_nobody_requests_is_unknown_and_the_rest_still_counts(load: Load) -> None:
    (found,) = estimates(load(POD.format(FULL, "{name: proxy}")))
    assert (found.coverage, found.why) == ("unknown", "the container proxy declares no CPU request")
    # 1 x 0.031611 x 730 + 1 x 0.004237 x 730
    assert set(found.known_monthly) == {Decimal("26.16904")}


def test_everything_requested_is_priced(load: Load) -> None:
    (found,) = estimates(load(POD.format(FULL, "{name: b, resources: {limits: {cpu: 0, memory: 0}}}")))
    assert (found.coverage, set(found.monthly)) == ("priced", {Decimal("26.16904")})


def test_nothing_running_costs_nothing_even_without_requests(load: Load) -> None:
    spec = "spec: {replicas: 0, template: {spec: {containers: [{}]}}}"
    text = f"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: w}}\n{spec}\n"
    (found,) = estimates(load(text))
    assert (found.coverage, set(found.monthly)) == ("priced", {Decimal(0)})


@pytest.mark.parametrize(
    ("object_", "coverage"),
    [
        ("v1\nkind: Service\nspec: {type: LoadBalancer}", "unpriced"),
        ("v1\nkind: Service\nspec: {type: ClusterIP}", "free"),
        ("v1\nkind: ConfigMap", "free"),
        ("autoscaling/v1\nkind: HorizontalPodAutoscaler", "free"),
        ("kafka.strimzi.io/v1\nkind: Kafka", "unknown"),
        ("kafka.example.org/v1\nkind: Kafka", "unpriced"),
        ("cluster.x-k8s.io/v1beta1\nkind: Cluster", "unpriced"),
        ("example.org/v1\nkind: NodePool", "unpriced"),
        ("networking.k8s.io/v1\nkind: Ingress\nspec: {ingressClassName: nginx}", "free"),
        ("networking.k8s.io/v1\nkind: Ingress\nspec: {ingressClassName: alb}", "unpriced"),
        ("networking.k8s.io/v1\nkind: Ingress", "unpriced"),
        (
            "v1\nkind: Pod\nspec: {containers: [{resources: {limits: {cpu: 1, memory: 0, google.com/tpu: 4}}}]}",
            "unpriced",
        ),
    ],
)
def test_nothing_is_silently_nothing(load: Load, object_: str, coverage: str) -> None:
    (found,) = estimates(load(f"apiVersion: {object_}\nmetadata: {{name: x}}\n"))
    assert found.coverage == coverage


def test_assumptions_are_said_only_where_something_is_assumed(load: Load) -> None:
    text = "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: d}\nspec: {template: {spec: {containers: []}}}\n"
    (assumed,) = estimates(load(text))
    assert assumed.assumptions[1:] == ("a DaemonSet runs on 3 nodes (kubernetes.nodes in the settings)",)
    (set_,) = estimates(load(text, nodes=5))
    assert set_.assumptions[1:] == ()
