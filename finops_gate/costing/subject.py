"""One application of a model: the attributes it is applied to, and the names its expressions see in each pass."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Protocol

from finops_gate.costing.alike import Alike, Itself
from finops_gate.costing.formula import Formula
from finops_gate.costing.model_definition import DEFAULT_REGIONS, Model, UsageKey, UsageKeys
from finops_gate.costing.models import Models
from finops_gate.costing.references import References
from finops_gate.costing.usage import Usage
from finops_gate.model import BOUNDS, EMPTY, ONCE, UNBOUNDED, ZERO, BoundName, Price, Range, Resource, Unknown

NO_PRICE = "no price for "
"""How the reason of an unknown begins that is no fault of the code: the catalogue lacks a price."""


class Prices(Protocol):
    """What is asked of the catalogue."""

    def price(
        self, provider: str, region: str, key: str, component: str, purchase: str = "on-demand"
    ) -> Price | None: ...

    def spec(self, provider: str, key: str) -> Mapping[str, Any] | None: ...


@dataclass(frozen=True, slots=True)
class Context:
    """What every estimate of a run shares. With `strict` prices that are derived or stale do not count; with `explains`
    lines say what the names in their formulas stand for.
    """

    catalogue: Prices
    models: Models
    references: References
    usage: Usage
    strict: bool = False
    alike: Alike = field(default_factory=Alike)
    explains: bool = False


class View(dict[str, Any]):
    """Another resource as expressions see it: its attributes with their defaults, `address`, `type` and `usage`."""

    __slots__ = ("resource",)

    def __init__(self, resource: Resource, model: Model | None, usage: Mapping[str, Any]) -> None:
        super().__init__(with_defaults(resource.attributes, model.attributes if model else EMPTY))
        self["address"], self["type"], self["usage"] = resource.address, resource.type, usage
        self.resource = resource


class Subject:
    """A model, applied. `resource` is what the lines belong to, `source` what references lead from (a part may have
    none), `factor` how many times over, `path` how the lines are nested, `declared` the usage as it was declared. Of
    what was assumed, `general` holds what is not about this part of the bill alone.
    """

    __slots__ = (
        "assumptions", "attributes", "context", "declared", "factor", "general", "model", "path", "ranged", "region",
        "resource", "source",
    )  # fmt: skip

    def __init__(
        self,
        model: Model,
        attributes: Mapping[str, Any],
        resource: Resource,
        source: Resource | None,
        context: Context,
        declared: Mapping[str, Any],
        factor: Range = ONCE,
        path: tuple[str, ...] = (),
        region: str = "",
    ) -> None:
        self.model, self.resource, self.source, self.context = model, resource, source, context
        self.attributes = attributes
        self.declared, self.factor, self.path = declared, factor, path
        self.ranged = any(has_range(self.attributes.get(name)) for name in model.attributes)
        self.region, self.assumptions, self.general = region, list[str](), list[str]()

    # What the functions of a model ask

    def ref(self, source: Mapping[str, Any] | None, path: str, wanted: str) -> Mapping[str, Any] | Unknown | None:
        origin = source.resource if isinstance(source, View) else self.source
        self.context.alike.looked_beyond = True
        if origin is None:
            return None
        found = self.context.references.target(origin, path, wanted)
        return self._view(found) if isinstance(found, Resource) else found

    def referrers(self, source: Mapping[str, Any] | None, wanted: str, path: str) -> list[Mapping[str, Any]]:
        origin = source.resource if isinstance(source, View) else self.source
        self.context.alike.looked_beyond = True
        if origin is None:
            return []
        return [self._view(r) for r in self.context.references.referrers(origin, wanted, path)]

    def _view(self, resource: Resource) -> View:
        view = View(resource, self.context.models.get(resource.cost_model), self.context.usage.of(resource))
        self.ranged = self.ranged or has_range(view)
        return view

    def unit_price(self, key: str, component: str, purchase: str, provider: str) -> Decimal | Unknown:
        found = self.price(key, component, purchase, provider=provider)
        return found if isinstance(found, Unknown) else found.usd

    def spec(self, key: str, provider: str) -> Mapping[str, Any] | None:
        return self.context.catalogue.spec(provider or self.model.provider, key)

    def declares(self, usage: str) -> bool:
        """Whether a usage key, or one nested in it, was declared."""
        return declared(self.declared, usage)

    def price(
        self, key: str, component: str, purchase: str = "on-demand", region: str = "", provider: str = ""
    ) -> Price | Unknown:
        """The entry of the catalogue, or an unknown that says which one is missing."""
        provider = provider or self.model.provider
        where = region or self.region or self._assumed_region(provider)
        asked = (provider, where, key, component, purchase)
        found = self.context.catalogue.price(*asked) if all(part.isprintable() for part in asked) else None
        refused = found is not None and self.context.strict and found.confidence != "verified"
        if found is not None and not refused:
            return found
        how = "" if purchase == "on-demand" else f", {purchase}"
        why = f" but a {found.confidence} one, which strict prices refuse" if found else ""
        return Unknown(f"{NO_PRICE}{key} ({component}{how}){' in ' if where else ''}{where}{why}")

    def _assumed_region(self, provider: str) -> str:
        """Where another provider's price is taken from if nothing tells the region: a cluster's nodes, say."""
        found = DEFAULT_REGIONS.get(provider, "")
        if found:
            self.general.append(f"region {found}: none is declared")
        return found


def declared(usage: Any, key: str) -> bool:
    """Whether a usage key (`standard.storage_gb`) was declared."""
    found = usage
    for name in key.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found is not None


def with_defaults(
    attributes: Mapping[str, Any], defaults: Mapping[str, Any], emptiness_counts: bool = False
) -> dict[str, Any]:
    """The attributes, with the provider's default for each that the author left out.

    A plan lists the blocks that nobody wrote as empty; a part that is given an empty list is meant to have none.
    """
    result = dict(attributes)
    for name, default in defaults.items():
        value = result.get(name)
        if value is None or (value == [] and not emptiness_counts):
            result[name] = default
    return result


def has_range(value: Any) -> bool:
    """Whether there is a quantity with bounds of its own anywhere in a value."""
    if isinstance(value, Range):
        return True
    if isinstance(value, dict):
        return any(has_range(v) for v in value.values())
    return isinstance(value, list) and any(has_range(v) for v in value)


class Names(Mapping[str, Any]):
    """The names that expressions see in one pass. Named expressions are evaluated when first asked for."""

    __slots__ = ("_bound", "_lets", "_memo", "_values")

    def __init__(self, values: Mapping[str, Any], lets: Mapping[str, Formula], bound: BoundName) -> None:
        self._values, self._lets, self._bound = values, lets, bound
        self._memo: dict[str, Any] = {}

    def get(self, name: str, default: Any = None) -> Any:
        if name in self._memo:
            return self._memo[name]
        if name in self._lets:
            found = self._memo[name] = self._lets[name].evaluate(self, self._bound)
            return found
        return self._values.get(name, default)

    def __getitem__(self, name: str) -> Any:
        return self.get(name)

    def __iter__(self) -> Iterator[str]:
        return iter((*self._values, *self._lets))

    def __len__(self) -> int:
        return len(self._values) + len(self._lets)


class _Within(Mapping[str, Any]):
    """The names inside an `each`: `it` and `index`, then those around."""

    __slots__ = ("_around", "_element")

    def __init__(self, around: Mapping[str, Any], element: Mapping[str, Any]) -> None:
        self._around, self._element = around, element

    def get(self, name: str, default: Any = None) -> Any:
        return self._element[name] if name in self._element else self._around.get(name, default)

    def __getitem__(self, name: str) -> Any:
        return self.get(name)

    def __iter__(self) -> Iterator[str]:
        return iter((*self._element, *self._around))

    def __len__(self) -> int:
        return len(self._element) + len(self._around)


@dataclass(frozen=True, slots=True)
class Frame:
    """Where formulas are evaluated: a subject and, for each pass, its names."""

    subject: Subject
    names: Mapping[BoundName, Mapping[str, Any]]

    def value(self, formula: Formula, bound: BoundName = "expected") -> Any:
        return formula.evaluate(self.names[bound], bound)

    def bounds(self, formula: Formula) -> tuple[Any, Any, Any]:
        """The value in each pass; evaluated once where all passes must agree."""
        expected = self.value(formula)
        if formula.expression is None or not (formula.usage or self.subject.ranged):
            return expected, expected, expected
        return self.value(formula, "floor"), expected, self.value(formula, "ceiling")

    def within(self, element: Any, index: int) -> Frame:
        """The frame of one element of an `each`."""
        bound_names = {"it": element, "index": Decimal(index)}
        if has_range(element):
            self.subject.ranged = True
        return Frame(self.subject, {bound: _Within(names, bound_names) for bound, names in self.names.items()})


def frame_of(subject: Subject) -> Frame:
    """The outermost frame of a subject; settles its region and its usage on the way."""
    model = subject.model
    values = visible(model, subject.attributes, subject.resource)
    values["resource"] = Itself(values["resource"], subject.context.alike)
    bare = Names(values, EMPTY, "expected")
    values["usage"] = {name: _usage(key, subject.declared.get(name), bare) for name, key in model.usage.items()}
    subject.region = subject.region or settled_region(subject, bare)
    values["region"] = subject.region
    return Frame(subject, {bound: Names(values, model.lets, bound) for bound in BOUNDS})


def visible(model: Model, attributes: Mapping[str, Any], resource: Resource) -> dict[str, Any]:
    """What expressions see of a resource before its usage and its region are settled."""
    values = {**{name: attributes.get(name) for name in model.attributes}, **model.tables}
    values["resource"] = {
        "address": resource.address, "type": resource.type, "tags": resource.tags, "env": resource.env,
    }  # fmt: skip
    values["unbounded"] = UNBOUNDED
    return values


def bare_names(model: Model, attributes: Mapping[str, Any], resource: Resource) -> Names:
    """The names that the formulas of usage keys see: attributes and tables."""
    return Names(visible(model, attributes, resource), EMPTY, "expected")


def settled_region(subject: Subject, names: Mapping[str, Any]) -> str:
    """The region by the model's own rule, else the resource's, else the provider's default, which is then assumed."""
    own = subject.model.region.evaluate(names) if subject.model.region else None
    region = subject.resource.region
    if isinstance(own, str) and own:
        return own
    if isinstance(region, str) and region and not isinstance(own, Unknown):
        return region
    assumed = region if isinstance(region, str) and region else DEFAULT_REGIONS.get(subject.model.provider, "")
    if assumed:
        reason = own if isinstance(own, Unknown) else region
        if isinstance(reason, Unknown):
            subject.assumptions.append(f"region {assumed}: not known ({reason.reason})")
        else:
            subject.general.append(f"region {assumed}: none is declared")
    return assumed


