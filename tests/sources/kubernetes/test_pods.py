"""Effective requests by the scheduler's rule; every figure is added up by hand."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from finops_gate.model import Loaded, Range, Resource, Unknown

Load = Callable[..., Loaded]

HEAD = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n"
MIB = Decimal(1) / 1024


def pod(load: Load, spec: str, more: str = "") -> dict[str, Any]:
    attributes: dict[str, Any] = dict(resource(load, spec, more).attributes)
    return attributes["pod"] | {"undeclared": [u["container"] for u in attributes["undeclared_cpu"]]}


def resource(load: Load, spec: str, more: str = "") -> Resource:
    return next(r for r in load(HEAD + spec + more).resources if r.type == "kubernetes:Pod")


def test_requests_add_up(load: Load) -> None:
    found = pod(load, "  containers: [{name: a, resources: {requests: {cpu: 100m, memory: 64Mi}}}, "
                      "{name: b, resources: {requests: {cpu: 0.25, memory: 1e9}}}]\n")  # fmt: skip
    assert found["cpu"] == Decimal("0.35")
    assert found["memory_gib"] == (64 * 2**20 + Decimal(10**9)) / 2**30
    assert found["unset"] == []


def test_sidecars_count_with_the_containers_and_before_later_init_containers(load: Load) -> None:
    # running: a 500m/256Mi + b 250m/128Mi (limits only) + s1 100m/100Mi + s2 200m/200Mi = 1050m, 684Mi
    # i1 beside s1: 2100m, 1124Mi; s2 starts after it
    found = pod(
        load,
        """
  initContainers:
    - {name: s1, restartPolicy: Always, resources: {requests: {cpu: 100m, memory: 100Mi}}}
    - {name: i1, resources: {requests: {cpu: 2, memory: 1Gi}}}
    - {name: s2, restartPolicy: Always, resources: {requests: {cpu: 200m, memory: 200Mi}}}
  containers:
    - {name: a, resources: {requests: {cpu: 500m, memory: 256Mi}}}
    - {name: b, resources: {limits: {cpu: 250m, memory: 128Mi}}}
""",
    )
    assert (found["cpu"], found["memory_gib"]) == (Decimal("2.1"), 1124 * MIB)


@pytest.mark.parametrize(
    ("resources", "cpu", "memory_mib", "unset"),
    [
        ("limits: {cpu: 1, memory: 64Mi}", "1", 64, []),
        ("limits: {cpu: 1}, requests: {cpu: 200m, memory: 32Mi}", "0.2", 32, []),
        ("requests: {cpu: 0, memory: 0}", "0", 0, []),
        ("requests: {cpu: 1}", "1", 0, ["c: memory"]),
        ("requests: {memory: 1Mi}", "0", 1, ["c: cpu"]),
        ("", "0", 0, ["c: cpu", "c: memory"]),
        ("requests: {cpu: null, memory: }", "0", 0, ["c: cpu", "c: memory"]),
    ],
)
def test_limits_imply_requests_and_what_is_missing_is_said(
    load: Load, resources: str, cpu: str, memory_mib: int, unset: list[str]
) -> None:
    found = pod(load, f"  containers: [{{name: c, resources: {{{resources}}}}}]\n")
    assert (found["cpu"], found["memory_gib"], found["unset"]) == (Decimal(cpu), memory_mib * MIB, unset)


def test_an_unset_request_is_unknown_at_its_container_and_nothing_at_least(load: Load) -> None:
    found = resource(load, "  containers:\n    - name: c\n      image: i\n")
    (undeclared,) = found.attributes["undeclared_cpu"]
    amount: Range = undeclared["amount"]
    assert amount.floor == 0
    assert isinstance(amount.expected, Unknown)
    assert amount.expected == amount.ceiling
    assert amount.expected.reason == "the container c declares no CPU request"
    assert amount.expected.origin is not None
    assert amount.expected.origin.line == 6


def test_an_init_container_without_a_request_leaves_nothing_open(load: Load) -> None:
    found = pod(
        load, "  initContainers: [{name: i}]\n  containers: [{name: c, resources: {limits: {cpu: 1, memory: 1Gi}}}]\n"
    )
    assert (found["unset"], found["undeclared"]) == ([], [])


@pytest.mark.parametrize(
    ("level", "cpu"),
    [
        ("requests: {cpu: 2}", "2"),
        ("limits: {cpu: 2}", "0.5"),
        ("limits: {memory: 1Gi}", "0.5"),
        ("requests: {cpu: 2, nvidia.com/gpu: 5}", "2"),
    ],
)
def test_requests_of_the_pod_as_a_whole(load: Load, level: str, cpu: str) -> None:
    found = pod(
        load, f"  resources: {{{level}}}\n  containers: [{{name: c, resources: {{requests: {{cpu: 500m}}}}}}]\n"
    )
    assert found["cpu"] == Decimal(cpu)
    assert found["gpu"] == 0


def test_limits_of_the_pod_stand_in_where_no_container_requests_any(load: Load) -> None:
    found = pod(load, "  resources: {limits: {cpu: 2, memory: 1Gi}}\n  containers: [{name: c}]\n")
    assert (found["cpu"], found["memory_gib"], found["undeclared"]) == (2, 1, [])


def test_overhead_comes_on_top(load: Load) -> None:
    found = pod(
        load, "  overhead: {cpu: 250m, memory: 120Mi}\n  containers: [{resources: {limits: {cpu: 1, memory: 8Mi}}}]\n"
    )
    assert (found["cpu"], found["memory_gib"]) == (Decimal("1.25"), 128 * MIB)


def test_gpus_are_counted_and_other_accelerators_listed(load: Load) -> None:
    found = pod(
        load, "  containers: [{resources: {limits: {nvidia.com/gpu: 2, amd.com/gpu: '1', google.com/tpu: 4}}}]\n"
    )
    assert found["gpu"] == 3
    assert found["accelerators"] == [{"name": "google.com/tpu", "count": Decimal(4)}]


LIMIT_RANGE = """---
apiVersion: v1
kind: LimitRange
metadata: {{name: l}}
spec: {{limits: [{{type: Pod, max: {{cpu: 9}}}}, {{type: Container, {0}}}]}}
"""


@pytest.mark.parametrize(
    ("given", "cpu"),
    [
        ("defaultRequest: {cpu: 100m}, default: {cpu: 1}, max: {cpu: 2}", "0.1"),
        ("default: {cpu: 1}, max: {cpu: 2}, min: {cpu: 10m}", "1"),
        ("max: {cpu: 2}, min: {cpu: 10m}", "2"),
        ("min: {cpu: 10m}", "0.01"),
    ],
)
def test_a_limit_range_gives_what_containers_leave_out(load: Load, given: str, cpu: str) -> None:
    found = pod(load, "  containers: [{name: c, resources: {}}]\n", LIMIT_RANGE.format(given))
    assert found["cpu"] == Decimal(cpu)
    assert found["unset"] == ["c: memory"]


def test_a_limit_goes_before_a_limit_range_and_other_namespaces_do_not_count(load: Load) -> None:
    text = LIMIT_RANGE.format("defaultRequest: {cpu: 100m}")
    assert pod(load, "  containers: [{resources: {limits: {cpu: 2}}}]\n", text)["cpu"] == 2
    assert pod(load, "  containers: [{resources: {}}]\n", text.replace("l}", "l, namespace: other}"))["cpu"] == 0


def test_containers_are_elements_with_their_figures_and_places(load: Load) -> None:
    found = resource(
        load,
        """\
  initContainers: [{name: i, restartPolicy: Always}]
  containers:
    - name: c
      resources:
        requests: {cpu: 250m}
        limits: {memory: 1Gi}
