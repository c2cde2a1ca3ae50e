"""What no report may print: values that the code, a plan or their name tells to be secret.

Of such a value everybody sees only that it is there: an Unknown that says so. Numbers and conditions that were computed
from it stay known, so that prices do.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from finops_gate.model import Unknown

SENSITIVE = Unknown("it is sensitive")
MAX_DEPTH = 100

_SECRET = re.compile(r"password|passwd|passphrase|secret|token|private_?key", re.IGNORECASE)
_ABOUT = re.compile(
    r"(?:_(?:arns?|ids?|names?|path|version|length|policy|type|ttl|url|uri|endpoint|region|status)|http_tokens)$",
    re.IGNORECASE,
)
_OF_TYPES = frozenset(
    {
        ("aws_ssm_parameter", "value"),
        ("azurerm_key_vault_secret", "value"),
        ("github_actions_secret", "plaintext_value"),
        ("kubernetes_secret", "data"),
        ("kubernetes_secret_v1", "data"),
    }
)
_LABELS = frozenset({"tags", "tags_all", "labels", "effective_labels", "terraform_labels"})


@lru_cache(maxsize=10_000)
def is_secret(name: str) -> bool:
    """Whether an attribute, a key or a variable of this name holds a secret, and not only something about one.

    `master_password`, `DB_TOKEN` and `client_secret` do; `secret_arn`, `password_length` and `http_tokens` do not.
    """
    return _SECRET.search(name) is not None and _ABOUT.search(name) is None


def without_named_secrets(type: str, attributes: dict[str, Any], depth: int = 0) -> dict[str, Any]:
    """Plain attributes of a resource, without the texts whose name tells that they are secret."""
    found: dict[str, Any] = {}
    for name, value in attributes.items():
        if is_secret(name) or (type, name) in _OF_TYPES:
            found[name] = without_texts(value, depth)
        else:
            found[name] = value if name in _LABELS else _inner(type, value, depth)
    return found


def _inner(type: str, value: Any, depth: int) -> Any:
    if depth > MAX_DEPTH:
        return value
    if isinstance(value, dict):
        return without_named_secrets("", value, depth + 1)
    return [_inner(type, item, depth + 1) for item in value] if isinstance(value, list) else value


def without_texts(value: Any, depth: int = 0) -> Any:
    """A plain value with an Unknown for each text in it; the empty text is nobody's secret."""
    if isinstance(value, str):
        return SENSITIVE if value else value
    if depth > MAX_DEPTH:
        return SENSITIVE
    if isinstance(value, dict):
        return {name: without_texts(item, depth + 1) for name, item in value.items()}
    return [without_texts(item, depth + 1) for item in value] if isinstance(value, list) else value
