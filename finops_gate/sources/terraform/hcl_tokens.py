"""The tokens of HCL native syntax, and the cursor that walks over them.

One compiled pattern finds a token with the space and the comments before it. Lexing is on demand, because what
a line's end or a `}` means depends on where the parser is.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import takewhile
from typing import Any, NoReturn

from finops_gate.sources.terraform.syntax import SyntaxProblem

MAX_DEPTH = 100

NAME = r"[A-Za-z_][A-Za-z0-9_-]*"
_COMMENT = r"\#[^\n]*|//[^\n]*|/\*[^*]*\*+(?:[^/*][^*]*\*+)*/"
_NEWLINE = r"\r?(?P<newline>\n)"
_TOKEN = rf"""
    (?P<path>{NAME}(?:\.{NAME})*(?![^\x00-\x7f]|[A-Za-z0-9_-]))
  | (?P<operator>[(),{{}}\[\]?+*%-]|=[=>]?|::?|\.(?:\.\.)?|<(?!<)=?|[!>]=?|&&|\|\||/(?![/*])|~\}})
  | (?P<string>"[^"\\$%\n]*(?:[$%](?![{{$%])[^"\\$%\n]*)*")
  | {_NEWLINE}
  | (?P<number>[0-9](?:[0-9.]|[eE][+-]?[0-9])*(?<!\.))
  | (?P<quote>")
  | (?P<heredoc><<-?[^\W\d][\w-]*\r?\n)
  | (?P<end>\Z)
  | (?P<foreign>[^\W\d](?:[\w-]|[^\x00-\x7f])*)
  | (?P<skipped>{_COMMENT}|\r\n)
  | (?P<bad>/\*|.)
"""
# `path` is a name or several with dots between. What comes after `end` is rare: see `Cursor.rare`.
_LINE_PATTERN = re.compile(rf"[ \t]*(?:{_TOKEN})", re.VERBOSE)
_INNER_PATTERN = re.compile(rf"[ \t\n]*(?:{_TOKEN.replace(_NEWLINE, '(?P<newline>(?!))')})", re.VERBOSE)
_RARE = _LINE_PATTERN.groupindex["foreign"]

# Two ways to go on: within brackets and `${ }` a line's end is a space; elsewhere it is a token.
LINE = _LINE_PATTERN.match
INNER = _INNER_PATTERN.match

_TERMINATOR = re.compile(r"^[ \t]*([^\W\d][\w-]*)[ \t]*(?:\r?\n|\Z)", re.MULTILINE)

# What people, and word processors, write for a double quote.
_QUOTES = "'`\u2018\u2019\u201c\u201d"


class Refused(Exception):
    """Ends the reading of an item: what follows cannot be told apart any more."""

    def __init__(self, problem: SyntaxProblem) -> None:
        super().__init__(problem.message)
        self.problem = problem


class Cursor:
    """A place in a text and the token there: `kind`, `value`, `start`, `end`.

    `scan` is LINE or INNER and holds for the next `advance`. `depth` counts what is open around the place.
    Operators and brackets are told by `value` alone: no token of another kind has theirs.
    For recovery: `item` is where the item at the top of the file began, `by_column` whether a block's header in
    column one ends the block around it, `last_words` the last lines that could end a heredoc.
    """

    __slots__ = (
        *("text", "scan", "kind", "value", "start", "end", "depth"),
        *("problems", "item", "by_column", "last_words"),
    )

    def __init__(self, text: str) -> None:
        self.text = text
        self.problems: list[SyntaxProblem] = []
        self.scan: Any = LINE
        self.kind: str = "newline"
        self.value = "\n"
        self.start = self.end = 1 if text.startswith("\ufeff") else 0
        self.depth = 0
        self.item = 0
        self.by_column = False
        self.last_words: dict[str, int] | None = None

    def advance(self) -> None:
        match = self.scan(self.text, self.end)
        index = match.lastindex
        self.kind, self.value = match.lastgroup, match[index]
        self.start, self.end = match.span(index)
        if index >= _RARE:
            self.rare()

    def rare(self) -> None:
        """A comment; a name with letters beyond ASCII, up to where it is one; a character HCL has no use for."""
        while self.kind == "skipped":
            match = self.scan(self.text, self.end)
            self.kind, self.value = match.lastgroup, match[match.lastindex]
            self.start, self.end = match.span(match.lastindex)
        value = self.value
        if self.kind == "foreign" and value[0].isidentifier():
            letters = takewhile(lambda letter: letter == "-" or f"a{letter}".isidentifier(), value)
            self.kind, self.value = "path", "".join(letters)
        elif self.kind == "foreign" or self.kind == "bad":
            self.kind, self.value = "bad", value if value == "/*" else value[0]
        else:
            return
        self.end = self.start + len(self.value)

    def open(self) -> None:
        """One level deeper; whoever calls it takes one off `depth` afterwards."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.refuse_depth()

    def refuse_depth(self) -> NoReturn:
        raise Refused(SyntaxProblem(f"nested more than {MAX_DEPTH} deep", self.start, self.end))

    def expect(self, value: str, where: str) -> None:
        if self.value != value:
            self.refuse(f"`{value}` {where}")

    def refuse(self, expected: str) -> NoReturn:
        """Ends the item with a problem at the token: what was expected there and what was found."""
        start, end = self.start, self.start if self.kind == "newline" else self.end
        message = f"expected {expected}, found {self.found()}"
        if self.value == "/*":
            message, self.start = "this comment has no `*/`", len(self.text)
        elif self.text.startswith("<<", start):
            message = "a heredoc begins with `<<WORD` or `<<-WORD` at the end of a line"
        raise Refused(SyntaxProblem(message, start, end))

    def report(self, message: str, start: int, end: int) -> None:
        """A problem that the reading survives."""
        self.problems.append(SyntaxProblem(message, start, end))

    def found(self) -> str:
        if self.kind == "bad" and self.value in _QUOTES:
            return f"{self.value} (strings have double quotes)"
        if self.kind == "bad" and not (self.value.isascii() and self.value.isprintable()):
            return f"U+{ord(self.value):04X} {unicodedata.name(self.value, '(a control character)')}"
        words = {
            "end": "the end of the text",
            "newline": "the end of the line",
            "string": "a string",
            "quote": "a string",
            "heredoc": "a heredoc",
        }
        return words.get(self.kind) or f"`{self.value[:40]}`"

    def name(self, what: str) -> str:
        """Takes a single name."""
        if self.kind != "path" or "." in self.value:
            self.refuse(what)
        name = self.value
        self.advance()
        return name

    def terminator(self, word: str) -> bool:
        """Whether the line at `end` is a heredoc's terminator; the cursor moves behind the word."""
        match = _TERMINATOR.match(self.text, self.end)
        if match is None or match[1] != word:
            return False
        self.start, self.end = match.span(1)
        if not match[0].endswith("\n"):
            self.report(f"expected the end of the line after `{word}`, found the end of the text", self.start, self.end)
        return True

    def lacks_terminator(self, word: str, after: int) -> bool:
        """Whether no line after an offset is `word` alone; looked up, so that many such heredocs take no longer."""
        if self.last_words is None:
            self.last_words = {match[1]: match.start(1) for match in _TERMINATOR.finditer(self.text)}
        return self.last_words.get(word, -1) < after


def names_of_for(cursor: Cursor) -> tuple[str | None, str]:
    """`for k, v in` or `for v in`, of an expression or a template, up to the collection."""
    cursor.advance()
    key_name, value_name = None, cursor.name("a name after `for`")
    if cursor.value == ",":
        cursor.advance()
        key_name, value_name = value_name, cursor.name("a second name after the `,` of `for`")
    cursor.expect("in", "after the names of `for`")
    cursor.advance()
    return key_name, value_name
