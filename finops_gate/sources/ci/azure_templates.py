"""The stages and jobs of an Azure pipeline, with its templates and what conditions and loops insert.

https://learn.microsoft.com/azure/devops/pipelines/process/templates. A template of the same repository is followed; of
another it is said not to be. What stands below a condition that is not known is there at most.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from finops_gate.model import ONCE, UNBOUNDED, ZERO, Notice, Range, Unknown
from finops_gate.sources.ci.azure_values import Values, evaluate, filled, truth
from finops_gate.sources.ci.budget import JOB, Budget, TooComplex
from finops_gate.sources.ci.pipeline import Note, problem, read, value_at
from finops_gate.sources.files import Tree
from finops_gate.sources.nodes import Node, child, entries, items, mapping_of

MAX_TEMPLATES_DEEP = 20
MAX_LEVELS = 60

_DIRECTIVE = re.compile(r"\s*\$\{\{\s*(if|elseif|else|each|insert)\b(.*?)\}\}\s*", re.DOTALL)
_EACH = re.compile(r"\s*([A-Za-z_]\w*)\s+in\s+(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Place:
    """Where something of a pipeline stands: its node, what names mean there, how often it is there, and its stage."""

    node: Node
    values: Values
    count: Range = ONCE
    stage: str = ""
    pool: Node | None = None
    around: tuple[str, ...] = ()
    deep: int = 0

    def deeper(self) -> Place:
        """One level further in. Raises TooComplex."""
        if self.deep >= MAX_LEVELS:
            raise TooComplex(f"stages, conditions and templates make more than {MAX_LEVELS} levels")
        return replace(self, deep=self.deep + 1)


MAYBE_SET = Unknown("whether its variable has that value is known only when the pipeline runs")
MAYBE = Range(ZERO, ONCE.expected, ONCE.ceiling)


class Templates:
    """Follows the templates of one pipeline."""

    def __init__(self, tree: Tree, start: str, note: Note, budget: Budget, known: dict[str, Node | None]) -> None:
        self.tree, self.note, self.budget, self.known = tree, note, budget, known
        self.root = posixpath.dirname(start)

    def file(self, path: str) -> Node | None:
        if path not in self.known:
            self.known[path] = read(self.tree, path, self.note)
        return self.known[path]

    def jobs(self, place: Place) -> Iterator[Place]:
        """The jobs below the root of a file, or of a stage. Raises TooComplex."""
        place = replace(place, node=settled(place.node, place.values), pool=child(place.node, "pool") or place.pool)
        place = self.with_variables(place)
        extended = child(place.node, "extends")
        if extended is not None:
            yield from self.template(replace(place, node=extended))
        for stage in self.below(place, "stages"):
            if child(stage.node, "template") is not None:
                yield from self.template(stage)
            else:
                name = value_at(stage.node, "stage")
                yield from self.jobs(replace(stage, stage=name if isinstance(name, str) else stage.stage))
        for job in self.below(place, "jobs"):
            yield from self.template(job) if child(job.node, "template") is not None else [self.with_variables(job)]
        if child(place.node, "steps") is not None and not place.around:
            yield place

    def with_variables(self, place: Place) -> Place:
        """The place with the variables that it declares: as a mapping, or a list of names and values."""
        declared = child(place.node, "variables")
        if declared is None:
            return place
        found: dict[str, Any] = {}
        if isinstance(declared.value, list):
            for entry in self.inserted(declared, place):
                name, value = value_at(entry.node, "name"), filled(value_at(entry.node, "value"), entry.values)
                if isinstance(name, str):
                    found[name.lower()] = value if entry.count == place.count else MAYBE_SET
        else:
            plain = settled(declared, place.values)
            found = {name.lower(): filled(entry.value, place.values) for name, entry in entries(plain)}
        return replace(place, values={**place.values, "variables": {**place.values.get("variables", {}), **found}})

    def below(self, place: Place, key: str) -> Iterator[Place]:
        listed = child(place.node, key)
        return self.inserted(listed, place) if listed is not None else iter(())

    def inserted(self, listed: Node, place: Place) -> Iterator[Place]:
        """The items of a list, those that conditions and loops insert included."""
        place = place.deeper()
        reached: bool | None = True  # whether an `elseif` or an `else` that follows may still hold
        for item in items(listed):
            self.budget.take(JOB)
            named = list(entries(item))
            directive = _DIRECTIVE.fullmatch(named[0][0]) if len(named) == 1 else None
            if directive is None:
                yield replace(place, node=settled(item, place.values))
                continue
            word, rest = directive[1], directive[2]
            if word == "each":
                yield from self.each(named[0][1], rest, place)
                continue
            holds = truth(evaluate(rest, place.values)) if word in ("if", "elseif") else True
            reached = True if word in ("if", "insert") else reached
            if holds is not False and reached is not False:
                doubt = isinstance(holds, Unknown) or reached is None
                yield from self.inserted(named[0][1], replace(place, count=place.count * MAYBE) if doubt else place)
            reached = _still(reached, holds) if word in ("if", "elseif") else reached

    def each(self, body: Node, rest: str, place: Place) -> Iterator[Place]:
        match = _EACH.fullmatch(rest)
        elements = evaluate(match[2], place.values) if match else Unknown("not a loop")
        if isinstance(elements, dict):
            elements = [{"key": key, "value": value} for key, value in elements.items()]
        if match is None or not isinstance(elements, list):
            some = Range(ZERO, elements if isinstance(elements, Unknown) else ZERO, UNBOUNDED)
            yield from self.inserted(body, replace(place, count=place.count * some))
            return
        for element in elements:
            yield from self.inserted(body, replace(place, values={**place.values, match[1]: element}))

    def template(self, place: Place) -> Iterator[Place]:
        """The jobs of a template, with the parameters that it is given."""
        written = child(place.node, "template")
        if written is None:
            return
        name = filled(written.value, place.values)
        path = self.path_of(name, place.node) if isinstance(name, str) else None
        if path is None:
            message = f"the template {written.value} is not in this repository, or known only when it runs: not priced"
            self.note(Notice("remote-workflow", "info", message, written.span))
        elif path in place.around or len(place.around) >= MAX_TEMPLATES_DEEP:
            self.note(problem(written, f"templates lead to {path} in a circle or too deep", "workflow-recursion"))
        elif not self.tree.exists(path):
            self.note(problem(written, f"there is no template {path}", "missing-template"))
        elif (root := self.file(path)) is not None:
            given = child(place.node, "parameters")
            parameters = {**_defaults(root), **_given(given, place.values)}
            values = {"variables": place.values.get("variables", {}), "parameters": parameters}
            yield from self.jobs(replace(place, node=root, values=values, around=(*place.around, path)))

    def path_of(self, name: str, node: Node) -> str | None:
        """The path of a template: beside the file that names it, or from the root; None of another repository."""
        path, _, repository = name.partition("@")
        if repository not in ("", "self"):
            return None
        base = self.root if path.startswith("/") or repository else posixpath.dirname(node.text.path)
        return posixpath.normpath(posixpath.join(base, path.lstrip("/")))


def settled(node: Node, values: Values) -> Node:
    """A mapping with the entries that its conditions insert; of what may hold, the first."""
    named: dict[str, Node] = {}
    reached: bool | None = True
    changed = False
    for name, entry in entries(node):
        directive = _DIRECTIVE.fullmatch(name)
        if directive is None:
            named[name] = entry
            continue
        changed = True
        word = directive[1]
        holds = truth(evaluate(directive[2], values)) if word in ("if", "elseif") else True
        reached = True if word in ("if", "insert") else reached
        if holds is not False and reached is not False:
            for key, inner in entries(entry):
                named.setdefault(key, inner)
        reached = _still(reached, holds) if word in ("if", "elseif") else reached
    return mapping_of(node, named) if changed else node


def _still(reached: bool | None, holds: bool | Unknown) -> bool | None:
    """Whether what follows a condition may be reached; None where it may or may not."""
    if holds is True:
        return False
    return reached if holds is False else None


def parameters_of(root: Node) -> Values:
    """What the parameters of a pipeline are unless somebody starts it with others."""
    return {"parameters": _defaults(root)}


def _defaults(root: Node) -> dict[str, Any]:
    """The defaults of a template's parameters, in either way to declare them."""
    declared = child(root, "parameters")
    if declared is None or not isinstance(declared.value, list):
        return dict(declared.value) if declared is not None and isinstance(declared.value, dict) else {}
    named = ((value_at(entry, "name"), entry) for entry in items(declared))
    return {name: _default(entry) for name, entry in named if isinstance(name, str)}


def _default(entry: Node) -> Any:
    default = child(entry, "default")
    return Unknown(f"the parameter {value_at(entry, 'name')} has no default") if default is None else default.value


def _given(node: Node | None, values: Values) -> Mapping[str, Any]:
    return {name: filled(entry.value, values) for name, entry in entries(node)} if node is not None else {}
