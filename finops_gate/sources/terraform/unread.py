"""What a syntax error leaves unread is marked in the tree, so that it is unknown and not taken for absent."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from finops_gate.sources.terraform.syntax import Attribute, Body, Source, SyntaxProblem, Unread

MAX_GAP = 200

Problems = Sequence[SyntaxProblem]


def mark(source: Source) -> Source:
    """The source with an `Unread` for each value that a problem is in, and with the blocks marked that broke off."""
    if source.problems:
        problems = sorted(source.problems, key=_start)
        _mark(source.body, source.text, problems, [problem for problem in problems if problem.interrupts])
    return source


def _start(problem: SyntaxProblem) -> int:
    return problem.start


def _first(problems: Problems, start: int) -> SyntaxProblem | None:
    """The first problem at or behind an offset."""
    at = bisect_left(problems, start, key=_start)
    return problems[at] if at < len(problems) else None


def _mark(body: Body, text: str, problems: Problems, interruptions: Problems) -> None:
    for attribute in body.attributes.values():
        problem = _first(problems, attribute.start)
        if problem is not None and _touches(problem, attribute, text):
            attribute.value = Unread(problem.start, problem.end)
    for block in body.blocks:
        problem = _first(problems, block.start)
        if problem is not None and problem.start <= block.end:
            interruption = _first(interruptions, block.start)
            if interruption is not None and interruption.start <= block.end:
                block.broken_off = interruption
            _mark(block.body, text, problems, interruptions)


def _touches(problem: SyntaxProblem, attribute: Attribute, text: str) -> bool:
    """Whether a problem is in a value, or is something that follows it on its line and does not belong there."""
    if problem.start < attribute.end:
        return True
    is_near = problem.start - attribute.end < MAX_GAP
    return problem.interrupts and is_near and not text[attribute.end : problem.start].strip(" \t")
