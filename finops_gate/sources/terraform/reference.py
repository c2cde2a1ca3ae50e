"""A second opinion on a text that `hcl.py` refuses: python-hcl2's, as the same tree.

python-hcl2 accepts some of what Terraform does not (two attributes on a line, a line's end before `{`), so a
file it can read need not be lost. It is slow to load and to parse, and some texts make it take minutes; hence
the limits, and the import on use. Tests hold both readers against each other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from finops_gate.sources.terraform.hcl_expression import KEYWORDS, MAX_EXPONENT, expression
from finops_gate.sources.terraform.hcl_strings import heredoc
from finops_gate.sources.terraform.hcl_tokens import INNER, MAX_DEPTH, Cursor, Refused
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
    Splat,
    SplatItem,
    Template,
    TupleNode,
    Unary,
    Variable,
)
from finops_gate.sources.terraform.template import SPACES, Directive, assemble, unescape

MAX_CHARACTERS = 200_000

# python-hcl2 looks for a heredoc's end once for every character of the space before it.
_LONG_SPACE = re.compile(r"\s{500}")
_HEREDOC = re.compile(r"<<-?([A-Za-z][A-Za-z0-9._-]*)\r?\n")
_LONE_WORD = re.compile(r"^[ \t]*([A-Za-z][A-Za-z0-9._-]*)\r?$", re.MULTILINE)


class _Unlike(Exception):
    """python-hcl2 has read something that has no place in our tree, or is known to have read it wrongly."""


def second_opinion(text: str) -> Body | None:
    """What python-hcl2 makes of a text; None where it refuses too, or where it would take too long."""
    if len(text) > MAX_CHARACTERS or not _is_harmless(text):
        return None
    import hcl2
    from lark.exceptions import LarkError

    try:
        tree = hcl2.parses_to_tree(text)
        return _Converter(text).body(tree.children[0], 0, len(text))
    except (LarkError, RecursionError, Refused, _Unlike):
        return None


def _is_harmless(text: str) -> bool:
    """Whether every heredoc has an end, and nothing else makes python-hcl2's patterns go back and forth."""
    if _LONG_SPACE.search(text):
        return False
    last = {match[1]: match.start() for match in _LONE_WORD.finditer(text)}
    return all(last.get(match[1], -1) >= match.end() for match in _HEREDOC.finditer(text))


