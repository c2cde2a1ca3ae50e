"""What a GitLab pipeline comes to before its jobs are looked at: includes, `extends`, `default`, `!reference`, inputs.

In GitLab's order: files are merged (https://docs.gitlab.com/ci/yaml/includes/), then jobs extended
(https://docs.gitlab.com/ci/yaml/#extends), then references resolved. Mappings are merged deeply, all else is replaced.
What is included from elsewhere than the repository is not read; what may come from there is not known then.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Any

from finops_gate.model import Notice
from finops_gate.sources.ci.budget import COMPARISON, Budget, TooComplex
from finops_gate.sources.ci.pipeline import Note, problem, read_all, value_at
from finops_gate.sources.documents import Reference
from finops_gate.sources.files import Tree
from finops_gate.sources.nodes import Node, child, entries, items, mapping_of, sequence_of, without_entry

MAX_FILES = 150
"""Files that GitLab includes in a pipeline: https://docs.gitlab.com/ci/yaml/#include"""
MAX_EXTENDS_DEEP = 11
MAX_REFERENCES_DEEP = 10
MAX_LEVELS = 120
"""Levels of mappings and lists that references make together; a file has at most 100."""
MAX_GLOB = 256

ENTRY = 8
"""Units of work that an entry of a mapping takes to merge; see `budget`."""

DEFAULTS = frozenset(
    {"after_script", "artifacts", "before_script", "cache", "hooks", "id_tokens", "image", "interruptible", "retry"}
    | {"services", "tags", "timeout"}
)
"""Keys of a job that `default` may give: https://docs.gitlab.com/ci/yaml/#default"""

NO_JOBS = frozenset(
    {"after_script", "before_script", "cache", "default", "image", "include", "services", "spec", "stages", "types"}
    | {"variables", "workflow"}
)
"""Keys at the top of a pipeline that are no jobs."""

DECIDING = frozenset(
    {"except", "interruptible", "only", "parallel", "rules", "tags", "timeout", "trigger", "variables", "when"}
)
"""Keys of a job in which references are resolved: those that its cost hangs on."""

_INPUT = re.compile(r"\$\[\[\s*inputs\.([A-Za-z0-9_-]{1,100})\s*(?:\|[^\]]{0,200})?\]\]")


@dataclass(frozen=True, slots=True)
class Config:
    """A pipeline's files as one mapping. `elsewhere` names what is included from outside of the repository."""

    root: Node
    elsewhere: tuple[str, ...]
    paths: frozenset[str]


@dataclass(frozen=True, slots=True)
class Found:
    """A job as it comes out. `missing` are the templates it extends that no file which was read holds."""

    name: str
    node: Node
    missing: tuple[str, ...] = ()


def merged(base: Node | None, over: Node, budget: Budget) -> Node:
    """A mapping with the entries of another laid over it, mappings in it likewise. Raises TooComplex."""
    if base is None or not isinstance(base.value, dict) or not isinstance(over.value, dict):
        return over
    budget.take(ENTRY * (len(base.value) + len(over.value)))
    named = dict(entries(base))
    for name, entry in entries(over):
        named[name] = merged(named.get(name), entry, budget)
    return mapping_of(over, named)


