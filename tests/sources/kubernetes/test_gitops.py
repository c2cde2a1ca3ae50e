"""What Argo CD and Flux deploy of a repository: once, in its namespace, with what they change on the way."""

from __future__ import annotations

from decimal import Decimal

import pytest

from finops_gate.model import Loaded
from finops_gate.settings import Settings
from finops_gate.sources import kubernetes
from finops_gate.sources.kubernetes import rendering
from finops_gate.sources.kubernetes.gitops.globs import glob_matches
from finops_gate.sources.memory import MemoryTree
from tests.sources.kubernetes.manifests import CONTAINER

URL = "https://git.example.com/acme/platform.git"


def workload(name: str, replicas: str = "2", namespace: str = "") -> str:
    where = f", namespace: {namespace}" if namespace else ""
    return (
        f"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {name}{where}}}\nspec:\n  replicas: {replicas}\n"
        f"  template: {{spec: {{containers: [{CONTAINER}]}}}}\n"
    )


def application(source: str, name: str = "web", namespace: str = "shop") -> str:
    return (
        f"---\napiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{name: {name}, namespace: argocd}}\n"
        f"spec:\n  destination: {{namespace: {namespace}}}\n  source:\n    repoURL: {URL}\n{source}"
    )


def flux(spec: str, name: str = "web") -> str:
    return (
        "---\napiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n"
        f"metadata: {{name: {name}, namespace: flux}}\nspec:\n  sourceRef: {{kind: GitRepository, name: git}}\n{spec}"
    )


def load(files: dict[str, str], under: str = "", repository: str = "") -> Loaded:
    tree = MemoryTree(files)
    settings = Settings(ci={"repository": repository} if repository else {})
    return kubernetes.load(tree, [path for path in tree.paths(under) if kubernetes.matches(path)], settings)


def workloads(loaded: Loaded) -> dict[str, Decimal]:
    """Addresses of the Deployments and their replicas."""
    found = [r for r in loaded.resources if r.type == "kubernetes:Deployment"]
    assert len({(r.project, r.address) for r in found}) == len(found)
    return {r.address: r.attributes["replicas_range"].expected for r in found}


def codes(loaded: Loaded) -> list[str]:
    return [notice.code for notice in loaded.notices]


def test_what_an_application_deploys_counts_once_in_its_namespace() -> None:
    loaded = load({"apps.yaml": application("    path: web\n"), "web/d.yaml": workload("web"), "o.yaml": workload("o")})
    assert workloads(loaded) == {"shop/Deployment/web": 2, "Deployment/o": 2}
    (web,) = [r for r in loaded.resources if r.address == "shop/Deployment/web"]
    assert str(web.span_of("spec.replicas")) == "web/d.yaml:5:13"
    assert str(web.span_of("metadata.namespace")).startswith("apps.yaml:4")
    assert web.project == "web (web)"


def test_a_namespace_that_is_written_stays() -> None:
    loaded = load({"apps.yaml": application("    path: web\n"), "web/d.yaml": workload("web", namespace="own")})
    assert workloads(loaded) == {"own/Deployment/web": 2}


def test_two_applications_of_one_directory_are_two_sets() -> None:
    apps = application("    path: web\n", "a", "one") + application("    path: web\n", "b", "two")
    loaded = load({"apps.yaml": apps, "web/d.yaml": workload("web")})
    assert workloads(loaded) == {"one/Deployment/web": 2, "two/Deployment/web": 2}


def test_directories_are_flat_unless_they_recurse() -> None:
    files = {"web/d.yaml": workload("d"), "web/in/e.yaml": workload("e"), "web/in/x.yaml": workload("x")}
    flat = load({"apps.yaml": application("    path: web\n"), **files})
    assert workloads(flat) == {"shop/Deployment/d": 2, "Deployment/e": 2, "Deployment/x": 2}
    deep = "    path: web\n    directory: {recurse: true, exclude: '{in/x,y}*.yaml'}\n"
    assert workloads(load({"apps.yaml": application(deep), **files})) == {
        "shop/Deployment/d": 2,
        "shop/Deployment/e": 2,
        "Deployment/x": 2,
    }


