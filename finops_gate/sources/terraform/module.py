"""A module in use: the values of its variables, locals, resources, calls and outputs, each computed once when needed.

What needs what is read from the expressions beforehand and settled with a stack of our own, so that neither long
chains nor deep modules cost Python's stack, and a cycle is found as a cycle.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from finops_gate.model import Notice, Span, Unknown
from finops_gate.sources.files import Tree
from finops_gate.sources.terraform.blocks import Content, attempt, content_of
from finops_gate.sources.terraform.constraints import constraint
from finops_gate.sources.terraform.convert import convert
from finops_gate.sources.terraform.data_sources import known_attributes
from finops_gate.sources.terraform.declarations import Declarations, Declared, literal_text, read_directory
from finops_gate.sources.terraform.dependencies import Reference
from finops_gate.sources.terraform.evaluate import evaluate
from finops_gate.sources.terraform.expansion import Instance, expand, gathered
from finops_gate.sources.terraform.inputs import Input
from finops_gate.sources.terraform.problems import EvaluationError
from finops_gate.sources.terraform.scope import Budget, Files, Namespace, Scope
from finops_gate.sources.terraform.syntax import Body, GetAttr, Node, ObjectNode, Variable
from finops_gate.sources.terraform.types import Type
from finops_gate.sources.terraform.values import (
    LazyObject,
    Null,
    ObjectValue,
    ResourceValue,
    UnknownValue,
    Value,
)

Item: TypeAlias = tuple[str, ...]
"""What a module has values of: `("var", name)`, `("resource", type, name)`, `("call", name)` and so on."""

MAX_MODULE_DEPTH = 30
MAX_MODULES = 5_000
AFTER_APPLY = "known only after apply"
FROM_CLOUD = "read from the cloud"


class Project:
    """One root module with all that it calls: what is shared by the modules of an evaluation."""

    def __init__(self, tree: Tree, directory: str, files: Mapping[str, list[str]], settings: Mapping[str, Any]) -> None:
        self.tree, self.directory, self.files, self.settings = tree, directory, files, settings
        self.declarations: dict[str, Declarations] = {}
        self.notices: dict[Notice, None] = {}
        self.active: dict[tuple[int, Item], str] = {}
        self.named_files = Files(tree, directory)
        self.budget = Budget()
        self.modules = 0
        self.spans: dict[tuple[int, str], Span] = {}

    def read(self, directory: str) -> Declarations:
        """The declarations of a directory, read once a project."""
        if directory not in self.declarations:
            declared = read_directory(self.tree, directory, self.files.get(directory, ()))
            self.declarations[directory] = declared
            for notice in declared.notices:
                self.note(notice)
        return self.declarations[directory]

    def note(self, notice: Notice) -> None:
        self.notices[notice] = None

    def settle(self, module: Module, item: Item) -> None:
        """Computes an item after all that it needs. Raises EvaluationError where it needs itself."""
        if (id(module), item) in self.active:
            raise EvaluationError(self._cycle(module, item))
        stack = [self._begin(module, item)]
        while stack:
            owner, current, needs = stack[-1]
            for needed, needed_item in needs:
                if needed_item not in needed.memo and (id(needed), needed_item) not in self.active:
                    stack.append(self._begin(needed, needed_item))
                    break
            else:
                stack.pop()
                owner.memo[current] = owner.compute(current)
                del self.active[(id(owner), current)]

    def _begin(self, module: Module, item: Item) -> tuple[Module, Item, Iterator[tuple[Module, Item]]]:
        self.active[(id(module), item)] = module.name_of(item)
        return module, item, module.needs(item)

    def _cycle(self, module: Module, item: Item) -> str:
        keys = list(self.active)
        names = [self.active[key] for key in keys[keys.index((id(module), item)) :]]
        return "it depends on itself: " + " -> ".join([*names, names[0]])


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
    depth: int = 0

    @property
    def budget(self) -> Budget:
        return self.project.budget

    def value(self, item: Item) -> Value:
        """The value of an item. Raises EvaluationError where it depends on itself."""
        if item not in self.memo:
            self.project.settle(self, item)
        return self.memo[item]

    def report(self, error: EvaluationError) -> None:
        code = "dependency-cycle" if "it depends on itself" in error.message else "evaluation-error"
        self.project.note(Notice(code, "error", error.message, error.span))

    def name_of(self, item: Item) -> str:
        kind, *names = item
        prefix = {"resource": "", "call": "module.", "local": "local.", "var": "var."}.get(kind, f"{kind}.")
        return f"{self.prefix}{prefix}{'.'.join(names)}"

    @property
    def prefix(self) -> str:
        return f"{self.address}." if self.address else ""

    # What an item needs before it can be computed.

    def needs(self, item: Item) -> Iterator[tuple[Module, Item]]:
        kind = item[0]
        if kind == "var":
            yield from self._variable_needs(item[1])
        elif kind == "local":
            yield from self._needs_of(self.declared.locals[item[1]].node.value)
        elif kind == "output":
            value = self.declared.outputs[item[1]].attribute("value")
            if value is not None:
                yield from self._needs_of(value)
        elif kind == "call":
            for name in ("count", "for_each"):
                node = self.declared.calls[item[1]].attribute(name)
                if node is not None:
                    yield from self._needs_of(node)
        else:
            yield from self._needs_of(self._block(item).node.body)

    def _block(self, item: Item) -> Declared:
        kind, *names = item
        if kind == "provider":
            return self.declared.providers[(names[0], names[1])]
        table = self.declared.resources if kind == "resource" else self.declared.data
        return table[(names[0], names[1])]

    def _variable_needs(self, name: str) -> Iterator[tuple[Module, Item]]:
        argument = self.argument(name)
        if argument is not None and self.parent is not None:
            yield from self.parent._needs_of(argument)

    def _needs_of(self, node: Node | Body) -> Iterator[tuple[Module, Item]]:
        for reference in self.declared.references_of(node):
            yield from self._named(reference)

    def _named(self, reference: Reference) -> Iterator[tuple[Module, Item]]:
        root, *names = reference
        declared = self.declared
        if root == "var":
            if names[0] in declared.variables:
                yield self, ("var", names[0])
        elif root == "local":
            if names[0] in declared.locals:
                yield self, ("local", names[0])
        elif root == "module":
            if names[0] in declared.calls:
                yield self, ("call", names[0])
                for _, child in self.children.get(names[0], ()):
                    outputs = names[1:] if len(names) > 1 else list(child.declared.outputs)
                    yield from ((child, ("output", o)) for o in outputs if o in child.declared.outputs)
        elif root == "data":
            if len(names) == 2 and (names[0], names[1]) in declared.data:
                yield self, ("data", names[0], names[1])
        elif (root, names[0]) in declared.resources:
            yield self, ("resource", root, names[0])

    # Names of expressions.

    def root(self, name: str) -> Value | Namespace:
        """The value of the first name of a traversal. Raises EvaluationError."""
        make = _ROOTS.get(name)
        if make is not None:
            return make(self)
        if name in ("each", "count", "self"):
            raise EvaluationError(f'"{name}" has no meaning here: the block has no {_NEEDS[name]}')
        return Namespace(name, lambda attribute: self._declared_value(("resource", name, attribute)))

    def _declared_value(self, item: Item) -> Value:
        kind, *names = item
        tables: dict[str, Mapping[Any, Any]] = {
            "var": self.declared.variables,
            "local": self.declared.locals,
            "call": self.declared.calls,
            "data": self.declared.data,
            "resource": self.declared.resources,
        }
        key = names[0] if len(names) == 1 else tuple(names)
        if key not in tables[kind]:
            raise EvaluationError(f"{_NOUNS[kind]}{'.'.join(names)} is not declared")
        return self.value(item)

    def _path(self, name: str) -> Value:
        directory = posixpath.relpath(self.declared.directory or ".", self.project.directory or ".")
        return {"module": directory, "root": ".", "cwd": "."}.get(name) or _no_attribute("path", name)

    def _terraform(self, name: str) -> Value:
        if name == "workspace":
            return str(self.project.settings.get("workspace") or "default")
        if name == "applying":
            return False
        return _no_attribute("terraform", name)

    # Files named by expressions.

    def read_file(self, path: str) -> bytes | None:
        return self.project.named_files.read_file(path)

    def list_files(self, directory: str) -> list[str]:
        return self.project.named_files.list_files(directory)

    # Computing an item.

    def compute(self, item: Item) -> Value:
        """The value of an item whose needs are met; an unknown, and a notice, where it has none."""
        try:
            return _COMPUTE[item[0]](self, item)
        except EvaluationError as error:
            self.report(error)
            return UnknownValue(Unknown(error.message, error.span))

    def _compute_local(self, item: Item) -> Value:
        declared = self.declared.locals[item[1]]
        return evaluate(declared.node.value, Scope(self, declared.file))

    def _compute_output(self, item: Item) -> Value:
        declared = self.declared.outputs[item[1]]
        node = declared.attribute("value")
        if node is None:
            return UnknownValue(Unknown(f"output {item[1]} has no value", declared.file.span(declared.node)))
        return evaluate(node, Scope(self, declared.file))

    def _compute_provider(self, item: Item) -> Value:
        declared = self._block(item)
        content = content_of(declared.node.body, Scope(self, declared.file), self.report)
        return ObjectValue(content.items)

    def _compute_variable(self, item: Item) -> Value:
        declared = self.declared.variables[item[1]]
        wanted = constraint(declared.attribute("type"), declared.file)
        given = self._given(item[1], wanted)
        default = declared.attribute("default")
        scope = Scope(self, declared.file)
        if isinstance(given, Null) and default is not None and self._refuses_null(declared, scope):
            given = None
        if given is None:
            if default is None:
                return UnknownValue(Unknown(f"var.{item[1]} has no value", _header(declared)), wanted)
            given = evaluate(default, scope)
        try:
            return convert(given, wanted)
        except EvaluationError as error:
            message = f"var.{item[1]}: {error.message}"
            raise EvaluationError(message, error.span or self._origin(item[1])) from error

    def _refuses_null(self, declared: Declared, scope: Scope) -> bool:
        nullable = declared.attribute("nullable")
        return nullable is not None and attempt(nullable, scope, self.report) is False

    def _given(self, name: str, wanted: Type) -> Value | None:
        """What the caller, a tfvars file or a setting says; None where nobody says anything."""
        if self.parent is None:
            return self.inputs[name].value(wanted) if name in self.inputs else None
        node = self.argument(name)
        assert self.call_scope is not None
        return None if node is None else attempt(node, self.call_scope, self.report)

    def _origin(self, name: str) -> Span | None:
        declared = self.declared.variables[name]
        if self.parent is not None and self.call_scope is not None:
            node = self.argument(name)
            return self.call_scope.file.span(node) if node is not None else _header(declared)
        return (self.inputs[name].origin if name in self.inputs else None) or _header(declared)

    def argument(self, name: str) -> Node | None:
        """The expression that the caller gives for a variable."""
        return self.call.attribute(name) if self.call is not None else None

    def _compute_resource(self, item: Item) -> Value:
        kind, type, name = item
        declared = self._block(item)
        base = f"{self.prefix}{'data.' if kind == 'data' else ''}{type}.{name}"
        cause = Unknown(FROM_CLOUD if kind == "data" else AFTER_APPLY, _header(declared))
        instances, notice = expand(declared, Scope(self, declared.file), base, self.report)
        if notice and kind == "resource":
            self.project.note(notice)
        for instance in instances:
            instance.content = self._content(declared, instance.scope)
            address = f"{base}{instance.suffix}"
            if kind == "data":
                instance.content.items.update(known_attributes(self, type, declared, instance.content.items))
            instance.value = ResourceValue(instance.content.items, address, cause)
        if kind == "resource":
            self.instances[(type, name)] = instances
        return gathered(declared, instances, Unknown(f"{base} is {cause.reason}", cause.origin, base))

    def _content(self, declared: Declared, scope: Scope) -> Content:
        return content_of(declared.node.body, scope, self.report)

    def _compute_call(self, item: Item) -> Value:
        name = item[1]
        declared = self.declared.calls[name]
        base = f"{self.prefix}module.{name}"
        directory = self._source(declared, base)
        if directory is None:
            self.children[name] = []
            return UnknownValue(Unknown(f"{base} is not downloaded", _header(declared)))
        content = self.project.read(directory)
        instances, notice = expand(declared, Scope(self, declared.file), base, self.report)
        if notice:
            self.project.note(notice)
        self.children[name] = [(i, self._child(content, declared, i, f"{base}{i.suffix}")) for i in instances]
        for instance, child in self.children[name]:
            instance.value = LazyObject(content.outputs, child.output)
        return gathered(declared, instances, Unknown(f"the instances of {base} are not known", _header(declared)))

    def _child(self, content: Declarations, declared: Declared, instance: Instance, address: str) -> Module:
        self.project.modules += 1
        if self.project.modules > MAX_MODULES:
            raise EvaluationError(f"more than {MAX_MODULES:,} module instances", _header(declared))
        return Module(self.project, content, address, self, declared, instance.scope, depth=self.depth + 1)

    def output(self, name: str) -> Value:
        return self.value(("output", name))

    def _source(self, declared: Declared, base: str) -> str | None:
        """The directory of a called module; None, and a notice, where it is not here."""
        source = literal_text(declared.attribute("source"))
        if not source.startswith(("./", "../")):
            message = f"{base}: not downloaded; its resources are not in the totals"
            self.project.note(Notice("module-not-downloaded", "info", message, _header(declared)))
            return None
        directory = posixpath.normpath(posixpath.join(self.declared.directory, source))
        directory = "" if directory == "." else directory
        if directory not in self.project.files:
            message = f"{base}: there is no module in {source}"
            self.project.note(Notice("module-not-found", "error", message, _header(declared)))
            return None
        if self.depth >= MAX_MODULE_DEPTH or directory in self._ancestors():
            raise EvaluationError(f"{base}: it depends on itself: the module calls itself", _header(declared))
        return directory

    def _ancestors(self) -> list[str]:
        found = [self.declared.directory]
        above = self.parent
        while above is not None:
            found.append(above.declared.directory)
            above = above.parent
        return found

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


def _header(declared: Declared) -> Span:
    node = declared.node
    return declared.file.source.span(declared.file.path, node.start, node.header_end)


def _no_attribute(root: str, name: str) -> Value:
    raise EvaluationError(f'"{root}" has no attribute "{name}"')


def _all_children(module: Module) -> Namespace:
    return Namespace("module", lambda name: module._declared_value(("call", name)))


_ROOTS: dict[str, Callable[[Module], Namespace]] = {
    "var": lambda m: Namespace("var", lambda name: m._declared_value(("var", name))),
    "local": lambda m: Namespace("local", lambda name: m._declared_value(("local", name))),
    "module": _all_children,
    "data": lambda m: Namespace(
        "data", lambda t: Namespace(f"data.{t}", lambda name: m._declared_value(("data", t, name)))
    ),
    "path": lambda m: Namespace("path", m._path),
    "terraform": lambda m: Namespace("terraform", m._terraform),
}
_NEEDS = {"each": "for_each", "count": "count", "self": "self"}
_NOUNS = {"var": "var.", "local": "local.", "call": "module.", "data": "data.", "resource": ""}
_COMPUTE: dict[str, Callable[[Module, Item], Value]] = {
    "var": Module._compute_variable,
    "local": Module._compute_local,
    "output": Module._compute_output,
    "provider": Module._compute_provider,
    "resource": Module._compute_resource,
    "data": Module._compute_resource,
    "call": Module._compute_call,
}
