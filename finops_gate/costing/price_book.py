"""What a team really pays: discounts and prices of its own, from the settings, over the catalogue's list prices.

A discount holds for a provider (`aws`) or one of its services (`aws/ec2`, as keys begin); the service's own wins. A
price of one's own is that price: nothing is taken off it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from finops_gate.costing.catalogue import ANYWHERE, Catalogue
from finops_gate.errors import ConfigurationError
from finops_gate.expression import nearest
from finops_gate.model import Price
from finops_gate.settings import Discount, PriceOverride, Settings

SOURCE = "settings"
"""The source of a price that the settings changed or made."""

ZERO = Decimal(0)


def as_paid(catalogue: Catalogue, settings: Settings) -> Catalogue:
    """The catalogue with what the settings say about prices. Raises ConfigurationError for what it does not know."""
    if not settings.discounts and not settings.overrides:
        return catalogue
    for discount in settings.discounts:
        check_discount(discount, catalogue)
    for override in settings.overrides:
        check_override(override, catalogue)
    return PaidCatalogue(catalogue, settings.discounts, settings.overrides)


def check_discount(discount: Discount, catalogue: Catalogue) -> None:
    provider, _, service = discount.scope.partition("/")
    providers = [holding.provider for holding in catalogue.holdings()]
    if provider not in providers:
        hint = nearest(provider, providers) or f"; there are {', '.join(providers)}"
        raise ConfigurationError(f"there are no prices of `{provider}`{hint}", discount.span)
    if service and service not in (services := catalogue.services(provider)):
        raise ConfigurationError(f"{provider} has no service `{service}`{nearest(service, services)}", discount.span)


def check_override(override: PriceOverride, catalogue: Catalogue) -> None:
    """A price of a key that the catalogue lacks must say its unit, for else it is a slip."""
    if override.unit:
        return
    found = [p for provider, p in catalogue.of_key(override.key) if override.provider in ("", provider)]
    if not found:
        hint = nearest(override.key, catalogue.nearest(override.key, override.provider or None))
        raise ConfigurationError(
            f"the catalogue has no {override.key}{hint}; a key of yours needs a `unit`", override.span
        )
    components = sorted({p.component for p in found})
    if override.component not in components:
        hint = nearest(override.component, components) or f"; it has {', '.join(components)}"
        raise ConfigurationError(f"{override.key} has no component `{override.component}`{hint}", override.span)


class PaidCatalogue(Catalogue):
    """A catalogue that answers with what is paid."""

    def __init__(self, catalogue: Catalogue, discounts: Sequence[Discount], overrides: Sequence[PriceOverride]) -> None:
        super().__init__(catalogue.file)
        self._shares = {discount.scope: discount.share for discount in discounts}
        self._overrides: dict[tuple[str, str], list[PriceOverride]] = {}
        for override in overrides:
            self._overrides.setdefault((override.key, override.component), []).append(override)

    def _find(self, provider: str, region: str, key: str, component: str, purchase: str) -> Price | None:
        listed = super()._find(provider, region, key, component, purchase)
        own = self._override(provider, region, key, component, purchase)
        if own is not None:
            return overridden(own, listed, region, purchase)
        share = self._share(provider, key)
        return discounted(listed, share) if listed and share else listed

    def offers(self, price: Price, provider: str, part: int) -> Mapping[str, Decimal]:
        """What else there is in the place of a price, as paid."""
        parts = price.key.split("|")
        found = {}
        for name in super().offers(price, provider, part):
            key = "|".join([*parts[:part], name, *parts[part + 1 :]])
            paid = self.price(provider, price.region, key, price.component, price.purchase)
            if paid is not None:
                found[name] = paid.usd
        return found

    def _share(self, provider: str, key: str) -> Decimal:
        service = f"{provider}/{key.split('|')[0]}"
        return self._shares.get(service, self._shares.get(provider, ZERO))

    def _override(self, provider: str, region: str, key: str, component: str, purchase: str) -> PriceOverride | None:
        """The price of one's own, that of the region before one that holds everywhere."""
        fitting = [
            own
            for own in self._overrides.get((key, component), ())
            if own.provider in ("", provider) and own.purchase == purchase and own.region in (region, ANYWHERE)
        ]
        return min(fitting, key=lambda own: own.region == ANYWHERE, default=None)


def overridden(own: PriceOverride, listed: Price | None, region: str, purchase: str) -> Price:
    instead = (
        f"instead of {listed.usd:f} USD ({listed.source}, {listed.as_of})" if listed else "which the catalogue lacks"
    )
    unit = own.unit or (listed.unit if listed else "")
    return Price(
        own.key, own.component, region, purchase, unit, ((ZERO, own.usd),), own.as_of, SOURCE, "verified", instead
    )


def discounted(listed: Price, share: Decimal) -> Price:
    """A list price, each tier of it, less a share."""
    note = f"{(share * 100).normalize():f} % off {listed.usd:f} USD ({listed.source})"
    tiers = tuple((start, usd * (1 - share)) for start, usd in listed.tiers)
    return replace(listed, tiers=tiers, source=SOURCE, note=note)
