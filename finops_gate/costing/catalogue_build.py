"""Compiles the price CSVs of `pricing/` into one SQLite file, and refuses data that contradicts itself.

Standard library only, for the wheel's build hook runs it in an environment that holds nothing else. The tables are
normalised, so that 150,000 prices take a few megabytes and a lookup needs no parsing of what it does not want.
"""

from __future__ import annotations

import csv
import json
import os
import re
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import NamedTuple

from finops_gate.costing.catalogue_files import SCHEMA_VERSION, content_digest, rate_files
from finops_gate.errors import PricingError

RATE_COLUMNS = ["region", "key", "component", "purchase", "unit", "tier_start", "usd", "as_of", "source", "confidence"]
CONFIDENCES = frozenset({"verified", "derived", "stale"})
TEXT_SPECS = frozenset({"arch", "gpu_name", "family", "cpu_manufacturer"})

_DATE = re.compile(r"20\d\d-[01]\d-[0-3]\d")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")
_KEY = re.compile(r"[^\s|,\"]+(\|[^\s|,\"]+)*")

_TABLES = """
CREATE TABLE meta(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE scope(id INTEGER PRIMARY KEY, provider TEXT NOT NULL, region TEXT NOT NULL, UNIQUE(provider, region));
CREATE TABLE sku(id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE COLLATE NOCASE);
CREATE TABLE term(id INTEGER PRIMARY KEY, component TEXT NOT NULL, purchase TEXT NOT NULL, unit TEXT NOT NULL,
                  UNIQUE(component, purchase, unit));
CREATE TABLE origin(id INTEGER PRIMARY KEY, as_of TEXT NOT NULL, source TEXT NOT NULL, confidence TEXT NOT NULL,
                    UNIQUE(as_of, source, confidence));
CREATE TABLE price(sku INTEGER, scope INTEGER, term INTEGER, tier_start TEXT, usd TEXT NOT NULL,
                   origin INTEGER NOT NULL, PRIMARY KEY(sku, scope, term, tier_start)) WITHOUT ROWID;
CREATE TABLE source(id TEXT PRIMARY KEY, what TEXT NOT NULL, location TEXT NOT NULL, licence TEXT NOT NULL)
WITHOUT ROWID;
CREATE TABLE spec(provider TEXT, key TEXT COLLATE NOCASE, facts TEXT NOT NULL,
                  PRIMARY KEY(provider, key)) WITHOUT ROWID;
"""


class Rate(NamedTuple):
    """One row of a rates file, as text but for the two numbers, with its place."""

    region: str
    key: str
    component: str
    purchase: str
    unit: str
    tier_start: Decimal
    usd: Decimal
    as_of: str
    source: str
    confidence: str
    place: str

    @property
    def order(self) -> tuple[str, str, str, str, Decimal]:
        return (self.region, self.key, self.component, self.purchase, self.tier_start)


class Vocabulary(NamedTuple):
    """The words that rows may use: `units.csv` and the ids of `sources.csv`."""

    units: frozenset[str]
    sources: frozenset[str]


def read_vocabulary(pricing: Path) -> Vocabulary:
    return Vocabulary(_column(pricing / "units.csv", "unit"), _column(pricing / "sources.csv", "id"))


def _column(path: Path, name: str) -> frozenset[str]:
    with path.open(encoding="utf-8", newline="") as file:
        return frozenset(row[name] for row in csv.DictReader(file))


