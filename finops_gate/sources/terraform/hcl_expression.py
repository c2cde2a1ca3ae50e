"""Reads the expressions of HCL native syntax: a parser by precedence, one function a construct.

Each function starts with the cursor on its first token and leaves it on the token after its last. Three calls a
level of nesting, so that MAX_DEPTH levels stay far from Python's own limit. One file, because every construct
may hold every other.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from finops_gate.sources.terraform.hcl_strings import heredoc, quoted
from finops_gate.sources.terraform.hcl_tokens import INNER, LINE, MAX_DEPTH, NAME, Cursor, names_of_for
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
    TupleNode,
    Unary,
    Variable,
)

PRECEDENCE = {
    "||": 1, "&&": 2, "==": 3, "!=": 3, "<": 4, ">": 4, "<=": 4, ">=": 4, "+": 5, "-": 5, "*": 6, "/": 6, "%": 6,
}  # fmt: skip
KEYWORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}

# Beyond this a number is an attack: written out, it would fill the memory.
MAX_EXPONENT = 10_000

_VALUE = rf'(?:({NAME}(?:\.{NAME})*)|"([^"\\$%\n]*)"|([0-9]{{1,9}}))'
_PATH, _STRING = 1, 2

# `name =`, and the value too where that is one word and all that is left of the line: half of all lines are so.
_SETTING = re.compile(rf"[ \t\n]*(?:\r\n[ \t\n]*)*({NAME})[ \t]*=(?![=>])[ \t]*(?:{_VALUE}[ \t]*\r?(?=\n))?").match
# One word among several, with the comma or the bracket after it.
_ELEMENT = re.compile(rf"[ \t\n]*(?!for\b){_VALUE}[ \t\n]*[,\])]").match


def setting(cursor: Cursor) -> tuple[str, int, Node] | None:
    """`name = value` of a body or an object, in one or two steps for nearly all of them; None for the others.

    From the end of the token before the name; the cursor ends on the token after the value.
    """
    match = _SETTING(cursor.text, cursor.end)
    if match is None:
        return None
    name, start = match[1], match.start(1)
    cursor.end = match.end()
    if match.lastindex == 1:
        if not cursor.depth:
            cursor.item = start
        cursor.scan = LINE
        cursor.advance()
        return name, start, expression(cursor)
    cursor.kind = cursor.value = "newline"
    return name, start, word(match, 1)


def element(cursor: Cursor) -> Node | None:
    """One word among several; the cursor ends on what is after it."""
    match = _ELEMENT(cursor.text, cursor.end)
    if match is None:
        return None
    cursor.kind, cursor.end = "operator", match.end()
    cursor.start = cursor.end - 1
    cursor.value = cursor.text[cursor.start]
    return word(match, 0)


def word(match: re.Match[str], before: int) -> Node:
    """The value that a match of _VALUE has found, after `before` other groups."""
    index = match.lastindex or 0
    text, (start, end) = match[index], match.span(index)
    if index == before + _PATH:
        return names(text, start)
    if index == before + _STRING:
        return Template([text] if text else [], start - 1, end + 1)
    return Literal(Decimal(text), start, end)


def names(path: str, start: int) -> Node:
    """`a.b.c` as a traversal; `true`, `false` and `null` as literals."""
    if "." not in path:
        end = start + len(path)
        return Literal(KEYWORDS[path], start, end) if path in KEYWORDS else Variable(path, start, end)
    first, *rest = path.split(".")
    at = start + len(first)
    node: Node = Literal(KEYWORDS[first], start, at) if first in KEYWORDS else Variable(first, start, at)
    for name in rest:
        at += len(name) + 1
        node = GetAttr(node, name, start, at)
    return node


def expression(cursor: Cursor) -> Node:
    cursor.depth += 1
    if cursor.depth > MAX_DEPTH:
        cursor.refuse_depth()
    node = operand(cursor)
    if cursor.value in PRECEDENCE:
        node = operations(cursor, node)
    if cursor.value == "?":
        node = conditional(cursor, node)
    cursor.depth -= 1
    return node


def operations(cursor: Cursor, left: Node) -> Node:
    """Binary operators by precedence, with a stack of those that wait for their right side."""
    waiting: list[tuple[Node, str, int]] = []
    while True:
        operator = cursor.value
        precedence = PRECEDENCE.get(operator, 0)
        while waiting and waiting[-1][2] >= precedence:
            first, earlier, _ = waiting.pop()
            left = Binary(earlier, first, left, first.start, left.end)
        if not precedence:
            return left
        waiting.append((left, operator, precedence))
        cursor.advance()
        left = operand(cursor)


def conditional(cursor: Cursor, condition: Node) -> Node:
    cursor.advance()
    then = expression(cursor)
    cursor.expect(":", "and the value for when the condition is false")
    cursor.advance()
    otherwise = expression(cursor)
    return Conditional(condition, then, otherwise, condition.start, otherwise.end)


def operand(cursor: Cursor) -> Node:
    kind, value, start = cursor.kind, cursor.value, cursor.start
    node: Node
    if kind == "path":
        cursor.advance()
        called = cursor.value in _CALLS and "." not in value
        node = call(cursor, value, start) if called else names(value, start)
    elif kind == "string":
        node = Template([value[1:-1]] if len(value) > 2 else [], start, cursor.end)
        cursor.advance()
    elif value in _OPENERS:
        node = _OPENERS[value](cursor)
    elif value == "-" or value == "!":
        return unary(cursor)
    elif kind == "number":
        node = number(cursor)
    elif kind == "quote":
        node = quoted(cursor, expression)
    elif kind == "heredoc":
        node = heredoc(cursor, expression)
    else:
        cursor.refuse("an expression")
    if cursor.value == "." or cursor.value == "[":
        return traversal(cursor, node)
    return node


def unary(cursor: Cursor) -> Node:
    operator, start = cursor.value, cursor.start
    cursor.open()
    cursor.advance()
    inner = operand(cursor)
    cursor.depth -= 1
    return Unary(operator, inner, start, inner.end)


def number(cursor: Cursor) -> Node:
    text, start, end = cursor.value, cursor.start, cursor.end
    cursor.advance()
    try:
        value = Decimal(text)
    except ArithmeticError:
        cursor.report(f"`{text[:40]}` is not a number", start, end)
        return Literal(None, start, end)
    if abs(value.adjusted()) > MAX_EXPONENT:
        cursor.report(f"a number of more than {MAX_EXPONENT:,} digits", start, end)
        return Literal(None, start, end)
    return Literal(value, start, end)


def in_namespace(cursor: Cursor, name: str) -> str:
    """`core::upper`, `provider::aws::arn_parse`: the whole name, up to its `(`."""
    while cursor.value == "::":
        cursor.advance()
        name += f"::{cursor.name('a name after `::`')}"
    cursor.expect("(", "after the name of a function in a namespace")
    return name


def call(cursor: Cursor, name: str, start: int) -> Node:
    if cursor.value == "::":
        name = in_namespace(cursor, name)
    outer, cursor.scan = cursor.scan, INNER
    arguments = elements(cursor, ")", expanding=True)
    if expand := cursor.value == "...":
        cursor.advance()
        cursor.expect(")", "after `...`")
    return Call(name, arguments, expand, start, close(cursor, outer))


def elements(cursor: Cursor, closing: str, expanding: bool = False) -> list[Node]:
    """Expressions with commas between, and maybe one after the last, up to the token that ends them."""
    found: list[Node] = []
    while True:
        node = element(cursor)
        if node is None:
            cursor.advance()
            if cursor.value == closing or (cursor.value == "for" and closing == "]" and not found):
                return found
            node = expression(cursor)
        found.append(node)
        if cursor.value != ",":
            if not (expanding and cursor.value == "..."):
                cursor.expect(closing, "or `,` after this element")
            return found


def parentheses(cursor: Cursor) -> Node:
    start = cursor.start
    outer, cursor.scan = cursor.scan, INNER
    cursor.advance()
    inner = expression(cursor)
    cursor.expect(")", "to close the `(`")
    return Parentheses(inner, start, close(cursor, outer))


def tuple_or_for(cursor: Cursor) -> Node:
    start = cursor.start
    outer, cursor.scan = cursor.scan, INNER
    items = elements(cursor, "]")
    if cursor.value == "for":
        return for_expression(cursor, start, outer, "]")
    return TupleNode(items, start, close(cursor, outer))


def object_or_for(cursor: Cursor) -> Node:
    """Within an object the ends of lines count: they divide its items, as commas do."""
    start, outer = cursor.start, cursor.scan
    items: list[tuple[Node, Node]] = []
    while True:
        if found := setting(cursor):
            name, at, value = found
            if name == "for" and not items:
                cursor.report("expected a name after `for`, found `=`", at, at + len(name))
            items.append((Literal(name, at, at + len(name)), value))
        else:
            cursor.scan = INNER
            cursor.advance()
            if cursor.value == "for" and not items:
                return for_expression(cursor, start, outer, "}")
            if cursor.kind == "end":
                cursor.refuse("`}` to close the object")
            if cursor.value != "}":
                items.append(object_item(cursor))
        if cursor.value == "}":
            return ObjectNode(items, start, close(cursor, outer))
        if cursor.value != "," and cursor.kind != "newline":
            cursor.refuse("`}`, `,` or the end of the line in the object")


def object_item(cursor: Cursor) -> tuple[Node, Node]:
    """`key = value` or `key : value`, where the key is any expression; a bare word is that word."""
    cursor.scan = LINE
    key = expression(cursor)
    if cursor.value != "=" and cursor.value != ":":
        cursor.refuse("`=` or `:` after the key")
    cursor.advance()
    if isinstance(key, Variable) or (isinstance(key, Literal) and not isinstance(key.value, Decimal)):
        key = Literal(cursor.text[key.start : key.end], key.start, key.end)
    return key, expression(cursor)


def for_expression(cursor: Cursor, start: int, outer: Any, closing: str) -> Node:
    """`for` up to its `]` or `}`."""
    cursor.scan = INNER
    key_name, value_name = names_of_for(cursor)
    collection = expression(cursor)
    cursor.expect(":", "after the collection of `for`")
    cursor.advance()
    first = expression(cursor)
    value, grouping = first, False
    if closing == "}":
        cursor.expect("=>", "after the key of a `for` that makes an object")
        cursor.advance()
        value = expression(cursor)
        if grouping := cursor.value == "...":
            cursor.advance()
    condition: Node | None = None
    if cursor.value == "if":
        cursor.advance()
        condition = expression(cursor)
    cursor.expect(closing, "or `if` after the value of `for`" if condition is None else "at the end of `for`")
    end = close(cursor, outer)
    if closing == "}":
        return ForObject(key_name, value_name, collection, first, value, grouping, condition, start, end)
    return ForTuple(key_name, value_name, collection, value, condition, start, end)


def close(cursor: Cursor, outer: Any) -> int:
    """Leaves a bracket for what is around it; the offset after the bracket."""
    end, cursor.scan = cursor.end, outer
    cursor.advance()
    return end


def traversal(cursor: Cursor, node: Node) -> Node:
    """What follows an operand: `.name`, `[key]`, `.0`, `.*` and `[*]`."""
    while True:
        if cursor.value == ".":
            cursor.advance()
            node = attribute_splat(cursor, node) if cursor.value == "*" else step(cursor, node)
        elif cursor.value == "[":
            outer = cursor.scan
            cursor.advance()
            if cursor.value == "*":
                return full_splat(cursor, node)
            cursor.scan = INNER
            if cursor.kind == "newline":
                cursor.advance()
            key = expression(cursor)
            cursor.expect("]", "after the index")
            node = Index(node, key, node.start, close(cursor, outer))
        else:
            return node


def step(cursor: Cursor, node: Node) -> Node:
    """After a dot: names, or a number as Terraform 0.11 wrote an index."""
    start, at, end, value = node.start, cursor.start, cursor.end, cursor.value
    if cursor.kind == "path":
        for name in value.split("."):
            node = GetAttr(node, name, start, at + len(name))
            at += len(name) + 1
    elif cursor.kind == "number":
        if "." in value:
            cursor.report(f"`.{value[:40]}` is no index; write an index in brackets", at, end)
        return Index(node, number(cursor), start, end)
    else:
        cursor.refuse("an attribute's name after the dot")
    cursor.advance()
    return node


def attribute_splat(cursor: Cursor, base: Node) -> Node:
    """`base.*` and the names that follow; an index in brackets is of the resulting list."""
    rest: Node = SplatItem(cursor.start, cursor.end)
    cursor.advance()
    while cursor.value == ".":
        cursor.advance()
        if cursor.value == "*":
            cursor.refuse("an attribute's name (`.*` cannot follow `.*`; `[*]` can)")
        rest = step(cursor, rest)
    return Splat(base, rest, False, base.start, rest.end)


def full_splat(cursor: Cursor, base: Node) -> Node:
    """`base[*]` and all that follows, which is of each element; another splat nests in it."""
    start = cursor.start
    cursor.advance()
    cursor.expect("]", "after `[*`")
    end = close(cursor, cursor.scan)
    cursor.open()
    rest = traversal(cursor, SplatItem(start, end))
    cursor.depth -= 1
    return Splat(base, rest, True, base.start, rest.end)


_CALLS = ("(", "::")
_OPENERS = {"[": tuple_or_for, "{": object_or_for, "(": parentheses}
