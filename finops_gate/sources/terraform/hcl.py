"""Reads HCL native syntax (Terraform, OpenTofu, .tfvars) into the tree of `syntax.py`.

It accepts and refuses what Terraform does (https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md), in
time linear in the length of the text. Nothing here raises for bad input: problems are collected, and one bad
block does not hide the others. A block with a problem between its `start` and `end` may not be whole.

`hcl_tokens.py` finds the tokens, `hcl_expression.py` and `hcl_strings.py` read what stands right of a `=`.
"""

from __future__ import annotations

import gc
import re
from typing import Any, NoReturn

from finops_gate.sources.terraform.hcl_expression import expression, setting
from finops_gate.sources.terraform.hcl_strings import bare_text, quoted
from finops_gate.sources.terraform.hcl_tokens import INNER, LINE, MAX_DEPTH, NAME, Cursor, Refused
from finops_gate.sources.terraform.syntax import (
    Attribute,
    Block,
    Body,
    Literal,
    Node,
    Source,
    SyntaxProblem,
    Template,
    Unread,
)
from finops_gate.sources.terraform.template import assemble

# Where reading goes on after an error: what Terraform has at the top of a file, at the beginning of a line.
_HEADER = (
    r"^(?:check|data|ephemeral|import|locals|module|moved|output|provider|removed|resource|terraform|variable)"
    rf'(?:[ \t]+(?:{NAME}|"[^"\n]*"))*[ \t]*\{{'
)
_BLOCK_LINE = re.compile(_HEADER, re.MULTILINE)
_ITEM_LINE = re.compile(rf"{_HEADER}|^{NAME}[ \t]*=", re.MULTILINE)

# The header of a block as nearly all are written, up to the end of its line.
_OPENING = re.compile(rf'[ \t\n]*(?:\r\n[ \t\n]*)*({NAME})((?:[ \t]+"[^"\\$%\n]*")*)[ \t]*(\{{)[ \t]*\r?(?=\n)').match

_SETTING_NAME = re.compile(rf"\s*({NAME})[ \t]*=").match


def parse(text: str) -> Source:
    """The tree of a file. Never raises: what is wrong is in `problems`, and the rest is in `body`."""
    collecting = gc.isenabled()
    gc.disable()  # A tree has no cycles, and the collector would take a third of the time to find none.
    try:
        return _file(text)
    finally:
        if collecting:
            gc.enable()


def parse_expression(text: str) -> tuple[Node, list[SyntaxProblem]]:
    """The tree of one expression, as within parentheses: it may span lines. `null` where it cannot be read."""
    cursor = Cursor(text)
    try:
        cursor.scan = INNER
        cursor.advance()
        node = expression(cursor)
        if cursor.kind != "end":
            cursor.refuse("an operator or the end of the expression")
    except Refused as refused:
        cursor.problems.append(refused.problem)
        node = Literal(None, 0, len(text))
    return node, cursor.problems


def parse_template(text: str) -> tuple[Template, list[SyntaxProblem]]:
    """The tree of a text with `${ }` and `%{ }` and no quotes around it: a JSON string, a template file."""
    cursor = Cursor(text)
    pieces: list[Any] = []
    try:
        bare_text(cursor, pieces, None, expression)
    except Refused as refused:
        cursor.problems.append(refused.problem)
    return assemble(pieces, cursor.problems, 0, len(text)), cursor.problems


def _file(text: str) -> Source:
    cursor = Cursor(text)
    body = Body({}, [], 0, len(text))
    reading = True
    while reading:
        try:
            _items(cursor, body, None)
            reading = False
        except Refused as refused:
            reading = _recover(cursor, body, refused.problem)
    cursor.problems.sort(key=lambda problem: problem.start)
    return Source(text, body, cursor.problems)


def _items(cursor: Cursor, body: Body, block_start: int | None) -> None:
    """Attributes and blocks up to the end of the body: its `}`, or the end of the file."""
    while True:
        before = cursor.end
        try:
            found = setting(cursor)
        except Refused:
            _add_unread(cursor, body, before)
            raise
        if found:
            _add(cursor, body, *found)
        elif not cursor.by_column and (match := _OPENING(cursor.text, cursor.end)):
            start, cursor.end = match.start(1), match.end()
            if block_start is None:
                cursor.item = start
            _block(cursor, body, match[1], match[2].split('"')[1::2], start, match.start(3))
        else:
            cursor.scan = INNER
            cursor.advance()
            if cursor.value == ("" if block_start is None else "}"):
                return
            _item(cursor, body, block_start)
        if cursor.kind != "newline" and cursor.kind != "end":
            _refuse_rest(cursor, block_start)


def _item(cursor: Cursor, body: Body, block_start: int | None) -> None:
    if cursor.kind != "path" or "." in cursor.value:
        _refuse_item(cursor, block_start)
    if block_start is None:
        cursor.item = cursor.start
    elif cursor.by_column and _BLOCK_LINE.match(cursor.text, cursor.start):
        raise Refused(SyntaxProblem("this block has no closing `}`", block_start, cursor.start))
    name, start = cursor.value, cursor.start
    cursor.scan = LINE
    cursor.advance()
    if cursor.value == "=":
        cursor.advance()
        _value(cursor, body, name, start)
    else:
        labels = _labels(cursor)
        cursor.expect("{", "on this line, or a label" if labels else "or a label for a block, or `=` for an attribute")
        _block(cursor, body, name, labels, start, cursor.start)


