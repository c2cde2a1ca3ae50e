"""Which names tell that a value is secret, so that no report prints it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from finops_gate.model import Unknown

SENSITIVE = Unknown("it is sensitive")
"""What is left of a secret: that it is there."""

MAX_DEPTH = 100
MAX_LINE = 10_000

_SECRET = re.compile(r"password|passwd|passphrase|secret|token|private_?key", re.IGNORECASE)
_ABOUT = re.compile(
    r"(?:_(?:arns?|ids?|names?|path|version|length|policy|type|ttl|url|uri|endpoint|region|status)|http_tokens)$",
    re.IGNORECASE,
)
_GIVEN_A_TEXT = re.compile(r"""(?<![\w-])([\w-]+)["')\]]*\s*[=:]\s*\(*(?:["'<|>]|\S{6})""")
_NO_SECRETS = frozenset({"tags", "tags_all", "labels", "effective_labels", "terraform_labels"})
"""Maps that are there to be read, whatever their keys are called."""

_SECRET_ATTRIBUTES = {
    "azurerm_key_vault_secret": "value",
    "github_actions_secret": "plaintext_value",
    "kubernetes_secret": "data",
    "kubernetes_secret_v1": "data",
}
"""Resource type -> its attribute that holds a secret, though its name does not tell."""


def secret_attribute(type: str, attributes: Mapping[str, Any]) -> str:
    """The attribute of a resource that holds a secret, though its name does not tell; empty where there is none."""
    if type == "aws_ssm_parameter" and attributes.get("type") == "SecureString":
        return "value"
    return _SECRET_ATTRIBUTES.get(type, "")


@lru_cache(maxsize=10_000)
def is_secret(name: str) -> bool:
    """Whether an attribute, a key or a variable of this name holds a secret, and not only something about one.

    `master_password`, `DB_TOKEN` and `client_secret` do; `secret_arn`, `password_length` and `http_tokens` do not.
    """
    return _SECRET.search(name) is not None and _ABOUT.search(name) is None


def holds_secrets(name: str) -> bool:
    """Whether a map of this name may have secrets among its entries."""
    return name not in _NO_SECRETS


def gives_a_secret(line: str) -> bool:
    """Whether a line of any file gives something that is called a secret a literal value; a very long one may."""
    if len(line) > MAX_LINE:
        return True
    return any(is_secret(match[1].replace("-", "_")) for match in _GIVEN_A_TEXT.finditer(line))


def without_named_secrets(type: str, attributes: dict[str, Any], depth: int = 0) -> dict[str, Any]:
    """Plain attributes of a resource, without the texts whose name tells that they are secret."""
    found: dict[str, Any] = {}
    by_type = secret_attribute(type, attributes)
    for name, value in attributes.items():
        if is_secret(name) or name == by_type:
            found[name] = without_texts(value, depth)
        else:
            found[name] = _inner(value, depth) if holds_secrets(name) else value
    return found


def _inner(value: Any, depth: int) -> Any:
    if depth > MAX_DEPTH:
        return value
    if isinstance(value, dict):
        return without_named_secrets("", value, depth + 1)
    return [_inner(item, depth + 1) for item in value] if isinstance(value, list) else value


def without_texts(value: Any, depth: int = 0) -> Any:
    """A plain value with an Unknown for each text in it; the empty text is nobody's secret."""
    if isinstance(value, str):
        return SENSITIVE if value else value
    if depth > MAX_DEPTH:
        return SENSITIVE
    if isinstance(value, dict):
        return {name: without_texts(item, depth + 1) for name, item in value.items()}
    return [without_texts(item, depth + 1) for item in value] if isinstance(value, list) else value
