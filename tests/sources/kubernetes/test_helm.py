"""Charts: said, or rendered by `helm template` where that is asked for. A small program stands in for helm."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from finops_gate.model import Loaded
from finops_gate.settings import Settings
from finops_gate.sources import kubernetes
from finops_gate.sources.files import WorkingTree
from tests.conftest import CommandLine

CHART = "apiVersion: v2\nname: web\nversion: 1.0.0\n"
TEMPLATE = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
spec:
  replicas: {{ .Values.replicas }}
  template:
    spec:
      containers:
      - name: app
        resources:
          requests: {cpu: 1, memory: 1Gi}
"""
RENDERED = (
    "---\n# Source: web/templates/web.yaml\n"
    + TEMPLATE.replace("{{ .Release.Name }}", "shop").replace("{{ .Values.replicas }}", "4")
    + "---\n# Source: web/charts/cache/templates/cache.yaml\napiVersion: v1\nkind: Service\nmetadata: {name: cache}\n"
)
FILES = {"web/Chart.yaml": CHART, "web/values.yaml": "replicas: 1\n", "web/templates/web.yaml": TEMPLATE}

FAKE = f"""#!{sys.executable}
import json, os, sys
there = [os.path.relpath(os.path.join(d, f)) for d, _, names in os.walk(".") for f in names]
values = [open(a.partition("=")[2]).read() for a in sys.argv if a.startswith("--values=")]
told = {{"arguments": sys.argv[1:], "files": sorted(there), "values": values, "environment": dict(os.environ)}}
open(os.path.join(os.path.dirname(__file__), "told.json"), "a").write(json.dumps(told) + "\\n")
"""

Helm = Callable[[str], Path]


@pytest.fixture
def helm(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Helm:
    """Puts a helm on the PATH that ends with some lines of Python, and writes down what it was told."""
    directory = tmp_path_factory.mktemp("bin")

    def make(ending: str) -> Path:
        (directory / "helm").write_text(FAKE + ending)
        (directory / "helm").chmod(0o755)
        monkeypatch.setenv("PATH", f"{directory}{os.pathsep}{os.environ['PATH']}")
        return directory / "told.json"

    return make


def load(root: Path, files: dict[str, str], asked: bool = True, **settings: object) -> Loaded:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    tree = WorkingTree(root)
    given = {**settings, "render_charts": asked}
    return kubernetes.load(tree, [p for p in tree.paths() if kubernetes.matches(p)], Settings(kubernetes=given))


def said(loaded: Loaded) -> list[tuple[str, str, str]]:
    return [(n.code, n.severity, str(n.span)) for n in loaded.notices]


def test_without_being_asked_a_chart_is_a_notice_and_no_program_starts(helm: Helm, tmp_path: Path) -> None:
    told = helm("print()")
    loaded = load(tmp_path, {**FILES, "web/charts/cache/Chart.yaml": CHART}, asked=False)
    assert said(loaded) == [("helm-not-rendered", "info", "web/Chart.yaml:1:1")]
    assert "--helm" in loaded.notices[0].fix
    assert loaded.resources == ()
    assert not told.exists()


def test_a_chart_is_rendered_and_its_values_are_found_in_the_template(helm: Helm, tmp_path: Path) -> None:
    told = helm(f"print({RENDERED!r})")
    loaded = load(tmp_path, FILES)
    assert said(loaded) == []
    assert [r.address for r in loaded.resources] == ["Deployment/shop", "Service/cache"]
    web, cache = loaded.resources
    assert web.attributes["replicas_range"].expected == 4
    assert str(web.span_of("spec.replicas")) == "web/templates/web.yaml:6:1"
    assert str(web.span) == "web/templates/web.yaml:4:1"
    assert str(cache.span) == "web/Chart.yaml:1:1"
    (call,) = map(json.loads, told.read_text().splitlines())
    assert call["arguments"][:2] == ["template", "web"]
    assert call["arguments"][-1] == "--skip-tests"
    assert call["files"] == ["Chart.yaml", "templates/web.yaml", "values.yaml"]
    assert call["environment"]["HOME"] != os.environ.get("HOME")
    assert call["environment"]["HTTPS_PROXY"] == "http://127.0.0.1:9"
    assert call["environment"]["KUBECONFIG"] == os.devnull


def test_releases_of_the_settings(helm: Helm, tmp_path: Path) -> None:
    told = helm(f"print({RENDERED!r})")
    releases = [
        {"chart": "web", "name": "dev", "values": ()},
        {"chart": "web", "name": "prod", "namespace": "shop", "values": ("envs/prod.yaml",)},
    ]
    loaded = load(tmp_path, {**FILES, "envs/prod.yaml": "replicas: 9\n"}, releases=releases)
    assert [r.project for r in loaded.resources if r.type == "kubernetes:Deployment"] == ["web (dev)", "web (prod)"]
    dev, prod = map(json.loads, told.read_text().splitlines())
    assert (dev["arguments"][1], prod["arguments"][1]) == ("dev", "prod")
    assert "--namespace=shop" in prod["arguments"]
    assert (dev["values"], prod["values"]) == ([], ["replicas: 9\n"])


def test_an_application_gives_its_values_to_helm(helm: Helm, tmp_path: Path) -> None:
    told = helm(f"print({RENDERED!r})")
    application = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: app}
