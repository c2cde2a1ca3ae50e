"""The place of a finding as compilers show it: file, line, and a caret under what is meant.

  --> envs/staging/main.tf:17:19
   |
17 |   instance_type = var.size
   |                   ^^^^^^^^
"""

from __future__ import annotations

from finops_gate.model import Span
from finops_gate.render.clean import clean, clean_block
from finops_gate.render.reasons import place
from finops_gate.render.style import columns, paint

_TAB = "  "


def snippet(span: Span, excerpt: str, level: str, width: int, color: bool) -> list[str]:
    """The lines of a place: the arrow alone where the source line is not at hand."""
    pad = " " * gutter(span, excerpt)
    arrow = f"{pad}{paint('-->', 'gutter', color)} {place(span)}"
    if not excerpt.strip():
        return [arrow]
    before, under, after = _window(*_cut(excerpt, span), width - len(pad) - 3)
    bar = paint(f"{pad} |", "gutter", color)
    number = paint(f"{span.line} |", "gutter", color)
    lines = [arrow, bar, f"{number} {before}{under}{after}".rstrip()]
    if span.end_line:
        carets = "^" * max(1, columns(under.rstrip()))
        lines.append(f"{bar} {' ' * columns(before)}{paint(carets, level, color)}")
    return lines


def gutter(span: Span | None, excerpt: str) -> int:
    """Columns left of the bar."""
    return len(str(span.line)) if span and excerpt.strip() else 1


def _cut(excerpt: str, span: Span) -> tuple[str, str, str]:
    """The source line before, under and after the span; a span that goes on below ends with the line."""
    line = excerpt.rstrip()
    start = min(max(span.column - 1, 0), len(line))
    end = span.end_column - 1 if span.end_line == span.line else len(line)
    end = min(max(end, start), len(line))
    before, under, after = (_plain(part) for part in (line[:start], line[start:end], line[end:]))
    return before, under, after


def _plain(text: str) -> str:
    return clean(clean_block(text).replace("\t", _TAB))


def _window(before: str, under: str, after: str, width: int) -> tuple[str, str, str]:
    """As much of a long line as fits: the span first, then what stands before it, then what comes after."""
    width = max(width, 20)
    if columns(before + under + after) <= width:
        return before, under, after
    under = _first(under, width - 2)
    room = width - columns(under) - 2
    before = _last(before, room - min(columns(after), room // 3))
    return before, under, _first(after, width - columns(before + under))


def _first(text: str, width: int) -> str:
    """The beginning of a text in so many columns and an ellipsis, or all of it."""
    if columns(text) <= width:
        return text
    kept = 0
    for position, character in enumerate(text):
        kept += columns(character)
        if kept >= width:
            return f"{text[:position]}…"
    return text


def _last(text: str, width: int) -> str:
    return _first(text[::-1], width)[::-1]
