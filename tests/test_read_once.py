"""Every file of a repository is read once and parsed once, whoever asks for it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from finops_gate.sources import documents
from finops_gate.sources.places import SourceText
from tests.conftest import CommandLine

WORKLOAD = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}  # finops-gate: ignore[required-tags] made up, until 2099-01-01
spec:
  replicas: 2
  replicas: 3
  template: {spec: {containers: [{name: c, resources: {requests: {cpu: 1, memory: 1Gi}}}]}}
"""
FILES = {
    ".finops-gate.yaml": "kubernetes: {nodes: 3}\n",
    ".github/workflows/ci.yml": "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps: [{run: make}]\n",
    "apps/web.yaml": (
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: a}\nspec:\n"
        "  destination: {namespace: shop}\n  source: {path: overlay}\n"
    ),
    "base/kustomization.yaml": "resources: [web.yaml]\n",
    "base/web.yaml": WORKLOAD,
    "chart/Chart.yaml": "apiVersion: v2\nname: chart\nversion: 1.0.0\n",
    "chart/templates/web.yaml": "kind: {{ .Values.kind }}\n",
    "list.json": '{"apiVersion": "v1", "kind": "List", "items": []}',
    "main.tf": 'resource "aws_sqs_queue" "q" {}\n',
    "overlay/kustomization.yaml": "resources: [../base]\npatches: [{path: patch.yaml}]\n",
    "overlay/patch.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 4}\n",
    "second/kustomization.yaml": "resources: [../base]\nnamePrefix: b-\n",
    "plain.yaml": WORKLOAD,
    "values.yaml": "a: 1\n",
}


def test_every_file_is_read_and_parsed_once(
    tmp_path: Path, finops_gate: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    reads: Counter[str] = Counter()
    parses: Counter[str] = Counter()
    read_bytes, build = Path.read_bytes, documents.Builder

    def counted(path: Path) -> bytes:
        if tmp_path in path.parents:
            reads[path.relative_to(tmp_path).as_posix()] += 1
        return read_bytes(path)

    def building(source: SourceText) -> Any:
        parses[source.path] += 1
        return build(source)

    monkeypatch.setattr(Path, "read_bytes", counted)
    monkeypatch.setattr(documents, "Builder", building)
    result = finops_gate("check", cwd=tmp_path)
    assert "shop/Deployment/web" in result.stdout
    assert {path: count for path, count in reads.items() if count > 1} == {}
    assert {path for path in FILES if path in reads} >= set(FILES) - {"chart/templates/web.yaml"}
    assert {path: count for path, count in parses.items() if path in FILES and count > 1} == {}
