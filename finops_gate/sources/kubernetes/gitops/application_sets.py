"""Argo CD's ApplicationSets: a template, and generators of the values that are put into it.

Lists and the repository's own directories and files are generated from, and matrices of those; what a cluster or a
forge would have to be asked for is not followed. Of templates only values by their names are read.
Source: https://argo-cd.readthedocs.io/en/stable/operator-manual/applicationset/
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from posixpath import basename, dirname
from typing import Any

from finops_gate.model import Notice
from finops_gate.sources.documents import read_documents
from finops_gate.sources.files import Unreadable
from finops_gate.sources.kubernetes.gitops import argocd
from finops_gate.sources.kubernetes.gitops.delivery import MAX_WORK, Delivery, Where, node_of, not_followed, text
from finops_gate.sources.kubernetes.gitops.globs import glob_matches
from finops_gate.sources.kubernetes.objects import Manifest, mapping
from finops_gate.sources.nodes import Node, child, entries, items, size, with_texts

MAX_APPLICATIONS = 1_000
MAX_NESTED = 5
_VALUE = re.compile(r"\{\{-?\s{0,9}\.?([\w.-]{1,200}(?:\[\d{1,9}\])?[\w.]{0,200})\s{0,9}-?\}\}")

Values = Mapping[str, str]


class NotFollowed(Exception):
    """A generator that nobody reads here."""

    def __init__(self, what: str, at: Node) -> None:
        super().__init__(what)
        self.what = what
        self.at = at


def deliveries_of(manifest: Manifest, where: Where) -> Iterator[Delivery | Notice]:
    spec = child(node_of(manifest), "spec")
    template = child(spec, "template")
    weight = size(template, MAX_WORK) if template is not None else 1
    for generator in items(child(spec, "generators")):
        try:
            made = list(islice(_generated(generator, manifest, where, 0), MAX_APPLICATIONS))
        except NotFollowed as error:
            yield not_followed(manifest, error.what, error.at.span)
            continue
        for values in made:
            if where.work.is_too_much(weight):
                yield not_followed(manifest, "what is left of the generators, for it is too much", generator.span)
                return
            yield from _of_the_template(manifest, template, values, where)


def _of_the_template(
    manifest: Manifest, template: Node | None, values: Values, where: Where
) -> Iterator[Delivery | Notice]:
    if template is None:
        return
    filled = with_texts(template, lambda written: _filled(written, values))
    name = text(filled, "metadata", "name") or manifest.name
    yield from argocd.of_a_spec(manifest, child(filled, "spec"), name, where)


def _filled(written: str, values: Values) -> str:
    if "{{" not in written:
        return written
    return _VALUE.sub(lambda found: values.get(found[1].removeprefix("."), found[0]), written)


def _generated(generator: Node, manifest: Manifest, where: Where, depth: int) -> Iterator[Values]:
    """The values that a generator makes, one mapping for each Application. Raises NotFollowed."""
    kinds: dict[str, Any] = {"list": _of_a_list, "git": _of_git}
    for kind, node in entries(generator):
        if kind in kinds:
            yield from kinds[kind](node, manifest, where)
        elif kind == "matrix" and depth < MAX_NESTED:
            yield from _of_a_matrix(node, manifest, where, depth)
        elif kind not in ("selector", "template", "values"):
            raise NotFollowed(f"the generator `{kind}`", node)


def _of_a_list(node: Node, manifest: Manifest, where: Where) -> Iterator[Values]:
    for element in items(child(node, "elements")):
        yield dict(_flat("", element.value))


def _of_a_matrix(node: Node, manifest: Manifest, where: Where, depth: int) -> Iterator[Values]:
    generators = items(child(node, "generators"))
    if len(generators) != 2:
        raise NotFollowed("a matrix that is not of two generators", node)
    first, second = generators
    for outer in _generated(first, manifest, where, depth + 1):
        if where.work.is_too_much(size(second, MAX_WORK)):
            raise NotFollowed("what is left of the generators, for it is too much", node)
        inner = with_texts(second, lambda written, v=outer: _filled(written, v))  # type: ignore[misc]
        for values in _generated(inner, manifest, where, depth + 1):
            yield {**outer, **values}


def _of_git(node: Node, manifest: Manifest, where: Where) -> Iterator[Values]:
    if not where.is_here(text(node, "repoURL")):
        raise NotFollowed(f"the generator `git` of {text(node, 'repoURL')}", node)
    extra = {f"values.{key}": str(value) for key, value in mapping(mapping(node.value).get("values")).items()}
    paths = where.tree.paths()
    if where.work.is_too_much(len(paths)):
        raise NotFollowed("what is left of the generators, for it is too much", node)
    if child(node, "files") is not None:
        wanted = [text(entry, "path") for entry in items(child(node, "files"))]
        for path in paths:
            if any(glob_matches(path, glob) for glob in wanted):
                for values in _of_a_file(path, where):
                    yield {**values, **_of_a_path(dirname(path)), "path.filename": basename(path), **extra}
        return
    listed = items(child(node, "directories"))
    yes = [text(entry, "path") for entry in listed if mapping(entry.value).get("exclude") is not True]
    no = [text(entry, "path") for entry in listed if mapping(entry.value).get("exclude") is True]
    for directory in _directories(paths):
        if any(glob_matches(directory, g) for g in yes) and not any(glob_matches(directory, g) for g in no):
            yield {**_of_a_path(directory), **extra}


def _directories(paths: Any) -> list[str]:
    found: set[str] = set()
    for path in paths:
        directory = dirname(path)
        while directory and directory not in found:
            found.add(directory)
            directory = dirname(directory)
    return sorted(found)


def _of_a_path(path: str) -> dict[str, str]:
    steps = path.split("/")
    numbered = {f"path[{i}]": step for i, step in enumerate(steps)}
    segments = {f"path.segments[{i}]": step for i, step in enumerate(steps)}
    normal = re.sub(r"[^a-z0-9-]", "-", steps[-1].lower())
    names = {"path": path, "path.path": path, "path.basename": steps[-1], "path.basenameNormalized": normal}
    return {**names, **numbered, **segments}


def _of_a_file(path: str, where: Where) -> Iterator[Values]:
    try:
        documents = read_documents(where.tree.read_text(path), path)
    except Unreadable:
        return
    for document in documents:
        for value in document.value if isinstance(document.value, list) else [document.value]:
            if isinstance(value, dict):
                yield dict(_flat("", value))


def _flat(prefix: str, value: Any, depth: int = 0) -> Iterator[tuple[str, str]]:
    """Values by their dotted names."""
    if isinstance(value, dict) and depth < MAX_NESTED:
        for key, inner in value.items():
            yield from _flat(f"{prefix}.{key}" if prefix else key, inner, depth + 1)
    elif value is not None and not isinstance(value, dict | list):
        yield prefix, str(value).lower() if isinstance(value, bool) else str(value)