class Reader:
    """Reads one pipeline with what it includes."""

    def __init__(self, tree: Tree, start: str, note: Note, budget: Budget) -> None:
        self.tree, self.note, self.budget = tree, note, budget
        self.root = posixpath.dirname(start)
        self.paths: dict[str, None] = {}
        self.files = 0
        self.elsewhere: dict[str, None] = {}

    def read(self, paths: Sequence[str], inputs: Mapping[str, Any]) -> Config | None:
        """The configuration that some files make together. Raises TooComplex."""
        root: Node | None = None
        for path in paths:
            content = self.file(path, inputs, ())
            root = merged(root, content, self.budget) if content is not None else root
        return None if root is None else Config(root, tuple(self.elsewhere), frozenset(self.paths))

    def file(self, path: str, inputs: Mapping[str, Any], around: tuple[str, ...]) -> Node | None:
        """A file laid over what it includes."""
        documents = read_all(self.tree, path, self.note)
        self.paths[path] = None
        self.files += 1
        if not documents:
            return None
        content = documents[0]
        if len(documents) > 1 and "spec" in content.value:
            content = with_inputs(documents[1], {**default_inputs(documents[0]), **inputs}, self.budget)
        base: Node | None = None
        for entry in listed(child(content, "include")):
            for found, given in self.included(entry):
                inner = self.one(found, given, (*around, path), entry)
                base = merged(base, inner, self.budget) if inner is not None else base
        return merged(base, without_entry(content, "include"), self.budget)

    def one(self, path: str, inputs: Mapping[str, Any], around: tuple[str, ...], entry: Node) -> Node | None:
        if path in around:
            self.note(problem(entry, f"{path} includes itself", "include-recursion"))
            return None
        if self.files >= MAX_FILES:
            self.note(problem(entry, f"more than {MAX_FILES} files are included, the rest is not read", "too-complex"))
            return None
        return self.file(path, inputs, around)

    def included(self, entry: Node) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """The files of the repository that an `include` names, each with the inputs it is given."""
        written = entry.value if isinstance(entry.value, str) else value_at(entry, "local")
        if not isinstance(written, str) or written.startswith(("https://", "http://")):
            self.from_elsewhere(entry)
            return
        given = value_at(entry, "inputs")
        found = self.local(written)
        if not found and "*" not in written:
            unknown = "$" in written
            code = "remote-workflow" if unknown else "missing-include"
            message = f"includes {written}, which {'is known only when it runs' if unknown else 'does not exist'}"
            self.note(Notice(code, "info" if unknown else "error", message, entry.span))
            if unknown:
                self.elsewhere[written] = None
        yield from ((path, given if isinstance(given, dict) else {}) for path in found)

    def local(self, written: str) -> list[str]:
        """The files of a path that counts from the repository's root, or of a glob."""
        path = posixpath.normpath(posixpath.join(self.root, written.lstrip("/")))
        if "*" not in path:
            return [path] if self.tree.exists(path) else []
        pattern = steps_of(path)
        candidates = [p for p in self.tree.paths(self.root) if p.endswith((".yml", ".yaml"))]
        self.budget.take(COMPARISON * len(candidates))
        return [p for p in candidates if fits(p.split("/"), pattern)]

    def from_elsewhere(self, entry: Node) -> None:
        """Says that an include is of another place, whose jobs are not counted."""
        kinds = ("component", "template", "project", "remote", "artifact")
        kind = next((k for k in kinds if value_at(entry, k) is not None), "")
        name = str(value_at(entry, kind) if kind else entry.value)[:200]
        self.elsewhere[name] = None
        message = f"{entry.text.path} includes {name}, which is not in this repository: its jobs are not priced"
        self.note(Notice("remote-workflow", "info", message, entry.span))


def steps_of(glob: str) -> list[str]:
    """The steps of a glob: `**` is any directories, at least one; in `**.yml` also none, written `***`."""
    steps: list[str] = []
    for step in glob[:MAX_GLOB].split("/"):
        steps += [step] if step == "**" or "**" not in step else ["***", step.replace("**", "*")]
    return steps


def fits(path: Sequence[str], steps: Sequence[str]) -> bool:
    """Whether a path fits a glob, step by step."""
    reached = {0}
    for name in path:
        reached |= {i + 1 for i in reached if i < len(steps) and steps[i] == "***"}
        reached = {j for i in reached if i < len(steps) for j in _after(steps[i], i, name)}
    return len(steps) in reached


def _after(step: str, position: int, name: str) -> tuple[int, ...]:
    """Where in the glob one can be after a name of the path."""
    if step in ("**", "***"):
        return (position, position + 1)
    literal = step.replace("[", "[[]").replace("?", "[?]")
    return (position + 1,) if fnmatchcase(name, literal) else ()


def listed(node: Node | None) -> list[Node]:
    """The items of a list; what is no list is one item."""
    if node is None or node.value is None:
        return []
    return items(node) if isinstance(node.value, list) else [node]


# Inputs


def default_inputs(header: Node) -> dict[str, Any]:
    """What `spec: inputs:` gives where an include says nothing."""
    declared = child(header, "spec", "inputs")
    found = {name: value_at(entry, "default") for name, entry in entries(declared)} if declared is not None else {}
    return {name: value for name, value in found.items() if value is not None}


def with_inputs(node: Node, values: Mapping[str, Any], budget: Budget) -> Node:
    """The node with `$[[ inputs.x ]]` filled in, in keys as well; what has no value is left as it is."""
    budget.take(1)
    if isinstance(node.value, str):
        return replace(node, value=filled(node.value, values)) if "$[[" in node.value else node
    if isinstance(node.value, dict):
        return mapping_of(node, {str(filled(k, values)): with_inputs(e, values, budget) for k, e in entries(node)})
    if isinstance(node.value, list) and not isinstance(node.value, Reference):
        return sequence_of(node, [with_inputs(item, values, budget) for item in items(node)])
    return node


def filled(text: str, values: Mapping[str, Any]) -> Any:
    whole = _INPUT.fullmatch(text)
    if whole and whole[1] in values:
        return values[whole[1]]
    return _INPUT.sub(lambda m: str(values.get(m[1], m[0])), text)