KUSTOMIZE = """\
    path: overlay
    kustomize:
      namePrefix: p-
      images: ['web=new:2']
      replicas: [{name: web, count: '5'}]
      patches:
      - target: {kind: Deployment}
        patch: |-
          - {op: add, path: /metadata/labels, value: {team: blue}}
"""


def test_an_application_changes_a_kustomization() -> None:
    files = {
        "overlay/kustomization.yaml": "resources: [../base]\nnamePrefix: o-\n",
        "base/kustomization.yaml": "resources: [d.yaml]\n",
        "base/d.yaml": workload("web"),
    }
    loaded = load({"apps.yaml": application(KUSTOMIZE), **files})
    assert workloads(loaded) == {"shop/Deployment/p-o-web": 5}
    (web,) = [r for r in loaded.resources if r.type == "kubernetes:Deployment"]
    assert web.tags["team"] == "blue"
    assert str(web.span_of("spec.replicas")).startswith("apps.yaml:13")
    assert codes(loaded) == []


def test_applications_of_applications_are_followed_and_circles_end() -> None:
    files = {
        "root.yaml": application("    path: apps\n", "root", "argocd"),
        "apps/root.yaml": application("    path: apps\n", "root", "argocd"),
        "apps/web.yaml": application("    path: web\n"),
        "web/d.yaml": workload("web"),
    }
    assert workloads(load(files)) == {"shop/Deployment/web": 2}


def test_several_sources() -> None:
    several = application("").replace(f"  source:\n    repoURL: {URL}\n", "") + (
        f"  sources:\n  - {{repoURL: {URL}, path: web}}\n  - {{repoURL: {URL}, path: api}}\n"
        f"  - {{repoURL: {URL}, ref: values}}\n  - {{repoURL: https://charts.example.com, chart: redis}}\n"
    )
    loaded = load({"a.yaml": several, "web/d.yaml": workload("web"), "api/d.yaml": workload("api")})
    assert workloads(loaded) == {"shop/Deployment/web": 2, "shop/Deployment/api": 2}
    assert codes(loaded) == ["gitops-elsewhere"]


@pytest.mark.parametrize("path", ["nowhere", "../other", "{{path}}"])
def test_what_is_not_in_the_repository_is_said(path: str) -> None:
    loaded = load({"a.yaml": application(f"    path: '{path}'\n"), "d.yaml": workload("d")})
    (notice,) = loaded.notices
    assert (notice.code, notice.severity, notice.span and notice.span.line) == ("gitops-elsewhere", "info", 9)
    assert workloads(loaded) == {"Deployment/d": 2}


def test_a_repository_of_another_name_is_elsewhere() -> None:
    files = {"a.yaml": application("    path: web\n"), "web/d.yaml": workload("web")}
    assert codes(load(files, repository="acme/other")) == ["gitops-elsewhere"]
    assert codes(load(files, repository="acme/platform")) == []


SET = """\
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: set, namespace: argocd}
spec:
  generators: [%s]
  template:
    metadata: {name: '%s'}
    spec:
      destination: {namespace: '%s'}
      source: {repoURL: https://git.example.com/acme/platform.git, path: '%s'}
"""


@pytest.mark.parametrize(
    ("generator", "name", "namespace", "path", "expected"),
    [
        ("list: {elements: [{env: a}, {env: b}]}", "{{env}}", "{{ env }}", "svc/x", {"a/x": 2, "b/x": 2, "y": 2}),
        ("git: {directories: [{path: svc/*}]}", "{{path.basename}}", "{{path[1]}}", "{{path}}", {"x/x": 2, "y/y": 2}),
        (
            "git: {directories: [{path: 'svc/**'}, {path: svc/y, exclude: true}]}",
            "{{.path.basename}}",
            "{{.path.basename}}",
            "{{.path.path}}",
            {"x/x": 2, "y": 2},
        ),
        ("git: {files: [{path: 'env/*.yaml'}]}", "{{name}}", "{{ns.name}}", "svc/x", {"dev/x": 2, "y": 2}),
        (
            "matrix: {generators: [{list: {elements: [{env: a}, {env: b}]}}, {git: {directories: [{path: svc/*}]}}]}",
            "{{env}}-{{path.basename}}",
            "{{env}}",
            "{{path}}",
            {"a/x": 2, "a/y": 2, "b/x": 2, "b/y": 2},
        ),
    ],
)
def test_application_sets(generator: str, name: str, namespace: str, path: str, expected: dict[str, int]) -> None:
    files = {
        "set.yaml": SET % (generator, name, namespace, path),
        "svc/x/d.yaml": workload("x"),
        "svc/y/d.yaml": workload("y"),
        "env/dev.yaml": "name: dev\nns: {name: dev}\n",
    }
    loaded = load(files)
    assert {a.replace("Deployment/", ""): n for a, n in workloads(loaded).items()} == expected
    assert codes(loaded) == []