def _usage(key: UsageKey | UsageKeys, declared: Any, names: Mapping[str, Any]) -> Any:
    nested = declared if isinstance(declared, Mapping) else {}
    if isinstance(key, UsageKey) and key.by:
        return {name: forecast(key, value, names) for name, value in nested.items()}
    if isinstance(key, UsageKey):
        return setting(key, declared, names) if key.is_setting else forecast(key, declared, names)
    return {name: _usage(below, nested.get(name), names) for name, below in key.items()}


def setting(key: UsageKey, declared: Any, names: Mapping[str, Any]) -> Any:
    """A setting: what is declared, else its default, in all three passes but for its own `min` and `max`."""
    value = declared
    if value is None:
        value = key.default.evaluate(names) if key.default else None
    if not isinstance(value, Decimal):
        return value
    least, most = _limits(key, names, value, value)
    return value if least == value == most else Range(min(least, value), value, max(most, value))


def forecast(key: UsageKey, declared: Any, names: Mapping[str, Any]) -> Range:
    """A forecast: nothing when idle, what is declared (else nothing), and no cap but the key's own."""
    least, most = _limits(key, names, ZERO, UNBOUNDED)
    if isinstance(declared, Range):
        return declared
    if declared is None:
        return Range(least, least, most)
    if not isinstance(declared, Decimal) or declared < 0:
        return Range(least, Unknown("the usage declared is not a number of 0 or more"), most)
    return Range(min(least, declared), declared, max(most, declared))


def _limits(key: UsageKey, names: Mapping[str, Any], least: Decimal, most: Decimal) -> tuple[Decimal, Decimal]:
    low = key.least.evaluate(names) if key.least else None
    high = key.most.evaluate(names) if key.most else None
    return low if isinstance(low, Decimal) else least, high if isinstance(high, Decimal) else most
