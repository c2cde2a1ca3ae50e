"""From files to resources: what counts as Kubernetes, addresses, labels, places, and hostile files."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from finops_gate.model import Loaded
from finops_gate.settings import Settings
from finops_gate.sources import kubernetes
from finops_gate.sources.files import WorkingTree

Load = Callable[..., Loaded]
CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n"
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
  labels: {team: a, app.kubernetes.io/name: web}
spec:
  replicas: 2
  template:
    metadata:
      labels: {team: b, tier: front}
    spec:
      containers:
        - name: web
          resources: {requests: {cpu: 1, memory: 1Gi}}
"""


def addresses(loaded: Loaded) -> list[str]:
    return [resource.address for resource in loaded.resources]


def codes(loaded: Loaded) -> list[str]:
    return [notice.code for notice in loaded.notices]


@pytest.mark.parametrize(
    ("path", "ours"),
    [
        ("k8s/a.yaml", True),
        ("a.yml", True),
        ("a.json", True),
        (".github/dependabot.yml", True),
        (".github/workflows/ci.yml", False),
        ("sub/.github/workflows/ci.yml", False),
        ("main.tf", False),
        ("yaml", False),
    ],
)
def test_matches(path: str, ours: bool) -> None:
    assert kubernetes.matches(path) is ours


def test_a_workload_as_a_resource(load: Load) -> None:
    (found,) = load({"k8s/web.yaml": DEPLOYMENT}).resources
    assert (found.address, found.type, found.source) == ("shop/Deployment/web", "kubernetes:Deployment", "kubernetes")
    assert (found.project, found.provider, str(found.span)) == ("k8s", "kubernetes", "k8s/web.yaml:4:9")
    assert found.tags == {"namespace": "shop", "team": "a", "tier": "front", "app.kubernetes.io/name": "web"}
    assert found.attributes["spec"]["replicas"] == Decimal(2)
    assert found.span_of("spec.replicas").line == found.span_of("replicas_range").line == 8
    assert found.span_of("tags.team").line == found.span_of("tags").line == 6
    assert found.span_of('metadata.labels["app.kubernetes.io/name"]').column == 45
    assert all(found.spans[path].path == "k8s/web.yaml" for path in found.spans)


@pytest.mark.parametrize(
    "text",
    [
        "a: 1",
        "- kind: Pod",
        "kind: Pod",
        "apiVersion: v1",
        "apiVersion: 2\nkind: Pod",
        "apiVersion: v1\nkind: [Pod]",
        "apiVersion: v1\nkind: ../../Pod",
        "apiVersion: ../x/v1\nkind: Pod",
        "a: 1\na: 2",
        "",
    ],
)
def test_other_yaml_is_silently_not_ours(load: Load, text: str) -> None:
    loaded = load(text)
    assert (loaded.resources, loaded.notices) == ((), ())


def test_lists_are_taken_apart(load: Load) -> None:
    item = json.dumps(
        {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "s"}, "spec": {"type": "LoadBalancer"}}
    )
    text = f'{{"apiVersion": "v1", "kind": "List",\n "items": [{item},\n {item.replace("s", "s")}, 5]}}'
    loaded = load({"all.json": text})
    assert addresses(loaded) == ["Service/s", "Service/s#2"]
    second = loaded.resources[1]
    assert second.span_of("spec.type").line == 3
    assert (second.attributes["load_balancers"], second.spans["spec.type"].line) == (1, 3)
    assert "items" not in second.spans


def test_lists_in_lists_end(load: Load) -> None:
    text = '{"apiVersion": "v1", "kind": "List", "items": [' * 30 + "]}" * 30
    assert load({"deep.json": text}).resources == ()


def test_a_strangers_kind_of_a_known_name_is_told_apart(load: Load) -> None:
    text = "apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: s}\nspec: {type: LoadBalancer}\n"
    (found,) = load(text).resources
    assert (found.type, found.address) == ("kubernetes:Service.serving.knative.dev", "Service.serving.knative.dev/s")
    assert "load_balancers" not in found.attributes


@pytest.mark.parametrize(
    ("metadata", "address"),
    [
        ("{name: a}", "Pod/a"),
        ("{name: 5, namespace: n}", "n/Pod/5"),
        ("{generateName: a-}", "Pod/a-*"),
        ("{}", "Pod/*"),
        ("5", "Pod/*"),
    ],
)
def test_addresses(load: Load, metadata: str, address: str) -> None:
    assert addresses(load(f"apiVersion: v1\nkind: Pod\nmetadata: {metadata}\nspec: {{}}\n")) == [address]