class _Converter:
    """Turns python-hcl2's trees of one text into ours; offsets come from the tokens."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.depth = 0

    # Bodies

    def body(self, tree: Any, start: int, end: int) -> Body:
        body = Body({}, [], start, end)
        for item in _trees(tree):
            if item.data == "attribute":
                attribute = self.attribute(item)
                body.attributes[attribute.name] = attribute
            else:
                body.blocks.append(self.block(item))
        return body

    def attribute(self, tree: Any) -> Attribute:
        name, value = _trees(tree)
        node = self.node(value)
        return Attribute(str(name.children[0]), node, name.children[0].start_pos, node.end)

    def block(self, tree: Any) -> Block:
        *names, content = _trees(tree)
        header_end, end = _token(tree, "LBRACE").start_pos, _token(tree, "RBRACE").end_pos
        self.enter()
        body = self.body(content, header_end, end)
        self.depth -= 1
        labels = [self.label(name) for name in names[1:]]
        word = names[0].children[0]
        return Block(str(word), labels, body, header_end, word.start_pos, end)

    def label(self, tree: Any) -> str:
        if tree.data != "string":
            return str(tree.children[0])
        parts = self.string(tree).parts
        if all(isinstance(part, str) for part in parts):
            return "".join(parts)
        return self.text[tree.children[0].end_pos : tree.children[-1].start_pos]

    # Expressions

    def enter(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise _Unlike

    def node(self, tree: Any) -> Node:
        convert = _CONVERTERS.get(tree.data)
        if convert is None:
            raise _Unlike(tree.data)
        self.enter()
        node = convert(self, tree)
        self.depth -= 1
        return node

    def nodes(self, tree: Any) -> list[Node]:
        return [self.node(child) for child in _trees(tree)]

    def term(self, tree: Any) -> Node:
        self.depth -= 1  # A term is no level of its own, but for its parentheses.
        (inner,) = self.nodes(tree)
        self.depth += 1
        if not _tokens(tree, "LPAR"):
            return inner
        return Parentheses(inner, _token(tree, "LPAR").start_pos, _token(tree, "RPAR").end_pos)

    def number(self, tree: Any) -> Node:
        token = tree.children[0]
        sign = token.startswith("-")
        value = Decimal(token[sign:])
        if abs(value.adjusted()) > MAX_EXPONENT:
            raise _Unlike
        literal = Literal(value, token.start_pos + sign, token.end_pos)
        return Unary("-", literal, token.start_pos, token.end_pos) if sign else literal

    def keyword(self, tree: Any) -> Node:
        token = tree.children[0]
        return Literal(KEYWORDS[token], token.start_pos, token.end_pos)

    def name(self, tree: Any) -> Node:
        token = tree.children[0]
        return Variable(str(token), token.start_pos, token.end_pos)

    def conditional(self, tree: Any) -> Node:
        condition, then, otherwise = self.nodes(tree)
        return Conditional(condition, then, otherwise, condition.start, otherwise.end)

    def binary(self, tree: Any) -> Node:
        left, term = _trees(tree)
        operator, right = _trees(term)
        first, second = self.node(left), self.node(right)
        sign = operator.children[0].split()[-1]
        return Binary(sign, first, second, first.start, second.end)

    def unary(self, tree: Any) -> Node:
        sign = tree.children[0]
        (inner,) = self.nodes(tree)
        return Unary(str(sign), inner, sign.start_pos, inner.end)

    def call(self, tree: Any) -> Node:
        names = [child.children[0] for child in _trees(tree) if child.data == "identifier"]
        arguments, expand = [], False
        for child in _trees(tree):
            if child.data == "arguments":
                arguments, expand = self.nodes(child), bool(_tokens(child, "ELLIPSIS"))
        return Call("::".join(names), arguments, expand, names[0].start_pos, _token(tree, "RPAR").end_pos)

    def sequence(self, tree: Any) -> Node:
        return TupleNode(self.nodes(tree), tree.children[0].start_pos, tree.children[-1].end_pos)

    def mapping(self, tree: Any) -> Node:
        items = [self.item(item) for item in _trees(tree)]
        return ObjectNode(items, tree.children[0].start_pos, tree.children[-1].end_pos)

    def item(self, tree: Any) -> tuple[Node, Node]:
        key_tree, value = _trees(tree)
        inner = key_tree.children[0]
        key = self.name(inner) if inner.data == "keyword" else self.node(inner)
        if isinstance(key, Variable) or (isinstance(key, Literal) and not isinstance(key.value, Decimal)):
            key = Literal(self.text[key.start : key.end], key.start, key.end)
        return key, self.node(value)

    def for_tuple(self, tree: Any) -> Node:
        intro, value, *condition = _trees(tree)
        names, collection = self.for_intro(intro)
        start, end = tree.children[0].start_pos, tree.children[-1].end_pos
        return ForTuple(*names, collection, self.node(value), self.condition(condition), start, end)

    def for_object(self, tree: Any) -> Node:
        intro, key, value, *condition = _trees(tree)
        names, collection = self.for_intro(intro)
        start, end = tree.children[0].start_pos, tree.children[-1].end_pos
        grouping = bool(_tokens(tree, "ELLIPSIS"))
        wanted = self.condition(condition)
        return ForObject(*names, collection, self.node(key), self.node(value), grouping, wanted, start, end)

    def condition(self, trees: Sequence[Any]) -> Node | None:
        return self.nodes(trees[0])[0] if trees else None

    def for_intro(self, tree: Any) -> tuple[tuple[str | None, str], Node]:
        *names, collection = _trees(tree)
        words = [str(name.children[0]) for name in names]
        return (words[0] if len(words) > 1 else None, words[-1]), self.node(collection)

    # Traversals

    def traversal(self, tree: Any) -> Node:
        base, step = _trees(tree)
        return self.step(self.node(base), step)

    def step(self, base: Node, tree: Any) -> Node:
        if tree.data == "get_attr":
            (name,) = _trees(tree)
            return GetAttr(base, str(name.children[0]), base.start, name.children[0].end_pos)
        if tree.data == "short_index":
            digits = tree.children[-1]
            return Index(base, Literal(Decimal(digits), digits.start_pos, digits.end_pos), base.start, digits.end_pos)
        (key,) = self.nodes(tree)
        return Index(base, key, base.start, _token(tree, "RSQB").end_pos)

    def attribute_splat(self, tree: Any) -> Node:
        """Terraform takes an index in brackets after `.*` as one of the whole list; python-hcl2 does not."""
        base_tree, splat = _trees(tree)
        star = splat.children[0]
        base = self.node(base_tree)
        rest: Node = SplatItem(star.end_pos - 1, star.end_pos)
        steps = _trees(splat)
        inside = next((n for n, step in enumerate(steps) if step.data == "braces_index"), len(steps))
        for step in steps[:inside]:
            rest = self.step(rest, step)
        node: Node = Splat(base, rest, False, base.start, rest.end)
        for step in steps[inside:]:
            node = self.step(node, step)
        return node

    def full_splat(self, tree: Any) -> Node:
        """A splat of a splat nests, as Terraform has it; python-hcl2 puts one after the other."""
        base_tree, splat = _trees(tree)
        star = splat.children[0]
        base = self.node(base_tree)
        rest: Node = SplatItem(star.start_pos + 1, star.end_pos)
        for step in _trees(splat):
            rest = self.step(rest, step)
        return _with_splat(base, rest)

    # Strings

    def string(self, tree: Any) -> Template:
        pieces: list[Any] = []
        strip = False
        for part in _trees(tree):
            piece = self.piece(part.children[0])
            if isinstance(piece, str):
                piece = piece.lstrip(SPACES) if strip else piece
                strip = False
            elif isinstance(piece, Directive):
                opening, strip = _strips(part.children[0])
                if opening and pieces and isinstance(pieces[-1], str):
                    pieces[-1] = pieces[-1].rstrip(SPACES)
            pieces.append(piece)
        problems: list[Any] = []
        template = assemble(pieces, problems, tree.children[0].start_pos, tree.children[-1].end_pos)
        if problems:
            raise _Unlike
        return template

    def piece(self, part: Any) -> Any:
        if not hasattr(part, "data"):
            if part.type.startswith("ESCAPED") and ("${" in part[3:] or "%{" in part[3:]):
                raise _Unlike  # It takes what is between `$${` and the next `}` for text, sequences too.
            return unescape(str(part), part.start_pos, [])
        if part.data == "interpolation":
            return self.nodes(part)[0]
        return self.directive(part)

    def directive(self, tree: Any) -> Directive:
        start, end = tree.children[0].start_pos, tree.children[-1].end_pos
        word = str(tree.data).removeprefix("template_").removesuffix("_start")
        if word == "for":
            *names, collection = _trees(tree)
            words = [str(name.children[0]) for name in names]
            key_name = words[0] if len(words) > 1 else None
            return Directive(word, self.node(collection), (key_name, words[-1]), start, end)
        return Directive(word, self.nodes(tree)[0] if word == "if" else None, None, start, end)

    def quoted_in_directive(self, tree: Any) -> Node:
        token = tree.children[0]
        text = unescape(token[2:-2], token.start_pos + 2, [])
        return Template([text] if text else [], token.start_pos, token.end_pos)

    def heredoc(self, tree: Any) -> Node:
        """python-hcl2 leaves a heredoc as it is; ours is read, and kept as plain text where it cannot be."""
        token = tree.children[0]
        cursor = Cursor(self.text)
        cursor.scan, cursor.end, cursor.depth = INNER, token.start_pos, self.depth
        cursor.advance()
        try:
            node = heredoc(cursor, expression)
        except Refused:
            _, _, lines = token.partition("\n")
            return Template([lines[: lines.rstrip().rfind("\n") + 1]], token.start_pos, token.end_pos, True)
        if self.text[node.end : token.end_pos].strip():
            raise _Unlike
        return node


def _trees(tree: Any) -> list[Any]:
    return [child for child in tree.children if hasattr(child, "data") and child.data != "new_line_or_comment"]


def _tokens(tree: Any, type: str) -> list[Any]:
    return [child for child in tree.children if getattr(child, "type", None) == type]


def _token(tree: Any, type: str) -> Any:
    return _tokens(tree, type)[0]


def _strips(tree: Any) -> tuple[bool, bool]:
    markers = [getattr(child, "type", None) == "STRIP_MARKER" for child in tree.children]
    return markers[1], markers[-2] and len(markers) > 3


def _with_splat(base: Node, rest: Node) -> Node:
    if isinstance(base, Splat) and base.full:
        return Splat(base.base, _with_splat(base.rest, rest), True, base.start, rest.end)
    return Splat(base, rest, True, base.start, rest.end)


_CONVERTERS: dict[str, Callable[[_Converter, Any], Node]] = {
    "attr_splat_expr_term": _Converter.attribute_splat,
    "binary_op": _Converter.binary,
    "conditional": _Converter.conditional,
    "expr_term": _Converter.term,
    "float_lit": _Converter.number,
    "for_object_expr": _Converter.for_object,
    "for_tuple_expr": _Converter.for_tuple,
    "full_splat_expr_term": _Converter.full_splat,
    "function_call": _Converter.call,
    "get_attr_expr_term": _Converter.traversal,
    "heredoc_template": _Converter.heredoc,
    "heredoc_template_trim": _Converter.heredoc,
    "identifier": _Converter.name,
    "index_expr_term": _Converter.traversal,
    "int_lit": _Converter.number,
    "literal_value": _Converter.keyword,
    "object": _Converter.mapping,
    "string": _Converter.string,
    "template_string": _Converter.quoted_in_directive,
    "tuple": _Converter.sequence,
    "unary_op": _Converter.unary,
}
