"""Where findings land: on the line that set a value, in the file that it stands in."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from finops_gate.model import Loaded

Load = Callable[..., Loaded]
BASE = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 1
  template:
    spec:
      containers:
        - name: web
          image: web:1
          resources:
            requests:
              cpu: 100m
              memory: 64Mi
"""
KUSTOMIZATION = """\
namespace: shop
namePrefix: eu-
resources: [../base.yaml]
labels:
  - pairs:
      team: a
images:
  - name: web
    newTag: "2"
replicas:
  - name: web
    count: 5
patches:
  - path: patch.yaml
  - target: {kind: Deployment}
    patch: |

      - op: replace
        path: /spec/template/spec/containers/0/resources/requests/memory
        value: 1Gi
"""
PATCH = """\
# more of everything
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  template:
    spec:
      containers:
        - name: web
          resources:
            limits: {cpu: 2}
            requests:
              cpu: "1"
"""
FILES = {"base.yaml": BASE, "o/kustomization.yaml": KUSTOMIZATION, "o/patch.yaml": PATCH}


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("metadata.name", "base.yaml:4:9"),
        ("spec", "base.yaml:6:3"),
        ("spec.template.spec.containers[0].name", "base.yaml:10:17"),
        ("containers[0].resources.requests.cpu", "o/patch.yaml:14:20"),
        ("containers[0].resources.limits", "o/patch.yaml:12:21"),
        ("containers[0].resources.limits.cpu", "o/patch.yaml:12:27"),
        ("containers[0].resources.requests.memory", "o/kustomization.yaml:20:16"),
        ("containers[0].image", "o/kustomization.yaml:8:5"),
        ("replicas_range", "o/kustomization.yaml:12:12"),
        ("metadata.namespace", "o/kustomization.yaml:1:12"),
        ("tags.team", "o/kustomization.yaml:6:13"),
        ("spec.template.spec.nowhere", "base.yaml:9:7"),
    ],
)
def test_a_value_is_where_it_was_set(load: Load, path: str, place: str) -> None:
    (found,) = load(FILES).resources
    assert str(found.span_of(path)) == place


def test_the_resource_stands_in_its_base_and_belongs_to_its_overlay(load: Load) -> None:
    (found,) = load(FILES).resources
    assert (found.address, str(found.span), found.project) == ("shop/Deployment/eu-web", "base.yaml:4:9", "o")
    paths = {found.spans[path].path for path in found.spans}
    assert paths == set(FILES)


def test_keys_are_found_in_the_file_of_their_value(load: Load) -> None:
    (found,) = load(FILES).resources
    key_span = found.spans._manifest.key_span  # type: ignore[attr-defined]
    assert str(key_span("spec.template.spec.containers[0].resources.limits")) == "o/patch.yaml:12:13"
    assert str(key_span("spec.replicas")) == "o/kustomization.yaml:12:5"


@pytest.mark.parametrize("style", [">-\n      {}", '"{}"', "'{}'", "|2-\n        {}"])
def test_a_patch_in_another_style_is_somewhere_in_its_scalar(load: Load, style: str) -> None:
    text = "{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {replicas: 7}}"
    kustomization = f"resources: [../base.yaml]\npatches:\n  - patch: {style.format(text)}\n"
    (found,) = load({"base.yaml": BASE, "o/kustomization.yaml": kustomization}).resources
    span = found.span_of("spec.replicas")
    assert (span.path, span.line in (3, 4), found.attributes["spec"]["replicas"]) == ("o/kustomization.yaml", True, 7)