# Jobs


def refers(value: Any) -> bool:
    """Whether there is a `!reference` in a value."""
    if isinstance(value, dict):
        return any(map(refers, value.values()))
    return isinstance(value, Reference) or (isinstance(value, list) and any(map(refers, value)))


@dataclass(slots=True)
class Jobs:
    """The jobs of a configuration, each worked out once."""

    config: Config
    note: Note
    budget: Budget
    known: dict[str, Found] = field(default_factory=dict)

    def names(self) -> list[str]:
        """The names of what is a job: neither hidden nor a keyword."""
        return [
            name
            for name, node in entries(self.config.root)
            if not name.startswith(".") and name not in NO_JOBS and isinstance(node.value, dict)
        ]

    def job(self, name: str) -> Found:
        """A job with what it extends, what `default` gives it, and its references resolved. Raises TooComplex."""
        found = self.extended(name, ())
        node = self.with_defaults(found.node)
        deciding = {k: e for k, e in entries(node) if k in DECIDING and refers(e.value)}
        if not deciding:
            return replace(found, node=node)
        resolved = {key: self.resolved(entry) for key, entry in deciding.items()}
        return replace(found, node=mapping_of(node, dict(entries(node)) | resolved))

    def extended(self, name: str, around: tuple[str, ...]) -> Found:
        if name in self.known:
            return self.known[name]
        own = child(self.config.root, name)
        assert own is not None
        missing: list[str] = []
        base: Node | None = None
        for parent in listed(child(own, "extends")):
            inherited = self.parent(parent, (*around, name))
            if inherited is None:
                missing.append(str(parent.value))
                continue
            missing += inherited.missing
            base = merged(base, inherited.node, self.budget)
        node = replace(merged(base, own, self.budget), key=own.key)
        self.known[name] = Found(name, node, tuple(missing))
        return self.known[name]

    def parent(self, named: Node, around: tuple[str, ...]) -> Found | None:
        """What a job extends; None, which is noted where it matters, where it is not there or leads back."""
        name = str(named.value)
        node = child(self.config.root, name)
        if name in around or len(around) > MAX_EXTENDS_DEEP:
            self.note(problem(named, f"{around[-1]} extends {name} in a circle or too deep", "extends-recursion"))
        elif node is not None and isinstance(node.value, dict):
            return self.extended(name, around)
        elif not self.config.elsewhere:
            self.note(problem(named, f"{around[-1]} extends {name}, which does not exist", "missing-template"))
        return None

    def with_defaults(self, node: Node) -> Node:
        """A job with what `default` says, but for what it does not inherit."""
        default = child(self.config.root, "default")
        wanted = value_at(node, "inherit", "default")
        if default is None or wanted is False:
            return node
        named = dict(entries(node))
        for key, entry in entries(default):
            if key in DEFAULTS and key not in named and (not isinstance(wanted, list) or key in wanted):
                named[key] = entry
        return mapping_of(node, named)

    def resolved(self, node: Node, deep: int = 0, level: int = 0) -> Node:
        """A value with the `!reference`s in it replaced by what they lead to; a list in a list is part of that one."""
        self.budget.take(1)
        if level > MAX_LEVELS:
            raise TooComplex(f"references make more than {MAX_LEVELS} levels")
        if isinstance(node.value, Reference):
            target = self.referred(node) if deep <= MAX_REFERENCES_DEEP else None
            if target is None:
                self.unresolved(node, deep)
                return replace(node, value=None)
            return self.resolved(target, deep + 1, level + 1)
        if isinstance(node.value, dict):
            return mapping_of(node, {key: self.resolved(entry, deep, level + 1) for key, entry in entries(node)})
        if isinstance(node.value, list):
            return sequence_of(node, self.spliced(items(node), deep, level + 1))
        return node

    def spliced(self, listed_items: Iterable[Node], deep: int, level: int) -> Iterator[Node]:
        for item in listed_items:
            found = self.resolved(item, deep, level)
            if isinstance(item.value, Reference) and isinstance(found.value, list):
                yield from items(found)
            else:
                yield found

    def referred(self, node: Node) -> Node | None:
        """What a reference leads to: the value at its keys, the first of which names a job or a template."""
        keys = [str(key) for key in node.value]
        if not keys or not isinstance(value_at(self.config.root, keys[0]), dict):
            return None
        return child(self.extended(keys[0], ()).node, *keys[1:])

    def unresolved(self, node: Node, deep: int) -> None:
        keys = ", ".join(str(key) for key in node.value)
        if deep > MAX_REFERENCES_DEEP or not self.config.elsewhere:
            self.note(problem(node, f"!reference [{keys}] leads nowhere", "missing-reference"))
