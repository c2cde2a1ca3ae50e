"""Runs a pattern over a text in time proportional to both: all ways to match are followed at once.

The threads are kept in the order of preference in which Go's matcher (and Perl's) would try them, so that the first
to arrive is the match they would find. See https://swtch.com/~rsc/regexp/regexp2.html (the Pike machine).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from finops_gate.sources.terraform.functions.regex_syntax import (
    Alternation,
    Assertion,
    Character,
    Group,
    Node,
    Repeat,
    Sequence,
    Test,
    parse,
)
from finops_gate.sources.terraform.problems import EvaluationError

MAX_INSTRUCTIONS = 20_000
MAX_STEPS = 5_000_000

Captures: TypeAlias = tuple[int, ...]
"""Start and end of the match and of each group in turn; -1 where a group took no part."""

Spend: TypeAlias = Callable[[int], None]
"""Takes the steps of a search from those that an evaluation has left. Raises EvaluationError where there are none."""

STEPS = 8
"""Places in the program that are looked at in the time of a step of an evaluation."""

Thread: TypeAlias = tuple[int, Captures]
"""The place in the program where one way to match stands, and what it has captured."""


@dataclass(slots=True)
class Instruction:
    """`test` consumes a character; else `assertion` or `save` or nothing, and on to each of `targets` in order."""

    targets: tuple[int, ...] = ()
    test: Test | None = None
    assertion: str = ""
    save: int = -1


@dataclass(frozen=True, slots=True)
class Program:
    code: list[Instruction]
    names: list[str]


@lru_cache(maxsize=256)
def compiled(pattern: str) -> Program:
    """Raises EvaluationError where the pattern is not valid, or grows too large."""
    parsed = parse(pattern)
    code: list[Instruction] = []
    _emit(code, Group(0, parsed.tree))
    code.append(Instruction())
    return Program(code, parsed.names)


def _emit(code: list[Instruction], node: Node) -> None:
    """Appends the code of a node; it is left by its end."""
    if len(code) > MAX_INSTRUCTIONS:
        raise EvaluationError("the pattern is too large")
    if isinstance(node, Character):
        code.append(Instruction((len(code) + 1,), test=node.test))
    elif isinstance(node, Assertion):
        code.append(Instruction((len(code) + 1,), assertion=node.kind))
    elif isinstance(node, Sequence):
        for part in node.parts:
            _emit(code, part)
    elif isinstance(node, Group):
        code.append(Instruction((len(code) + 1,), save=2 * node.number))
        _emit(code, node.inner)
        code.append(Instruction((len(code) + 1,), save=2 * node.number + 1))
    elif isinstance(node, Alternation):
        _emit_branches(code, node)
    elif isinstance(node, Repeat):
        _emit_repeat(code, node)


def _emit_branches(code: list[Instruction], node: Alternation) -> None:
    split = Instruction()
    code.append(split)
    ends: list[Instruction] = []
    for branch in node.branches:
        split.targets = (*split.targets, len(code))
        _emit(code, branch)
        ends.append(Instruction())
        code.append(ends[-1])
    for end in ends:
        end.targets = (len(code),)


def _emit_repeat(code: list[Instruction], node: Repeat) -> None:
    for _ in range(node.least):
        _emit(code, node.inner)
    if node.most is None:
        split = Instruction()
        start = len(code)
        code.append(split)
        _emit(code, node.inner)
        code.append(Instruction((start,)))
        split.targets = (start + 1, len(code)) if node.greedy else (len(code), start + 1)
        return
    optional: list[tuple[Instruction, int]] = []
    for _ in range(node.most - node.least):
        split = Instruction()
        optional.append((split, len(code) + 1))
        code.append(split)
        _emit(code, node.inner)
    for split, inside in optional:
        split.targets = (inside, len(code)) if node.greedy else (len(code), inside)


def search(program: Program, text: str, start: int = 0, spend: Spend = lambda steps: None) -> Captures | None:
    """The first match at or after `start`. Raises EvaluationError where it would take too long."""
    machine = _Machine(program, text)
    try:
        return machine.search(start)
    finally:
        spend(machine.steps // STEPS)


def find_all(program: Program, text: str, spend: Spend = lambda steps: None) -> list[Captures]:
    """All matches but the empty ones that touch the one before, as Go has them."""
    machine = _Machine(program, text)
    try:
        return list(_matches(machine, text))
    finally:
        spend(machine.steps // STEPS)


def _matches(machine: _Machine, text: str) -> Iterator[Captures]:
    at, end = 0, -1
    while at <= len(text):
        match = machine.search(at)
        if match is None:
            return
        if match[1] > match[0] or match[0] != end:
            yield match
        end = match[1]
        at = end if end > at else at + 1


class _Machine:
    def __init__(self, program: Program, text: str) -> None:
        self.code = program.code
        self.text = text
        self.slots = 2 * len(program.names) + 2
        self.steps = 0

    def search(self, start: int) -> Captures | None:
        found: Captures | None = None
        threads: list[Thread] = []
        empty = (-1,) * self.slots
        for at in range(start, len(self.text) + 1):
            threads = self.follow(threads if found else [*threads, (0, empty)], at)
            if not threads:
                if found is not None:
                    break
                continue
            threads, arrived = self.consume(threads, at)
            found = arrived or found
        return found

    def consume(self, threads: list[Thread], at: int) -> tuple[list[Thread], Captures | None]:
        """The threads that the next character lets on; those behind one that has arrived are dropped."""
        character = self.text[at] if at < len(self.text) else None
        following: list[Thread] = []
        for counter, captures in threads:
            instruction = self.code[counter]
            if instruction.test is None:
                return following, captures
            if character is not None and instruction.test(character):
                following.append((instruction.targets[0], captures))
        return following, None

    def follow(self, threads: list[Thread], at: int) -> list[Thread]:
        """The threads at their next character test or end, each instruction reached once, by the most preferred."""
        seen: set[int] = set()
        found: list[Thread] = []
        stack = threads[::-1]
        code = self.code
        while stack:
            counter, captures = stack.pop()
            if counter in seen:
                continue
            seen.add(counter)
            instruction = code[counter]
            if instruction.test is not None or not instruction.targets:
                found.append((counter, captures))
                continue
            if instruction.assertion and not self.holds(instruction.assertion, at):
                continue
            if instruction.save >= 0:
                captures = (*captures[: instruction.save], at, *captures[instruction.save + 1 :])
            stack += [(target, captures) for target in reversed(instruction.targets)]
        self.steps += len(seen) + 1
        if self.steps > MAX_STEPS:
            raise EvaluationError("the pattern takes too long over this text")
        return found

    def holds(self, assertion: str, at: int) -> bool:
        text = self.text
        if assertion == "A":
            return at == 0
        if assertion == "z":
            return at == len(text)
        if assertion == "^":
            return at == 0 or text[at - 1] == "\n"
        if assertion == "$":
            return at == len(text) or text[at] == "\n"
        before = at > 0 and _is_word(text[at - 1])
        after = at < len(text) and _is_word(text[at])
        return (before is not after) is (assertion == "b")


def _is_word(character: str) -> bool:
    return character.isascii() and (character.isalnum() or character == "_")
