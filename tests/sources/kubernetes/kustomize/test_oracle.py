"""Every directory of `cases` as kustomize 5.5 renders it; its output is recorded, and asked again where kubectl is."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from finops_gate.sources.documents import read_documents
from finops_gate.sources.files import WorkingTree
from finops_gate.sources.kubernetes.kustomize import Kustomizations, is_kustomization
from finops_gate.sources.kubernetes.reading import Files

CASES = Path(__file__).parent / "cases"
NAMES = sorted(path.name for path in CASES.iterdir() if path.is_dir())
PAYLOAD = ("data", "type")

Objects = dict[tuple[str, ...], Any]


def objects(values: list[Any]) -> Objects:
    """Objects by identity. What a generated ConfigMap or Secret holds is not rendered, for it costs nothing."""
    found: Objects = {}
    for value in values:
        metadata = value["metadata"]
        key = (value["apiVersion"], value["kind"], metadata.get("namespace", ""), metadata["name"])
        hidden = PAYLOAD if value["kind"] in ("ConfigMap", "Secret") else ()
        found[key] = {k: v for k, v in value.items() if k not in hidden}
    assert len(found) == len(values)
    return found


def expected(text: str) -> Objects:
    return objects([d.value for d in read_documents(text, "expected.yaml") if d.value is not None])


def rendered(name: str) -> Objects:
    tree = WorkingTree(CASES / name)
    found = Kustomizations([p for p in tree.paths("overlay") if is_kustomization(p)], Files(tree))
    assert found.roots == ["overlay"]
    documents = found.documents("overlay")
    assert found.notices == ()
    return objects([document.value for document in documents])


@pytest.mark.parametrize("name", NAMES)
def test_what_kustomize_makes_of_it(name: str) -> None:
    wanted = expected((CASES / name / "expected.yaml").read_text(encoding="utf-8"))
    found = rendered(name)
    assert sorted(found) == sorted(wanted)
    for key in wanted:
        assert found[key] == wanted[key], key


@pytest.mark.skipif(not shutil.which("kubectl"), reason="kubectl is not on this machine")
@pytest.mark.parametrize("name", NAMES)
def test_what_is_recorded_is_what_kustomize_prints(name: str) -> None:
    command = ["kubectl", "kustomize", str(CASES / name / "overlay")]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert printed == (CASES / name / "expected.yaml").read_text(encoding="utf-8")
