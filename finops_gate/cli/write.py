"""Writes the reports of a run: each format to its file, or to standard output."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from finops_gate.errors import ConfigurationError
from finops_gate.expression import nearest
from finops_gate.model import Report
from finops_gate.render import FORMATS, render

WIDEST = 120


def destinations(formats: Sequence[str], output: str | None, default: str = "text") -> list[tuple[str, str]]:
    """The (format, file) pairs asked for, `-` being standard output. Raises ConfigurationError before anything runs."""
    pairs = []
    for number, asked in enumerate(formats or [default]):
        name, _, file = asked.partition("=")
        if name not in FORMATS:
            raise ConfigurationError(
                f"--format {name}: no such format{nearest(name, FORMATS) or '; there are ' + ', '.join(FORMATS)}"
            )
        pairs.append((name, file or (output if output and number == 0 else "-")))
    if sum(file == "-" for _, file in pairs) > 1:
        raise ConfigurationError("two formats for standard output; write all but one to files, as FORMAT=FILE")
    return pairs


def shows_alternatives(pairs: Sequence[tuple[str, str]]) -> bool:
    """Whether a report that is asked for lists the cheaper offers for every resource; looking for them takes time."""
    return any(name == "json" for name, _ in pairs)


def write(report: Report, pairs: Sequence[tuple[str, str]], color: str) -> None:
    """Renders and writes each report; files are appended to where the platform asks for it (a job summary)."""
    for name, file in pairs:
        to_terminal = file == "-"
        text = render(report, name, color=to_terminal and colored(color), width=width() if to_terminal else 100)
        if to_terminal:
            sys.stdout.write(text)
        else:
            write_file(Path(file), text)


def write_file(path: Path, text: str) -> None:
    appending = str(path) == os.environ.get("GITHUB_STEP_SUMMARY")
    try:
        with path.open("a" if appending else "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror}") from None


def colored(color: str) -> bool:
    """Whether to colour: as asked, else on a terminal that has not said NO_COLOR (https://no-color.org)."""
    if color != "auto":
        return color == "always"
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or sys.stdout.isatty()


def width() -> int:
    """The columns of the terminal, or of a report that is piped: the same for everyone."""
    if not sys.stdout.isatty():
        return 100
    return min(shutil.get_terminal_size((100, 40)).columns, WIDEST)


def exit_code(report: Report, strict: bool) -> int:
    """0 pass or warn, 1 fail (and warn if strict), 3 incomplete."""
    if report.verdict == "incomplete":
        return 3
    return 1 if report.verdict == "fail" or (strict and report.verdict == "warn") else 0


def finish(report: Report, pairs: Sequence[tuple[str, str]], color: str, strict: bool = False) -> None:
    write(report, pairs, color)
    click.get_current_context().exit(exit_code(report, strict))
