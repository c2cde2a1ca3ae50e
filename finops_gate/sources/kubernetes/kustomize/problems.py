"""What is said about kustomizations, and how much work a stranger's may ask for."""

from __future__ import annotations

from finops_gate.model import Notice, Span
from finops_gate.sources.nodes import Node, size

MAX_WORK = 20_000_000
"""Values that are copied or gone through in a run: as many as a thousand overlays of a large application hold."""

WORK_OF_AN_OBJECT = 100
"""What an object counts for by itself, so that small ones end, too."""

MAX_NOTICES = 200


class TooComplex(Exception):
    """A kustomization asks for more work than any honest one."""


class PatchError(Exception):
    """A patch that cannot be applied: why, and where in the patch."""

    def __init__(self, message: str, span: Span) -> None:
        super().__init__(message)
        self.message = message
        self.span = span


class Problems:
    """Gathers the notices of a run, each said once, and counts its work."""

    def __init__(self) -> None:
        self.notices: dict[Notice, None] = {}
        self.matches: dict[tuple[str, str], bool] = {}
        """Whether a pattern fits a name, for those that have been asked."""
        self._left = MAX_WORK

    def measure(self, node: Node) -> int:
        """How many values a node holds, which counts as that much work. Raises TooComplex."""
        found = size(node, self._left)
        self.spend(found)
        return found

    def spend(self, work: int) -> None:
        """Counts work. Raises TooComplex where it is more than a run may do."""
        self._left -= work
        if self._left < 0:
            raise TooComplex

    def error(self, code: str, message: str, span: Span, fix: str = "") -> None:
        self.note(Notice(code, "error", message, span, fix))

    def info(self, code: str, message: str, span: Span, fix: str = "") -> None:
        self.note(Notice(code, "info", message, span, fix))

    def note(self, notice: Notice) -> None:
        if len(self.notices) < MAX_NOTICES:
            self.notices[notice] = None
