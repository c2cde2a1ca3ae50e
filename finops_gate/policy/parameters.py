"""Parameters of a policy: `$name` anywhere in its rule or scope stands for a value that the settings may change.

A text that is `$name` and nothing else becomes the value; within a longer text (an expression) the value is written
out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from finops_gate.errors import ConfigurationError
from finops_gate.expression import nearest
from finops_gate.expression_values import text
from finops_gate.model import Span
from finops_gate.policy.matchers import spoken
from finops_gate.policy.scope import Locate

NAME = re.compile(r"\$([a-z][a-z0-9_]*)")


def fill_in(value: Any, parameters: Mapping[str, Any], path: str, locate: Locate) -> Any:
    """The value with every parameter in its place. Raises ConfigurationError for one that does not exist."""
    if isinstance(value, Mapping):
        return {key: fill_in(inner, parameters, f"{path}.{key}", locate) for key, inner in value.items()}
    if isinstance(value, list):
        return [fill_in(inner, parameters, f"{path}[{i}]", locate) for i, inner in enumerate(value)]
    if not isinstance(value, str) or "$" not in value:
        return value
    whole = NAME.fullmatch(value)
    if whole:
        return parameter(whole[1], parameters, locate(path))
    return NAME.sub(lambda found: literal(parameter(found[1], parameters, locate(path))), value)


def in_words(message: str, parameters: Mapping[str, Any], span: Span) -> str:
    """A message with every parameter in its place, as people read it."""
    return NAME.sub(lambda found: spoken(parameter(found[1], parameters, span)), message)


def parameter(name: str, parameters: Mapping[str, Any], span: Span) -> Any:
    if name not in parameters:
        raise ConfigurationError(f"there is no parameter `{name}`{nearest(name, parameters)}", span)
    return parameters[name]


def literal(value: Any) -> str:
    """A value as an expression writes it."""
    if value is None:
        return "null"
    if isinstance(value, (bool, Decimal)):
        return text(value)
    if isinstance(value, list):
        return f"[{', '.join(literal(element) for element in value)}]"
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{json.dumps(key)}: {literal(inner)}' for key, inner in value.items())}}}"
    return json.dumps(str(value))
