"""`finops-gate check`: the gate itself."""

from __future__ import annotations

from typing import Any

import click

from finops_gate.cli.options import (
    completeness_option,
    grouping_option,
    iso_date,
    make_run,
    output_options,
    reading_options,
    supposing_options,
)


@click.command()
@reading_options
@supposing_options
@click.option("--base", default="", metavar="REF", help="Compare with a commit, branch or tag of this repository.")
@click.option("--compare-to", default="", metavar="FILE", help="Compare with an earlier report in JSON.")
@click.option(
    "--policies-from",
    type=click.Choice(("head", "base")),
    default="head",
    help="Where settings, policies and exemptions are read; base: a change cannot approve itself.",
)
@output_options
@grouping_option
@completeness_option
@click.option("--strict", is_flag=True, help="Let warnings fail the run, too.")
@click.option("--as-of", callback=iso_date, metavar="DATE", help="The day that expiry dates are held against (today).")
def check(
    base: str,
    compare_to: str,
    policies_from: str,
    formats: tuple[str, ...],
    output: str | None,
    color: str,
    strict: bool,
    as_of: str,
    **reading: Any,
) -> None:
    """Prices PATHS (this directory), compares them with a base, and holds them against policies.

    \b
    Examples:
      finops-gate check
      finops-gate check --base origin/main infra/
      finops-gate check -f text -f sarif=finops-gate.sarif -f markdown=summary.md
      finops-gate check plan.json --compare-to last-week.json
    """
    from finops_gate.cli.write import destinations, finish, shows_alternatives
    from finops_gate.gate import check as run_check

    if policies_from == "base" and not base:
        raise click.UsageError("--policies-from base needs a --base to read them from")
    if base and compare_to:
        raise click.UsageError("--base and --compare-to both say what to compare with; give one")
    pairs = destinations(formats, output)
    given = click.get_current_context().get_parameter_source("as_of") is click.core.ParameterSource.COMMANDLINE
    clock = as_of if given else ""
    run = make_run(
        **reading,
        base=base,
        policies_from=policies_from,
        compare_to=compare_to,
        as_of=as_of,
        clock=clock,
        alternatives=shows_alternatives(pairs),
    )
    report = run_check(run)
    finish(report, pairs, color, strict)
