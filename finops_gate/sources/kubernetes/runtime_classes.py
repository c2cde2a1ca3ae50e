"""Runtime classes: what a sandbox takes beside the containers of a pod.

The API server writes a class's overhead into the pod; manifests hold the class's name.
Source: https://kubernetes.io/docs/concepts/scheduling-eviction/pod-overhead/
"""

from __future__ import annotations

from typing import Any

from finops_gate.sources.kubernetes.lookup import Lookup
from finops_gate.sources.kubernetes.objects import Manifest, dig


def overhead_of(origin: Manifest, pod_spec: Any, lookup: Lookup) -> Any:
    """The overhead that a pod spec of an object declares, else that of the runtime class it names, if that is known."""
    own, name = dig(pod_spec, "overhead"), dig(pod_spec, "runtimeClassName")
    if own is not None or name is None:
        return own
    found = lookup.find(origin, "RuntimeClass", name)
    return found.get("overhead", "podFixed") if found else None
