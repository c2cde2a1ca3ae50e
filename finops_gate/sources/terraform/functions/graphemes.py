"""What a reader takes for one character: `length`, `substr` and `strrev` of Terraform count these.

The rules are those of Unicode's annex 29 (https://www.unicode.org/reports/tr29/#Grapheme_Cluster_Boundary_Rules) as far
as Python's own character data goes.
"""

from __future__ import annotations

import re

_CLUSTER = re.compile(
    "\r\n"
    "|[\U0001f1e6-\U0001f1ff]{2}"
    "|[\u1100-\u115f\ua960-\ua97c]*(?:[\uac00-\ud7a3\u1160-\u11a7\ud7b0-\ud7c6]+[\u11a8-\u11ff\ud7cb-\ud7fb]*)"
    "|.",
    re.DOTALL,
)
_JOINER = "\u200d"


def graphemes(text: str) -> list[str]:
    """The text, cut where a reader sees one character end and the next begin."""
    if text.isascii() and "\r\n" not in text:
        return list(text)
    found: list[str] = []
    for piece in _CLUSTER.findall(text):
        if found and (_extends(piece) or (found[-1].endswith(_JOINER) and _is_pictograph(piece))):
            found[-1] += piece
        else:
            found.append(piece)
    return found


def _extends(piece: str) -> bool:
    from unicodedata import category

    code = ord(piece[0])
    return (
        category(piece[0]) in ("Mn", "Me", "Mc")
        or piece[0] in (_JOINER, "\u200c")
        or 0x1F3FB <= code <= 0x1F3FF
        or 0xE0020 <= code <= 0xE007F
    )


def _is_pictograph(piece: str) -> bool:
    code = ord(piece[0])
    return code >= 0x1F000 or 0x2190 <= code <= 0x2BFF or code in (0xA9, 0xAE, 0x203C, 0x2049, 0x2122, 0x2139)
