"""The overhead of runtime classes, which manifests name and the API server writes out."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from finops_gate.model import Loaded
from tests.sources.kubernetes.manifests import CONTAINER, TEMPLATE, manifest, only

Load = Callable[..., Loaded]
CLASS = """---
apiVersion: node.k8s.io/v1
kind: RuntimeClass
metadata: {name: gvisor}
handler: runsc
overhead: {podFixed: {cpu: 250m, memory: 128Mi}}
"""


@pytest.mark.parametrize(
    ("spec", "cpu", "gib"),
    [
        # 1 + 0.25 cores, 1024 + 128 MiB
        ("runtimeClassName: gvisor, ", "1.25", "1.125"),
        ("", "1", "1"),
        ("runtimeClassName: kata, ", "1", "1"),
        # what the API server wrote out already is not added again
        ("runtimeClassName: gvisor, overhead: {cpu: 500m}, ", "1.5", "1"),
    ],
)
def test_a_named_class_adds_its_overhead(load: Load, spec: str, cpu: str, gib: str) -> None:
    text = CLASS + manifest("v1", "Pod", f"{{{spec}containers: [{CONTAINER}]}}")
    found = only(load({"cluster/classes.yaml": CLASS, "app/pod.yaml": text.removeprefix(CLASS)}), "Pod")
    assert (found.attributes["pod"]["cpu"], found.attributes["pod"]["memory_gib"]) == (Decimal(cpu), Decimal(gib))


def test_it_comes_on_top_of_what_the_pod_as_a_whole_requests(load: Load) -> None:
    spec = f"{{runtimeClassName: gvisor, resources: {{requests: {{cpu: 2}}}}, containers: [{CONTAINER}]}}"
    found = only(load(CLASS + manifest("v1", "Pod", spec)), "Pod").attributes["pod"]
    assert (found["cpu"], found["memory_gib"]) == (Decimal("2.25"), Decimal("1.125"))


def test_templates_name_classes_too(load: Load) -> None:
    spec = f"{{{TEMPLATE}}}".replace("spec: {cont", "spec: {runtimeClassName: gvisor, cont")
    assert only(load(CLASS + manifest("apps/v1", "Deployment", spec)), "Deployment").attributes["pod"][
        "cpu"
    ] == Decimal("1.25")
