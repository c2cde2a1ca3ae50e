"""Regular expressions as Go reads them: https://github.com/google/re2/wiki/Syntax, into a tree.

    alternation = sequence *("|" sequence)
    sequence    = *(atom [ ("*" | "+" | "?" | "{" n ["," [m]] "}") ["?"] ])
    atom        = literal | "." | class | escape | assertion | "(" ["?P<name>" | "?flags:"] alternation ")"

Python's own engine is not used, because it backtracks: a stranger's pattern could keep it busy for years.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from finops_gate.sources.terraform.problems import EvaluationError

MAX_PATTERN = 2_000
MAX_REPEAT = 1_000
MAX_NESTING = 100

Test: TypeAlias = Callable[[str], bool]
Ranges: TypeAlias = list[tuple[int, int]]


@dataclass(slots=True)
class Node:
    """Base of the tree."""


@dataclass(slots=True)
class Character(Node):
    test: Test


@dataclass(slots=True)
class Assertion(Node):
    """`^` `$` `A` `z` `b` `B`; the first two as with the flag `m`."""

    kind: str


@dataclass(slots=True)
class Sequence(Node):
    parts: list[Node] = field(default_factory=list)


@dataclass(slots=True)
class Alternation(Node):
    branches: list[Node]


@dataclass(slots=True)
class Group(Node):
    number: int
    inner: Node


@dataclass(slots=True)
class Repeat(Node):
    inner: Node
    least: int
    most: int | None
    greedy: bool


@dataclass(slots=True)
class Pattern:
    """`names` has the name of each group in order, empty where it has none."""

    tree: Node
    names: list[str]


_PERL: dict[str, Ranges] = {
    "d": [(48, 57)],
    "s": [(9, 10), (12, 13), (32, 32)],
    "w": [(48, 57), (65, 90), (95, 95), (97, 122)],
}
_POSIX: dict[str, Ranges] = {
    "alnum": [(48, 57), (65, 90), (97, 122)],
    "alpha": [(65, 90), (97, 122)],
    "ascii": [(0, 127)],
    "blank": [(9, 9), (32, 32)],
    "cntrl": [(0, 31), (127, 127)],
    "digit": [(48, 57)],
    "graph": [(33, 126)],
    "lower": [(97, 122)],
    "print": [(32, 126)],
    "punct": [(33, 47), (58, 64), (91, 96), (123, 126)],
    "space": [(9, 13), (32, 32)],
    "upper": [(65, 90)],
    "word": [(48, 57), (65, 90), (95, 95), (97, 122)],
    "xdigit": [(48, 57), (65, 70), (97, 102)],
}
_CONTROLS = {"a": "\a", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_CATEGORY = re.compile(r"C|Cc|Cf|Co|Cs|L|Ll|Lm|Lo|Lt|Lu|M|Mc|Me|Mn|N|Nd|Nl|No|P|P[cdefios]|S|S[ckmo]|Z|Z[lps]")
_COUNT = re.compile(r"\{([0-9]{1,4})(,([0-9]{1,4})?)?\}")
_NAMED = re.compile(r"\(\?P?<([A-Za-z_][A-Za-z0-9_]*)>")
_FLAGS = re.compile(r"\(\?([imsU]*)(?:-([imsU]+))?([:)])")
_HEXADECIMAL = re.compile(r"x(?:([0-9a-fA-F]{2})|\{([0-9a-fA-F]{1,6})\})")
_OCTAL = re.compile(r"0[0-7]{0,2}|[1-7][0-7]{1,2}")


def parse(pattern: str) -> Pattern:
    """Raises EvaluationError where Go would refuse the pattern."""
    if len(pattern) > MAX_PATTERN:
        raise EvaluationError(f"the pattern is longer than {MAX_PATTERN:,} characters")
    return _Parser(pattern).pattern()


def _refuse(what: str) -> EvaluationError:
    return EvaluationError(f"the pattern is not valid: {what}")


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.flags: frozenset[str] = frozenset()
        self.names: list[str] = []
        self.depth = 0

    def pattern(self) -> Pattern:
        tree = self.alternation()
        if self.at < len(self.text):
            raise _refuse("a `)` too many")
        return Pattern(tree, self.names)

    def alternation(self) -> Node:
        self.depth += 1
        if self.depth > MAX_NESTING:
            raise _refuse("groups are nested too deeply")
        flags = self.flags
        branches = [self.sequence()]
        while self.peek() == "|":
            self.at += 1
            branches.append(self.sequence())
        self.flags = flags
        self.depth -= 1
        return branches[0] if len(branches) == 1 else Alternation(branches)

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def sequence(self) -> Node:
        found = Sequence()
        while self.peek() not in ("", "|", ")"):
            if self.text.startswith("\\Q", self.at):
                *quoted, last = self.quotation() or [Sequence()]
                found.parts += [*quoted, self.repeated(last)]
                continue
            atom = self.atom()
            if atom is not None:
                found.parts.append(self.repeated(atom))
        return found

    def quotation(self) -> list[Node]:
        end = self.text.find("\\E", self.at + 2)
        quoted = self.text[self.at + 2 : end if end >= 0 else len(self.text)]
        self.at = end + 2 if end >= 0 else len(self.text)
        return [self.literal(character) for character in quoted]

    def repeated(self, atom: Node) -> Node:
        """The atom with the repetition behind it; one repetition of another is refused, as in Go."""
        bounds = self.bounds()
        if bounds is None:
            return atom
        least, most = bounds
        if max(least, most or 0) > MAX_REPEAT or (most is not None and most < least):
            raise _refuse("the number of repetitions")
        lazy = self.peek() == "?"
        self.at += lazy
        if self.peek() in ("*", "+", "?") and self.peek():
            raise _refuse("a repetition of a repetition")
        return Repeat(atom, least, most, lazy is ("U" in self.flags))

    def bounds(self) -> tuple[int, int | None] | None:
        simple: dict[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}
        mark = self.peek()
        if mark in simple:
            self.at += 1
            return simple[mark]
        match = _COUNT.match(self.text, self.at) if mark == "{" else None
        if match is None:
            return None
        self.at = match.end()
        least = int(match[1])
        return least, least if match[2] is None else None if match[3] is None else int(match[3])

    def atom(self) -> Node | None:
        mark = self.peek()
        if mark == "(":
            return self.group()
        if mark == "[":
            return Character(self.bracket())
        if mark == "\\":
            return self.escape()
        self.at += 1
        if mark == ".":
            return Character((lambda _: True) if "s" in self.flags else (lambda c: c != "\n"))
        if mark in "^$":
            whole = {"^": "A", "$": "z"}
            return Assertion(mark if "m" in self.flags else whole[mark])
        if mark in "*+?":
            raise _refuse(f"nothing to repeat before `{mark}`")
        return self.literal(mark)

    def literal(self, character: str) -> Node:
        if "i" in self.flags:
            forms = frozenset((character, character.lower(), character.upper()))
            return Character(forms.__contains__)
        return Character(character.__eq__)

    def group(self) -> Node | None:
        named = _NAMED.match(self.text, self.at)
        flags = _FLAGS.match(self.text, self.at)
        if named is not None:
            self.at = named.end()
            return self.captured(named[1])
        if flags is not None:
            self.at = flags.end()
            return self.flagged(frozenset((self.flags | set(flags[1])) - set(flags[2] or "")), flags[3] == ")")
        if self.text.startswith("(?", self.at):
            raise _refuse(f"`{self.text[self.at : self.at + 4]}` is not of Go's syntax")
        self.at += 1
        return self.captured("")

    def captured(self, name: str) -> Node:
        self.names.append(name)
        number = len(self.names)
        return Group(number, self.closed(self.alternation()))

    def flagged(self, flags: frozenset[str], rest_of_group: bool) -> Node | None:
        if rest_of_group:
            self.flags = flags
            return None
        around, self.flags = self.flags, flags
        inner = self.closed(self.alternation())
        self.flags = around
        return inner

    def closed(self, inner: Node) -> Node:
        if self.peek() != ")":
            raise _refuse("a `)` is missing")
        self.at += 1
        return inner

    def escape(self) -> Node:
        mark = self.text[self.at + 1 : self.at + 2]
        if mark in ("A", "z", "b", "B") and mark:
            self.at += 2
            return Assertion(mark)
        test = self.escaped_class()
        return Character(test) if test is not None else self.literal(self.escaped_character())

    def escaped_class(self) -> Test | None:
        """`\\d`, `\\W`, `\\pL`, `\\P{Lu}`; None where the escape is of one character."""
        mark = self.text[self.at + 1 : self.at + 2]
        if mark.lower() in _PERL and mark:
            self.at += 2
            return _in(_PERL[mark.lower()], mark.isupper())
        if mark not in ("p", "P") or not mark:
            return None
        match = re.compile(r"\{(\^?)(\w+)\}|()(\w)").match(self.text, self.at + 2)
        name = (match[2] or match[4]) if match else ""
        if match is None or not _CATEGORY.fullmatch(name):
            raise _refuse(f"\\{mark}{name} is not a category of characters")
        self.at = match.end()
        return _in_category(name, (mark == "P") is not bool(match[1]))

    def escaped_character(self) -> str:
        at = self.at + 1
        mark = self.text[at : at + 1]
        hexadecimal = _HEXADECIMAL.match(self.text, at)
        octal = _OCTAL.match(self.text, at)
        if hexadecimal is not None:
            self.at = hexadecimal.end()
            code = int(hexadecimal[1] or hexadecimal[2], 16)
            if code > 0x10FFFF:
                raise _refuse("a character beyond Unicode")
            return chr(code)
        if octal is not None:
            self.at = octal.end()
            return chr(int(octal[0], 8))
        if mark in _CONTROLS:
            self.at += 2
            return _CONTROLS[mark]
        if not mark or mark.isalnum():
            raise _refuse(f"`\\{mark}` is not of Go's syntax")
        self.at += 2
        return mark

    def bracket(self) -> Test:
        self.at += 1
        negated = self.peek() == "^"
        self.at += negated
        ranges: Ranges = []
        tests: list[Test] = []
        first = True
        while first or self.peek() != "]":
            first = False
            if not self.peek():
                raise _refuse("a `]` is missing")
            self.member(ranges, tests)
        self.at += 1
        return self.of_class(ranges, tests, negated)

    def member(self, ranges: Ranges, tests: list[Test]) -> None:
        posix = re.compile(r"\[:(\^?)(\w+):\]").match(self.text, self.at)
        if posix is not None:
            if posix[2] not in _POSIX:
                raise _refuse(f"{posix[0]} is not a class")
            self.at = posix.end()
            tests.append(_in(_POSIX[posix[2]], bool(posix[1])))
            return
        test = self.escaped_class() if self.peek() == "\\" else None
        if test is not None:
            tests.append(test)
            return
        low = self.one()
        high = low
        if self.peek() == "-" and self.text[self.at + 1 : self.at + 2] not in ("]", ""):
            self.at += 1
            high = self.one()
        if high < low:
            raise _refuse(f"the range {low}-{high}")
        ranges.append((ord(low), ord(high)))

    def one(self) -> str:
        if self.peek() == "\\":
            return self.escaped_character()
        self.at += 1
        return self.text[self.at - 1]

    def of_class(self, ranges: Ranges, tests: list[Test], negated: bool) -> Test:
        fold = "i" in self.flags

        def matches(character: str) -> bool:
            forms = (character, character.lower(), character.upper()) if fold else (character,)
            for form in forms:
                code = ord(form) if len(form) == 1 else -1
                if any(low <= code <= high for low, high in ranges) or any(test(form) for test in tests):
                    return not negated
            return negated

        return matches


def _in(ranges: Ranges, negated: bool) -> Test:
    return lambda character: any(low <= ord(character) <= high for low, high in ranges) is not negated


def _in_category(name: str, negated: bool) -> Test:
    return lambda character: unicodedata.category(character).startswith(name) is not negated
