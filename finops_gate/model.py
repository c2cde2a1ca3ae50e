"""The types that every part shares: places, values, money, resources and what is found about them.

Imports nothing of ours, so that any module may import it. Everything here is frozen: a stage of the
pipeline returns new values and never edits those of the stage before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any, Literal

HOURS_PER_MONTH = Decimal(730)
"""Hours in a month, as AWS, Azure and Google bill and as every estimator in the field counts: 8,760 / 12."""

EMPTY: Mapping[str, Any] = MappingProxyType({})


def no_entries() -> Mapping[str, Any]:
    """The default of a mapping that nobody filled: one shared, immutable, empty mapping."""
    return EMPTY


BoundName = Literal["floor", "expected", "ceiling"]
BOUNDS: tuple[BoundName, BoundName, BoundName] = ("floor", "expected", "ceiling")


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of a file: path relative to the scan root (posix), 1-based lines and columns, end exclusive."""

    path: str
    line: int
    column: int = 1
    end_line: int = 0
    end_column: int = 0

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that the code does not settle: a variable without default, a data source, a computed id.

    `reason` reads after "not known: ". `origin` is where the value would have to be declared. `reference`
    is the address and attribute the value will come from (`aws_launch_template.web.id`), by which resources
    are joined. `choices` are the possible values, where the code leaves a finite number of them.
    """

    reason: str
    origin: Span | None = field(default=None, compare=False)
    reference: str | None = None
    choices: tuple[Any, ...] = field(default=(), compare=False)

    def __bool__(self) -> bool:
        raise TypeError(f"an unknown value is neither true nor false ({self.reason})")


UNKNOWN = Unknown("not declared")

Bound = Decimal | Unknown

UNBOUNDED = Decimal("Infinity")
"""The ceiling of what declares no cap. Decimal's infinity, so that sums, comparisons and `max` just work."""

ZERO = Decimal(0)


def is_unbounded(bound: Bound) -> bool:
    return isinstance(bound, Decimal) and bound.is_infinite()


def add(a: Bound, b: Bound) -> Bound:
    """Sum of two bounds; unknown wins, and opposite infinities cancel to unknown."""
    if isinstance(a, Unknown):
        return a
    if isinstance(b, Unknown):
        return b
    if a.is_infinite() and b.is_infinite() and a != b:
        return Unknown("the difference of two unbounded figures")
    return a + b


def multiply(a: Bound, b: Bound) -> Bound:
    """Product of two bounds; nothing of anything is nothing, even of the unknown and the unbounded."""
    if (isinstance(a, Decimal) and a == 0) or (isinstance(b, Decimal) and b == 0):
        return ZERO
    if isinstance(a, Unknown):
        return a
    if isinstance(b, Unknown):
        return b
    return a * b


@dataclass(frozen=True, slots=True)
class Range:
    """Three figures for one quantity: idle, as declared, and the most the declared caps allow."""

    floor: Bound
    expected: Bound
    ceiling: Bound

    @classmethod
    def exact(cls, value: Bound | int) -> Range:
        """The range of a quantity that is the same idle, expected and at most."""
        bound = Decimal(value) if isinstance(value, int) else value
        return cls(bound, bound, bound)

    def __add__(self, other: Range) -> Range:
        return Range(
            add(self.floor, other.floor),
            add(self.expected, other.expected),
            add(self.ceiling, other.ceiling),
        )

    def __neg__(self) -> Range:
        return Range(*(b if isinstance(b, Unknown) else -b for b in self))

    def __sub__(self, other: Range) -> Range:
        """Bound by bound: how far each figure moved (not interval arithmetic)."""
        return self + -other

    def __mul__(self, other: Range | Decimal) -> Range:
        factor = other if isinstance(other, Range) else Range.exact(other)
        return Range(
            multiply(self.floor, factor.floor),
            multiply(self.expected, factor.expected),
            multiply(self.ceiling, factor.ceiling),
        )

    def __iter__(self) -> Any:
        return iter((self.floor, self.expected, self.ceiling))

    def bound(self, name: BoundName) -> Bound:
        if name == "floor":
            return self.floor
        return self.expected if name == "expected" else self.ceiling

    @property
    def is_known(self) -> bool:
        return not any(isinstance(b, Unknown) for b in self)


NOTHING = Range.exact(0)
ONCE = Range.exact(1)


def sum_known(ranges: Iterable[Range]) -> Range:
    """Sum of what is known, bound by bound; unknown figures are left out (and counted elsewhere: coverage)."""
    rows = [(item.floor, item.expected, item.ceiling) for item in ranges]
    return Range(*map(_sum, zip(*rows, strict=True))) if rows else NOTHING