def test_the_files_that_a_kustomization_applies_are_no_objects(load: Load) -> None:
    patches = "patches: [{path: ./a.yaml}]\npatchesStrategicMerge: [b.yaml]\n"
    more = "transformers: [../d.yaml]\nresources: [e.yaml]\n"
    files = {f"o/{name}.yaml": CONFIG_MAP for name in "abe"}
    loaded = load({**files, "d.yaml": CONFIG_MAP, "o/kustomization.yaml": patches + more})
    assert addresses(loaded) == ["ConfigMap/c"]
    assert [(n.code, n.severity, str(n.span)) for n in loaded.notices] == [
        ("kustomize-not-rendered", "info", "o/kustomization.yaml:3:16")
    ]


def test_a_duplicate_key_warns_at_its_line(load: Load) -> None:
    loaded = load(DEPLOYMENT.replace("  replicas: 2\n", "  replicas: 2\n  replicas: 5\n"))
    (notice,) = loaded.notices
    assert (notice.code, notice.severity, str(notice.span)) == ("duplicate-key", "warning", "m.yaml:9:3")
    assert loaded.resources[0].attributes["replicas_range"].expected == 5


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("a: [1", "invalid-yaml"),
        ("kind: {{ .Values.kind }}\n", "go-template"),
        (b"\x89PNG\x00\x01", "binary-file"),
        ("apiVersion: v1\nkind: Pod # é".encode("latin-1"), "not-utf-8"),
        ("apiVersion: v1".encode("utf-16"), "not-utf-8"),
        ("[" * 25_000, "too-complex"),
        ("a: &a [*a]", "too-complex"),
    ],
)
def test_one_bad_file_is_one_notice_and_the_rest_goes_on(load: Load, content: Any, code: str) -> None:
    loaded = load({"bad.yaml": content, "good.yaml": DEPLOYMENT})
    assert codes(loaded) == [code]
    assert addresses(loaded) == ["shop/Deployment/web"]


def test_json_that_is_not_about_kubernetes_is_not_read(load: Load) -> None:
    loaded = load({"package.json": '{"name": [', "k.json": '{"apiVersion": "v1", "kind": "Pod"'})
    assert [(n.code, n.span.path if n.span else "") for n in loaded.notices] == [("invalid-yaml", "k.json")]


def test_a_large_manifest_is_read_in_time(load: Load) -> None:
    documents = [DEPLOYMENT.replace("web", f"web-{i}") for i in range(2_000)]
    scalers = ["apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: web-1, namespace: shop}\n"
               "spec: {scaleTargetRef: {kind: Deployment, name: web-1}, maxReplicas: 3}\n"] * 2_000  # fmt: skip
    loaded = load("---\n".join([*documents, *scalers]))
    assert len(loaded.resources) == 4_000


SHARED = Path(__file__).parents[4] / "shared" / "oracles" / "kubernetes"


def oracle() -> dict[str, Any]:
    if not (SHARED / "expected.json").is_file():
        return {}
    cases: dict[str, Any] = json.loads((SHARED / "expected.json").read_text(encoding="utf-8"))["cases"]
    return cases


@pytest.mark.skipif(not oracle(), reason="the shared oracles are not beside the checkout")
@pytest.mark.parametrize("case", sorted(oracle()))
def test_the_figures_of_an_independent_script(case: str) -> None:
    tree = WorkingTree(SHARED / case)
    overlay = oracle()[case]["source"]["paths"][0] if oracle()[case]["source"].get("kustomize") else ""
    paths = [p for p in tree.paths(overlay) if kubernetes.matches(p)]
    loaded = kubernetes.load(tree, paths, Settings())
    found = {tuple(r.address.split("/")[-2:]): r.attributes for r in loaded.resources}
    assert not overlay or len(loaded.resources) == oracle()[case]["objects"]
    assert [n for n in loaded.notices if n.severity != "info"] == []
    for row in oracle()[case]["rows"]:
        attributes = found[row["kind"], row["name"]]
        replicas = attributes.get("replicas_range")
        expected_replicas = replicas.expected if replicas else 1
        assert close(attributes["storage_gib"].expected, row["storage_gib"])
        if replicas:
            assert [replicas.floor, replicas.ceiling] == row["replicas"]
            assert close(attributes["duty"].expected, row["duty"])
            pod = attributes["pod"]
            assert close(pod["cpu"], row["pod_cpu"])
            assert close(pod["memory_gib"], row["pod_mem_gib"])
            assert close(pod["gpu"], row["pod_gpu"])
            assert pod["unset"] == row["unset"]
            assert expected_replicas == row["replicas"][0]


def close(found: Decimal, wanted: float) -> bool:
    return abs(found - Decimal(str(wanted))) <= Decimal("1e-6")
