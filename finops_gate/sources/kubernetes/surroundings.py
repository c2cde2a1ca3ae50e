"""What a workload is read with."""

from __future__ import annotations

from dataclasses import dataclass

from finops_gate.sources.kubernetes.autoscaling import Autoscaler
from finops_gate.sources.kubernetes.limits import ContainerDefaults
from finops_gate.sources.kubernetes.lookup import Lookup
from finops_gate.sources.kubernetes.settings import Cluster
from finops_gate.sources.kubernetes.vertical import VerticalAutoscaler


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a workload is read with: its autoscalers, its namespace's defaults, the cluster's figures and the other
    objects. One that is taken over runs no pods of its own: another object runs its template.
    """

    autoscaler: Autoscaler | None
    vertical: VerticalAutoscaler | None
    defaults: ContainerDefaults
    cluster: Cluster
    lookup: Lookup
    is_taken_over: bool = False
