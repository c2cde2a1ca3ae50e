"""Expressions become values: one function for each kind of node of the syntax tree."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial
from typing import Any

from finops_gate.model import Unknown
from finops_gate.sources.terraform.choices import over_choices
from finops_gate.sources.terraform.convert import convert, unify
from finops_gate.sources.terraform.functions import call
from finops_gate.sources.terraform.operators import binary, logical, unary
from finops_gate.sources.terraform.problems import EvaluationError, unread_at
from finops_gate.sources.terraform.scope import Namespace, Scope
from finops_gate.sources.terraform.syntax import (
    Binary,
    Call,
    Conditional,
    ForObject,
    ForTuple,
    GetAttr,
    Index,
    Literal,
    Node,
    ObjectNode,
    Parentheses,
    Splat,
    SplatItem,
    Template,
    TemplateFor,
    TemplateIf,
    TupleNode,
    Unary,
    Unread,
    Variable,
)
from finops_gate.sources.terraform.traverse import attribute, index
from finops_gate.sources.terraform.types import BOOL, DYNAMIC, STRING, ListType, SetType, TupleType, is_open
from finops_gate.sources.terraform.values import (
    MAPPINGS,
    NULL,
    SEQUENCES,
    ListValue,
    Null,
    ObjectValue,
    SetValue,
    TupleValue,
    UnknownValue,
    Value,
    entries,
    equal,
    export,
    first_unknown,
    is_present,
    text,
    type_of,
    weigh,
)

MAX_TEXT = 4_000_000
MAX_WEIGHT = 1_000_000
MAX_DEPTH = 150
SPLAT_ITEM = "*"
_SEPARATORS = frozenset("-_:;/\\,.(){}[]|?!~ \t@#$%^&*+\"'")


def evaluate(node: Node, scope: Scope) -> Value:
    """The value of an expression. Raises EvaluationError, with the place of the innermost wrong part."""
    try:
        return _BY_KIND[node.__class__](node, scope)
    except EvaluationError as error:
        if error.span is None:
            raise error.at(scope.file.span(node)) from error
        raise
    except RecursionError as error:
        raise EvaluationError("the expression is nested too deeply", scope.file.span(node)) from error


def _literal(node: Literal, scope: Scope) -> Value:
    return NULL if node.value is None else node.value


def _unread(node: Unread, scope: Scope) -> Value:
    span = scope.file.span(node)
    return UnknownValue(Unknown(unread_at(span), span))


def _parentheses(node: Parentheses, scope: Scope) -> Value:
    return evaluate(node.inner, scope)


def _variable(node: Variable, scope: Scope) -> Value:
    found = scope.lookup(node.name)
    if isinstance(found, Namespace):
        raise EvaluationError(f'"{node.name}" needs an attribute: {node.name}.name')
    return found


_STEPS: frozenset[Any] = frozenset((GetAttr, Index))


def _traversal(node: GetAttr | Index, scope: Scope) -> Value:
    """A chain of attributes and indices, walked from its base so that its length costs no stack."""
    steps: list[Any] = []
    base: Any = node
    while base.__class__ in _STEPS:
        steps.append(base)
        base = base.base
    value = scope.lookup(base.name) if base.__class__ is Variable else evaluate(base, scope)
    while steps:
        step = steps.pop()
        if step.__class__ is GetAttr:
            name = step.name
            value = value.attribute(name) if value.__class__ is Namespace else attribute(value, name)
        elif value.__class__ is Namespace:
            value = value.attribute(_name(evaluate(step.key, scope)))
        else:
            value = index(value, evaluate(step.key, scope))
    if value.__class__ is Namespace:
        raise EvaluationError(f'"{value.name}" needs an attribute: {value.name}.name')
    return value


def _name(key: Value) -> str:
    if not isinstance(key, str):
        raise EvaluationError("a name in brackets must be a known string")
    return key


def _splat(node: Splat, scope: Scope) -> Value:
    source = evaluate(node.base, scope)
    if isinstance(source, Null):
        if isinstance(source.type, ListType):
            raise EvaluationError("a null list has no elements")
        return TupleValue([])
    if isinstance(source, UnknownValue):
        return _splat_of_unknown(source, node, scope)
    items = source.items if isinstance(source, SEQUENCES) else [source]
    scope.frame.budget.spend(len(items))
    results = [evaluate(node.rest, scope.with_names({SPLAT_ITEM: item})) for item in items]
    if isinstance(source, ListValue | SetValue):
        element = unify(map(type_of, results))
        return TupleValue(results) if element is None else ListValue(results, element)
    return TupleValue(results)


def _splat_of_unknown(source: UnknownValue, node: Splat, scope: Scope) -> Value:
    """What each element would give: an error where none can, and as many as there are where the type tells."""

    def each(element: UnknownValue) -> Value:
        return evaluate(node.rest, scope.with_names({SPLAT_ITEM: element}))

    of = source.type
    if of is DYNAMIC:
        return source.part("[*]")
    if isinstance(of, TupleType):
        results = [each(source.part(f"[{i}]", element)) for i, element in enumerate(of.elements)]
        return TupleValue(results) if source.present else source.part("[*]")
    if isinstance(of, ListType | SetType):
        return source.part("[*]", ListType(type_of(each(source.part("[*]", of.element)))))
    result = each(source)
    return TupleValue([result]) if source.present else source.part("[*]")


def _splat_item(node: SplatItem, scope: Scope) -> Value:
    return scope.names[SPLAT_ITEM]


def _call(node: Call, scope: Scope) -> Value:
    return bounded(call(node, scope, evaluate))


def _tuple(node: TupleNode, scope: Scope) -> Value:
    return bounded(TupleValue([evaluate(item, scope) for item in node.items]))


def _object(node: ObjectNode, scope: Scope) -> Value:
    items: dict[str, Value] = {}
    open_key: UnknownValue | None = None
    for key_node, value_node in node.items:
        key = key_node.value if isinstance(key_node, Literal) else evaluate(key_node, scope)
        value = evaluate(value_node, scope)
        name = object_key(key)
        if isinstance(name, UnknownValue):
            open_key = name
        else:
            items[name] = value
    return open_key.derived() if open_key else bounded(ObjectValue(items))


def object_key(key: Value) -> str | UnknownValue:
    if isinstance(key, Null):
        raise EvaluationError("a key is null")
    if isinstance(key, UnknownValue):
        return key
    name: str = convert(key, STRING)
    return name


def _conditional(node: Conditional, scope: Scope) -> Value:
    condition = evaluate(node.condition, scope)
    if isinstance(condition, Null):
        raise EvaluationError("the condition is null")
    if isinstance(condition, UnknownValue):
        return _either(condition, _attempt(node.then, scope), _attempt(node.otherwise, scope))
    condition = convert(condition, BOOL)
    chosen = evaluate(node.then if condition else node.otherwise, scope)
    other = _attempt(node.otherwise if condition else node.then, scope)
    if other is None:
        return chosen
    common = unify([type_of(chosen), type_of(other)])
    if common is None:
        if first_unknown(chosen) or first_unknown(other):  # Terraform may not know the type of what holds an unknown
            return chosen
        raise EvaluationError(f"the two results are of inconsistent types: {type_of(chosen)} and {type_of(other)}")
    try:
        return convert(chosen, common)
    except EvaluationError:
        if is_open(common):  # nothing is known of what an empty collection on the other side would hold
            return chosen
        raise


def _attempt(node: Node, scope: Scope) -> Value | None:
    """The branch that was not chosen counts for its type only: an error in it is no error."""
    try:
        return evaluate(node, scope)
    except EvaluationError:
        return None


def _either(condition: UnknownValue, then: Value | None, otherwise: Value | None) -> Value:
    """One of two values, which one is not known. The same on both sides is known all the same."""
    branches = [branch for branch in (then, otherwise) if branch is not None]
    common = unify(map(type_of, branches))
    if common is None:
        if any(map(first_unknown, branches)):
            return condition.derived()
        raise EvaluationError("the two results are of inconsistent types")
    present = len(branches) == 2 and all(map(is_present, branches))
    try:
        branches = [convert(branch, common) for branch in branches]
    except EvaluationError:  # which would be one only if that branch is chosen
        return condition.derived(common, present)
    if len(branches) == 2 and equal(branches[0], branches[1]) is True:
        return branches[0]
    choices: list[Any] = []
    for branch in branches:
        if isinstance(branch, UnknownValue) and branch.cause.choices:
            choices += branch.cause.choices
        elif first_unknown(branch) is None:
            choices.append(export(branch))
        else:
            return condition.derived(common, present)
    distinct = tuple(c for i, c in enumerate(choices) if c not in choices[:i])
    cause = Unknown(condition.cause.reason, condition.cause.origin, None, distinct)
    return UnknownValue(cause, common, present)


def _binary(node: Binary, scope: Scope) -> Value:
    """A chain of left operands is walked, so that a sum of two thousand terms costs no stack."""
    chain: list[Binary] = []
    at: Node = node
    while isinstance(at, Binary):
        chain.append(at)
        at = at.left
    value = evaluate(at, scope)
    for link in reversed(chain):
        if link.operator in ("&&", "||"):
            value = logical(link.operator, value, partial(evaluate, link.right, scope))
        else:
            value = binary(link.operator, value, evaluate(link.right, scope))
    return value


def _unary(node: Unary, scope: Scope) -> Value:
    return unary(node.operator, evaluate(node.operand, scope))


def _template(node: Template, scope: Scope) -> Value:
    parts = node.parts
    if len(parts) == 1:
        only = parts[0]
        if isinstance(only, str):
            return text(only)
        if not node.heredoc and not isinstance(only, TemplateIf | TemplateFor):
            return evaluate(only, scope)
    return _joined(parts, scope)


def _joined(parts: list[Any], scope: Scope) -> Value:
    pieces: list[Value] = []
    length = 0
    missing: UnknownValue | None = None
    for part in parts:
        piece = part if isinstance(part, str) else _text_of(part, scope)
        if isinstance(piece, UnknownValue):
            missing = missing or piece.derived(STRING, present=True, prefix=certain_prefix("".join(pieces)))
        else:
            length += len(piece)
        pieces.append(piece)
        if length > MAX_TEXT:
            raise EvaluationError("the text grows beyond 4 million characters")
    joined = text("".join(pieces)) if missing is None else over_choices(_concatenated, pieces, STRING)
    if joined is None:
        return missing
    scope.frame.budget.spend_on(joined)
    if scope.frame.secrets.touched:
        scope.frame.secrets.derive(pieces, joined)
    return joined


def _concatenated(*pieces: Value) -> Value:
    return text("".join(convert(piece, STRING) for piece in pieces))


def _text_of(part: Node, scope: Scope) -> Value:
    value = evaluate(part, scope)
    if isinstance(value, Null):
        raise EvaluationError("a null value cannot be part of a text", scope.file.span(part))
    return value if isinstance(value, UnknownValue) else convert(value, STRING)


def certain_prefix(written: str) -> str:
    """What stays as it is whatever follows: not the last letter, which an accent could follow and change."""
    return written if written[-1:] in _SEPARATORS else written[:-1]


def _template_if(node: TemplateIf, scope: Scope) -> Value:
    condition = evaluate(node.condition, scope)
    if isinstance(condition, Null):
        raise EvaluationError("the condition is null")
    if isinstance(condition, UnknownValue):
        return condition.derived(STRING, present=True)
    return _joined(node.then.parts if convert(condition, BOOL) else node.otherwise.parts, scope)


def _template_for(node: TemplateFor, scope: Scope) -> Value:
    source = evaluate(node.collection, scope)
    if isinstance(source, UnknownValue):
        return source.derived(STRING, present=True)
    pieces = [_joined(node.body.parts, inner) for inner in _iterations(source, node.key_name, node.value_name, scope)]
    return _joined_values(pieces)


def _joined_values(pieces: list[Value]) -> Value:
    for piece in pieces:
        if isinstance(piece, UnknownValue):
            return piece.derived(STRING, present=True)
    if sum(map(len, pieces)) > MAX_TEXT:
        raise EvaluationError("the text grows beyond 4 million characters")
    return "".join(pieces)


def pairs(collection: Value) -> list[tuple[Value, Value]]:
    """Keys and values of what `for`, `for_each` and `dynamic` go over. Raises EvaluationError."""
    if isinstance(collection, MAPPINGS):
        return list(entries(collection))
    if isinstance(collection, SetValue):
        return [(item, item) for item in collection.items]
    if isinstance(collection, SEQUENCES):
        return [(Decimal(i), item) for i, item in enumerate(collection.items)]
    if isinstance(collection, Null):
        raise EvaluationError("a null value has no elements to go over")
    raise EvaluationError(f"a collection is required, not {type_of(collection)}")


def _iterations(source: Value, key_name: str | None, value_name: str, scope: Scope) -> Iterator[Scope]:
    found = pairs(source)
    scope.frame.budget.spend(len(found))
    for key, value in found:
        yield scope.with_names({key_name: key, value_name: value} if key_name else {value_name: value})


def _wanted(condition: Node | None, scope: Scope) -> Value:
    if condition is None:
        return True
    value = evaluate(condition, scope)
    if isinstance(value, Null):
        raise EvaluationError("the condition is null")
    return convert(value, BOOL)


def _for_tuple(node: ForTuple, scope: Scope) -> Value:
    source = evaluate(node.collection, scope)
    if isinstance(source, UnknownValue):
        return source.derived()
    results: list[Value] = []
    missing: UnknownValue | None = None
    for inner in _iterations(source, node.key_name, node.value_name, scope):
        wanted = _wanted(node.condition, inner)
        if isinstance(wanted, UnknownValue):
            missing = wanted
        elif wanted:
            results.append(evaluate(node.value, inner))
    return missing.derived() if missing else bounded(TupleValue(results))


def _for_object(node: ForObject, scope: Scope) -> Value:
    source = evaluate(node.collection, scope)
    if isinstance(source, UnknownValue):
        return source.derived()
    results: dict[str, Any] = {}
    missing: UnknownValue | None = None
    for inner in _iterations(source, node.key_name, node.value_name, scope):
        wanted = _wanted(node.condition, inner)
        key: str | UnknownValue | None = wanted if isinstance(wanted, UnknownValue) else None
        if key is None and wanted:
            key = object_key(evaluate(node.key, inner))
            if isinstance(key, str):
                _put(results, key, evaluate(node.value, inner), node.grouping)
        missing = key if isinstance(key, UnknownValue) else missing
    if missing:
        return missing.derived()
    if node.grouping:
        results = {name: TupleValue(items) for name, items in results.items()}
    return bounded(ObjectValue(results))


def _put(results: dict[str, Any], key: str, value: Value, grouping: bool) -> None:
    if grouping:
        results.setdefault(key, []).append(value)
    elif key in results:
        raise EvaluationError(f'two elements have the key "{key[:80]}"; put `...` after the value to group them')
    else:
        results[key] = value


def bounded(value: Value) -> Value:
    """The value, unless it is so large that walking it would take seconds."""
    weight, depth = weigh(value)
    if weight > MAX_WEIGHT:
        raise EvaluationError("the value grows beyond a million elements")
    if depth > MAX_DEPTH:
        raise EvaluationError(f"the value is nested deeper than {MAX_DEPTH} levels")
    return value


_BY_KIND: dict[type[Node], Callable[[Any, Scope], Value]] = {
    Binary: _binary,
    Call: _call,
    Conditional: _conditional,
    ForObject: _for_object,
    ForTuple: _for_tuple,
    GetAttr: _traversal,
    Index: _traversal,
    Literal: _literal,
    ObjectNode: _object,
    Parentheses: _parentheses,
    Splat: _splat,
    SplatItem: _splat_item,
    Template: _template,
    TemplateFor: _template_for,
    TemplateIf: _template_if,
    TupleNode: _tuple,
    Unary: _unary,
    Unread: _unread,
    Variable: _variable,
}
