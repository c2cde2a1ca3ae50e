"""Effective requests against a pod that is started container by container, as the kubelet does it.

What the scheduler reserves is the most that is asked for at any moment of that; here each moment is looked at.
Source: https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/#resource-sharing-within-containers
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from finops_gate.sources.documents import read_documents
from finops_gate.sources.kubernetes.figures import Figures
from finops_gate.sources.kubernetes.objects import manifests_of
from finops_gate.sources.kubernetes.pods import read_pod

NAMES = ("cpu", "memory", "nvidia.com/gpu")
Amounts = dict[str, int]

amounts = st.dictionaries(st.sampled_from(NAMES), st.integers(0, 2**24), max_size=3)
containers = st.lists(st.fixed_dictionaries({"requests": amounts, "limits": amounts}), min_size=1, max_size=4)
starting = st.lists(st.fixed_dictionaries({"requests": amounts, "limits": amounts, "stays": st.booleans()}), max_size=4)


def asked(container: dict[str, Any]) -> Amounts:
    return {name: container["requests"].get(name, container["limits"].get(name, 0)) for name in NAMES}


def most_at_any_moment(first: Sequence[dict[str, Any]], then: Sequence[dict[str, Any]]) -> Amounts:
    running: list[Amounts] = []
    moments: list[list[Amounts]] = []
    for container in first:
        moments.append([*running, asked(container)])
        if container["stays"]:
            running.append(asked(container))
    moments.append([*running, *map(asked, then)])
    return {name: max(sum(amount[name] for amount in moment) for moment in moments) for name in NAMES}


@given(starting, containers)
def test_the_request_is_the_most_at_any_moment(first: list[dict[str, Any]], then: list[dict[str, Any]]) -> None:
    def written(container: dict[str, Any]) -> dict[str, Any]:
        parts = {key: {n: Decimal(v) for n, v in container[key].items()} for key in ("requests", "limits")}
        return {"resources": parts, **({"restartPolicy": "Always"} if container.get("stays") else {})}

    spec = {"initContainers": [written(c) for c in first], "containers": [written(c) for c in then]}
    (document,) = read_documents("apiVersion: v1\nkind: Pod\nmetadata: {name: p}\n", "m.yaml")
    (manifest,) = manifests_of(document)
    found = read_pod(spec, "spec", Figures(manifest))
    assert {name: found.amount(name) for name in NAMES} == most_at_any_moment(first, then)
