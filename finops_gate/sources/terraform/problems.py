"""What ends the evaluation of one expression."""

from __future__ import annotations

from finops_gate.errors import IncompleteError
from finops_gate.model import Span


class EvaluationError(IncompleteError):
    """Terraform would refuse this expression too; `message` says why, `span` where."""

    def at(self, span: Span) -> EvaluationError:
        """The same problem, with its place where it has none yet."""
        return self if self.span else EvaluationError(self.message, span)


def unread_at(span: Span) -> str:
    """The reason for which a value is unknown that a syntax error hides."""
    return f"not read for the syntax error at {span}"
