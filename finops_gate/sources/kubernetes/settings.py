"""What the settings say about a cluster, and what is assumed where they say nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from finops_gate.errors import ConfigurationError

DEFAULT_NODES = Decimal(3)
DEFAULT_CRON_MINUTES = Decimal(10)


@dataclass(frozen=True, slots=True)
class Cluster:
    """`assumed` names the figures that nobody set: reports say them."""

    nodes: Decimal
    cron_minutes: Decimal
    assumed: frozenset[str]


def cluster_of(settings: Mapping[str, Any]) -> Cluster:
    """The `kubernetes` part of the settings, with defaults. Raises ConfigurationError for what is no number."""
    nodes, cron_minutes = _number(settings, "nodes"), _number(settings, "cron_minutes")
    figures = {"nodes": nodes, "cron_minutes": cron_minutes}
    return Cluster(
        nodes=DEFAULT_NODES if nodes is None else nodes,
        cron_minutes=DEFAULT_CRON_MINUTES if cron_minutes is None else cron_minutes,
        assumed=frozenset(name for name, figure in figures.items() if figure is None),
    )


def _number(settings: Mapping[str, Any], key: str) -> Decimal | None:
    value = settings.get(key)
    if value is None:
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or number < 0:
        raise ConfigurationError(f"kubernetes.{key} must be a number of 0 or more, not {value!r}")
    return number
