"""A module in use: what its expressions may name, each value computed once when it is needed."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from finops_gate.model import Notice, Unknown
from finops_gate.sources.terraform.declarations import Declarations, Declared, Item, literal_text
from finops_gate.sources.terraform.expansion import Instance
from finops_gate.sources.terraform.inputs import Input
from finops_gate.sources.terraform.problems import EvaluationError
from finops_gate.sources.terraform.project import Project
from finops_gate.sources.terraform.scope import Budget, Namespace, Scope
from finops_gate.sources.terraform.secrecy import Secrets
from finops_gate.sources.terraform.syntax import GetAttr, Node, ObjectNode, Variable
from finops_gate.sources.terraform.values import ObjectValue, UnknownValue, Value


@dataclass(eq=False, slots=True)
class Module:
    """One instance of a module; the frame of the expressions in it."""

    project: Project
    declared: Declarations
    address: str = ""
    parent: Module | None = None
    call: Declared | None = None
    call_scope: Scope | None = None
    inputs: Mapping[str, Input] = field(default_factory=dict)
    memo: dict[Item, Value] = field(default_factory=dict)
    instances: dict[tuple[str, str], list[Instance]] = field(default_factory=dict)
    children: dict[str, list[tuple[Instance, Module]]] = field(default_factory=dict)
    namespaces: dict[str, Namespace] = field(default_factory=dict)
    sensitive: set[Item] = field(default_factory=set)
    depth: int = 0
    providers: dict[tuple[str, str], Mapping[str, Any]] = field(default_factory=dict)
    budget: Budget = field(init=False)
    secrets: Secrets = field(init=False)

    def __post_init__(self) -> None:
        self.budget, self.secrets = self.project.budget, self.project.secrets

    @property
    def today(self) -> str:
        return str(self.project.settings.get("as_of", ""))

    def value(self, item: Item) -> Value:
        """The value of an item. Raises EvaluationError where it depends on itself."""
        found = self.memo.get(item)
        if found is None:
            self.project.settle(self, item)
            found = self.memo[item]
        if self.sensitive and item in self.sensitive:
            self.secrets.touched = True
        return found

    def report(self, error: EvaluationError) -> None:
        code = "dependency-cycle" if "it depends on itself" in error.message else "evaluation-error"
        self.project.note(Notice(code, "error", error.message, error.span))

    def block_of(self, item: Item) -> Declared:
        """The block of a provider, a resource or a data source."""
        kind, *names = item
        if kind == "provider":
            return self.declared.providers[(names[0], names[1])]
        table = self.declared.resources if kind == "resource" else self.declared.data
        return table[(names[0], names[1])]

    def name_of(self, item: Item) -> str:
        kind, *names = item
        prefix = {"resource": "", "call": "module.", "local": "local.", "var": "var."}.get(kind, f"{kind}.")
        return f"{self.prefix}{prefix}{'.'.join(names)}"

    @property
    def prefix(self) -> str:
        return f"{self.address}." if self.address else ""

    def root(self, name: str) -> Value | Namespace:
        """The value of the first name of a traversal. Raises EvaluationError."""
        found = self.namespaces.get(name)
        if found is None:
            found = self.namespaces[name] = self._namespace(name)
        return found

    def _namespace(self, name: str) -> Namespace:
        make = _ROOTS.get(name)
        if make is not None:
            return make(self)
        if name in ("each", "count", "self"):
            raise EvaluationError(f'"{name}" has no meaning here: the block has no {_NEEDS[name]}')
        return Namespace(name, lambda attribute: self._declared_value(("resource", name, attribute)))

    def _declared_value(self, item: Item) -> Value:
        if item in self.memo or self.declared.has(item):
            return self.value(item)
        if self.declared.unread is not None:
            return UnknownValue(self.declared.unread)
        raise EvaluationError(f"{_NOUNS[item[0]]}{'.'.join(item[1:])} is not declared")

    def _path(self, name: str) -> Value:
        directory = posixpath.relpath(self.declared.directory or ".", self.project.directory or ".")
        return {"module": directory, "root": ".", "cwd": "."}.get(name) or _no_attribute("path", name)

    def _terraform(self, name: str) -> Value:
        if name == "workspace":
            return self.project.workspace()
        if name == "applying":
            return False
        return _no_attribute("terraform", name)

    # Files named by expressions.

    def read_file(self, path: str) -> bytes | None:
        return self.project.named_files.read_file(path)

    def list_files(self, directory: str) -> list[str]:
        return self.project.named_files.list_files(directory)

    def argument(self, name: str) -> Node | None:
        """The expression that the caller gives for a variable."""
        return self.call.attribute(name) if self.call is not None else None

    def output(self, name: str) -> Value:
        return self.value(("output", name))

    # Providers.

    def provider(self, name: str, alias: str = "") -> ObjectValue | None:
        """The configuration of a provider, as a resource of this module sees it."""
        passed = self._passed(name, alias)
        if passed is not None and self.parent is not None:
            return self.parent.provider(*passed)
        if (name, alias) in self.declared.providers:
            found = self.value(("provider", name, alias))
            return found if isinstance(found, ObjectValue) else None
        return self.parent.provider(name) if self.parent is not None and not alias else None

    def _passed(self, name: str, alias: str) -> tuple[str, str] | None:
        """What `providers = {}` of the call says for a provider."""
        node = self.call.attribute("providers") if self.call is not None else None
        if not isinstance(node, ObjectNode):
            return None
        for key, value in node.items:
            if provider_name(key) == (name, alias):
                return provider_name(value)
        return None


def provider_name(node: Node | None) -> tuple[str, str] | None:
    """`aws` or `aws.west`, as a name and an alias."""
    if isinstance(node, GetAttr) and isinstance(node.base, Variable):
        return node.base.name, node.name
    if isinstance(node, Variable):
        return node.name, ""
    value = getattr(node, "value", None)
    written = value if isinstance(value, str) else literal_text(node)
    name, _, alias = written.partition(".")
    return (name, alias) if name else None


def _no_attribute(root: str, name: str) -> Value:
    raise EvaluationError(f'"{root}" has no attribute "{name}"')


def _ephemeral(type: str, name: str) -> Value:
    return UnknownValue(Unknown(f"ephemeral.{type}.{name} is there only while it is needed"))


def _all_children(module: Module) -> Namespace:
    return Namespace("module", lambda name: module._declared_value(("call", name)))


_ROOTS: dict[str, Callable[[Module], Namespace]] = {
    "var": lambda m: Namespace("var", lambda name: m._declared_value(("var", name))),
    "local": lambda m: Namespace("local", lambda name: m._declared_value(("local", name))),
    "module": _all_children,
    "data": lambda m: Namespace(
        "data", lambda t: Namespace(f"data.{t}", lambda name: m._declared_value(("data", t, name)))
    ),
    "ephemeral": lambda m: Namespace(
        "ephemeral", lambda t: Namespace(f"ephemeral.{t}", lambda name: _ephemeral(t, name))
    ),
    "path": lambda m: Namespace("path", m._path),
    "terraform": lambda m: Namespace("terraform", m._terraform),
}
_NEEDS = {"each": "for_each", "count": "count", "self": "self"}
_NOUNS = {"var": "var.", "local": "local.", "call": "module.", "data": "data.", "resource": ""}
