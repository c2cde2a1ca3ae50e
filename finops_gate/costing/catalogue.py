"""The price catalogue: what a thing costs in a region, and what a machine is made of.

A wheel ships the catalogue as one SQLite file; a checkout has the CSVs it is compiled from (`catalogue_cache.py`).
Opening costs nothing until the first question.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from finops_gate import data
from finops_gate.errors import PricingError
from finops_gate.model import CatalogueInfo, Price

if TYPE_CHECKING:
    import sqlite3

ANYWHERE = "*"
"""The region of a price that holds in every region without a row of its own."""

_SELECT = """
SELECT sku.key, term.component, scope.region, term.purchase, term.unit, price.tier_start, price.usd,
       origin.as_of, origin.source, origin.confidence, scope.provider
FROM price JOIN sku ON sku.id = price.sku JOIN scope ON scope.id = price.scope
           JOIN term ON term.id = price.term JOIN origin ON origin.id = price.origin
"""


class Holding(NamedTuple):
    """How much the catalogue holds of a provider, and how old it is."""

    provider: str
    prices: int
    regions: int
    oldest: str
    newest: str


class Source(NamedTuple):
    """Where prices are from: how many, by whom, under which licence."""

    id: str
    prices: int
    what: str
    location: str
    licence: str


class Catalogue:
    """A compiled catalogue, read-only. `file` is the SQLite file; it is opened at the first question."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._prices: dict[tuple[str, str, str, str, str], Price | None] = {}
        self._specs: dict[tuple[str, str], Mapping[str, Decimal | str] | None] = {}

    @cached_property
    def _database(self) -> sqlite3.Connection:
        import sqlite3

        try:
            database = sqlite3.connect(f"{self.file.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
            database.execute("SELECT 1 FROM meta").fetchone()
        except sqlite3.Error as error:
            raise PricingError(f"{self.file} is not a price catalogue ({error})") from None
        return database

    @property
    def info(self) -> CatalogueInfo:
        """Date of the newest price, digest of the content, and how many prices there are."""
        meta = dict(self._database.execute("SELECT name, value FROM meta"))
        return CatalogueInfo(as_of=meta["as_of"], sha256=meta["sha256"], prices=int(meta["prices"]))

    def price(self, provider: str, region: str, key: str, component: str, purchase: str = "on-demand") -> Price | None:
        """The price of a component in a region, else the price that holds everywhere, else None (unpriced)."""
        question = (provider, region, key, component, purchase)
        if question not in self._prices:
            self._prices[question] = self._find(*question)
        return self._prices[question]

    def _find(self, provider: str, region: str, key: str, component: str, purchase: str) -> Price | None:
        rows = self._database.execute(
            f"{_SELECT} WHERE sku.key = ? AND scope.provider = ? AND scope.region IN (?, ?)"
            " AND term.component = ? AND term.purchase = ?",
            (key, provider, region, ANYWHERE, component, purchase),
        ).fetchall()
        own = [row for row in rows if row[2] == region]
        return _price(own or rows) if rows else None

    def spec(self, provider: str, key: str) -> Mapping[str, Decimal | str] | None:
        """What a machine type is made of: `vcpu`, `memory_gib`, `arch`, `gpu` and more, where known."""
        if (provider, key) not in self._specs:
            import json

            row = self._database.execute(
                "SELECT facts FROM spec WHERE provider = ? AND key = ?", (provider, key)
            ).fetchone()
            facts = json.loads(row[0], parse_int=Decimal, parse_float=Decimal) if row else None
            self._specs[provider, key] = facts
        return self._specs[provider, key]

    def regions(self, provider: str) -> tuple[str, ...]:
        """The regions of a provider that have a price of their own, sorted."""
        rows = self._database.execute(
            "SELECT region FROM scope WHERE provider = ? AND region <> ? ORDER BY region", (provider, ANYWHERE)
        )
        return tuple(row[0] for row in rows)

    def holdings(self) -> tuple[Holding, ...]:
        """What there is of each provider."""
        rows = self._database.execute(
            "SELECT provider, count(*), count(DISTINCT nullif(region, '*')), min(as_of), max(as_of) FROM price"
            " JOIN scope ON scope.id = price.scope JOIN origin ON origin.id = price.origin"
            " GROUP BY provider ORDER BY provider"
        )
        return tuple(Holding(*row) for row in rows)

    def confidences(self) -> Mapping[str, int]:
        """How many prices there are of each confidence."""
        rows = self._database.execute(
            "SELECT confidence, count(*) FROM price JOIN origin ON origin.id = price.origin GROUP BY 1 ORDER BY 1"
        )
        return dict(rows.fetchall())

    def sources(self) -> tuple[Source, ...]:
        """The sources that prices are from."""
        rows = self._database.execute(
            "SELECT source.id, count(*), what, location, licence FROM source JOIN origin ON origin.source = source.id"
            " JOIN price ON price.origin = origin.id GROUP BY source.id ORDER BY source.id"
        )
        return tuple(Source(*row) for row in rows)

    def search(
        self, provider: str | None = None, region: str | None = None, text: str = "", limit: int = 200
    ) -> tuple[tuple[str, Price], ...]:
        """(provider, price) of the keys that hold `text` as whole parts (`m5.large`, `rds|postgres|db.r6g.large`)."""
        keys = [key for key in self._keys(provider) if _holds(key, text)]
        found: list[tuple[str, Price]] = []
        for key in keys:
            found += self._of_key(key, provider, region)
            if len(found) >= limit:
                break
        return tuple(found[:limit])

    def offers(self, price: Price, provider: str, part: int) -> Mapping[str, Decimal]:
        """What else there is in the place of a price, by the part of the key that differs: `m5.large` -> USD."""
        parts = price.key.split("|")
        pattern = "|".join("%" if i == part else _escaped(name) for i, name in enumerate(parts))
        rows = self._database.execute(
            f"{_SELECT} WHERE sku.key LIKE ? ESCAPE '!' AND scope.provider = ? AND scope.region = ?"
            " AND term.component = ? AND term.purchase = ? AND price.tier_start = 0 ORDER BY sku.key",
            (pattern, provider, price.region, price.component, price.purchase),
        )
        found = [(row[0].split("|"), Decimal(row[6])) for row in rows]
        return {names[part]: usd for names, usd in found if len(names) == len(parts)}

    def services(self, provider: str) -> tuple[str, ...]:
        """What the keys of a provider begin with, sorted."""
        return tuple(sorted({key.split("|")[0] for key in self._keys(provider)}))

    def of_key(self, key: str) -> list[tuple[str, Price]]:
        """(provider, price) of a key."""
        return self._of_key(key, None, None)

    def nearest(self, text: str, provider: str | None = None, count: int = 5) -> tuple[str, ...]:
        """The keys, or parts of keys, that look most like `text`: what a misspelt name may have meant."""
        from difflib import get_close_matches

        keys = self._keys(provider)
        names = keys if "|" in text else sorted({part for key in keys for part in key.split("|")})
        holding = [name for name in names if text.lower() in name.lower()]
        close = get_close_matches(text, names, n=count, cutoff=0.6)
        return tuple(dict.fromkeys([*close, *holding]))[:count]

    def _keys(self, provider: str | None) -> list[str]:
        rows = self._database.execute(
            "SELECT DISTINCT sku.key FROM sku JOIN price ON price.sku = sku.id JOIN scope ON scope.id = price.scope"
            " WHERE ? IS NULL OR scope.provider = ? ORDER BY sku.key",
            (provider, provider),
        )
        return [row[0] for row in rows]

    def _of_key(self, key: str, provider: str | None, region: str | None) -> list[tuple[str, Price]]:
        rows = self._database.execute(
            f"{_SELECT} WHERE sku.key = ? AND (? IS NULL OR scope.provider = ?)"
            " AND (? IS NULL OR scope.region IN (?, ?))"
            " ORDER BY scope.provider, scope.region, term.component, term.purchase",
            (key, provider, provider, region, region, ANYWHERE),
        ).fetchall()
        groups: dict[tuple[str, ...], list[Any]] = {}
        for row in rows:
            groups.setdefault((row[10], *row[:4]), []).append(row)
        return [(group[0], _price(rows)) for group, rows in groups.items()]


def _price(rows: Sequence[Any]) -> Price:
    """One price of the rows of its tiers."""
    key, component, region, purchase, unit, _, _, as_of, source, confidence, _ = rows[0]
    tiers = tuple(sorted((Decimal(row[5]), Decimal(row[6])) for row in rows))
    return Price(key, component, region, purchase, unit, tiers, as_of, source, confidence)


def _escaped(name: str) -> str:
    return name.replace("!", "!!").replace("%", "!%").replace("_", "!_")


def _holds(key: str, text: str) -> bool:
    return f"|{text.lower()}|" in f"|{key.lower()}|"


def open_catalogue(path: Path | None = None) -> Catalogue:
    """The catalogue that ships with finops-gate, or that of `path`: a compiled file, or a directory of price CSVs.

    Raises PricingError where the price data contradicts itself or there is none.
    """
    chosen = path or data.catalogue_file() or data.pricing_dir()
    if chosen.is_file():
        return Catalogue(chosen)
    if not (chosen / "rates").is_dir():
        raise PricingError(f"there are no prices at {chosen}: neither a catalogue file nor a directory with rates/")
    from finops_gate.costing.catalogue_cache import compiled

    return Catalogue(compiled(chosen))
