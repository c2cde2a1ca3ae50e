"""Output formats: each is a module with `render(report, options) -> str`, and one line in `FORMATS`.

A renderer reads the report and nothing else: no clock, no environment, no files. The same report gives the same bytes.
"""

from __future__ import annotations

from importlib import import_module

from finops_gate.currency import writing_in
from finops_gate.model import Report
from finops_gate.render.conversion import converted
from finops_gate.render.options import Options

FORMATS: dict[str, str] = {
    "text": "finops_gate.render.text",
    "concise": "finops_gate.render.concise",
    "json": "finops_gate.render.json_report",
    "sarif": "finops_gate.render.sarif",
    "github": "finops_gate.render.github",
    "markdown": "finops_gate.render.markdown",
    "csv": "finops_gate.render.csv_table",
    "infracost-json": "finops_gate.render.infracost_json",
}
"""Format -> its module, imported when the format is asked for."""


def render(report: Report, format: str, *, color: bool = False, width: int = 100) -> str:
    """The report in one of `FORMATS`, ending in a newline. Raises KeyError for a format that is not one."""
    module = import_module(FORMATS[format])
    with writing_in(report.currency):
        text: str = module.render(converted(report), Options(color=color, width=width))
    return text
