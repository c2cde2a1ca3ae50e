"""Which kustomizations are rendered, and which files then no longer count by themselves."""

from __future__ import annotations

from collections.abc import Callable

from finops_gate.environments import environment_of
from finops_gate.model import Loaded
from finops_gate.settings import Settings

Load = Callable[..., Loaded]
WEB = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 1, template: {spec: {}}}\n"
CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n"
REPLICAS = "resources: [../../base]\nreplicas: [{{name: web, count: {}}}]\n"
TREE = {
    "base/kustomization.yaml": "resources: [web.yaml]\n",
    "base/web.yaml": WEB,
    "overlays/dev/kustomization.yaml": REPLICAS.format(2),
    "overlays/prod/kustomization.yaml": REPLICAS.format(9),
}


def replicas(loaded: Loaded) -> dict[str, int]:
    assert [n for n in loaded.notices if n.severity != "info"] == []
    return {f"{r.project}:{r.address}": int(r.attributes["replicas_range"].expected) for r in loaded.resources}


def test_one_base_under_two_overlays_is_two_sets(load: Load) -> None:
    loaded = load(TREE)
    assert replicas(loaded) == {"overlays/dev:Deployment/web": 2, "overlays/prod:Deployment/web": 9}
    assert [environment_of(r, Settings()) for r in loaded.resources] == ["dev", "prod"]


def test_what_is_named_is_rendered(load: Load) -> None:
    assert replicas(load(TREE, "overlays/prod")) == {"overlays/prod:Deployment/web": 9}
    assert replicas(load(TREE, "base")) == {"base:Deployment/web": 1}


def test_files_that_no_kustomization_names_count_by_themselves(load: Load) -> None:
    loaded = load({**TREE, "base/extra.yaml": WEB.replace("web", "extra"), "other/web.yaml": WEB})
    assert sorted(replicas(loaded)) == [
        "base:Deployment/extra",
        "other:Deployment/web",
        "overlays/dev:Deployment/web",
        "overlays/prod:Deployment/web",
    ]


def test_an_autoscaler_of_an_overlay_scales_what_the_overlay_renders(load: Load) -> None:
    scaler = "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: web}\n"
    scaler += "spec: {minReplicas: 4, maxReplicas: 8, scaleTargetRef: {kind: Deployment, name: web}}\n"
    files = {
        **TREE,
        "overlays/prod/kustomization.yaml": "namePrefix: p-\nresources: [../../base, hpa.yaml]\n",
        "overlays/prod/hpa.yaml": scaler,
    }
    found = {r.project: r.attributes["replicas_range"].ceiling for r in load(files).resources if "Deploy" in r.address}
    assert found == {"overlays/dev": 2, "overlays/prod": 8}


def test_limit_ranges_of_two_overlays_of_one_namespace_are_kept_apart(load: Load) -> None:
    files = {"base/kustomization.yaml": "resources: [web.yaml]\n"}
    files["base/web.yaml"] = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: a}]}\n"
    for name, cpu in (("dev", 1), ("prod", 4)):
        limits = f"spec: {{limits: [{{type: Container, defaultRequest: {{cpu: {cpu}}}}}]}}\n"
        files[f"{name}/limits.yaml"] = f"apiVersion: v1\nkind: LimitRange\nmetadata: {{name: l}}\n{limits}"
        files[f"{name}/kustomization.yaml"] = "namespace: shop\nresources: [../base, limits.yaml]\n"
    found = {r.project: r.attributes["pod"]["cpu"] for r in load(files).resources if "pod" in r.attributes}
    assert found == {"dev": 1, "prod": 4}


def test_a_component_that_nobody_includes_is_said(load: Load) -> None:
    component = "kind: Component\nresources: [extra.yaml]\n"
    files = {**TREE, "parts/kustomization.yaml": component, "parts/extra.yaml": CONFIG_MAP}
    loaded = load(files)
    assert len(loaded.resources) == 2
    assert [(n.code, n.severity) for n in loaded.notices] == [("kustomize-unused-component", "info")]
    assert [r.address for r in load(files, "parts").resources] == ["ConfigMap/c"]


def test_a_namespace_that_is_called_as_a_directory_includes_nothing(load: Load) -> None:
    files = {
        "kustomization.yaml": "namespace: dev\nresources: [c.yaml]\n",
        "c.yaml": CONFIG_MAP,
        "dev/kustomization.yaml": "resources: [../c.yaml]\n",
    }
    assert [(r.project, r.address) for r in load(files).resources] == [("", "dev/ConfigMap/c"), ("dev", "ConfigMap/c")]


def test_a_kustomization_of_flux_is_an_object(load: Load) -> None:
    flux = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: apps}\n"
    assert [r.address for r in load({"clusters/kustomization.yaml": flux}).resources] == ["Kustomization/apps"]


def test_every_file_is_read_and_said_once(load: Load) -> None:
    loaded = load({**TREE, "base/web.yaml": WEB.replace("kind: Deployment", "kind: Deployment\nkind: Deployment")})
    assert [n.code for n in loaded.notices] == ["duplicate-key"]