def at_least(costs: Range) -> Range:
    """Costs with each unknown figure at the bound below it, so that sums keep floor <= expected <= ceiling."""
    expected = costs.floor if isinstance(costs.expected, Unknown) else costs.expected
    ceiling = expected if isinstance(costs.ceiling, Unknown) else costs.ceiling
    return Range(costs.floor, expected, ceiling)


def _sum(bounds: Iterable[Bound]) -> Bound:
    try:
        return sum((bound for bound in bounds if isinstance(bound, Decimal)), ZERO)
    except InvalidOperation:
        return Unknown("the difference of two unbounded figures")


@dataclass(frozen=True, slots=True)
class Resource:
    """One thing that may cost money, as any input format describes it.

    `attributes` holds plain Python values: str, bool, Decimal, None (the author left it out), list, dict,
    Unknown, and Range where a quantity has bounds of its own (a workload's replicas). Nested blocks are lists
    of dicts. `spans` maps an attribute path (`root_block_device[0].volume_type`) to its value's place;
    `origins` maps it to where the value was really written (a variable's default), where that is elsewhere.
    `references` maps it to the address of the resource that the expression names.
    `instances` is how many of it the code makes: exactly one, or a range where `count` is not known.
    `project` is the directory of the root module, or of the file; where one root has several sets of values, it
    tells them apart (`infra (prod)`). `usage_file` is the one that is declared for the project, if any. `priced_as` is
    the type whose cost model prices it, where that is another: an operator's kinds are priced as workloads are.
    """

    address: str
    type: str
    source: str
    attributes: Mapping[str, Any]
    span: Span
    tags: Mapping[str, Any] | Unknown = field(default_factory=no_entries)
    spans: Mapping[str, Span] = field(default_factory=no_entries)
    origins: Mapping[str, Span] = field(default_factory=no_entries)
    references: Mapping[str, str] = field(default_factory=no_entries)
    module_path: str = ""
    provider: str = ""
    region: str | Unknown | None = None
    env: str | None = None
    project: str = ""
    instances: Range = ONCE
    moved_from: tuple[str, ...] = ()
    action: str | None = None
    usage_file: str = ""
    priced_as: str = ""

    @property
    def cost_model(self) -> str:
        """The type whose cost model prices it."""
        return self.priced_as or self.type

    def span_of(self, path: str) -> Span:
        """The place of an attribute; of the nearest thing around it where the attribute is absent."""
        while path:
            if path in self.spans:
                return self.spans[path]
            cut = max(path.rfind("."), path.rfind("["))
            path = path[:cut] if cut > 0 else ""
        return self.span


