"""The options that several commands share, and how they become a run."""

from __future__ import annotations

import datetime
import os
import posixpath
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import click

from finops_gate.errors import ConfigurationError

Command = TypeVar("Command", bound=Callable[..., Any])

COLORS = ("auto", "always", "never")


def reading_options(command: Command) -> Command:
    """What says which files are read, and how."""
    options = [
        click.argument("paths", nargs=-1, metavar="[PATHS]..."),
        click.option("--config", metavar="FILE", help="Settings, instead of the .finops-gate.yaml above the path."),
        click.option("--usage-file", metavar="FILE", help="An infracost-usage.yml with the usage to expect."),
        click.option(
            "--var-file", "var_files", multiple=True, metavar="FILE", help="Terraform variables, a .tfvars file."
        ),
        click.option("--var", "variables", multiple=True, metavar="NAME=VALUE", help="A Terraform variable."),
        click.option("--workspace", metavar="NAME", help="The Terraform workspace."),
        click.option(
            "--download-modules",
            is_flag=True,
            help="Download the Terraform modules that are not here; without it, no network is used.",
        ),
        click.option(
            "--helm",
            is_flag=True,
            help="Render Helm charts with the helm on this machine; without it, no program is started for them.",
        ),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def supposing_options(command: Command) -> Command:
    """What says by which figures, other than those declared, the run is priced."""
    profile = click.option(
        "--usage",
        "usage_profile",
        metavar="small|medium|large",
        help="The load to expect where no usage is declared.",
    )
    what_if = click.option(
        "--what-if",
        multiple=True,
        metavar="ADDRESS.KEY=VALUE",
        help="Suppose other usage, or another attribute; =x100 multiplies what is declared. May be repeated.",
    )
    strict = click.option(
        "--strict-prices", is_flag=True, help="Leave unpriced what has only a derived or a stale price."
    )
    return profile(what_if(strict(command)))


def output_options(command: Command) -> Command:
    """What says how the report is written."""
    options = [
        click.option(
            "-f",
            "--format",
            "formats",
            multiple=True,
            metavar="FORMAT[=FILE]",
            help="text, concise, json, sarif, github, markdown, csv or infracost-json; repeat it for several reports.",
        ),
        click.option("-o", "--output", metavar="FILE", help="Write the first report to a file."),
        click.option("--color", type=click.Choice(COLORS), default="auto", help="Colour; auto: on a terminal."),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def grouping_option(command: Command) -> Command:
    """What says by which keys costs are summed, beside the totals."""
    return click.option(
        "--group-by",
        multiple=True,
        metavar="KEY",
        help="Sum the costs by namespace, project, source, type, owner, env, region, module, workload, tag:NAME or "
        "label:NAME, too. May be repeated.",
    )(command)


def completeness_option(command: Command) -> Command:
    """What says whether a run may go on without what it cannot look into."""
    return click.option(
        "--fail-on-incomplete",
        is_flag=True,
        help="Exit 3 where there is something to price that could not be looked into, such as a module not downloaded.",
    )(command)


def make_run(
    paths: tuple[str, ...],
    config: str | None,
    usage_file: str | None,
    var_files: tuple[str, ...],
    variables: tuple[str, ...],
    workspace: str | None,
    download_modules: bool = False,
    helm: bool = False,
    fail_on_incomplete: bool = False,
    usage_profile: str | None = None,
    what_if: tuple[str, ...] = (),
    strict_prices: bool = False,
    group_by: tuple[str, ...] = (),
    base: str = "",
    policies_from: str = "head",
    clock: str = "",
    **asked: Any,
) -> Any:
    """The Run that the options ask for; settings are found upwards from the first path.

    `clock` is the day that `timestamp()` gives; empty leaves it unknown, as it would differ from run to run.
    """
    from finops_gate.gate import Run
    from finops_gate.infracost_config import with_infracost_config
    from finops_gate.selection import select
    from finops_gate.settings_file import find_settings, load_settings, with_options
    from finops_gate.sources.files import WorkingTree
    from finops_gate.sources.git import GitTree
    from finops_gate.sources.overlay import with_directories

    here = Path.cwd()
    selection = select(paths, here)
    before = GitTree(selection.root, base) if base else None
    base_rules = before is not None and policies_from == "base"
    files = [named_file(f, here, selection.root) for f in (config, usage_file, *var_files) if f]
    outside = outside_of(files)
    tree = with_directories(before if before and base_rules else WorkingTree(selection.root), outside)
    names = iter(files)
    found = next(names) if config else find_settings(tree, selection.targets[0])
    settings = with_infracost_config(load_settings(tree, found), tree, selection.targets[0])
    usage = next(names) if usage_file else ""
    terraform = terraform_settings(settings.terraform, tuple(names), variables, workspace)
    if download_modules:
        terraform["download_modules"] = True
    if clock:
        terraform["as_of"] = clock
    changes = {"root": str(selection.root), "targets": selection.targets, "usage_file": usage, "terraform": terraform}
    if helm:
        changes["kubernetes"] = {**settings.kubernetes, "render_charts": True}
    supposed = {
        "usage_profile": usage_profile,
        "what_if": what_if,
        "strict_prices": strict_prices or None,
        "group_by": group_by,
    }
    settings = with_options(settings, **changes, **supposed, fail_on_incomplete=fail_on_incomplete or None)
    return Run(selection=selection, settings=settings, base=before, base_rules=base_rules, outside=outside, **asked)


def named_file(file: str, here: Path, root: Path) -> str:
    """A file named on the command line, relative to the scan root; absolute where whoever runs it keeps it elsewhere.

    Raises ConfigurationError where it is missing.
    """
    real = (here / file).resolve()
    if not real.is_file():
        raise ConfigurationError(f"{file}: no such file")
    return real.relative_to(root).as_posix() if root in real.parents else real.as_posix()


def outside_of(files: Iterable[str]) -> tuple[str, ...]:
    """The directories of those named files that do not lie below the scan root."""
    return tuple(sorted({posixpath.dirname(file) for file in files if posixpath.isabs(file)}))


def terraform_settings(
    settings: Mapping[str, Any], var_files: tuple[str, ...], variables: tuple[str, ...], workspace: str | None
) -> dict[str, Any]:
    """Terraform's settings with its own precedence on top: TF_VAR_* < files < --var; a project's are in between."""
    merged = dict(settings)
    environment = {n.removeprefix("TF_VAR_"): v for n, v in sorted(os.environ.items()) if n.startswith("TF_VAR_")}
    if environment:
        merged["environment"] = environment
    if os.environ.get("TF_WORKSPACE"):
        merged.setdefault("workspace", os.environ["TF_WORKSPACE"])
    given = {"var_files": var_files, "vars": dict(named_value(v) for v in variables), "workspace": workspace}
    if any(given.values()):
        merged["command_line"] = {name: value for name, value in given.items() if value}
    return merged


def named_value(text: str) -> tuple[str, str]:
    name, separator, value = text.partition("=")
    if not separator or not name:
        raise ConfigurationError(f"--var {text}: write it as NAME=VALUE")
    return name, value


def today() -> str:
    return datetime.datetime.now(datetime.timezone.utc).date().isoformat()


def iso_date(context: click.Context, parameter: click.Parameter, value: str | None) -> str:
    """The date of `--as-of`, today where it is not given."""
    if value is None:
        return today()
    try:
        return datetime.date.fromisoformat(value).isoformat()
    except ValueError:
        raise click.BadParameter(f"{value!r} is not a date like 2027-03-31") from None
