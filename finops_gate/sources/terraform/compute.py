"""The value of each kind of item of a module, once what it needs is there."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from finops_gate.model import Span, Unknown
from finops_gate.sources.secrecy import is_secret
from finops_gate.sources.terraform.blocks import attempt, content_of, refused
from finops_gate.sources.terraform.calls import source_of
from finops_gate.sources.terraform.constraints import constraint
from finops_gate.sources.terraform.convert import convert
from finops_gate.sources.terraform.data_sources import known_attributes, reason
from finops_gate.sources.terraform.declarations import Declarations, Declared, Item
from finops_gate.sources.terraform.evaluate import evaluate
from finops_gate.sources.terraform.expansion import Instance, expand, gathered
from finops_gate.sources.terraform.module import Module
from finops_gate.sources.terraform.problems import EvaluationError
from finops_gate.sources.terraform.scope import Scope
from finops_gate.sources.terraform.types import Type
from finops_gate.sources.terraform.values import LazyObject, Null, ObjectValue, ResourceValue, UnknownValue, Value

MAX_MODULES = 5_000
AFTER_APPLY = "known only after apply"
_CARRIERS = frozenset({"var", "local", "output"})
"""The items that hold secrets as they are; what a block gets of them is hidden at once."""


def compute(module: Module, item: Item) -> Value:
    """The value of an item whose needs are met; an unknown, and a notice, where it has none."""
    secrets = module.secrets
    outside, secrets.touched = secrets.touched, False
    try:
        return _BY_KIND[item[0]](module, item)
    except EvaluationError as error:
        return refused(error, secrets, module.report)
    finally:
        if secrets.touched and item[0] in _CARRIERS:
            module.sensitive.add(item)
        secrets.touched = outside


def local(module: Module, item: Item) -> Value:
    declared = module.declared.locals[item[1]]
    value = evaluate(declared.node.value, Scope(module, declared.file))
    if isinstance(value, str) and is_secret(item[1]):
        module.secrets.add(value)
        module.secrets.places.append(declared.file.span(declared.node))
    return value


def output(module: Module, item: Item) -> Value:
    declared = module.declared.outputs[item[1]]
    node = declared.attribute("value")
    if node is None:
        return UnknownValue(Unknown(f"output {item[1]} has no value", declared.file.span(declared.node)))
    value = evaluate(node, Scope(module, declared.file))
    if _is_marked(module, declared):
        module.secrets.add(value)
    return value


def _is_marked(module: Module, declared: Declared) -> bool:
    """Whether a variable or an output is `sensitive` or `ephemeral`."""
    marks = [declared.attribute(name) for name in ("sensitive", "ephemeral")]
    return any(m is not None and attempt(m, Scope(module, declared.file), module.report) is True for m in marks)


def provider(module: Module, item: Item) -> Value:
    declared = module.block_of(item)
    content = content_of(declared, Scope(module, declared.file), module.report)
    return ObjectValue(content.items)


def variable(module: Module, item: Item) -> Value:
    declared = module.declared.variables[item[1]]
    wanted = _type(module, item[1], declared)
    given = _given(module, item[1], wanted)
    default = declared.attribute("default")
    scope = Scope(module, declared.file)
    if isinstance(given, Null) and _refuses_null(module, declared, scope):
        if default is None:
            raise EvaluationError(f"var.{item[1]}: null is given, which it does not take", _origin(module, item[1]))
        given = None
    if given is None:
        if default is None:
            return UnknownValue(Unknown(f"var.{item[1]} has no value", declared.header), wanted)
        given = evaluate(default, scope)
    if _is_marked(module, declared) or (isinstance(given, str) and is_secret(item[1])):
        module.secrets.add(given)
        module.secrets.places += _written(module, item[1])
    try:
        return convert(given, wanted)
    except EvaluationError as error:
        message = f"var.{item[1]}: {error.message}"
        raise EvaluationError(message, error.span or _origin(module, item[1])) from error


def _type(module: Module, name: str, declared: Declared) -> Type:
    """The type that a variable takes, read once for all uses of the module."""
    types = module.declared.types
    if name not in types:
        types[name] = constraint(declared.attribute("type"), declared.file)
    return types[name]


def _refuses_null(module: Module, declared: Declared, scope: Scope) -> bool:
    nullable = declared.attribute("nullable")
    return nullable is not None and attempt(nullable, scope, module.report) is False


def _given(module: Module, name: str, wanted: Type) -> Value | None:
    """What the caller, a tfvars file or a setting says; None where nobody says anything."""
    if module.parent is None:
        return module.inputs[name].value(wanted) if name in module.inputs else None
    node = module.argument(name)
    assert module.call_scope is not None
    if node is None:
        cause = module.call.unread if module.call is not None else None
        return None if cause is None else UnknownValue(cause, wanted)
    return attempt(node, module.call_scope, module.report)


def _origin(module: Module, name: str) -> Span | None:
    declared = module.declared.variables[name]
    if module.parent is not None and module.call_scope is not None:
        node = module.argument(name)
        return module.call_scope.file.span(node) if node is not None else declared.header
    return (module.inputs[name].origin if name in module.inputs else None) or declared.header


def _written(module: Module, name: str) -> Iterator[Span]:
    """Where a variable's value and its default are written."""
    declared = module.declared.variables[name]
    default = declared.attribute("default")
    if default is not None:
        yield declared.file.span(default)
    given = _origin(module, name)
    if given is not None and given != declared.header:
        yield given


