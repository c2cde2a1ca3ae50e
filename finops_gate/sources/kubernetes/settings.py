"""What the settings say about a cluster, and what is assumed where they say nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from finops_gate.sources.kubernetes.billing import Billing, billing_of
from finops_gate.sources.kubernetes.figures import positive_number

DEFAULT_NODES = Decimal(3)
DEFAULT_CRON_MINUTES = Decimal(10)
RENDER_CHARTS = "render_charts"
"""The setting that only the command line makes (`--helm`): a pull request must not start a program."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """`assumed` names the figures that nobody set: reports say them."""

    nodes: Decimal
    cron_minutes: Decimal
    assumed: frozenset[str]
    billing: Billing = field(default_factory=Billing)


def cluster_of(settings: Mapping[str, Any]) -> Cluster:
    """The `kubernetes` part of the settings, with defaults. Raises ConfigurationError for what makes no sense."""
    nodes, cron_minutes = (positive_number(settings, key, "kubernetes") for key in ("nodes", "cron_minutes"))
    figures = {"nodes": nodes, "cron_minutes": cron_minutes}
    return Cluster(
        nodes=DEFAULT_NODES if nodes is None else nodes,
        cron_minutes=DEFAULT_CRON_MINUTES if cron_minutes is None else cron_minutes,
        assumed=frozenset(name for name, figure in figures.items() if figure is None),
        billing=billing_of(settings),
    )