def read_rates(path: Path, vocabulary: Vocabulary) -> Iterator[Rate]:
    """The rows of a rates file, checked one by one. Raises PricingError with the file and line."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        if next(reader, None) != RATE_COLUMNS:
            raise PricingError(f"{path}:1: the columns must be {','.join(RATE_COLUMNS)}")
        previous: Rate | None = None
        checked: set[tuple[str, ...]] = set()
        for row in reader:
            rate = _rate(row, f"{path}:{reader.line_num}", vocabulary, checked)
            if previous is not None and rate.order <= previous.order:
                _refuse_order(previous, rate)
            previous = rate
            yield rate


def _refuse_order(previous: Rate, rate: Rate) -> None:
    if rate.order == previous.order:
        _refuse_ambiguity(previous, rate)
    raise PricingError(f"{rate.place}: {rate.key} {rate.component} is out of order; sort the rows by their key columns")


def _refuse_ambiguity(first: Rate, second: Rate) -> None:
    raise PricingError(
        f"two prices for {second.key} {second.component} ({second.purchase}) in {second.region}: "
        f"{first.usd} at {first.place} and {second.usd} at {second.place}; keep one"
    )


def _rate(row: list[str], place: str, vocabulary: Vocabulary, checked: set[tuple[str, ...]]) -> Rate:
    if len(row) != len(RATE_COLUMNS):
        raise PricingError(f"{place}: {len(row)} fields instead of {len(RATE_COLUMNS)}")
    region, key, component, purchase, unit, tier_start, usd, as_of, source, confidence = row
    if not _KEY.fullmatch(key):
        raise PricingError(f"{place}: not a valid key: {key!r}")
    words = (region, component, purchase, unit, as_of, source, confidence)
    if words not in checked:  # some hundred combinations in a hundred thousand rows
        _check_words(words, place, vocabulary)
        checked.add(words)
    start, price = _number(tier_start, place), _number(usd, place)
    return Rate(region, key, component, purchase, unit, start, price, as_of, source, confidence, place)


def _check_words(words: tuple[str, ...], place: str, vocabulary: Vocabulary) -> None:
    region, component, purchase, unit, as_of, source, confidence = words
    verdicts = {
        f"region: {region!r}": region == "*" or _NAME.fullmatch(region),
        f"component: {component!r}": _NAME.fullmatch(component),
        f"purchase: {purchase!r}": _NAME.fullmatch(purchase),
        f"unit: {unit!r}; units.csv lists them": unit in vocabulary.units,
        f"date (YYYY-MM-DD): {as_of!r}": _DATE.fullmatch(as_of),
        f"source: {source!r}; sources.csv lists them": source in vocabulary.sources,
        f"confidence: {confidence!r}; say {', '.join(sorted(CONFIDENCES))}": confidence in CONFIDENCES,
    }
    for what, fine in verdicts.items():
        if not fine:
            raise PricingError(f"{place}: not a valid {what}")


def _number(text: str, place: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or value < 0 or "e" in text.lower():
        raise PricingError(f"{place}: {text!r} is not a plain decimal number of zero or more")
    return value


def read_specs(path: Path) -> Iterator[tuple[str, str]]:
    """(key, facts as JSON) of each machine of a specs file; empty fields are left out, numbers keep their digits."""
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            facts = [f'"{n}":{_spec_value(n, v, path)}' for n, v in sorted(row.items()) if v and n != "key"]
            yield row["key"], "{" + ",".join(facts) + "}"


def _spec_value(name: str, value: str, path: Path) -> str:
    return json.dumps(value) if name in TEXT_SPECS else f"{_number(value, f'{path}: {name}'):f}"


class _Ids:
    """Small integers for repeated values, in the order first met: the same input, the same file."""

    def __init__(self) -> None:
        self._ids: dict[tuple[str, ...], int] = {}

    def __call__(self, *value: str) -> int:
        return self._ids.setdefault(value, len(self._ids) + 1)

    def rows(self) -> list[tuple[int | str, ...]]:
        return [(number, *value) for value, number in self._ids.items()]


def compile_catalogue(pricing: Path, target: Path) -> None:
    """Writes `pricing/` as SQLite to `target`, which appears whole or not at all.

    Raises PricingError: a malformed row, a key with two prices, or with two units.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=target.name, suffix=".tmp", dir=target.parent)
    os.close(handle)
    try:
        _write(pricing, name)
        os.chmod(name, 0o644)
        os.replace(name, target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _write(pricing: Path, name: str) -> None:
    database = sqlite3.connect(name, isolation_level=None)
    try:
        database.executescript(f"PRAGMA page_size=4096; PRAGMA journal_mode=OFF; PRAGMA user_version={SCHEMA_VERSION};")
        database.executescript(_TABLES)
        database.execute("BEGIN")
        _fill(database, pricing)
        database.execute("COMMIT")
        database.execute("VACUUM")
    finally:
        database.close()


def _fill(database: sqlite3.Connection, pricing: Path) -> None:
    scope, sku, term, origin = _Ids(), _Ids(), _Ids(), _Ids()
    newest, count = "", 0

    def prices() -> Iterator[tuple[int | str, ...]]:
        nonlocal newest, count
        for provider, rate in checked_rates(pricing):
            newest, count = max(newest, rate.as_of), count + 1
            yield (
                sku(rate.key),
                scope(provider, rate.region),
                term(rate.component, rate.purchase, rate.unit),
                f"{rate.tier_start:f}",
                f"{rate.usd:f}",
                origin(rate.as_of, rate.source, rate.confidence),
            )

    database.executemany("INSERT INTO price VALUES(?,?,?,?,?,?)", prices())
    database.executemany("INSERT INTO sku VALUES(?,?)", sku.rows())
    database.executemany("INSERT INTO scope VALUES(?,?,?)", scope.rows())
    database.executemany("INSERT INTO term VALUES(?,?,?,?)", term.rows())
    database.executemany("INSERT INTO origin VALUES(?,?,?,?)", origin.rows())
    database.executemany("INSERT INTO spec VALUES(?,?,?)", _specs(pricing))
    database.executemany("INSERT INTO source VALUES(?,?,?,?)", _sources(pricing))
    meta = {"as_of": newest, "sha256": content_digest(pricing), "prices": str(count)}
    database.executemany("INSERT INTO meta VALUES(?,?)", sorted(meta.items()))


def checked_rates(pricing: Path) -> Iterator[tuple[str, Rate]]:
    """(provider, row) of every rates file. Raises PricingError, also where two files price the same thing."""
    vocabulary = read_vocabulary(pricing)
    seen: dict[tuple[str, ...], Rate] = {}
    for path in rate_files(pricing):
        provider = path.parent.name
        for rate in read_rates(path, vocabulary):
            key = (provider, rate.region, rate.key, rate.component, rate.purchase)
            first = seen.setdefault(key, rate)
            if first is not rate:
                _check_tier(first, rate)
            yield provider, rate


def _check_tier(first: Rate, rate: Rate) -> None:
    """A later row of the same price must be a higher tier, in the same file and unit."""
    if rate.tier_start == first.tier_start or first.place.rpartition(":")[0] != rate.place.rpartition(":")[0]:
        _refuse_ambiguity(first, rate)
    if rate.unit != first.unit:
        raise PricingError(f"{rate.place}: {rate.key} {rate.component} is in {first.unit} at {first.place}")


def _sources(pricing: Path) -> list[tuple[str, str, str, str]]:
    with (pricing / "sources.csv").open(encoding="utf-8", newline="") as file:
        return [(row["id"], row["what"], row["location"], row["licence"]) for row in csv.DictReader(file)]


def _specs(pricing: Path) -> Iterable[tuple[str, str, str]]:
    for path in sorted(pricing.glob("specs/*.csv")):
        for key, facts in read_specs(path):
            yield path.stem, key, facts
