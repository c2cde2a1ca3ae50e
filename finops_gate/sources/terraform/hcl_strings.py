"""Reads the strings of HCL native syntax: quoted ones, heredocs and template files, with what is in them.

Strings hold expressions and expressions hold strings; the reader of expressions is handed in.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from finops_gate.sources.terraform.hcl_tokens import INNER, Cursor, Refused, names_of_for
from finops_gate.sources.terraform.syntax import Node, SyntaxProblem, Template
from finops_gate.sources.terraform.template import SPACES, Directive, assemble, unescape

Read = Callable[[Cursor], Node]

# Literal text up to what ends it; only quotes have escapes with a backslash.
_QUOTED_TEXT = re.compile(r'(?:[^"\\$%\n]+|\\[^\n]|\$\$\{|%%\{|[$%](?!\{))*').match
_BARE_LINE = re.compile(r"(?:[^$%\n]+|\$\$\{|%%\{|[$%](?!\{))*\n?").match


def quoted(cursor: Cursor, read: Read) -> Template:
    """A string with escapes or sequences, from its opening quote to the token after it."""
    text, start, outer, depth = cursor.text, cursor.start, cursor.scan, cursor.depth
    pieces: list[Any] = []
    at, strip = cursor.end, False
    while True:
        literal = _literal(_QUOTED_TEXT, text, at)
        if literal:
            value = unescape(literal, at, cursor.problems) if "\\" in literal or "{" in literal else literal
            pieces.append(value.lstrip(SPACES) if strip else value)
            at += len(literal)
        if text.startswith('"', at):
            break
        if not text.startswith(("${", "%{"), at):
            cursor.start = cursor.end = at
            raise Refused(SyntaxProblem('expected `"` to end the string, found the end of the line', start, at))
        strip = _sequence(cursor, pieces, at, read)
        at, cursor.depth = cursor.end, max(cursor.depth, depth)
    cursor.end, cursor.scan, cursor.depth = at + 1, outer, depth
    cursor.advance()
    return assemble(pieces, cursor.problems, start, at + 1)


def heredoc(cursor: Cursor, read: Read) -> Template:
    """`<<WORD` or `<<-WORD`, up to the line that is WORD alone."""
    start, outer, depth, opening = cursor.start, cursor.scan, cursor.depth, cursor.value
    dedent = opening[2] == "-"
    word = opening[2 + dedent :].rstrip()
    pieces: list[Any] = []
    if not _closed(cursor, pieces, word, read):
        raise Refused(SyntaxProblem(f"this heredoc has no line that is `{word}` alone", start, start + len(opening)))
    end, cursor.scan, cursor.depth = cursor.end, outer, depth
    cursor.advance()
    return assemble(pieces, cursor.problems, start, end, True, dedent)


def _closed(cursor: Cursor, pieces: list[Any], word: str, read: Read) -> bool:
    """Reads a heredoc's text. Where that fails because it has no end, the end is what to talk about."""
    start, end = cursor.start, cursor.end
    if cursor.last_words is not None and cursor.lacks_terminator(word, end):
        return False
    try:
        closed = bare_text(cursor, pieces, word, read)
    except Refused:
        if not cursor.lacks_terminator(word, end):
            raise
        closed = False
    if not closed:
        cursor.lacks_terminator(word, end)
        cursor.kind, cursor.start, cursor.end = "heredoc", start, end
    return closed


def bare_text(cursor: Cursor, pieces: list[Any], word: str | None, read: Read) -> bool:
    """Text without quotes, a piece a line, up to the terminator `word` or, without one, the end of the text."""
    text, depth = cursor.text, cursor.depth
    at_line_start, strip = True, False
    while not (at_line_start and word is not None and cursor.terminator(word)):
        at = cursor.end
        if at == len(text):
            return word is None
        literal = _literal(_BARE_LINE, text, at)
        if literal:
            value = literal.replace("$${", "${").replace("%%{", "%{") if "{" in literal else literal
            pieces.append(value.lstrip(SPACES) if strip else value)
            strip = False
            cursor.end = at + len(literal)
        at_line_start = literal.endswith("\n")
        if not at_line_start and cursor.end < len(text):
            strip = _sequence(cursor, pieces, cursor.end, read)
            cursor.depth = max(cursor.depth, depth)
    return True


def _literal(pattern: Callable[[str, int], re.Match[str] | None], text: str, at: int) -> str:
    match = pattern(text, at)
    return match[0] if match else ""


def _sequence(cursor: Cursor, pieces: list[Any], at: int, read: Read) -> bool:
    """`${ }` or `%{ }` at an offset, its piece added; whether it ends with `~`, to strip what follows."""
    opening = cursor.text[at : at + 2]
    cursor.end = at + 2
    if cursor.text.startswith("~", cursor.end):
        cursor.end += 1
        if pieces and isinstance(pieces[-1], str):
            pieces[-1] = pieces[-1].rstrip(SPACES)
    cursor.scan = INNER
    cursor.advance()
    piece = _directive(cursor, at, read) if opening == "%{" else read(cursor)
    if cursor.value != "}" and cursor.value != "~}":
        cursor.refuse(f"`}}` at the end of `{opening}` (a literal `{opening}` is written `{opening[0]}{opening}`)")
    if isinstance(piece, Directive):
        piece.end = cursor.end
    pieces.append(piece)
    return cursor.value == "~}"


def _directive(cursor: Cursor, start: int, read: Read) -> Directive:
    """What is within `%{ }`. Its branches nest, so it counts as a level until its end, or that of the string."""
    keyword = cursor.value
    if keyword not in ("if", "for", "else", "endif", "endfor"):
        cursor.refuse("`if`, `for`, `else`, `endif` or `endfor` after `%{`")
    if keyword in ("endif", "endfor"):
        cursor.depth -= 1
    if keyword not in ("if", "for"):
        cursor.advance()
        return Directive(keyword, None, None, start, cursor.end)
    cursor.open()
    names = None
    if keyword == "for":
        names = names_of_for(cursor)
    else:
        cursor.advance()
    return Directive(keyword, read(cursor), names, start, cursor.end)
