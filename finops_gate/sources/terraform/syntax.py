"""The syntax tree of HCL, as `hcl.py` reads it from native syntax and `json_syntax.py` from JSON.

Every node knows its `start` and `end`: code-point offsets into the text of its file. `Source` turns them
into lines and columns, so a tree can be shared by files of equal content. Plain slotted classes, because
half a million of them are made for a large repository and a dataclass costs three times as much to make.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import Any

from finops_gate.model import Span


class Node:
    __slots__ = ("start", "end")
    start: int
    end: int


class Literal(Node):
    """A number (Decimal), true, false or null."""

    __slots__ = ("value",)

    def __init__(self, value: Any, start: int, end: int) -> None:
        self.value, self.start, self.end = value, start, end


class Template(Node):
    """A quoted string or heredoc: `parts` are str, expressions, TemplateIf and TemplateFor.

    A string without interpolation has one str part (or none where empty). A template that is one
    interpolation and nothing else (`"${x}"`) has the value, and the type, of that expression.
    """

    __slots__ = ("parts", "heredoc")

    def __init__(self, parts: list[Any], start: int, end: int, heredoc: bool = False) -> None:
        self.parts, self.start, self.end, self.heredoc = parts, start, end, heredoc


class TemplateIf(Node):
    __slots__ = ("condition", "then", "otherwise")

    def __init__(self, condition: Node, then: Template, otherwise: Template, start: int, end: int) -> None:
        self.condition, self.then, self.otherwise = condition, then, otherwise
        self.start, self.end = start, end


class TemplateFor(Node):
    __slots__ = ("key_name", "value_name", "collection", "body")

    def __init__(
        self, key_name: str | None, value_name: str, collection: Node, body: Template, start: int, end: int
    ) -> None:
        self.key_name, self.value_name, self.collection, self.body = key_name, value_name, collection, body
        self.start, self.end = start, end


class Variable(Node):
    """The first name of a traversal: `var`, `local`, `aws_instance`, an iterator."""

    __slots__ = ("name",)

    def __init__(self, name: str, start: int, end: int) -> None:
        self.name, self.start, self.end = name, start, end


class GetAttr(Node):
    """`base.name`; a legacy index `base.0` is an Index."""

    __slots__ = ("base", "name")

    def __init__(self, base: Node, name: str, start: int, end: int) -> None:
        self.base, self.name, self.start, self.end = base, name, start, end


class Index(Node):
    __slots__ = ("base", "key")

    def __init__(self, base: Node, key: Node, start: int, end: int) -> None:
        self.base, self.key, self.start, self.end = base, key, start, end


class Splat(Node):
    """`base[*]rest` (`full`) or `base.*rest`; `rest` is a traversal whose innermost base is SplatItem."""

    __slots__ = ("base", "rest", "full")

    def __init__(self, base: Node, rest: Node, full: bool, start: int, end: int) -> None:
        self.base, self.rest, self.full, self.start, self.end = base, rest, full, start, end


class SplatItem(Node):
    """Stands for one element inside the `rest` of a Splat."""

    __slots__ = ()

    def __init__(self, start: int, end: int) -> None:
        self.start, self.end = start, end


class Call(Node):
    """`name(arguments)`; `expand` where the last argument is followed by `...`."""

    __slots__ = ("name", "arguments", "expand")

    def __init__(self, name: str, arguments: list[Node], expand: bool, start: int, end: int) -> None:
        self.name, self.arguments, self.expand, self.start, self.end = name, arguments, expand, start, end


class TupleNode(Node):
    __slots__ = ("items",)

    def __init__(self, items: list[Node], start: int, end: int) -> None:
        self.items, self.start, self.end = items, start, end


class ObjectNode(Node):
    """`{key = value}`; a bare key is a Literal str, a key in parentheses or a template is its expression."""

    __slots__ = ("items",)

    def __init__(self, items: list[tuple[Node, Node]], start: int, end: int) -> None:
        self.items, self.start, self.end = items, start, end


class ForTuple(Node):
    __slots__ = ("key_name", "value_name", "collection", "value", "condition")

    def __init__(
        self,
        key_name: str | None,
        value_name: str,
        collection: Node,
        value: Node,
        condition: Node | None,
        start: int,
        end: int,
    ) -> None:
        self.key_name, self.value_name, self.collection = key_name, value_name, collection
        self.value, self.condition, self.start, self.end = value, condition, start, end


class ForObject(Node):
    """`{for k, v in coll : key => value... if condition}`; `grouping` is the `...`."""

    __slots__ = ("key_name", "value_name", "collection", "key", "value", "grouping", "condition")

    def __init__(
        self,
        key_name: str | None,
        value_name: str,
        collection: Node,
        key: Node,
        value: Node,
        grouping: bool,
        condition: Node | None,
        start: int,
        end: int,
    ) -> None:
        self.key_name, self.value_name, self.collection = key_name, value_name, collection
        self.key, self.value, self.grouping, self.condition = key, value, grouping, condition
        self.start, self.end = start, end


class Conditional(Node):
    __slots__ = ("condition", "then", "otherwise")

    def __init__(self, condition: Node, then: Node, otherwise: Node, start: int, end: int) -> None:
        self.condition, self.then, self.otherwise = condition, then, otherwise
        self.start, self.end = start, end


class Binary(Node):
    __slots__ = ("operator", "left", "right")

    def __init__(self, operator: str, left: Node, right: Node, start: int, end: int) -> None:
        self.operator, self.left, self.right, self.start, self.end = operator, left, right, start, end


class Unary(Node):
    __slots__ = ("operator", "operand")

    def __init__(self, operator: str, operand: Node, start: int, end: int) -> None:
        self.operator, self.operand, self.start, self.end = operator, operand, start, end


class Unread(Node):
    """A value that a syntax problem keeps from being read; it stands at the problem."""

    __slots__ = ()

    def __init__(self, start: int, end: int) -> None:
        self.start, self.end = start, end


class Parentheses(Node):
    __slots__ = ("inner",)

    def __init__(self, inner: Node, start: int, end: int) -> None:
        self.inner, self.start, self.end = inner, start, end


class Attribute(Node):
    """`name = value` in a body; `start` is the name's, `end` the value's."""

    __slots__ = ("name", "value")

    def __init__(self, name: str, value: Node, start: int, end: int) -> None:
        self.name, self.value, self.start, self.end = name, value, start, end


class Block(Node):
    """`type "label" { body }`; `header_end` is the offset of its `{`, `broken_off` why its reading ended early."""

    __slots__ = ("type", "labels", "body", "header_end", "broken_off")

    def __init__(self, type: str, labels: list[str], body: Body, header_end: int, start: int, end: int) -> None:
        self.type, self.labels, self.body, self.header_end = type, labels, body, header_end
        self.start, self.end = start, end
        self.broken_off: SyntaxProblem | None = None


class Body(Node):
    """The content of a file or a block: attributes by name, in order, and blocks in order."""

    __slots__ = ("attributes", "blocks")

    def __init__(self, attributes: dict[str, Attribute], blocks: list[Block], start: int, end: int) -> None:
        self.attributes, self.blocks, self.start, self.end = attributes, blocks, start, end


class SyntaxProblem:
    """One thing wrong with a text: where, and what was expected, in a compiler's words.

    It `interrupts` where something behind it is not read.
    """

    __slots__ = ("message", "start", "end", "interrupts")

    def __init__(self, message: str, start: int, end: int) -> None:
        self.message, self.start, self.end, self.interrupts = message, start, end, False


class Source:
    """A parsed text: its body, its problems, and the table that turns offsets into lines and columns."""

    __slots__ = ("text", "body", "problems", "_lines")

    def __init__(self, text: str, body: Body, problems: list[SyntaxProblem]) -> None:
        self.text, self.body, self.problems = text, body, problems
        self._lines: list[int] | None = None

    def position(self, offset: int) -> tuple[int, int]:
        """1-based line and column of a code-point offset."""
        if self._lines is None:
            self._lines = line_starts(self.text)
        line = bisect_right(self._lines, offset)
        return line, offset - self._lines[line - 1] + 1

    def span(self, path: str, start: int, end: int) -> Span:
        line, column = self.position(start)
        end_line, end_column = self.position(end)
        return Span(path, line, column, end_line, end_column)


def line_starts(text: str) -> list[int]:
    """The offset at which each line begins; only a line feed ends a line, so CRLF keeps its columns."""
    starts = [0]
    at = text.find("\n")
    while at >= 0:
        starts.append(at + 1)
        at = text.find("\n", at + 1)
    return starts
