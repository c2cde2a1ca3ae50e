"""The errors that end a run. Each message says what is wrong, where, and what to do, in one sentence."""

from __future__ import annotations

from finops_gate.model import Span


class FinopsGateError(Exception):
    """Ends the run with `exit_code`; the message is for the user, as it is."""

    exit_code = 4

    def __init__(self, message: str, span: Span | None = None) -> None:
        super().__init__(f"{span}: {message}" if span else message)
        self.message = message
        self.span = span


class ConfigurationError(FinopsGateError):
    """Usage, settings, a policy or a cost model is wrong: nothing was judged (exit 2)."""

    exit_code = 2


class IncompleteError(FinopsGateError):
    """What was named cannot be read at all: a missing path, an empty directory, an unknown base (exit 3)."""

    exit_code = 3


class ExpressionError(ConfigurationError):
    """An expression of a policy or a cost model does not parse, or names what does not exist."""


class PricingError(ConfigurationError):
    """The price data contradicts itself or breaks its format."""
