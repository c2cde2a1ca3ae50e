"""The command line: parse, call, render, exit. One module a command, imported when the command is run."""

from __future__ import annotations

import gc
import sys
from importlib import import_module

import click

from finops_gate import __version__
from finops_gate.errors import FinopsGateError

COMMANDS: dict[str, str] = {
    "check": "Price a repository, compare it with its base, hold it against policies.",
    "estimate": "Show what a repository costs a month, and nothing else.",
    "explain": "Say how the cost of one resource comes about.",
    "policy": "List, show and test policies.",
    "pricing": "Look up prices, and say where they come from.",
    "usage": "Write a file that says how much resources are used.",
}
"""Command -> its line in `--help`; the command itself is `finops_gate.cli.<name>`, imported when it is used."""


class LazyGroup(click.Group):
    """A group that imports a command when it is called, so that `--version` starts at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"finops_gate.cli.{cmd_name}"), cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from finops_gate.expression import nearest

            ctx.fail(f"there is no command `{args[0]}`{nearest(args[0], list(COMMANDS))}")
        return super().resolve_command(ctx, args)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, "--version", prog_name="finops-gate", message="%(prog)s %(version)s")
def cli() -> None:
    """Says what a change to infrastructure code will cost a month, before it is merged.

    finops-gate reads Terraform and OpenTofu, Terraform plans, Kubernetes manifests and CI workflows, prices them
    from a catalogue that ships with it, and holds them against policies. It needs no network and no account.

    \b
    Start here:
      finops-gate check                          this repository
      finops-gate check --base origin/main       what this branch changes
      finops-gate estimate infra/prod            the costs alone
      finops-gate pricing lookup m7i.xlarge --region eu-west-1

    \b
    Exit codes: 0 pass or warn, 1 a policy failed, 2 usage or configuration,
                3 something could not be read, 4 a bug in finops-gate.
    """


def main() -> None:
    """Runs the command line and exits with its code; an error is one sentence, a bug a log to paste."""
    gc.disable()  # A run keeps nearly all that it makes, and ends: collecting would take a fifth of its time.
    try:
        sys.exit(cli.main(standalone_mode=False) or 0)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except FinopsGateError as error:
        click.echo(f"finops-gate: {printable(str(error))}", err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.exit(1)
    except Exception:
        report_bug()
        sys.exit(4)
    finally:
        gc.freeze()  # Nor does Python walk it all on its way out.


def printable(message: str) -> str:
    """A message without control characters: file names and their contents are strangers' text."""
    return "".join(c if c.isprintable() or c == "\n" else "\ufffd" for c in message)


def report_bug() -> None:
    """What a person needs to report a bug: versions and the traceback, nothing of their files."""
    import platform
    import traceback

    click.echo(
        "finops-gate: this is a bug in finops-gate, not in your files. Please report what follows.\n\n"
        f"finops-gate {__version__}, Python {platform.python_version()}, {platform.platform()}\n"
        f"{printable(traceback.format_exc())}",
        err=True,
    )
