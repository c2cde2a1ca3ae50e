"""Figures of a manifest, and what is said about those that cannot be used."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from finops_gate.errors import ConfigurationError
from finops_gate.model import Notice, Severity, Unknown
from finops_gate.sources.kubernetes.objects import Manifest
from finops_gate.sources.kubernetes.quantities import QuantityError, parse_quantity

MAX_NOTICES = 20
"""Of one object: who has made more mistakes than that sees the next ones in the next run."""

MAX_INT32 = 2**31 - 1
_PLACEHOLDER = re.compile(r"\$\{|\$\(|\{\{|<[A-Z_]+>")


class Figures:
    """Reads the figures of one manifest and gathers the notices that they give rise to."""

    def __init__(self, manifest: Manifest) -> None:
        self.manifest = manifest
        self.notices: list[Notice] = []

    def quantity(self, value: Any, path: str) -> Decimal | Unknown:
        """A quantity that must not be negative; unknown, with a notice, where it is not one."""
        if _is_placeholder(value):
            return self._unknown(f"{value} is filled in later", path)
        try:
            number = parse_quantity(value)
        except QuantityError as error:
            return self._refuse("invalid-quantity", str(error), path)
        if number < 0:
            return self._refuse("invalid-quantity", f"{value} is negative", path)
        return number

    def count(self, value: Any, path: str) -> Decimal | Unknown:
        """A whole number from 0 to 2^31 - 1, as the API has it for replicas and seconds."""
        if _is_placeholder(value):
            return self._unknown(f"{value} is filled in later", path)
        whole = isinstance(value, Decimal) and 0 <= value <= MAX_INT32 and value == int(value)
        if not whole:
            shown = str(value)[:60] if isinstance(value, str | Decimal | bool) else "this"
            return self._refuse("invalid-value", f"{shown!r} is not a whole number of 0 or more", path)
        return Decimal(value)

    def warn(self, code: str, message: str, path: str, fix: str = "") -> None:
        self._note(code, "warning", message, path, fix)

    def refuse(self, code: str, message: str, path: str) -> Unknown:
        return self._refuse(code, message, path)

    def _refuse(self, code: str, message: str, path: str) -> Unknown:
        self._note(code, "error", f"{self.manifest.address}: {path}: {message}", path)
        return self._unknown(message, path)

    def _note(self, code: str, severity: Severity, message: str, path: str, fix: str = "") -> None:
        if len(self.notices) < MAX_NOTICES:
            self.notices.append(Notice(code, severity, message, self.manifest.span(path), fix))

    def _unknown(self, reason: str, path: str) -> Unknown:
        return Unknown(reason, self.manifest.span(path))


def _is_placeholder(value: Any) -> bool:
    """Whether a value is left to a later substitution (`${REPLICAS}`, `{{ .Values.cpu }}`), as Flux and others do."""
    return isinstance(value, str) and len(value) < 500 and _PLACEHOLDER.search(value) is not None


def positive_number(settings: Mapping[str, Any], key: str, path: str) -> Decimal | None:
    """A figure of the settings; None where nobody set it. Raises ConfigurationError for what is no number from 0 on."""
    value = settings.get(key)
    if value is None:
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or number < 0:
        raise ConfigurationError(f"{path}.{key} must be a number of 0 or more, not {value!r}")
    return number
