"""`finops-gate estimate`: the costs alone."""

from __future__ import annotations

from typing import Any

import click

from finops_gate.cli.options import (
    completeness_option,
    grouping_option,
    make_run,
    output_options,
    reading_options,
    supposing_options,
    today,
)


@click.command()
@reading_options
@supposing_options
@output_options
@grouping_option
@completeness_option
def estimate(formats: tuple[str, ...], output: str | None, color: str, **reading: Any) -> None:
    """Shows what PATHS (this directory) cost a month: every resource, idle, expected and at most.

    \b
    Examples:
      finops-gate estimate infra/prod
      finops-gate estimate --usage-file infracost-usage.yml --format json
    """
    from finops_gate.cli.write import destinations, finish, shows_alternatives
    from finops_gate.gate import check

    pairs = destinations(formats, output)
    report = check(make_run(**reading, as_of=today(), judge=False, alternatives=shows_alternatives(pairs)))
    finish(report, pairs, color)
