"""Templates of HCL: quoted strings, heredocs and template files, once their expressions are known.

A reader hands over the pieces of a template in order, flat; `assemble` trims what `~` markers and `<<-` trim,
and nests the directives. A literal of a heredoc is one piece a line, because both kinds of trimming look at
lines. The rules are those of the template sub-language of the HCL native syntax specification:
https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md#templates
"""

from __future__ import annotations

import re
from typing import Any

from finops_gate.sources.terraform.syntax import Node, SyntaxProblem, Template, TemplateFor, TemplateIf

# What Go's unicode.IsSpace holds for a space; str.strip() would take four control characters more.
SPACES = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))

_ESCAPE = re.compile(r"\$\$\{|%%\{|\\(?:u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)?", re.DOTALL)
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}


class Directive:
    """`%{ if }`, `%{ for }`, `%{ else }`, `%{ endif }` or `%{ endfor }`: a piece on its way into the tree."""

    __slots__ = ("keyword", "subject", "names", "start", "end")

    def __init__(
        self, keyword: str, subject: Node | None, names: tuple[str | None, str] | None, start: int, end: int
    ) -> None:
        self.keyword, self.subject, self.names = keyword, subject, names
        self.start, self.end = start, end


def unescape(text: str, start: int, problems: list[SyntaxProblem]) -> str:
    """The value of a quoted literal that begins at offset `start`; a bad escape stays as written."""

    def value(match: re.Match[str]) -> str:
        escape = match[0]
        if escape[0] != "\\":
            return escape[1:]
        if (known := _ESCAPED.get(escape[1:])) is not None:
            return known
        if len(escape) > 2 and (code := int(escape[2:], 16)) <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF:
            return chr(code)
        problems.append(
            SyntaxProblem(
                f'`{escape}` is not an escape; the escapes are \\n \\r \\t \\" \\\\ \\uNNNN \\UNNNNNNNN',
                start + match.start(),
                start + match.end(),
            )
        )
        return escape

    return _ESCAPE.sub(value, text)


def assemble(
    pieces: list[Any], problems: list[SyntaxProblem], start: int, end: int, heredoc: bool = False, dedent: bool = False
) -> Template:
    """The tree of a template's pieces: str, expressions and directives."""
    if dedent:
        _dedent(pieces)
    return _nest(_joined(pieces), problems, start, end, heredoc)


def _dedent(pieces: list[Any]) -> None:
    """Takes from every line what the least indented line is indented by, as `<<-` does."""
    firsts = [i for i in range(len(pieces)) if i == 0 or _ends_line(pieces[i - 1])]
    margins: dict[int, int] = {}
    for i in firsts:
        piece = pieces[i]
        if not isinstance(piece, str):
            return
        bare = piece.lstrip(SPACES)
        if bare or not _ends_line(piece):
            margins[i] = len(piece) - len(bare)
    cut = min(margins.values(), default=0)
    for i in margins:
        pieces[i] = pieces[i][cut:]


def _ends_line(piece: Any) -> bool:
    return isinstance(piece, str) and piece.endswith("\n")


def _joined(pieces: list[Any]) -> list[Any]:
    """Neighbouring literals as one; an empty one stays, for it tells `"${x}"` from a string."""
    joined: list[Any] = []
    run: list[str] = []
    for piece in pieces:
        if isinstance(piece, str):
            run.append(piece)
            continue
        if run:
            joined.append("".join(run))
            run = []
        joined.append(piece)
    if run:
        joined.append("".join(run))
    return joined


class _Open:
    """A directive that waits for its end; `parts` collects the branch being read."""

    __slots__ = ("directive", "parts", "then", "branch_start")

    def __init__(self, directive: Directive) -> None:
        self.directive, self.branch_start = directive, directive.end
        self.parts: list[Any] = []
        self.then: Template | None = None


def _nest(pieces: list[Any], problems: list[SyntaxProblem], start: int, end: int, heredoc: bool) -> Template:
    root: list[Any] = []
    parts, stack = root, list[_Open]()
    for piece in pieces:
        if not isinstance(piece, Directive):
            parts.append(piece)
        elif piece.keyword in ("if", "for"):
            stack.append(_Open(piece))
            parts = stack[-1].parts
        elif stack and _continues(stack[-1], piece):
            parts = stack[-1].parts
        elif stack and piece.keyword == f"end{stack[-1].directive.keyword}":
            closed = _closed(stack.pop(), piece)
            parts = stack[-1].parts if stack else root
            parts.append(closed)
        else:
            wanted = f"`%{{ end{stack[-1].directive.keyword} }}`" if stack else "`%{ if }` or `%{ for }` before it"
            message = f"expected {wanted}, found `%{{ {piece.keyword} }}`"
            problems.append(SyntaxProblem(message, piece.start, piece.end))
    for directive in [waiting.directive for waiting in stack]:
        message = f"`%{{ {directive.keyword} }}` has no `%{{ end{directive.keyword} }}` in this template"
        problems.append(SyntaxProblem(message, directive.start, directive.end))
    return Template(root, start, end, heredoc)


def _continues(opened: _Open, piece: Directive) -> bool:
    """Takes an `else` of an `if` that has none yet."""
    if piece.keyword != "else" or opened.directive.keyword != "if" or opened.then is not None:
        return False
    opened.then = Template(opened.parts, opened.branch_start, piece.start)
    opened.parts, opened.branch_start = [], piece.end
    return True


def _closed(opened: _Open, end: Directive) -> Node:
    directive = opened.directive
    assert directive.subject is not None
    last = Template(opened.parts, opened.branch_start, end.start)
    if directive.names is not None:
        return TemplateFor(*directive.names, directive.subject, last, directive.start, end.end)
    then, otherwise = (opened.then, last) if opened.then else (last, Template([], end.start, end.start))
    return TemplateIf(directive.subject, then, otherwise, directive.start, end.end)
