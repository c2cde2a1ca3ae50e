"""`finops-gate explain`: how the cost of one resource comes about."""

from __future__ import annotations

from typing import Any

import click

from finops_gate.cli.options import COLORS, make_run, reading_options, supposing_options, today


@click.command()
@click.argument("address")
@reading_options
@supposing_options
@click.option("--color", type=click.Choice(COLORS), default="auto", help="Colour; auto: on a terminal.")
def explain(address: str, color: str, **reading: Any) -> None:
    """Says how the cost of the resource at ADDRESS comes about: quantities, formulas, prices and their sources.

    \b
    Examples:
      finops-gate explain aws_db_instance.main
      finops-gate explain 'module.web[0].aws_autoscaling_group.this' infra/prod
    """
    from finops_gate.cli.write import colored
    from finops_gate.errors import ConfigurationError
    from finops_gate.expression import nearest
    from finops_gate.gate import costs
    from finops_gate.render.explanation import explain as explanation

    run = make_run(**reading, as_of=today(), judge=False)
    side = costs(run)
    found = [e for e in side.estimates if e.resource.address == address]
    if not found:
        known = [e.resource.address for e in side.estimates]
        raise ConfigurationError(f"there is no resource {address} here{nearest(address, known)}")
    texts = [
        explanation(
            side.explained(e),
            side.attributes_read(e.resource.type),
            colored(color),
            run.settings.currency,
        )
        for e in found
    ]
    click.echo("\n".join(texts), nl=False)
