"""Makes text from strangers' files harmless before it is shown.

A run reads pull requests of people nobody knows. Their strings reach terminals (escape sequences, text that runs
backwards), build logs (lines that the runner takes for commands) and pages. Every renderer passes such strings
through here first and then escapes them for its own format.
"""

from __future__ import annotations

import re

REPLACEMENT = "\ufffd"

_LINE_BREAKS = re.compile(r"[ \t]*(?:\r\n|[\r\n\v\f\x85\u2028\u2029])[ \t]*")

# C0, DEL, C1; the marks, embeddings, overrides and isolates of the bidirectional algorithm (UAX #9); invisible
# operators and tag characters, which hide text; lone surrogates, which no encoder takes; noncharacters.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ufffe\uffff\U000e0000-\U000e007f\ud800-\udfff]"
)

# A runner takes `##[name]` and Azure's agent `##vso[name]` for a command anywhere in a line, `::name` only at its
# start, spaces aside. https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs
_ANYWHERE = re.compile(r"##(?=\[|vso\[)", re.IGNORECASE)
_AT_START = re.compile(r"^([^\S\n]*):(?=:)", re.MULTILINE)


def clean(text: str) -> str:
    """One line of printable text: line breaks and tabs become a space, control and bidi characters U+FFFD."""
    return clean_block(_LINE_BREAKS.sub(" ", text)).replace("\t", " ")


def clean_block(text: str) -> str:
    """Text that keeps its newlines and tabs and loses all else that does not print."""
    return _UNSAFE.sub(REPLACEMENT, text.replace("\r\n", "\n"))


def without_commands(output: str) -> str:
    """Output for a log, with nothing in it that a CI runner would take for a command."""
    return _AT_START.sub(r"\1: ", _ANYWHERE.sub("# #", output))


def clip(text: str, limit: int) -> str:
    """At most `limit` characters, the last an ellipsis where something was cut."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
