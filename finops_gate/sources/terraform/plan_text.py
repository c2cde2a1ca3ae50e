"""The JSON of a plan or a state out of whatever a shell or a CI step put around it.

`terraform show -json` (https://developer.hashicorp.com/terraform/internals/json-format) writes one object. The wrapper
of GitHub's setup-terraform puts a `[command]` line before it and workflow commands after it; PowerShell's `>` writes
UTF-16.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from finops_gate.model import Notice, Span
from finops_gate.sources.files import Tree, decode

MAX_NOISE = 1_000
"""How many characters a wrapper may put before the JSON."""

_SHOW = "Write it with `terraform show -json tfplan > plan.json`."
_PARTS = ("planned_values", "resource_changes", "prior_state", "values")
_KEY = re.compile(rf'"(?:{"|".join(_PARTS)})"\s*:')
_NOISE = re.compile(r"\s*(?:::[^\n]*\s*)*")
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_ZIP = b"PK\x03\x04"


class PlanError(Exception):
    """The file is not a plan that can be read; `notice` says why."""

    def __init__(self, message: str, span: Span, fix: str = _SHOW) -> None:
        super().__init__(message)
        self.notice = Notice("plan-unreadable", "error", message, span, fix)


def looks_like_a_plan(content: bytes) -> bool:
    """Whether a file of any name is meant to be a plan or a state, also where it cannot be read as one."""
    if content.startswith(_ZIP):
        return b"tfplan" in content[:100]
    if content.startswith(_UTF_16):
        content = content.decode("utf-16", "ignore").encode()
    return b'"format_version"' in content and _KEY.search(content.decode("utf-8", "ignore")) is not None


def read_text(tree: Tree, path: str) -> str:
    """The text of a plan's file. Raises Unreadable, or PlanError for the binary file that `-out` writes."""
    content = tree.read_bytes(path)
    if content.startswith(_ZIP):
        raise PlanError("this is the binary plan that `-out` writes, not JSON", Span(path, 1, 1, 1, 1))
    if content.startswith(_UTF_16):
        return content.decode("utf-16", "replace")
    return decode(content, path)


def parse(text: str, path: str) -> Mapping[str, Any]:
    """The object that `terraform show -json` wrote. Raises PlanError."""
    start = _start(text)
    beginning = Span(path, 1, 1, 1, 1)
    decoder = json.JSONDecoder(parse_float=Decimal, parse_int=Decimal, parse_constant=str)
    try:
        plan, end = decoder.raw_decode(text, start)
    except json.JSONDecodeError as error:
        raise _broken(error, text, path) from error
    except (RecursionError, ValueError, ArithmeticError) as error:
        raise PlanError("the plan is nested too deeply, or holds a number beyond any", beginning) from error
    if (noise := _NOISE.match(text, end)) and noise.end() < len(text):
        raise PlanError("something follows the end of the plan", _span(text, noise.end(), path))
    if not isinstance(plan, dict) or "format_version" not in plan or not any(part in plan for part in _PARTS):
        message = "this JSON is not a Terraform plan: it has no format_version and planned_values"
        raise PlanError(message, beginning)
    return plan


def _start(text: str) -> int:
    """Where the JSON begins: at the first line that begins with a brace, unless the text begins with JSON."""
    bare = text.lstrip()
    if bare.startswith(("{", "[{", "[]")) or not bare:
        return len(text) - len(bare)
    line = re.compile(r"^\s*\{", re.MULTILINE).search(text, 0, MAX_NOISE)
    return line.end() - 1 if line else len(text) - len(bare)


def _broken(error: json.JSONDecodeError, text: str, path: str) -> PlanError:
    cut = error.pos >= len(text.rstrip()) or "Unterminated" in error.msg
    message = "the plan is cut short" if cut else f"this is not JSON: {error.msg}"
    return PlanError(message, _span(text, error.pos, path))


def _span(text: str, at: int, path: str) -> Span:
    line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
    return Span(path, line, column, line, column + 1)
