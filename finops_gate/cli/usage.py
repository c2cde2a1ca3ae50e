"""`finops-gate usage`: files that say how much resources are used."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from finops_gate.cli.options import make_run, reading_options, today
from finops_gate.errors import ConfigurationError


@click.group()
def usage() -> None:
    """Write files that say how much resources are used."""


@usage.command()
@reading_options
@click.option("-o", "--output", metavar="FILE", help="The file to write; - is standard output. [infracost-usage.yml]")
@click.option("--update", is_flag=True, help="Add to the file what it lacks.")
@click.option("--force", is_flag=True, help="Write the file anew, over what it holds.")
def init(output: str | None, update: bool, force: bool, **reading: Any) -> None:
    """Writes a usage file for PATHS (this directory): every resource that bills by use, its keys as comments.

    \b
    Examples:
      finops-gate usage init
      finops-gate usage init --update
      finops-gate usage init infra/prod -o infra/prod/usage.yml
    """
    from finops_gate.costing.usage import DEFAULT_FILE
    from finops_gate.costing.usage_file import entries, new_text
    from finops_gate.gate import costs

    if update and force:
        raise click.UsageError("--update keeps what the file holds, --force does not; give one")
    run = make_run(**reading, as_of=today(), judge=False)
    path = Path(output) if output else run.selection.root / (run.settings.usage_file or DEFAULT_FILE)
    if output != "-" and path.exists() and not (update or force):
        raise ConfigurationError(f"{path} exists: --update adds what it lacks, --force writes it anew")
    side = costs(run)
    found = entries([e.resource for e in side.estimates], side.context.models) if side.context else []
    if output == "-":
        click.echo(new_text(found), nl=False)
    elif update and path.exists():
        add_to(path, found)
    elif found:
        write(path, new_text(found))
        click.echo(f"{path}: {counted(len(found), 'address')}")
    else:
        click.echo("nothing here bills by use")
    unread = [n for n in side.notices if n.severity == "error"]
    if unread:
        click.echo(
            f"finops-gate: what could not be read is left out ({len(unread)}, see finops-gate estimate)", err=True
        )
        click.get_current_context().exit(3)


def add_to(path: Path, found: Any) -> None:
    from finops_gate.costing.usage_update import updated

    try:
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{path} cannot be read: {error}") from None
    result = updated(text, str(path), found)
    if result.addresses or result.completed:
        write(path, result.text)
    completed = f"{result.completed} completed" if result.completed else ""
    added = f"{counted(result.addresses, 'address')} added" if result.addresses else ""
    click.echo(f"{path}: {', '.join(filter(None, (added, completed))) or 'lacks nothing'}")


def write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror}") from None


def counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'es' if number != 1 else ''}"
