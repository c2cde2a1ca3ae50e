"""Rendering a chart with the `helm` on this machine, where the user asks for it (`--helm`).

Helm gets a copy of the chart in a directory of its own, an empty home without plugins, and a proxy that is not there
for whatever would use the network. `helm template` talks to no cluster.
Source: https://helm.sh/docs/helm/helm_template/
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from posixpath import join, normpath
from typing import Any

from finops_gate.model import Notice, Span, no_entries
from finops_gate.sources.documents import Document
from finops_gate.sources.files import Tree, Unreadable
from finops_gate.sources.kubernetes.charts import Chart
from finops_gate.sources.kubernetes.helm_output import documents_of

MAX_SECONDS = 60
MAX_OUTPUT = 20 * 1024 * 1024
MAX_CHART_BYTES = 50 * 1024 * 1024
MAX_SAID = 600
NOWHERE = "http://127.0.0.1:9"
_RELEASE_NAME = re.compile(r"[a-z0-9]([-a-z0-9.]{0,51}[a-z0-9])?")
_AT = re.compile(r"\(?([\w./-]+\.(?:ya?ml|tpl|txt|json)):(\d+)")


@dataclass(frozen=True, slots=True)
class Release:
    """A chart to be rendered: under which name, for which namespace, with which values.

    `value_files` are paths of the repository. `values` (a mapping) go before them, `parameters` before all; `strings`
    are parameters that are texts whatever they look like.
    """

    chart: Chart
    name: str
    namespace: str = ""
    value_files: Sequence[str] = ()
    values: Mapping[str, Any] = field(default_factory=no_entries)
    parameters: Sequence[tuple[str, str]] = ()
    strings: Sequence[tuple[str, str]] = ()
    span: Span | None = None

    @property
    def project(self) -> str:
        """What tells its objects from those of other releases of the chart."""
        return f"{self.chart.directory or '.'} ({self.name})"

    @property
    def place(self) -> Span:
        """Where it is declared: in the settings, by a controller, or by the chart alone."""
        return self.span or self.chart.span


def releases_of(settings: Mapping[str, Any], chart: Chart) -> list[Release]:
    """The releases of a chart that the `kubernetes` part of the settings declares."""
    return [
        Release(chart, entry.get("name") or chart.name, entry.get("namespace", ""), tuple(entry["values"]))
        for entry in settings.get("releases", ())
        if entry["chart"] == chart.directory
    ]


class HelmError(Exception):
    """A chart that could not be rendered; `notice` says why."""

    def __init__(self, code: str, message: str, span: Span, fix: str = "") -> None:
        super().__init__(message)
        self.notice = Notice(code, "error", message, span, fix)


def rendered(release: Release, tree: Tree) -> list[Document]:
    """The documents that a release consists of, at the places of its templates. Raises HelmError."""
    program = shutil.which("helm")
    if program is None:
        message = f"the chart {release.chart.directory or '.'} needs helm to be rendered, and there is none on the PATH"
        raise HelmError("helm-missing", message, release.place, "Install helm, or run without --helm.")
    if not _RELEASE_NAME.fullmatch(release.name):
        raise HelmError("helm-failed", f"{release.name[:80]!r} is no name of a release", release.place)
    with tempfile.TemporaryDirectory(prefix="finops-gate-helm-") as directory:
        place = Path(directory).resolve()
        options = list(_options(release, tree, place))
        _copy(release, tree, place / "repository")
        chart = place / "repository" / release.chart.directory
        output = _run([program, "template", release.name, str(chart), *options], chart, place, release, tree)
    return documents_of(output, release.chart, tree)


def _options(release: Release, tree: Tree, place: Path) -> Iterator[str]:
    if release.namespace:
        yield f"--namespace={release.namespace}"
    for number, path in enumerate(release.value_files):
        try:
            content = tree.read_bytes(path)
        except Unreadable as error:
            message = f"values of the chart {release.chart.directory or '.'}: {error.notice.message}"
            raise HelmError("helm-failed", message, release.place) from None
        yield f"--values={_written(place / f'values-{number}.yaml', content)}"
    if release.values:
        yield f"--values={_written(place / 'values.json', json.dumps(release.values, default=_number).encode())}"
    yield from (f"--set={name}={value}" for name, value in release.parameters)
    yield from (f"--set-string={name}={value}" for name, value in release.strings)
    yield "--skip-tests"


def _written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def _number(value: Any) -> Any:
    return int(value) if isinstance(value, Decimal) and value == value.to_integral_value() else float(value)


def _copy(release: Release, tree: Tree, to: Path) -> None:
    """Lays down the files of the chart, and those of the charts beside it that its dependencies name by path."""
    left = MAX_CHART_BYTES
    try:
        for path in tree.paths(release.chart.directory):
            if normpath(path) != path or path.startswith(("/", "../")):
                continue
            content = tree.read_bytes(path)
            left -= len(content)
            if left < 0:
                message = f"the chart {release.chart.directory or '.'} is over {MAX_CHART_BYTES // 2**20} MiB"
                raise HelmError("helm-failed", message, release.place)
            (to / path).parent.mkdir(parents=True, exist_ok=True)
            (to / path).write_bytes(content)
    except Unreadable as error:
        raise HelmError("helm-failed", error.notice.message, release.place) from None


def _run(command: list[str], directory: Path, home: Path, release: Release, tree: Tree) -> str:
    with (home / "output").open("w+b") as output, (home / "errors").open("w+b") as errors:
        try:
            done = subprocess.run(  # noqa: S603
                command,
                cwd=directory,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=errors,
                timeout=MAX_SECONDS,
                check=False,
                env=_environment(home),
            )
        except subprocess.TimeoutExpired:
            message = f"helm took more than {MAX_SECONDS} seconds over the chart {release.chart.directory or '.'}"
            raise HelmError("helm-failed", message, release.place) from None
        except OSError as error:
            raise HelmError("helm-failed", f"helm cannot be started: {error.strerror}", release.place) from None
        if done.returncode != 0:
            raise _failure(_text(errors, MAX_SAID * 4), release, tree)
        return _text(output, MAX_OUTPUT)


def _text(file: Any, most: int) -> str:
    file.seek(0)
    text: str = file.read(most).decode("utf-8", "replace")
    return text


def _environment(home: Path) -> dict[str, str]:
    """What helm may know: where programs are, an empty home, and no way out."""
    own = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "TMPDIR", "LANG") if name in os.environ}
    homes = {f"HELM_{name}_HOME": str(home / name.lower()) for name in ("CACHE", "CONFIG", "DATA")}
    proxies = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), NOWHERE)
    plugins = {"HELM_PLUGINS": str(home / "plugins"), "HELM_NO_PLUGINS": "1", "KUBECONFIG": os.devnull}
    return {**own, **homes, **proxies, **plugins, "HOME": str(home), "NO_PROXY": "", "no_proxy": ""}


def _failure(said: str, release: Release, tree: Tree) -> HelmError:
    """What helm said, at the line of the template that it names."""
    lines = [line for line in said.strip().splitlines() if line and not line.startswith(("WARNING", "Use --debug"))]
    sentence = " ".join(lines)[:MAX_SAID].removeprefix("Error: ") or "it gave no reason"
    fix = "Run `helm dependency build` and commit `charts/`." if "missing in charts/" in sentence else ""
    span = release.place
    if found := _AT.search(sentence):
        path = join(release.chart.directory, found[1].partition("/")[2])
        span = Span(path, int(found[2][:9])) if tree.exists(path) else span
    message = f"helm cannot render the chart {release.chart.directory or '.'}: {sentence}"
    return HelmError("helm-failed", message, span, fix)
