"""Billing modes: the settings that ask for them, and what the oracles' cases come to in each."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from finops_gate.costing.catalogue import open_catalogue
from finops_gate.costing.estimate import estimate_all
from finops_gate.errors import ConfigurationError
from finops_gate.model import Estimate, Loaded, sum_known
from finops_gate.settings import Settings
from finops_gate.sources import kubernetes
from finops_gate.sources.files import WorkingTree
from finops_gate.sources.kubernetes.billing import billing_of, provider_of_instance

Load = Callable[..., Loaded]
SHARED = Path(__file__).parents[4] / "shared" / "oracles" / "kubernetes"
CASES: dict[str, Any] = {}
if (SHARED / "expected.json").is_file():
    CASES = json.loads((SHARED / "expected.json").read_text(encoding="utf-8"))["cases"]
FIGURES = {"eks-fargate": "eks_fargate_monthly_usd", "gke-autopilot": "gke_autopilot_unrounded_monthly_usd"}
BOX = "{name: a, resources: {requests: {cpu: 1, memory: 4Gi}}}"
POD = f"apiVersion: v1\nkind: Pod\nmetadata: {{name: p}}\nspec: {{containers: [{BOX}]}}\n"


def priced(loaded: Loaded) -> list[Estimate]:
    return estimate_all(loaded.resources, open_catalogue(), Settings())


@pytest.mark.skipif(not CASES, reason="the shared oracles are not beside the checkout")
@pytest.mark.parametrize("mode", FIGURES)
@pytest.mark.parametrize("case", sorted(CASES))
def test_the_platforms_prices_of_an_independent_script(case: str, mode: str) -> None:
    tree = WorkingTree(SHARED / case)
    source = CASES[case]["source"]
    paths = [p for p in tree.paths(source["paths"][0] if source.get("kustomize") else "") if kubernetes.matches(p)]
    found = priced(kubernetes.load(tree, paths, Settings(kubernetes={"pricing": mode})))
    lines = (c.monthly for e in found for c in e.components if c.name in ("CPU", "Memory"))
    wanted = Decimal(str(CASES[case][FIGURES[mode]]))
    assert abs(sum_known(lines).expected - wanted) <= Decimal("1e-6")  # type: ignore[operator]


@pytest.mark.parametrize(
    ("settings", "usd"),
    [
        # 0.031611 + 4 x 0.004237 = 0.048559 an hour
        ({}, "35.44807"),
        ({"pricing": "rates"}, "35.44807"),
        ({"pricing": {"utilization": Decimal("0.5")}}, "70.89614"),
        # OpenCost's Azure rates: 0.039 + 4 x 0.001917
        ({"pricing": {"rates": "azure"}}, "34.06764"),
        ({"pricing": {"rates": {"cpu": Decimal("0.02"), "memory": Decimal("0.001")}}}, "17.52"),
        # half of what an m5.large is, 0.096 an hour
        ({"pricing": {"instance": "m5.large"}}, "35.04"),
        ({"pricing": {"mode": "instance", "instance": "m5.large", "utilization": 1}}, "35.04"),
        # 1 vCPU and 4.25 GB are billed as 1 and 5: 0.04048 + 5 x 0.004445
        ({"pricing": "eks-fargate"}, "45.77465"),
        # 0.0445 + 4 x 0.0049225
        ({"pricing": "gke-autopilot"}, "46.8587"),
        # 0.0405 + 4 x 0.00445
        ({"pricing": "aci"}, "42.559"),
    ],
)
def test_one_pod_in_every_mode(load: Load, settings: dict[str, Any], usd: str) -> None:
    (found,) = priced(load(POD, **settings))
    assert abs(found.monthly.expected - Decimal(usd)) < Decimal("1e-9")  # type: ignore[operator]
    assert any("billed" in said for said in found.assumptions)


def test_opencosts_example_of_splitting_a_node(load: Load) -> None:
    """A vCPU-hour of an m5.large is 0.031247, a GiB-hour 0.004188: 0.096 / 0.097118 of the default rates."""
    (found,) = priced(load(POD, pricing={"instance": "m5.large"}))
    cpu, memory = (Decimal(c.monthly.expected) / 730 for c in found.components)  # type: ignore[arg-type]
    assert (round(cpu, 6), round(memory / 4, 6)) == (Decimal("0.031247"), Decimal("0.004188"))


def test_a_node_type_that_nobody_knows_is_unpriced(load: Load) -> None:
    (found,) = priced(load(POD, pricing={"instance": "m5.huge"}))
    assert (found.coverage, found.why) == ("unpriced", "no price for ec2|m5.huge|linux (instance) in us-east-1")


@pytest.mark.parametrize(
    ("name", "provider"), [("m5.large", "aws"), ("Standard_D4s_v5", "azurerm"), ("n2-standard-4", "google")]
)
def test_a_node_type_tells_whose_it_is(name: str, provider: str) -> None:
    assert provider_of_instance(name) == provider


@pytest.mark.parametrize(
    ("label", "spot"), [("cloud.google.com/gke-spot", True), ("karpenter.sh/capacity-type", False), ("x", False)]
)
def test_a_label_that_only_spot_nodes_have_need_only_exist(load: Load, label: str, spot: bool) -> None:
    terms = f"{{nodeSelectorTerms: [{{matchExpressions: [{{key: {label}, operator: Exists}}]}}]}}"
    spec = f"affinity: {{nodeAffinity: {{requiredDuringSchedulingIgnoredDuringExecution: {terms}}}}}"
    (found,) = priced(load(POD.replace("spec: {", f"spec: {{{spec}, ")))
    assert found.resource.attributes["spot"] is spot


@pytest.mark.parametrize(
    ("values", "pool", "spot"),
    [("spot", "cheap", True), ("spot, on-demand", "cheap", False), ("on-demand", "cheap", False), ("spot", "x", False)],
)
def test_a_pool_of_spot_nodes_is_known_by_its_requirements(load: Load, values: str, pool: str, spot: bool) -> None:
    needs = f"{{key: karpenter.sh/capacity-type, operator: In, values: [{values}]}}"
    nodes = f"apiVersion: karpenter.sh/v1\nkind: NodePool\nmetadata: {{name: {pool}}}\n"
    nodes += f"spec: {{template: {{spec: {{requirements: [{needs}]}}}}}}\n---\n"
    pod = POD.replace("spec: {", "spec: {nodeSelector: {karpenter.sh/nodepool: cheap}, ")
    found = {e.resource.type: e for e in priced(load(nodes + pod))}["kubernetes:Pod"]
    assert found.resource.attributes["spot"] is spot


UNSET = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: a}]}\n"


@pytest.mark.parametrize(
    ("mode", "coverage", "usd"),
    [
        ("rates", "unknown", "0"),
        # the smallest size: 0.25 x 0.04048 + 0.5 x 0.004445
        ("eks-fargate", "priced", "9.010025"),
        # what Autopilot takes a container for: 0.5 x 0.0445 + 2 x 0.0049225
        ("gke-autopilot", "priced", "23.42935"),
    ],
)
def test_what_a_platform_bills_for_a_pod_that_requests_nothing(load: Load, mode: str, coverage: str, usd: str) -> None:
    (found,) = priced(load(UNSET, pricing=mode))
    assert (found.coverage, found.known_monthly.expected) == (coverage, Decimal(usd))
    assert found.resource.attributes["pod"]["unset"] == ["a: cpu", "a: memory"]


def test_a_daemon_set_does_not_run_on_fargate(load: Load) -> None:
    template = f"{{spec: {{containers: [{BOX}]}}}}"
    text = f"apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {{name: d}}\nspec: {{template: {template}}}\n"
    (found,) = priced(load(text, pricing="eks-fargate"))
    assert set(found.monthly) == {Decimal(0)}
    assert "a DaemonSet does not run on Fargate, and costs nothing there" in found.assumptions


@pytest.mark.parametrize(
    ("spec", "spot"),
    [
        ("nodeSelector: {karpenter.sh/capacity-type: spot}", True),
        ("nodeSelector: {eks.amazonaws.com/capacityType: SPOT}", True),
        ("nodeSelector: {cloud.google.com/gke-spot: 'true'}", True),
        ("nodeSelector: {kubernetes.azure.com/scalesetpriority: spot}", True),
        ("nodeSelector: {cloud.google.com/gke-preemptible: true}", True),
        ("nodeSelector: {karpenter.sh/capacity-type: on-demand}", False),
        ("tolerations: [{key: cloud.google.com/gke-spot, value: 'true'}]", False),
        ("affinity: {nodeAffinity: {%s: {nodeSelectorTerms: [{matchExpressions: [%s]}]}}}", True),
        ("affinity: {nodeAffinity: {%s: {nodeSelectorTerms: [{matchExpressions: [%s]}, {}]}}}", False),
        ("affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{preference: {}}]}}", False),
    ],
)
def test_spot_is_what_a_pod_requires(load: Load, spec: str, spot: bool) -> None:
    if "%s" in spec:
        term = "{key: karpenter.sh/capacity-type, operator: In, values: [spot]}"
        spec = spec % ("requiredDuringSchedulingIgnoredDuringExecution", term)
    (found,) = priced(load(POD.replace("spec: {", f"spec: {{{spec}, ")))
    # 0.006655 + 4 x 0.000892 = 0.010223 an hour
    assert found.monthly.expected == Decimal("7.46279" if spot else "35.44807")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"pricing": "fargate"}, "kubernetes.pricing is one of rates, instance, eks-fargate"),
        ({"pricing": "instance"}, "names a node type"),
        ({"pricing": {"mode": "rates", "instance": "m5.large"}}, "names a node type"),
        ({"pricing": {"utilization": 0}}, "more than 0 and at most 1"),
        ({"pricing": {"utilization": 2}}, "more than 0 and at most 1"),
        ({"pricing": {"rates": {"cpu": "x"}}}, "kubernetes.pricing.rates.cpu must be a number"),
        ({"pricing": {"rates": "aurora"}}, "kubernetes.pricing.rates is one of default"),
        ({"pricing": {"mode": "aci", "rates": "azure"}}, "are for the mode `rates`"),
        ({"platform": "ibm"}, "kubernetes.platform is one of aws, gcp, azure"),
    ],
)
def test_settings_that_make_no_sense_are_refused(settings: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigurationError, match="kubernetes") as refused:
        billing_of(settings)
    assert said in str(refused.value)