def resource(module: Module, item: Item) -> Value:
    kind, type, name = item
    declared = module.block_of(item)
    base = f"{module.prefix}{'data.' if kind == 'data' else ''}{type}.{name}"
    cause = Unknown(reason(type) if kind == "data" else AFTER_APPLY, declared.header)
    instances, notice = expand(declared, Scope(module, declared.file), base, module.report)
    if notice and kind == "resource":
        module.project.note(notice)
    for instance in instances:
        instance.content = content_of(declared, instance.scope, module.report)
        address = f"{base}{instance.suffix}"
        if kind == "data":
            instance.content.items.update(known_attributes(module, type, declared, instance))
        instance.value = ResourceValue(instance.content.items, address, cause, "" if kind == "data" else type)
    if kind == "resource":
        module.instances[(type, name)] = instances
    return gathered(declared, instances, Unknown(f"{base} is {cause.reason}", cause.origin, base))


def call(module: Module, item: Item) -> Value:
    name = item[1]
    declared = module.declared.calls[name]
    base = f"{module.prefix}module.{name}"
    directory = source_of(module, declared, base)
    if directory is None:
        module.children[name] = []
        return UnknownValue(Unknown(f"{base} is not downloaded", declared.header))
    content = module.project.read(directory)
    instances, notice = expand(declared, Scope(module, declared.file), base, module.report)
    if notice:
        module.project.note(notice)
    module.children[name] = [(i, _child(module, content, declared, i, f"{base}{i.suffix}")) for i in instances]
    for instance, child in module.children[name]:
        instance.value = LazyObject(content.outputs, child.output)
    return gathered(declared, instances, Unknown(f"the instances of {base} are not known", declared.header))


def _child(module: Module, content: Declarations, declared: Declared, instance: Instance, address: str) -> Module:
    module.project.modules += 1
    if module.project.modules > MAX_MODULES:
        raise EvaluationError(f"more than {MAX_MODULES:,} module instances", declared.header)
    return Module(module.project, content, address, module, declared, instance.scope, depth=module.depth + 1)


_BY_KIND: dict[str, Callable[[Module, Item], Value]] = {
    "var": variable,
    "local": local,
    "output": output,
    "provider": provider,
    "resource": resource,
    "data": resource,
    "call": call,
}
