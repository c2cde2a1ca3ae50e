"""Reads HCL native syntax (Terraform, OpenTofu, .tfvars) into the tree of `syntax.py`.

One compiled pattern finds the tokens, a parser without back-tracking takes them one at a time. It accepts and
refuses what Terraform does (https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md), in time linear in
the length of the text. Nothing here raises for bad input: problems are collected, and one bad block does not
hide the others.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, NoReturn

from finops_gate.sources.terraform.syntax import (
    Attribute,
    Binary,
    Block,
    Body,
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
    Source,
    Splat,
    SplatItem,
    SyntaxProblem,
    Template,
    TupleNode,
    Unary,
    Variable,
)
from finops_gate.sources.terraform.template import SPACES, Directive, assemble, unescape

MAX_DEPTH = 100

_COMMENT = r"\#[^\n]*|//[^\n]*|/\*[^*]*\*+(?:[^/*][^*]*\*+)*/"
_NAME = r"[A-Za-z_][A-Za-z0-9_-]*"
_TOKEN = rf"""
    (?P<path>{_NAME}(?:\.{_NAME})*(?![^\x00-\x7f]|[A-Za-z0-9_-]))
  | \r?(?P<newline>\n)
  | (?P<string>"[^"\\$%\n]*(?:[$%](?![{{$%])[^"\\$%\n]*)*")
  | (?P<quote>")
  | (?P<number>[0-9](?:[0-9.]|[eE][+-]?[0-9])*(?<!\.))
  | (?P<heredoc><<-?[^\W\d][\w-]*\r?\n)
  | (?P<operator>==|!=|<=|>=|=>|&&|\|\||::|\.\.\.|~\}}|(?!/\*)[-+*/%<>!=?:.,()\[\]{{}}])
  | (?P<end>\Z)
  | (?P<foreign>[^\W\d](?:[\w-]|[^\x00-\x7f])*)
  | (?P<bad>/\*|.)
"""
# Within brackets and `${ }` a line's end is a space; elsewhere it ends the expression.
_LINE_PATTERN = re.compile(rf"[ \t]*(?:(?:{_COMMENT})[ \t]*)*(?:{_TOKEN})", re.VERBOSE)
_LINE = _LINE_PATTERN.match
_INNER = re.compile(rf"[ \t\n]*(?:(?:{_COMMENT}|\r\n)[ \t\n]*)*(?:{_TOKEN})", re.VERBOSE).match
_FOREIGN = _LINE_PATTERN.groupindex["foreign"]

# The literal text of a template up to what ends it. A heredoc has no escapes with backslashes.
_QUOTED_TEXT = re.compile(r'(?:[^"\\$%\n]+|\\[^\n]|\$\$\{|%%\{|[$%](?!\{))*').match
_BARE_LINE = re.compile(r"(?:[^$%\n]+|\$\$\{|%%\{|[$%](?!\{))*\n?").match
_LONE_WORD = re.compile(r"^[ \t]*([^\W\d][\w-]*)[ \t]*\r?\n", re.MULTILINE)
_HEADER = re.compile(rf'^{_NAME}(?:[ \t]+(?:{_NAME}|"[^"\n]*"))*[ \t]*\{{', re.MULTILINE)

_PRECEDENCE = {
    "||": 1, "&&": 2, "==": 3, "!=": 3, "<": 4, ">": 4, "<=": 4, ">=": 4, "+": 5, "-": 5, "*": 6, "/": 6, "%": 6,
}  # fmt: skip
_KEYWORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}


class _Refused(Exception):
    """Ends the reading of an item: what follows cannot be told apart any more."""

    def __init__(self, problem: SyntaxProblem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def parse(text: str) -> Source:
    """The tree of a file. Never raises: what is wrong is in `problems`, and the rest is in `body`."""
    reader = _Reader(text)
    body = reader.file()
    return Source(text, body, reader.problems)


def parse_expression(text: str) -> tuple[Node, list[SyntaxProblem]]:
    """The tree of one expression, as within parentheses: it may span lines. `null` where it cannot be read."""
    reader = _Reader(text)
    try:
        reader.scan = _INNER
        reader.advance()
        node = reader.expression()
        if reader.kind != "end":
            reader.refuse("an operator or the end of the expression")
    except _Refused as refused:
        reader.problems.append(refused.problem)
        node = Literal(None, 0, len(text))
    return node, reader.problems


def parse_template(text: str) -> tuple[Template, list[SyntaxProblem]]:
    """The tree of a text with `${ }` and `%{ }` and no quotes around it: a JSON string, a template file."""
    reader = _Reader(text)
    pieces: list[Any] = []
    try:
        reader.bare_text(pieces, None)
    except _Refused as refused:
        reader.problems.append(refused.problem)
    return assemble(pieces, reader.problems, 0, len(text)), reader.problems


class _Reader:
    """A place in a text and the token there (`kind`, `value`, `start`, `end`)."""

    __slots__ = ("text", "problems", "scan", "kind", "value", "start", "end", "depth", "by_column", "_lone_words")

    def __init__(self, text: str) -> None:
        self.text = text
        self.problems: list[SyntaxProblem] = []
        self.scan: Any = _LINE
        self.kind, self.value = "newline", "\n"
        self.start = self.end = 1 if text.startswith("\ufeff") else 0
        self.depth = 0
        self.by_column = False
        self._lone_words: dict[str, int] | None = None

    # Tokens

    def advance(self) -> None:
        match = self.scan(self.text, self.end)
        index = match.lastindex
        self.kind, self.value = match.lastgroup, match[index]
        self.start, self.end = match.span(index)
        if index >= _FOREIGN:
            self.foreign()

    def foreign(self) -> None:
        """A name with letters beyond ASCII, or a character that HCL has no use for."""
        if self.kind == "foreign" and self.value.replace("-", "_").isidentifier():
            self.kind = "path"
        else:
            self.kind = "bad"

    def refuse(self, expected: str) -> NoReturn:
        if self.value == "/*":
            raise _Refused(SyntaxProblem("this comment has no */", self.start, len(self.text)))
        raise _Refused(SyntaxProblem(f"expected {expected}, found {self.found()}", self.start, self.end))

    def found(self) -> str:
        if self.kind == "end":
            return "the end of the file"
        if self.kind == "newline":
            return "the end of the line"
        if self.kind in ("string", "quote"):
            return "a string"
        return "a heredoc" if self.kind == "heredoc" else f"`{self.value[:40]}`"

    def expect(self, value: str, where: str) -> None:
        if self.value != value:
            self.refuse(f"`{value}` {where}")

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise _Refused(SyntaxProblem(f"nested more than {MAX_DEPTH} deep", self.start, self.end))

    def report(self, message: str, start: int, end: int) -> None:
        """A problem that the reading survives."""
        self.problems.append(SyntaxProblem(message, start, end))

    # Bodies

    def file(self) -> Body:
        body = Body({}, [], 0, len(self.text))
        while True:
            self.depth, item = 0, self.end
            try:
                self.items(body, None)
                return body
            except _Refused as refused:
                self.problems.append(refused.problem)
                if not self.recover(refused.problem, item):
                    return body

    def recover(self, problem: SyntaxProblem, item: int) -> bool:
        """Moves to the next line that looks like a block's header; False where there is none."""
        header = _HEADER.search(self.text, max(problem.start, self.text.find("\n", item) + 1))
        if header is None or self.value == "/*":
            return False
        self.start = self.end = header.start()
        return True

    def items(self, body: Body, block_start: int | None) -> None:
        """Attributes and blocks up to the end of the body: its `}`, or the file's end."""
        while True:
            self.scan = _INNER
            self.advance()
            if self.kind != "path" or "." in self.value:
                if self.value == ("" if block_start is None else "}"):
                    return
                self.refuse_item(block_start)
            name, start = self.value, self.start
            self.scan = _LINE
            self.advance()
            if self.value == "=":
                self.attribute(body, name, start)
                self.end_of_item("attribute")
            else:
                self.block(body, name, start)
                self.end_of_item("block")

    def refuse_item(self, block_start: int | None) -> NoReturn:
        if self.kind == "end" and block_start is not None:
            raise _Refused(SyntaxProblem("this block has no closing `}`", block_start, self.end))
        self.refuse("an attribute or a block")

    def attribute(self, body: Body, name: str, start: int) -> None:
        self.advance()
        value = self.expression()
        attributes = body.attributes
        if name in attributes:
            self.report(f"attribute `{name}` is set more than once", start, value.end)
        attributes[name] = Attribute(name, value, start, value.end)

    def end_of_item(self, what: str) -> None:
        if self.kind == "newline" or self.kind == "end":
            return
        if self.value == "}":
            self.report(f"expected the end of the line after the {what}, found `}}`", self.start, self.end)
            self.end = self.start
            return
        self.refuse(f"the end of the line after the {what}")

    def block(self, body: Body, type: str, start: int) -> None:
        labels = self.labels()
        if self.kind == "newline":
            self.refuse("`{` on the line of the block's header, or `=`" if not labels else "`{` on the same line")
        self.expect("{", "or a label" if labels else "or a label for a block, or `=` for an attribute")
        header_end = self.start
        inner = Body({}, [], header_end, header_end)
        block = Block(type, labels, inner, header_end, start, header_end)
        body.blocks.append(block)
        self.deeper()
        try:
            self.block_body(inner, start)
        finally:
            inner.end = block.end = self.end
        self.depth -= 1
        self.scan = _LINE
        self.advance()

    def labels(self) -> list[str]:
        labels: list[str] = []
        while True:
            if self.kind == "path" and "." not in self.value:
                labels.append(self.value)
            elif self.kind == "string":
                labels.append(self.value[1:-1])
            elif self.kind == "quote":
                label = self.quoted()
                if any(not isinstance(part, str) for part in label.parts):
                    raise _Refused(SyntaxProblem("a block's label is plain text", label.start, label.end))
                labels.append("".join(label.parts))
                continue
            else:
                return labels
            self.advance()

    def block_body(self, body: Body, block_start: int) -> None:
        """What follows a block's `{`: lines, or at most one attribute and `}` on the same line."""
        self.scan = _LINE
        self.advance()
        if self.kind == "newline" or self.kind == "end":
            self.items(body, block_start)
        elif self.value != "}":
            self.single_attribute(body)

    def single_attribute(self, body: Body) -> None:
        if self.kind != "path" or "." in self.value:
            self.refuse("an attribute, `}` or the end of the line")
        name, start = self.value, self.start
        self.advance()
        self.expect("=", "(a block on one line has no block in it)")
        self.attribute(body, name, start)
        self.expect("}", "(a block on one line has one attribute)")

    # Expressions

    def expression(self) -> Node:
        self.deeper()
        node = self.operand()
        if self.value in _PRECEDENCE:
            node = self.operations(node)
        if self.value == "?":
            node = self.conditional(node)
        self.depth -= 1
        return node

    def operations(self, left: Node) -> Node:
        """Binary operators by precedence, with a stack of those that wait for their right side."""
        waiting: list[tuple[Node, str, int]] = []
        while True:
            operator = self.value
            precedence = _PRECEDENCE.get(operator, 0)
            while waiting and waiting[-1][2] >= precedence:
                first, by, _ = waiting.pop()
                left = Binary(by, first, left, first.start, left.end)
            if not precedence:
                return left
            waiting.append((left, operator, precedence))
            self.advance()
            left = self.operand()

    def conditional(self, condition: Node) -> Node:
        self.advance()
        then = self.expression()
        self.expect(":", "and the value for when the condition is false")
        self.advance()
        otherwise = self.expression()
        return Conditional(condition, then, otherwise, condition.start, otherwise.end)

    def operand(self) -> Node:
        kind = self.kind
        node: Node
        if kind == "path":
            node = self.path()
        elif kind == "string":
            text = self.value[1:-1]
            node = Template([text] if text else [], self.start, self.end)
            self.advance()
        elif kind == "operator":
            value = self.value
            if value == "-" or value == "!":
                return self.unary()
            if value == "[":
                node = self.list_or_for()
            elif value == "{":
                node = self.object_or_for()
            elif value == "(":
                node = self.parentheses()
            else:
                self.refuse("an expression")
        elif kind == "number":
            node = self.number()
        elif kind == "quote":
            node = self.quoted()
        elif kind == "heredoc":
            node = self.heredoc()
        else:
            self.refuse("an expression")
        if self.value == "." or self.value == "[":
            return self.traversal(node)
        return node

    def unary(self) -> Node:
        operator, start = self.value, self.start
        self.deeper()
        self.advance()
        operand = self.operand()
        self.depth -= 1
        return Unary(operator, operand, start, operand.end)

    def number(self) -> Node:
        text, start, end = self.value, self.start, self.end
        self.advance()
        try:
            return Literal(Decimal(text), start, end)
        except ArithmeticError:
            self.report(f"`{text}` is not a number", start, end)
            return Literal(None, start, end)

    def path(self) -> Node:
        """A name, `a.b.c`, or a call."""
        value, start = self.value, self.start
        self.advance()
        if self.value == "(" and "." not in value:
            return self.call(value, start)
        if self.value == "::":
            return self.call(self.namespaced(value), start)
        name, *rest = value.split(".")
        at = start + len(name)
        node: Node = Literal(_KEYWORDS[name], start, at) if name in _KEYWORDS else Variable(name, start, at)
        for name in rest:
            at += len(name) + 1
            node = GetAttr(node, name, start, at)
        return node

    def namespaced(self, name: str) -> str:
        while self.value == "::":
            self.advance()
            if self.kind != "path" or "." in self.value or "." in name:
                self.refuse("a function's name after `::`")
            name += f"::{self.value}"
            self.advance()
        self.expect("(", "after the name of a function in a namespace")
        return name

    def call(self, name: str, start: int) -> Node:
        outer, self.scan = self.scan, _INNER
        self.advance()
        arguments: list[Node] = []
        expand = False
        while self.value != ")":
            arguments.append(self.expression())
            if self.value == "...":
                expand = True
                self.advance()
                self.expect(")", "after `...`")
            elif self.value == ",":
                self.advance()
            else:
                self.expect(")", f"or `,` in the arguments of {name}")
        end, self.scan = self.end, outer
        self.advance()
        return Call(name, arguments, expand, start, end)

    def parentheses(self) -> Node:
        start = self.start
        outer, self.scan = self.scan, _INNER
        self.advance()
        inner = self.expression()
        self.expect(")", "for the `(` before it")
        end, self.scan = self.end, outer
        self.advance()
        return Parentheses(inner, start, end)

    def list_or_for(self) -> Node:
        start = self.start
        outer, self.scan = self.scan, _INNER
        self.advance()
        if self.value == "for":
            return self.for_expression(start, outer, "]")
        items: list[Node] = []
        while self.value != "]":
            items.append(self.expression())
            if self.value == ",":
                self.advance()
            else:
                self.expect("]", "or `,` in the list")
        end, self.scan = self.end, outer
        self.advance()
        return TupleNode(items, start, end)

    def object_or_for(self) -> Node:
        start = self.start
        outer, self.scan = self.scan, _INNER
        self.advance()
        if self.value == "for":
            return self.for_expression(start, outer, "}")
        items: list[tuple[Node, Node]] = []
        while self.value != "}":
            self.scan = _LINE
            key = self.expression()
            if self.value != "=" and self.value != ":":
                self.refuse("`=` or `:` after the key")
            self.advance()
            items.append((_key(key), self.expression()))
            if self.value == "," or self.kind == "newline":
                self.scan = _INNER
                self.advance()
            else:
                self.expect("}", "or `,` or the end of the line in the object")
        end, self.scan = self.end, outer
        self.advance()
        return ObjectNode(items, start, end)

    def for_expression(self, start: int, outer: Any, closing: str) -> Node:
        """`for` up to its `]` or `}`."""
        key_name, value_name = self.for_names()
        collection = self.expression()
        self.expect(":", "after the collection of `for`")
        self.advance()
        value = self.expression()
        key: Node | None = None
        grouping = False
        if closing == "}":
            self.expect("=>", "after the key of a `for` that makes an object")
            self.advance()
            key, value = value, self.expression()
            if self.value == "...":
                grouping = True
                self.advance()
        condition: Node | None = None
        if self.value == "if":
            self.advance()
            condition = self.expression()
        self.expect(closing, "at the end of `for`")
        end, self.scan = self.end, outer
        self.advance()
        if key is None:
            return ForTuple(key_name, value_name, collection, value, condition, start, end)
        return ForObject(key_name, value_name, collection, key, value, grouping, condition, start, end)

    def for_names(self) -> tuple[str | None, str]:
        self.advance()
        key_name, value_name = None, self.for_name()
        if self.value == ",":
            self.advance()
            key_name, value_name = value_name, self.for_name()
        self.expect("in", "after the names of `for`")
        self.advance()
        return key_name, value_name

    def for_name(self) -> str:
        if self.kind != "path" or "." in self.value:
            self.refuse("a name after `for`")
        name = self.value
        self.advance()
        return name

    # Traversals

    def traversal(self, node: Node) -> Node:
        """What follows an operand: `.name`, `[key]`, `.0`, `.*` and `[*]`."""
        while True:
            if self.value == ".":
                self.advance()
                node = self.attribute_splat(node) if self.value == "*" else self.step(node)
            elif self.value == "[":
                outer, self.scan = self.scan, _INNER
                self.advance()
                if self.value == "*":
                    return self.full_splat(node, outer)
                key = self.expression()
                self.expect("]", "after the index")
                end, self.scan = self.end, outer
                self.advance()
                node = Index(node, key, node.start, end)
            else:
                return node

    def step(self, node: Node) -> Node:
        """After a dot: names, or a number as Terraform 0.11 wrote an index."""
        start, at = node.start, self.start
        if self.kind == "path":
            for name in self.value.split("."):
                node = GetAttr(node, name, start, at + len(name))
                at += len(name) + 1
        elif self.kind == "number" and self.value.isdigit():
            node = Index(node, Literal(Decimal(self.value), at, self.end), start, self.end)
        elif self.kind == "number":
            self.report("an index after a dot is a whole number; write it in brackets", at, self.end)
        else:
            self.refuse("an attribute's name after the dot")
        self.advance()
        return node

    def attribute_splat(self, base: Node) -> Node:
        rest: Node = SplatItem(self.start, self.end)
        end = self.end
        self.advance()
        while self.value == ".":
            self.advance()
            if self.value == "*":
                self.refuse("an attribute's name (`.*` cannot follow another; `[*]` can)")
            rest = self.step(rest)
            end = rest.end
        return Splat(base, rest, False, base.start, end)

    def full_splat(self, base: Node, outer: Any) -> Node:
        item = SplatItem(self.start, self.end)
        self.advance()
        self.expect("]", "after `[*`")
        end, self.scan = self.end, outer
        self.advance()
        self.deeper()
        rest = self.traversal(item)
        self.depth -= 1
        return Splat(base, rest, True, base.start, max(end, rest.end))

    # Templates

    def quoted(self) -> Template:
        """A string with escapes or interpolations, from its opening quote."""
        start, outer = self.start, self.scan
        pieces: list[Any] = []
        strip = False
        at = self.end
        while True:
            match = _QUOTED_TEXT(self.text, at)
            assert match is not None
            if match[0]:
                text = match[0]
                if "\\" in text or "{" in text:
                    text = unescape(text, at, self.problems)
                pieces.append(text.lstrip(SPACES) if strip else text)
            at = match.end()
            following = self.text[at : at + 1]
            if following == '"':
                break
            if following not in ("$", "%"):
                raise _Refused(
                    SyntaxProblem('expected `"` at the end of the string, found the end of the line', start, at)
                )
            strip = self.sequence(pieces, at)
            at = self.end
        self.end, self.scan = at + 1, outer
        self.advance()
        return assemble(pieces, self.problems, start, at + 1)

    def heredoc(self) -> Template:
        start, outer, opening = self.start, self.scan, self.value
        word = opening[2:].lstrip("-").rstrip()
        self.check_terminator(word, opening)
        pieces: list[Any] = []
        self.bare_text(pieces, word)
        end = self.end
        self.scan = outer
        self.advance()
        return assemble(pieces, self.problems, start, end, True, opening[2] == "-")

    def check_terminator(self, word: str, opening: str) -> None:
        """Refuses a heredoc without an end before its text is taken for HCL."""
        if self._lone_words is None:
            self._lone_words = {match[1]: match.start(1) for match in _LONE_WORD.finditer(self.text)}
        if self._lone_words.get(word, -1) < self.end:
            raise _Refused(
                SyntaxProblem(
                    f"expected a line with `{word}` alone to end the heredoc, found none", self.start, self.end
                )
            )

    def bare_text(self, pieces: list[Any], word: str | None) -> None:
        """Text without quotes, a piece a line, up to the line that is `word`, or the end of the text."""
        at, strip = self.end, False
        while True:
            if word is not None and self.text.startswith("\n", at - 1):
                lone = _LONE_WORD.match(self.text, at)
                if lone and lone[1] == word:
                    self.end = lone.end(1)
                    return
            match = _BARE_LINE(self.text, at)
            assert match is not None
            if match[0]:
                line = match[0].replace("$${", "${").replace("%%{", "%{")
                pieces.append(line.lstrip(SPACES) if strip else line)
                strip = False
            at = match.end()
            if at == len(self.text):
                if word is not None:
                    raise _Refused(SyntaxProblem(f"expected a line with `{word}` alone", at, at))
                return
            if not match[0].endswith("\n"):
                strip = self.sequence(pieces, at)
                at = self.end

    def sequence(self, pieces: list[Any], at: int) -> bool:
        """`${ }` or `%{ }` at an offset, its piece added; whether it says to strip what follows."""
        self.deeper()
        self.end = at + 2
        if self.text.startswith("~", self.end):
            self.end += 1
            if pieces and isinstance(pieces[-1], str):
                pieces[-1] = pieces[-1].rstrip(SPACES)
        self.scan = _INNER
        self.advance()
        directive = self.directive(at) if self.text[at] == "%" else None
        piece = directive or self.expression()
        if self.value != "}" and self.value != "~}":
            self.refuse(f"`}}` at the end of `{self.text[at]}{{` (a literal one is written `{self.text[at] * 2}{{`)")
        if directive:
            directive.end = self.end
        pieces.append(piece)
        self.depth -= 1
        return self.value == "~}"

    def directive(self, start: int) -> Directive:
        keyword = self.value
        if keyword not in ("if", "for", "else", "endif", "endfor"):
            self.refuse("`if`, `for`, `else`, `endif` or `endfor` after `%{`")
        if keyword == "for":
            names = self.for_names()
            return Directive(keyword, self.expression(), names, start, self.end)
        self.advance()
        return Directive(keyword, self.expression() if keyword == "if" else None, None, start, self.end)


def _key(key: Node) -> Node:
    """A bare word as an object's key is that word."""
    if isinstance(key, Variable):
        return Literal(key.name, key.start, key.end)
    if isinstance(key, Literal) and (key.value is None or isinstance(key.value, bool)):
        return Literal({None: "null", True: "true", False: "false"}[key.value], key.start, key.end)
    return key
