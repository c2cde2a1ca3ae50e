"""Helm charts among the files of a run: which directories are one, and which files belong to it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from posixpath import dirname, join
from typing import Any

from finops_gate.model import Notice, Span
from finops_gate.sources.kubernetes.objects import mapping
from finops_gate.sources.kubernetes.reading import Files

CHART = "Chart.yaml"
PARTS = ("charts/", "ci/", "templates/", "tests/")
"""Directories of a chart that hold templates, other charts and values: nothing that is applied as it stands."""
_VALUES = re.compile(r"values[\w.-]*\.ya?ml|[\w.-]*values\.ya?ml|values\.schema\.json")


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart that no other chart holds. A library has no objects of its own."""

    directory: str
    name: str
    is_library: bool = False

    @property
    def path(self) -> str:
        return join(self.directory, CHART)

    @property
    def span(self) -> Span:
        return Span(self.path, 1, 1, 1, 1)

    def holds(self, path: str) -> bool:
        """Whether a file is the chart's, and so no manifest by itself."""
        if self.directory and not path.startswith(f"{self.directory}/"):
            return False
        inside = path[len(self.directory) + 1 :] if self.directory else path
        return inside == CHART or inside.startswith(PARTS) or _VALUES.fullmatch(inside) is not None


def charts_among(paths: Iterable[str], files: Files) -> dict[str, Chart]:
    """The charts, by directory; one in the `charts` of another is part of that."""
    found: dict[str, Chart] = {}
    for directory in sorted(dirname(path) for path in paths if path.rpartition("/")[2] == CHART):
        if not any(chart.holds(join(directory, CHART)) for chart in found.values()):
            found[directory] = chart_in(directory, files)
    return found


def chart_in(directory: str, files: Files) -> Chart:
    documents = files.documents(join(directory, CHART))
    written: Mapping[str, Any] = mapping(documents[0].value) if documents else {}
    name = written.get("name")
    usual = directory.rpartition("/")[2] or "chart"
    return Chart(directory, name if isinstance(name, str) and name else usual, written.get("type") == "library")


def not_rendered(chart: Chart, span: Span | None = None) -> Notice:
    """What is said about a chart where nobody asked for Helm: its workloads are not in the totals."""
    message = f"the chart {chart.directory or '.'} is not rendered: what it deploys is not in the totals"
    fix = "Check it with --helm, or check the output of `helm template`."
    return Notice("helm-not-rendered", "info", message, span or chart.span, fix)