spec:
  destination: {namespace: shop}
  source:
    path: web
    helm:
      releaseName: shop
      valueFiles: [values-prod.yaml, /envs/all.yaml]
      valuesObject: {replicas: 3, share: 0.5}
      parameters: [{name: a, value: b}, {name: version, value: "1", forceString: true}]
"""
    files = {**FILES, "app.yaml": application, "web/values-prod.yaml": "p: 1\n", "envs/all.yaml": "q: 1\n"}
    loaded = load(tmp_path, files)
    assert said(loaded) == []
    assert {r.address for r in loaded.resources} >= {"shop/Deployment/shop", "shop/Service/cache"}
    (call,) = map(json.loads, told.read_text().splitlines())
    assert call["arguments"][1] == "shop"
    assert {"--namespace=shop", "--set=a=b", "--set-string=version=1"} <= set(call["arguments"])
    assert call["values"][:2] == ["p: 1\n", "q: 1\n"]
    assert json.loads(call["values"][2]) == {"replicas": 3, "share": 0.5}


@pytest.mark.parametrize(
    ("error", "place", "word"),
    [
        ("Error: template: web/templates/web.yaml:6:21: executing", "web/templates/web.yaml:6:1", "executing"),
        ("Error: found in Chart.yaml, but missing in charts/ directory: redis", "web/Chart.yaml:1:1", "missing"),
        ("", "web/Chart.yaml:1:1", "no reason"),
    ],
)
def test_what_helm_refuses_is_an_error(helm: Helm, tmp_path: Path, error: str, place: str, word: str) -> None:
    helm(f"sys.stderr.write({error!r}); sys.exit(1)")
    loaded = load(tmp_path, {**FILES, "other.yaml": "apiVersion: v1\nkind: Namespace\nmetadata: {name: n}\n"})
    assert said(loaded) == [("helm-failed", "error", place)]
    assert word in loaded.notices[0].message
    assert [r.address for r in loaded.resources] == ["Namespace/n"]


def test_values_that_are_not_there_are_an_error(helm: Helm, tmp_path: Path) -> None:
    helm("print()")
    loaded = load(tmp_path, FILES, releases=[{"chart": "web", "values": ("../../etc/passwd",)}])
    assert said(loaded) == [("helm-failed", "error", "web/Chart.yaml:1:1")]


def test_a_machine_without_helm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, finops_gate: CommandLine) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "nowhere"))
    load(tmp_path, FILES, asked=False)
    result = finops_gate("check", "--helm", cwd=tmp_path)
    assert result.exit_code == 3
    assert "helm-missing" in result.stdout
    assert finops_gate("check", cwd=tmp_path).exit_code == 0
    assert finops_gate("check", "--fail-on-incomplete", cwd=tmp_path).exit_code == 3


def test_libraries_have_nothing_to_render(tmp_path: Path) -> None:
    assert said(load(tmp_path, {"lib/Chart.yaml": CHART + "type: library\n"})) == []


@pytest.mark.skipif(not shutil.which("helm"), reason="helm is not on this machine")
def test_what_helm_itself_makes_of_it(tmp_path: Path) -> None:
    (tmp_path / "values").mkdir()
    files = {**FILES, "values/prod.yaml": "replicas: 6\n", "web/templates/_helpers.tpl": '{{ define "x" }}y{{ end }}'}
    loaded = load(tmp_path, files, releases=[{"chart": "web", "name": "shop", "values": ("values/prod.yaml",)}])
    assert said(loaded) == []
    (web,) = loaded.resources
    assert (web.address, web.attributes["replicas_range"].expected) == ("Deployment/shop", 6)
    assert str(web.span_of("spec.replicas")) == "web/templates/web.yaml:6:1"
    broken = load(tmp_path, {"web/templates/web.yaml": TEMPLATE.replace(".Values.replicas", 'fail "no"')})
    assert said(broken) == [("helm-failed", "error", "web/templates/web.yaml:6:1")]
