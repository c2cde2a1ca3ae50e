"""Strangers' text inside Markdown: nothing of it may become markup, a mention, a link or another cell.

GitHub, GitLab, Bitbucket and Azure read CommonMark with tables (https://github.github.com/gfm/); a backslash before
ASCII punctuation is literal in all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from finops_gate.render.clean import clean, clip

LONGEST = 300
NOTHING = "\u200b"
"""Zero width: breaks `@name`, `#12` and `https://` where the platform looks for them in the finished page."""

_PUNCTUATION = re.compile(r"([\\`*\[\]|~!]|\$(?!\d))|((?<![A-Za-z0-9])_|_(?![A-Za-z0-9]))")
_AUTOLINKS = re.compile(r"(?<=[@#:])(?=\S)|(?<=www)(?=\.)|(?<=GH)(?=-\d)", re.IGNORECASE)


def escape(text: str, limit: int = LONGEST) -> str:
    """Text as it is, on one line, at most `limit` characters of it; for cells and behind other text."""
    harmless = _AUTOLINKS.sub(_break, clip(clean(text), limit))
    harmless = harmless.replace("&", "&amp;").replace("<", "&lt;")
    return _PUNCTUATION.sub(r"\\\1\2", harmless)


def _break(found: re.Match[str]) -> str:
    """Breaks a mention or a link; leaves the colon of `10:30` and `ci.yml:test` alone."""
    text, at = found.string, found.start()
    return "" if text[at - 1] == ":" and not text.startswith("//", at) else NOTHING


def code(text: str, limit: int = LONGEST) -> str:
    """Text as code; escaped instead where it holds what would end the code or the cell."""
    shown = clip(clean(text), limit).strip()
    return f"`{shown}`" if shown and not re.search(r"[`|\\]", shown) else escape(shown, limit)


def row(cells: Iterable[str]) -> str:
    """A row of a table; the cells are escaped already."""
    return f"| {' | '.join(cells)} |"


def table(headers: Sequence[str], alignments: Sequence[str], rows: Iterable[str]) -> list[str]:
    """The lines of a table; an alignment is `---` or `--:`."""
    return [row(headers), row(alignments), *rows]


def fitting(lines: Sequence[str], budget: int) -> list[str]:
    """The first lines that fit into so many characters."""
    kept = []
    for line in lines:
        budget -= len(line) + 1
        if budget < 0:
            break
        kept.append(line)
    return kept