def test_what_would_have_to_be_asked_for_is_not_followed() -> None:
    loaded = load({"set.yaml": SET % ("clusters: {}", "{{name}}", "a", "svc"), "svc/d.yaml": workload("d")})
    assert codes(loaded) == ["gitops-not-followed"]
    assert workloads(loaded) == {"Deployment/d": 2}


def test_controllers_that_deploy_too_much_are_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "MAX_DELIVERED", 3)
    apps = "".join(application("    path: web\n", f"a{i}", f"n{i}") for i in range(9))
    loaded = load({"a.yaml": apps, "web/d.yaml": workload("a") + "---\n" + workload("b")})
    assert codes(loaded) == ["too-complex"]
    assert len(workloads(loaded)) == 4


FLUX = """\
  path: ./web
  targetNamespace: shop
  images: [{name: web, newTag: '2'}]
  postBuild: {substitute: {replicas: '7', name: api}}
  patches:
  - patch: '[{op: add, path: /metadata/labels, value: {team: red}}]'
    target: {kind: Deployment, name: web}
"""


def test_flux_changes_what_it_deploys() -> None:
    files = {
        "cluster/web.yaml": flux(FLUX),
        "web/d.yaml": workload("web", "${replicas}"),
        "web/e.yaml": workload("'${name:-x}'", "${more:=3}"),
        "web/deep/kustomization.yaml": "resources: [d.yaml]\nnamePrefix: k-\n",
        "web/deep/d.yaml": workload("deep"),
    }
    loaded = load(files)
    assert workloads(loaded) == {"shop/Deployment/web": 7, "shop/Deployment/api": 3, "shop/Deployment/k-deep": 2}
    assert [r.tags.get("team") for r in loaded.resources if r.address == "shop/Deployment/web"] == ["red"]  # type: ignore[union-attr]
    assert loaded.notices == ()


def test_a_variable_without_a_value_stays_unknown() -> None:
    files = {"cluster/web.yaml": flux("  path: web\n"), "web/d.yaml": workload("web", "${replicas}")}
    (web,) = [r for r in load(files).resources if r.type == "kubernetes:Deployment"]
    assert "filled in later" in web.attributes["replicas_range"].expected.reason


def test_a_helm_release_of_the_repository_is_a_chart_that_is_not_rendered() -> None:
    release = (
        "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: web, namespace: shop}\nspec:\n"
        "  chart: {spec: {chart: ./charts/web, sourceRef: {kind: GitRepository, name: flux-system}}}\n"
    )
    files = {"web.yaml": release, "charts/web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n"}
    assert codes(load(files)) == ["helm-not-rendered"]
    elsewhere = release.replace("GitRepository", "HelmRepository")
    assert codes(load({"web.yaml": elsewhere})) == ["gitops-elsewhere"]


@pytest.mark.parametrize(
    ("path", "glob", "fits"),
    [
        ("a/b.yaml", "a/*", True),
        ("a/b/c.yaml", "a/*", False),
        ("a/b/c.yaml", "**/c.yaml", True),
        ("c.yaml", "**/c.yaml", True),
        ("a/b/c", "a/**", True),
        ("dev.yaml", "{dev,prod}.yaml", True),
        ("qa.yaml", "{dev,prod}.yaml", False),
        ("a1b2c", "a?b*c", True),
        ("a" * 200, "*a" * 100 + "b", False),
        ("a/" * 300, "**/a/" * 50 + "b", False),
        ("x", "{" + ",".join("abcdefghij") + "}" * 2, False),
    ],
)
def test_globs(path: str, glob: str, fits: bool) -> None:
    assert glob_matches(path, glob) is fits