Severity = Literal["info", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Notice:
    """Something said about the reading of the input. An `error` makes the run incomplete (exit 3).

    `code` is kebab case and stable (`syntax-error`, `duplicate-key`, `module-not-downloaded`).
    """

    code: str
    severity: Severity
    message: str
    span: Span | None = None
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What an input format made of the files it was given.

    `files` are those that turned out to be its own; None where all of them are. `before` is the state that the input
    itself tells a change of, as a plan does; None where it knows of one state only. `secrets` are the places that no
    report may quote, for what stands there is secret.
    """

    resources: tuple[Resource, ...] = ()
    notices: tuple[Notice, ...] = ()
    files: tuple[str, ...] | None = None
    before: tuple[Resource, ...] | None = None
    secrets: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Price:
    """One entry of the catalogue. `tiers` are (start, USD) pairs with rising starts; one pair where flat.

    `note` says how the settings came to it, where they did.
    """

    key: str
    component: str
    region: str
    purchase: str
    unit: str
    tiers: tuple[tuple[Decimal, Decimal], ...]
    as_of: str
    source: str
    confidence: str
    note: str = ""

    @property
    def usd(self) -> Decimal:
        """The price of the first unit."""
        return self.tiers[0][1]


@dataclass(frozen=True, slots=True)
class Component:
    """One line of an estimate: a monthly quantity at a price. `path` nests it (`("root_block_device",)`).

    `formula` is how its model works the quantity out, and `terms` what each name in it stands for here (a range, or a
    value), for whoever asks.
    """

    name: str
    unit: str
    quantity: Range
    monthly: Range
    price: Price | None = None
    unit_price: Decimal | None = None
    usage_based: bool = False
    usage_missing: tuple[str, ...] = ()
    path: tuple[str, ...] = ()
    note: str = ""
    formula: str = ""
    terms: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Alternative:
    """A cheaper machine of at least the same size, or kind of storage, that could stand in for what a resource uses.

    `value` would stand at the path `attribute` (`aws_launch_template.web.instance_type` where that is another
    resource's); `arch` is empty for storage. `monthly` is what the resource would cost then, `saving` how much less.
    """

    attribute: str
    value: str
    arch: str
    monthly: Bound
    saving: Decimal


Coverage = Literal["priced", "free", "unpriced", "unknown"]
COVERAGES: tuple[Coverage, ...] = ("priced", "free", "unpriced", "unknown")


@dataclass(frozen=True, slots=True)
class Estimate:
    """What one resource costs a month. `why` says why it is unpriced or unknown; `assumptions` what was assumed.

    `alternatives` are looked for only where a report shows them.
    """

    resource: Resource
    components: tuple[Component, ...]
    coverage: Coverage
    why: str = ""
    assumptions: tuple[str, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=no_entries)
    alternatives: tuple[Alternative, ...] = ()
    _monthly: Range | None = field(default=None, init=False, repr=False, compare=False)
    _known_monthly: Range | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def monthly(self) -> Range:
        """The sum of the components; a bound is unknown as soon as one of them is. Added up once."""
        found = self._monthly
        if found is None:
            found = self._sum()
            object.__setattr__(self, "_monthly", found)
        return found

    def _sum(self) -> Range:
        if self.coverage in ("unpriced", "unknown") and not self.components:
            return Range.exact(Unknown(self.why or self.coverage))
        total = NOTHING
        for component in self.components:
            total = total + component.monthly
        return total

    @property
    def known_monthly(self) -> Range:
        """The sum of what is known of the components: what totals count. Added up once."""
        found = self._known_monthly
        if found is None:
            found = sum_known(at_least(c.monthly) for c in self.components)
            object.__setattr__(self, "_known_monthly", found)
        return found


DeltaStatus = Literal["added", "removed", "changed", "unchanged"]


@dataclass(frozen=True, slots=True)
class Delta:
    """One resource before and after a change; `change` is after minus before, bound by bound."""

    address: str
    status: DeltaStatus
    before: Estimate | None
    after: Estimate | None
    change: Range


@dataclass(frozen=True, slots=True)
class Totals:
    """Monthly sums of what is known; `before` and `delta` are None where nothing was compared."""

    after: Range
    before: Range | None = None
    delta: Range | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """What the resources that share a value of a key come to. `name` is None for those that have none, and Unknown for
    those whose value is not known; `coverage` says how many of those after the change are priced, and how many are not.
    """

    name: str | Unknown | None
    totals: Totals
    coverage: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Grouping:
    """Sums by a key (`namespace`, `tag:team`), in the order in which reports show them."""

    by: str
    groups: Sequence[Group]


@dataclass(frozen=True, slots=True)
class Fix:
    """What to do about a finding; `set` maps attribute paths to values where a rewrite would do it."""

    say: str
    set: Mapping[str, Any] = field(default_factory=no_entries)
    safe: bool = False


@dataclass(frozen=True, slots=True)
class Exemption:
    """Why a finding does not count: written where, by what reason, until when (ISO date, empty: no end)."""

    reason: str
    until: str
    span: Span


Outcome = Literal["pass", "warn", "fail", "unknown", "exempt"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a policy, or the reading of a file, has to say about one place.

    `resource` is an address (empty: the change as a whole). `value` is the offending value as text and
    `origin` where it was written, if elsewhere than `span`. `excerpt` is the source line of `span`. `projects` are
    those in which it holds: a module that several call, or a root with several sets of values, is one place of code.
    `alternatives` are cheaper offers in the place of what it is about.
    """

    policy: str
    outcome: Outcome
    message: str
    resource: str = ""
    span: Span | None = None
    fix: Fix | None = None
    value: str = ""
    origin: Span | None = None
    excerpt: str = ""
    monthly: Range | None = None
    savings: Decimal | None = None
    exemption: Exemption | None = None
    title: str = ""
    projects: tuple[str, ...] = ()
    alternatives: tuple[Alternative, ...] = ()


@dataclass(frozen=True, slots=True)
class CatalogueInfo:
    """Which prices a report was made with."""

    as_of: str
    sha256: str
    prices: int


@dataclass(frozen=True, slots=True)
class Currency:
    """What amounts are written in. `rate` is how much of it a US dollar was on the ISO date `as_of`."""

    code: str = "USD"
    rate: Decimal = Decimal(1)
    as_of: str = ""


USD = Currency()

Verdict = Literal["pass", "warn", "fail", "incomplete"]


@dataclass(frozen=True, slots=True)
class Report:
    """All that a run has to say; every output format is a rendering of this and of nothing else.

    Amounts are US dollars; renderers write them in `currency`.
    """

    verdict: Verdict
    estimates: Sequence[Estimate]
    deltas: Sequence[Delta]
    findings: Sequence[Finding]
    notices: Sequence[Notice]
    totals: Totals
    coverage: Mapping[str, int]
    catalogue: CatalogueInfo
    base: str = ""
    currency: Currency = USD
    files: int = 0
    policies: int = 0
    assumptions: Sequence[str] = ()
    groupings: Sequence[Grouping] = ()
