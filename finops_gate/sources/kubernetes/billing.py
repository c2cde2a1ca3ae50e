"""How a cluster bills its pods, as the settings say: by rates, by a share of a node, or as a platform's own pods.

    kubernetes:
      platform: aws                                # whose disks and load balancers there are
      region: eu-west-1
      pricing: eks-fargate                         # or rates (the default), instance, gke-autopilot, aci
      pricing: {instance: m5.large, utilization: 0.65}
      pricing: {rates: {cpu: 0.024, memory: 0.003}}

Nothing here knows a price: the cost models read the attribute `billing` and ask the catalogue.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from finops_gate.errors import ConfigurationError
from finops_gate.model import EMPTY, no_entries
from finops_gate.sources.kubernetes.figures import positive_number

MODES = ("rates", "instance", "eks-fargate", "gke-autopilot", "aci")
PLATFORMS = {"aws": "aws", "gcp": "google", "azure": "azurerm"}
"""The settings' names of the platforms, and those of the catalogue."""

OPENCOST = ("default", "alibaba", "aws", "azure", "gcp", "oracle")
RESOURCES = ("cpu", "gpu", "memory", "spot_cpu", "spot_memory", "storage")
DEFAULT_RATES = "default"
FULLY_USED = Decimal(1)


@dataclass(frozen=True, slots=True)
class Billing:
    """`rates` is one of OpenCost's files, `own` are rates of the settings, `instance` is the node type whose price is
    shared out. `utilization` is the share of its nodes that a cluster requests: what is requested pays for the rest.
    """

    mode: str = "rates"
    rates: str = DEFAULT_RATES
    own: Mapping[str, Decimal] = field(default_factory=no_entries)
    instance: str = ""
    utilization: Decimal = FULLY_USED
    platform: str = ""
    region: str = ""

    @property
    def provider(self) -> str | None:
        """The catalogue's name of the platform; None without one."""
        return PLATFORMS.get(self.platform)

    @property
    def attribute(self) -> dict[str, Any]:
        """What cost models and policies see of it."""
        return {
            "mode": self.mode,
            "rates": self.rates,
            "own": {name: self.own.get(name) for name in RESOURCES},
            "instance": self.instance or None,
            "instance_provider": provider_of_instance(self.instance) if self.instance else None,
            "utilization": self.utilization,
            "platform": self.provider,
        }


def provider_of_instance(name: str) -> str:
    """Whose a node type is, by its shape: `m5.large`, `Standard_D4s_v5`, `n2-standard-4`."""
    if name.lower().startswith("standard_"):
        return "azurerm"
    return "aws" if "." in name else "google"


def billing_of(settings: Mapping[str, Any]) -> Billing:
    """The billing that the `kubernetes` part of the settings asks for. Raises ConfigurationError."""
    written = settings.get("pricing")
    pricing: Mapping[str, Any] = {"mode": written} if isinstance(written, str) else written or EMPTY
    instance = str(pricing.get("instance") or "")
    mode = _one_of(MODES, "pricing", str(pricing.get("mode") or ("instance" if instance else "rates")))
    if (mode == "instance") is not bool(instance):
        raise ConfigurationError("kubernetes.pricing: `instance` names a node type, such as m5.large, and is a mode")
    rates = pricing.get("rates") or DEFAULT_RATES
    if rates != DEFAULT_RATES and mode != "rates":
        raise ConfigurationError(f"kubernetes.pricing.rates are for the mode `rates`, not {mode}")
    return Billing(
        mode=mode,
        rates=_one_of(OPENCOST, "pricing.rates", rates) if isinstance(rates, str) else DEFAULT_RATES,
        own=_own_rates(rates) if isinstance(rates, Mapping) else EMPTY,
        instance=instance,
        utilization=_utilization(pricing.get("utilization")),
        platform=_one_of(("", *PLATFORMS), "platform", str(settings.get("platform") or "")),
        region=str(settings.get("region") or ""),
    )


def _one_of(known: tuple[str, ...], key: str, written: str) -> str:
    if written not in known:
        names = ", ".join(name for name in known if name)
        raise ConfigurationError(f"kubernetes.{key} is one of {names}, not {written!r}")
    return written


def _own_rates(written: Mapping[str, Any]) -> dict[str, Decimal]:
    found = {name: positive_number(written, name, "kubernetes.pricing.rates") for name in RESOURCES}
    return {name: rate for name, rate in found.items() if rate is not None}


def _utilization(written: Any) -> Decimal:
    share = positive_number({"utilization": written}, "utilization", "kubernetes.pricing")
    if share is not None and not 0 < share <= 1:
        raise ConfigurationError(f"kubernetes.pricing.utilization is more than 0 and at most 1, not {written}")
    return FULLY_USED if share is None else share