""",
    )
    first, second = found.attributes["containers"]
    assert (first["role"], first["cpu"], first["memory_gib"], first["cpu_limit"]) == (
        "container",
        Decimal("0.25"),
        1,
        None,
    )
    assert (second["role"], second["unset"]) == ("sidecar", ["cpu", "memory"])
    assert found.span_of("containers[0].resources.requests.cpu").line == 9
    assert found.span_of("containers[0].resources.requests.memory").line == 9
    assert found.span_of("containers[1].name").line == 5
    assert (found.span_of("pod").line, found.span_of("pod.cpu").line) == (5, 9)


@pytest.mark.parametrize(
    ("written", "code", "severity"),
    [
        ("cpu: 1.5.5", "invalid-quantity", "error"),
        ("cpu: -1", "invalid-quantity", "error"),
        ("cpu: [1]", "invalid-quantity", "error"),
        ("memory: 512m", "suspicious-quantity", "warning"),
        ("cpu: 2Gi", "suspicious-quantity", "warning"),
    ],
)
def test_wrong_quantities_are_said_at_their_line(load: Load, written: str, code: str, severity: str) -> None:
    resources = f"        limits: {{cpu: 1, memory: 1Gi}}\n        requests:\n          {written}\n"
    text = f"{HEAD}  containers:\n    - name: c\n      resources:\n{resources}"
    (notice,) = load(text).notices
    assert (notice.code, notice.severity) == (code, severity)
    assert notice.span is not None
    assert notice.span.line == 10


def test_a_figure_that_cannot_be_read_is_unknown_and_not_its_limit(load: Load) -> None:
    found = pod(load, "  containers: [{name: c, resources: {requests: {cpu: x}, limits: {cpu: 8}}}]\n")
    assert (found["cpu"], found["undeclared"]) == (0, ["c"])


@pytest.mark.parametrize("placeholder", ["${CPU}", "$(CPU)", "{{ .Values.cpu }}"])
def test_a_placeholder_is_unknown_and_no_mistake(load: Load, placeholder: str) -> None:
    text = f"{HEAD}  containers: [{{name: c, resources: {{requests: {{cpu: '{placeholder}'}}}}}}]\n"
    loaded = load(text)
    assert loaded.notices == ()
    assert [u["container"] for u in loaded.resources[0].attributes["undeclared_cpu"]] == ["c"]


@pytest.mark.parametrize(
    "spec", ["  containers: 5\n", "  containers: [5, null]\n", "  x: 1\n", "  containers: {a: b}\n"]
)
def test_any_shape_is_survived(load: Load, spec: str) -> None:
    assert pod(load, spec)["cpu"] == 0
