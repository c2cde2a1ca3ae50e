"""Environments of resources, by their paths and their namespaces."""

from __future__ import annotations

import pytest

from finops_gate.environments import environment_of
from finops_gate.model import UNKNOWN, Resource, Span
from finops_gate.settings import Settings


def resource(path: str, namespace: str, source: str = "kubernetes") -> Resource:
    directory = path.rpartition("/")[0]
    return Resource("w", "t", source, {}, Span(path, 1), tags={"namespace": namespace}, project=directory)


@pytest.mark.parametrize(
    ("path", "namespace", "env"),
    [
        ("overlays/prod/app.yaml", "", "prod"),
        ("app.yaml", "shop-staging", "staging"),
        ("app.yaml", "dev", "dev"),
        ("app.yaml", "shop", None),
        ("app.yaml", "", None),
        # where they disagree the path is the more deliberate of the two
        ("overlays/prod/app.yaml", "dev", "prod"),
        ("infra/app.yaml", "prod", "blue"),
    ],
)
def test_paths_go_before_namespaces(path: str, namespace: str, env: str | None) -> None:
    assert environment_of(resource(path, namespace), Settings(environments={"blue": ["infra/*"]})) == env


def test_only_objects_of_kubernetes_have_a_namespace() -> None:
    assert environment_of(resource("main.tf", "dev", "terraform"), Settings()) is None
    unknown = Resource("w", "t", "kubernetes", {}, Span("app.yaml", 1), tags=UNKNOWN)
    assert environment_of(unknown, Settings()) is None