def _refuse_rest(cursor: Cursor, block_start: int | None) -> None:
    """Something follows an item on its line. A `}` that ought to be on the next line is still understood."""
    expected = "the end of the line after the value or the block"
    if cursor.value != "}" or block_start is None:
        cursor.refuse(expected)
    cursor.report(f"expected {expected}, found `}}`", cursor.start, cursor.end)
    cursor.end = cursor.start


def _refuse_item(cursor: Cursor, block_start: int | None) -> NoReturn:
    if cursor.kind == "end" and block_start is not None:
        raise Refused(SyntaxProblem("this block has no closing `}`", block_start, cursor.end))
    cursor.refuse("an attribute or a block")


def _add(cursor: Cursor, body: Body, name: str, start: int, value: Node) -> None:
    if name in body.attributes:
        cursor.report(f"attribute `{name}` is set more than once", start, value.end)
    body.attributes[name] = Attribute(name, value, start, value.end)


def _value(cursor: Cursor, body: Body, name: str, start: int) -> None:
    """An attribute, from its value on."""
    try:
        value = expression(cursor)
    except Refused:
        _add_unread(cursor, body, start)
        raise
    _add(cursor, body, name, start, value)


def _add_unread(cursor: Cursor, body: Body, before: int) -> None:
    """The attribute behind an offset, whose value cannot be read: it is there all the same."""
    match = _SETTING_NAME(cursor.text, before)
    if match is not None:
        name, start = match[1], match.start(1)
        body.attributes.setdefault(name, Attribute(name, Unread(start, cursor.end), start, cursor.end))


def _block(cursor: Cursor, body: Body, type: str, labels: list[str], start: int, header_end: int) -> None:
    """A block whose header is known, from its `{` on."""
    block = Block(type, labels, Body({}, [], header_end, header_end), header_end, start, header_end)
    body.blocks.append(block)
    cursor.open()
    try:
        _block_body(cursor, block.body, start)
    finally:
        block.body.end = block.end = cursor.end
    cursor.depth -= 1
    cursor.scan = LINE
    cursor.advance()


def _labels(cursor: Cursor) -> list[str]:
    labels: list[str] = []
    while True:
        if cursor.kind == "path" and "." not in cursor.value:
            labels.append(cursor.value)
        elif cursor.kind == "string":
            labels.append(cursor.value[1:-1])
        elif cursor.kind == "quote":
            label = quoted(cursor, expression)
            plain = [part for part in label.parts if isinstance(part, str)]
            if len(plain) < len(label.parts):
                cursor.report("a block's label is plain text, without `${ }`", label.start, label.end)
                plain = [cursor.text[label.start + 1 : label.end - 1]]
            labels.append("".join(plain))
            continue
        else:
            return labels
        cursor.advance()


def _block_body(cursor: Cursor, body: Body, block_start: int) -> None:
    """What follows a block's `{`: lines, or at most one attribute and `}` on the same line."""
    cursor.scan = LINE
    cursor.advance()
    if cursor.kind == "newline" or cursor.kind == "end":
        _items(cursor, body, block_start)
    elif cursor.value != "}":
        start, name = cursor.start, cursor.name("an attribute, `}` or the end of the line")
        cursor.expect("=", "(a block on one line has no block in it)")
        cursor.advance()
        _value(cursor, body, name, start)
        if cursor.kind == "newline":
            cursor.report("expected `}` on this line or the end of the line after `{`", cursor.start, cursor.end)
            _items(cursor, body, block_start)
        else:
            cursor.expect("}", "(a block on one line has one attribute)")


def _recover(cursor: Cursor, body: Body, problem: SyntaxProblem) -> bool:
    """Moves to the next line where an item begins; False where there is none."""
    if not cursor.by_column and (cursor.kind == "end" or cursor.depth > MAX_DEPTH or _holds_a_block(cursor)):
        return _read_again(cursor, body)
    problem.interrupts = True
    cursor.problems.append(problem)
    in_block = bool(body.blocks) and body.blocks[-1].start == cursor.item
    line = _line(cursor.text, cursor.start)
    if line <= cursor.item:
        line = cursor.text.find("\n", cursor.item) + 1 or len(cursor.text)
    found = (_BLOCK_LINE if in_block else _ITEM_LINE).search(cursor.text, line)
    if found is None:
        return False
    cursor.start = cursor.end = found.start()
    cursor.depth = 0
    return True


def _holds_a_block(cursor: Cursor) -> bool:
    """Whether the item has swallowed what stands in column one, as it does where it lacks a bracket."""
    return _BLOCK_LINE.search(cursor.text, cursor.item + 1, cursor.start) is not None


def _read_again(cursor: Cursor, body: Body) -> bool:
    """An item ran to the end of the file: from its start, a block's header in column one ends what is open."""
    cursor.by_column = True
    body.blocks[:] = [block for block in body.blocks if block.start < cursor.item]
    for name in [name for name, attribute in body.attributes.items() if attribute.start >= cursor.item]:
        del body.attributes[name]
    cursor.problems[:] = [problem for problem in cursor.problems if problem.start < cursor.item]
    cursor.start = cursor.end = cursor.item
    cursor.depth = 0
    return True


def _line(text: str, offset: int) -> int:
    """Where the line of an offset begins."""
    return text.rfind("\n", 0, offset) + 1
