"""What is said about kustomizations, and how much work a stranger's may ask for."""

from __future__ import annotations

from finops_gate.model import Notice, Span
from finops_gate.sources.kubernetes.kustomize.node import Node, size

MAX_WORK = 5_000_000
"""Values that are copied or gone through in a run: as many as a few hundred overlays of a large application hold."""

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
        self._left = MAX_WORK

    def spend(self, node: Node, times: int = 1) -> None:
        """Counts a node's values as work done `times` times. Raises TooComplex."""
        if times:
            self.spend_values(size(node, self._left // times) * times)

    def spend_values(self, values: int) -> None:
        self._left -= values
        if self._left < 0:
            raise TooComplex

    def error(self, code: str, message: str, span: Span, fix: str = "") -> None:
        self.note(Notice(code, "error", message, span, fix))

    def info(self, code: str, message: str, span: Span, fix: str = "") -> None:
        self.note(Notice(code, "info", message, span, fix))

    def note(self, notice: Notice) -> None:
        if len(self.notices) < MAX_NOTICES:
            self.notices[notice] = None
