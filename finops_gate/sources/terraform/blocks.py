"""The content of a block becomes attributes: nested blocks are lists of objects, dynamic blocks are unfolded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from finops_gate.model import Unknown
from finops_gate.sources.secrecy import secret_attribute
from finops_gate.sources.terraform.declarations import Declared, block_name
from finops_gate.sources.terraform.evaluate import evaluate, pairs
from finops_gate.sources.terraform.problems import EvaluationError
from finops_gate.sources.terraform.resource_types import attribute_names, family
from finops_gate.sources.terraform.scope import Scope
from finops_gate.sources.terraform.secrecy import Secrets, is_written_out, without_named, without_texts
from finops_gate.sources.terraform.syntax import Block, Body, Literal, Node, ObjectNode, Template, TupleNode, Variable
from finops_gate.sources.terraform.values import Null, ObjectValue, TupleValue, UnknownValue, Value

META_ATTRIBUTES = frozenset({"count", "for_each", "provider", "depends_on"})
_OF_PROVIDERS = frozenset({"region", "zone", "default_tags", "default_labels"})
_OF_ANY_RESOURCE = frozenset({"tags", "labels", "region", "location", "zone"})
_FROM_APPLY = frozenset({"id", "arn"})
STEPS = 50
"""What a block takes of the budget for each of its instances, beside one step for each of its attributes."""
META_BLOCKS = frozenset({"lifecycle", "provisioner", "connection"})


class Place:
    """Where a value was written, what surrounded it there, and what came of it (None where that is not known)."""

    __slots__ = ("end", "node", "scope", "value")

    def __init__(self, node: Node, scope: Scope, value: Value | None = None, end: int = 0) -> None:
        self.node, self.scope, self.value, self.end = node, scope, value, end or node.end


@dataclass(slots=True)
class Content:
    """The attributes of a block, and the place of each attribute path in it (`root_block_device[0].volume_type`)."""

    items: dict[str, Value] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)


Report = Callable[[EvaluationError], None]


def content_of(declared: Declared, scope: Scope, report: Report) -> Content:
    """Evaluates the body of a top-level block. What cannot be evaluated is reported, and unknown."""
    content = Content()
    try:
        for layer in declared.layers:
            inner = Scope(scope.frame, layer.file, scope.names)
            _fill(content, content.items, layer.node.body, inner, report, "", top=True)
    except EvaluationError as error:  # More blocks, or attributes, than there are steps left for.
        left = refused(error.at(declared.header), scope.frame.secrets, report)
        _complete(content.items, declared, left.cause)
    secret = secret_attribute(declared.node.labels[0], content.items)
    if secret in content.items:
        content.items[secret] = without_texts(content.items[secret])
        scope.frame.secrets.places.append(declared.file.span(content.places[secret].node))
    if declared.unread is not None:
        _complete(content.items, declared, declared.unread)
    return content


def _complete(items: dict[str, Value], declared: Declared, cause: Unknown) -> None:
    """What a block would have, had its reading not ended early, is unknown; there may be more blocks, too."""
    missing = UnknownValue(cause)
    for name in sorted(_names(declared)):
        items.setdefault(name, missing)
    whole = {block_name(b): True for layer in declared.layers for b in layer.node.body.blocks}
    whole |= {block_name(b): False for layer in declared.layers for b in layer.node.body.blocks if b.broken_off}
    for name, is_whole in whole.items():
        rows = items.get(name)
        if isinstance(rows, TupleValue):
            items[name] = TupleValue([*rows.items, missing]) if is_whole else missing


def _names(declared: Declared) -> frozenset[str]:
    """The attributes that a block may have; those that somebody asks for, where its type is not listed."""
    block = declared.node
    if block.type == "provider":
        return _OF_PROVIDERS
    return (attribute_names(family(block.labels[0]), block.labels[0]) or _OF_ANY_RESOURCE) - _FROM_APPLY


def _fill(
    content: Content, items: dict[str, Value], body: Body, scope: Scope, report: Report, prefix: str, top: bool = False
) -> None:
    scope.frame.budget.spend(STEPS + len(body.attributes))
    for name, attribute in body.attributes.items():
        if top and name in META_ATTRIBUTES:
            continue
        value = shown(name, attribute.value, scope, report)
        items[name] = value
        _place(content, f"{prefix}{name}", attribute.value, value, scope)
    for block in body.blocks:
        if top and block.type in META_BLOCKS:
            continue
        for name, inner_body, inner_scope in unfold(block, scope, report):
            rows = items.get(name)
            if not isinstance(rows, TupleValue) or name in body.attributes:
                rows = items[name] = TupleValue([])
            if isinstance(inner_body, UnknownValue):
                rows.items.append(inner_body)
                continue
            path = f"{prefix}{name}[{len(rows.items)}]"
            inner: dict[str, Value] = {}
            rows.items.append(ObjectValue(inner))
            content.places[path] = Place(block, inner_scope, None, block.header_end)
            _fill(content, inner, inner_body, inner_scope, report, f"{path}.")


def shown(name: str, node: Node, scope: Scope, report: Report) -> Value:
    """The value of an attribute, without what is secret in it by what it was made of or by its name."""
    secrets = scope.frame.secrets
    secrets.touched = False
    value = attempt(node, scope, report)
    told = without_named(name, secrets.hidden(value) if secrets.touched else value)
    if told is not value and is_written_out(node):
        secrets.places.append(scope.file.span(node))
    return told


def attempt(node: Node, scope: Scope, report: Report) -> Value:
    """The value, or an unknown that says what went wrong."""
    try:
        return evaluate(node, scope)
    except EvaluationError as error:
        return refused(error, scope.frame.secrets, report)


def refused(error: EvaluationError, secrets: Secrets, report: Report) -> UnknownValue:
    """What is left of a value that cannot be computed: why.

    A function of its own, so that no frame of the error's traceback holds the error: only the collector would free it,
    with all the values that were being computed.
    """
    clean = secrets.clean(error)
    report(clean)
    return UnknownValue(Unknown(clean.message, clean.span))


def unfold(block: Block, scope: Scope, report: Report) -> Iterator[tuple[str, Body | UnknownValue, Scope]]:
    """A block as it is; a dynamic block once for each element (or as an unknown where they are not known)."""
    if block.type != "dynamic" or len(block.labels) != 1:
        yield block.type, block.body, scope
        return
    name = block.labels[0]
    inner = next((b for b in block.body.blocks if b.type == "content"), None)
    each = block.body.attributes.get("for_each")
    if inner is None or each is None:
        report(EvaluationError("a dynamic block needs for_each and content", scope.file.span(block)))
        return
    iterator = _iterator(block, name)
    elements = shown("", each.value, scope, report)
    if isinstance(elements, UnknownValue):
        yield name, elements.derived(), scope
        return
    try:
        found = pairs(elements) if not isinstance(elements, Null) else []
    except EvaluationError as error:
        report(error.at(scope.file.span(each.value)))
        return
    scope.frame.budget.spend(len(found))
    for key, value in found:
        yield name, inner.body, scope.with_names({iterator: ObjectValue({"key": key, "value": value})})


def _iterator(block: Block, name: str) -> str:
    named = block.body.attributes.get("iterator")
    return named.value.name if named and isinstance(named.value, Variable) else name


def _place(content: Content, path: str, node: Node, value: Value, scope: Scope) -> None:
    """The place of a value and, where it is written out as an object or a tuple, of what is in it."""
    content.places[path] = Place(node, scope, value)
    if isinstance(node, ObjectNode):
        known = value.items if isinstance(value, ObjectValue) else {}
        for key, item in node.items:
            name = _plain_name(key)
            if name is not None:
                _place(content, f"{path}.{name}", item, known.get(name), scope)
    elif isinstance(node, TupleNode):
        rows = value.items if isinstance(value, TupleValue) else []
        for i, item in enumerate(node.items):
            _place(content, f"{path}[{i}]", item, rows[i] if i < len(rows) else None, scope)


def _plain_name(key: Node) -> str | None:
    if isinstance(key, Literal):
        return str(key.value)
    if isinstance(key, Template) and len(key.parts) == 1 and isinstance(key.parts[0], str):
        return key.parts[0]
    return None
