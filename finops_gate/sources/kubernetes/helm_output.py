"""What `helm template` prints, as documents at the places of their templates.

Helm writes a comment `# Source: chart/templates/web.yaml` above each object. A value's place is the line of that
template that has the same text, or else the same key; the template's first line where none or several have.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from posixpath import join

from finops_gate.model import Span
from finops_gate.sources.documents import Document, read_source
from finops_gate.sources.files import Tree, Unreadable
from finops_gate.sources.kubernetes.charts import Chart
from finops_gate.sources.places import SourceText

_SOURCE = re.compile(r"^---[ \t]*\n# Source: ([^\n]{1,500})\n", re.MULTILINE)
_KEY = re.compile(r"([ -]*)([\w./-]+:)(?:\s|$)")


def documents_of(output: str, chart: Chart, tree: Tree) -> list[Document]:
    """The documents of the output, each at its template; at the Chart.yaml where that is not in the repository."""
    templates: dict[str, Template] = {}
    found: list[Document] = []
    for source, text in _parts(output):
        if source not in templates:
            templates[source] = _template(source, chart, tree)
        found += read_source(RenderedText(text, templates[source]))
    return found


def _parts(output: str) -> Iterator[tuple[str, str]]:
    """Each object's template and text; what stands before the first is of no template."""
    starts = list(_SOURCE.finditer(output))
    yield "", output[: starts[0].start() if starts else None]
    for start, following in zip(starts, [*starts[1:], None], strict=True):
        yield start[1].strip(), output[start.end() : following.start() if following else None]


class Template:
    """The lines of a template, by their text and by their key."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self._lines: dict[str, list[int]] = {}
        self._length = [len(line) for line in text.split("\n")]
        for number, line in enumerate(text.split("\n"), 1):
            for word in set(_words(line)):
                self._lines.setdefault(word, []).append(number)

    def span(self, line: str) -> Span:
        """The place that a rendered line comes from."""
        for word in _words(line):
            numbers = self._lines.get(word, ())
            if len(numbers) == 1:
                return Span(self.path, numbers[0], 1, numbers[0], self._length[numbers[0] - 1] + 1)
        return Span(self.path, 1, 1, 1, 1)


def _words(line: str) -> Iterator[str]:
    """What a line may be known by, the most telling first: its text, its key where it stands, its key anywhere."""
    found = _KEY.match(line)
    yield line.strip()
    if found:
        yield f"{len(found[1])} {found[2]}"
        yield found[2]


def _template(source: str, chart: Chart, tree: Tree) -> Template:
    path = join(chart.directory, source.partition("/")[2])
    try:
        return Template(path, tree.read_text(path)) if source else Template(chart.path, "")
    except Unreadable:
        return Template(chart.path, "")


class RenderedText(SourceText):
    """A text that Helm made: its places are those of the template."""

    def __init__(self, text: str, template: Template) -> None:
        super().__init__(text, template.path)
        self._template = template

    def span(self, start: int, end: int) -> Span:
        begin = self.text.rfind("\n", 0, start) + 1
        stop = self.text.find("\n", start)
        return self._template.span(self.text[begin : stop if stop >= 0 else None])
