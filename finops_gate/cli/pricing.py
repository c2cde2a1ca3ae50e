"""`finops-gate pricing`: what something costs by the catalogue, what the catalogue is, and how to compile one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from finops_gate.costing.catalogue import Catalogue, open_catalogue
from finops_gate.data import pricing_dir
from finops_gate.errors import ConfigurationError
from finops_gate.model import HOURS_PER_MONTH, Price
from finops_gate.render.money import money, unit_price

PROVIDERS = ("aws", "azurerm", "google", "kubernetes", "ci")
MOST_ROWS = 100


@click.group()
def pricing() -> None:
    """Look up prices, and say where they come from.

    List prices in US dollars, before tax and discounts: information, not an offer.
    """


@pricing.command()
@click.argument("name")
@click.option("--region", metavar="REGION", help="A region by the cloud's own name, such as eu-west-1.")
@click.option("--provider", type=click.Choice(PROVIDERS), help="One provider's prices only.")
@click.option("--purchase", metavar="OPTION", help="on-demand, spot, cud-1yr, ...; all of them unless given.")
@click.option("--catalogue", type=click.Path(exists=True, path_type=Path), help="A catalogue of your own.")
def lookup(name: str, region: str | None, provider: str | None, purchase: str | None, catalogue: Path | None) -> None:
    """Show the prices of NAME: a machine type, or a key such as `rds|postgres|db.r6g.large`."""
    prices = open_catalogue(catalogue)
    _check_region(prices, region, provider)
    found = [p for _, p in prices.search(provider, region, name) if purchase in (None, p.purchase)]
    if not found:
        raise ConfigurationError(_nothing(prices, name, region, provider, purchase))
    header = ("KEY", "COMPONENT", "REGION", "PURCHASE", "PRICE", "A MONTH", "AS OF", "SOURCE", "CONFIDENCE")
    _table([header, *(_cells(price) for price in found[:MOST_ROWS])])
    if len(found) > MOST_ROWS:
        click.echo("... and more; name a --region, a --provider or more of the key")


def _check_region(prices: Catalogue, region: str | None, provider: str | None) -> None:
    known = sorted({name for p in PROVIDERS if provider in (None, p) for name in prices.regions(p)})
    if region and region not in known:
        from difflib import get_close_matches

        near = get_close_matches(region, known, n=3)
        raise ConfigurationError(f"no price is of a region {region}" + (f"; is it {_some(near)}?" if near else ""))


def _cells(price: Price) -> tuple[str, ...]:
    tiers = f" (first of {len(price.tiers)} tiers)" if len(price.tiers) > 1 else ""
    monthly = money(price.usd * HOURS_PER_MONTH) if price.unit == "hour" else ""
    shown = f"{unit_price(price.usd)}/{price.unit}{tiers}"
    origin = (price.as_of, price.source, price.confidence)
    return (price.key, price.component, price.region, price.purchase, shown, monthly, *origin)


def _nothing(prices: Catalogue, name: str, region: str | None, provider: str | None, purchase: str | None) -> str:
    """Why nothing was found: another region or purchase has it, or the name is not right."""
    elsewhere = [price for _, price in prices.search(provider, None, name)]
    if elsewhere and region and (regions := sorted({p.region for p in elsewhere} - {region})):
        return f"{name} has no price in {region}; there is one in {_some(regions)}"
    if elsewhere and purchase:
        return f"{name} has no {purchase} price; there is one for {_some(sorted({p.purchase for p in elsewhere}))}"
    nearest = prices.nearest(name, provider)
    hint = f"the nearest names are {_some(nearest)}" if nearest else "see docs/prices.md for the keys there are"
    return f"there is no price for {name}; {hint}"


def _some(names: Sequence[str], most: int = 8) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


@pricing.command()
@click.option("--catalogue", type=click.Path(exists=True, path_type=Path), help="A catalogue of your own.")
def info(catalogue: Path | None) -> None:
    """Say how many prices there are, how old they are and where they are from."""
    prices = open_catalogue(catalogue)
    facts = prices.info
    kinds = ", ".join(f"{count:,} {name}" for name, count in prices.confidences().items())
    click.echo(f"{facts.prices:,} prices ({kinds}), the newest of {facts.as_of}")
    click.echo(f"sha256 {facts.sha256}\n")
    rows = [(h.provider, f"{h.prices:,}", str(h.regions), h.oldest, h.newest) for h in prices.holdings()]
    _table([("PROVIDER", "PRICES", "REGIONS", "OLDEST", "NEWEST"), *rows])
    click.echo()
    _table(
        [
            ("SOURCE", "PRICES", "LICENCE", "WHERE"),
            *((s.id, f"{s.prices:,}", s.licence, s.location) for s in prices.sources()),
        ]
    )
    click.echo("\nList prices, before tax and discounts: information, not an offer.")


@pricing.command()
@click.argument("directory", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), default=Path("pricing.sqlite"))
def build(directory: Path, output: Path) -> None:
    """Compile the price CSVs of DIRECTORY (`rates/`, `specs/`, `sources.csv`, `units.csv`) into one file."""
    from finops_gate.costing.catalogue_build import compile_catalogue

    if not (directory / "rates").is_dir():
        raise ConfigurationError(f"{directory} holds no rates/; name a directory that is laid out like pricing/")
    compile_catalogue(directory, output)
    facts = open_catalogue(output).info
    click.echo(f"{output}: {facts.prices:,} prices, the newest of {facts.as_of}, sha256 {facts.sha256}")


@pricing.command()
@click.argument("directory", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
def test(directory: Path | None) -> None:
    """Run the examples inside cost models: those of DIRECTORY, laid out as pricing/models/, or those that ship.

    Prices of your own count, which the settings above DIRECTORY declare in `pricing.overrides`; discounts do not.
    """
    from finops_gate.costing.examples import examples_of, run_example
    from finops_gate.costing.models import Folder, Models
    from finops_gate.sources.files import WorkingTree

    folder = directory or pricing_dir() / "models"
    files = sorted(folder.rglob("*.yaml"))
    if not files:
        raise ConfigurationError(
            f"{folder} holds no cost model; name a directory that is laid out like pricing/models/"
        )
    models = Models([Folder(WorkingTree(folder), "")] if directory else [])
    prices = own_prices(directory)
    failed = ran = 0
    for example in (e for file in files for e in examples_of(file)):
        ran += 1
        wrong = run_example(example, prices, models)
        failed += bool(wrong)
        for sentence in wrong:
            click.echo(f"{example.span}: {example.name}: {sentence}")
    click.echo(f"{ran} examples of {len(files)} cost models: {ran - failed} passed, {failed} failed")
    click.get_current_context().exit(1 if failed else 0)


def own_prices(directory: Path | None) -> Catalogue:
    """The catalogue with the prices that the settings above a directory declare, but without their discounts."""
    if directory is None:
        return open_catalogue()
    from dataclasses import replace

    from finops_gate.costing.price_book import as_paid
    from finops_gate.selection import select
    from finops_gate.settings_file import find_settings, load_settings
    from finops_gate.sources.files import WorkingTree

    root, place = select((), Path.cwd()).root, directory.resolve()
    tree = WorkingTree(root if place.is_relative_to(root) else place)
    settings = load_settings(tree, find_settings(tree, place.relative_to(tree.root).as_posix()))
    return as_paid(open_catalogue(), replace(settings, discounts=()))


def _table(rows: Sequence[Sequence[str]]) -> None:
    """Left-aligned columns, two blanks apart."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
