"""Holds a policy against `schemas/policy.schema.json` and says what is wrong in a sentence, at its place."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Any

import jsonschema

from finops_gate import data
from finops_gate.errors import ConfigurationError
from finops_gate.expression import nearest
from finops_gate.policy.rules import KINDS
from finops_gate.policy.scope import Locate
from finops_gate.sources.places import join_path


@cache
def validator() -> Any:
    """The validator of one policy; numbers of a file are Decimals."""
    schema = json.loads((data.schemas_dir() / "policy.schema.json").read_text(encoding="utf-8"))
    base = jsonschema.Draft202012Validator
    types = base.TYPE_CHECKER.redefine("number", is_number).redefine("integer", is_whole)
    types = types.redefine("object", lambda checker, value: isinstance(value, Mapping))
    one = {"$schema": schema["$schema"], "$defs": schema["$defs"], "$ref": "#/$defs/policy"}
    extend: Any = jsonschema.validators.extend
    return extend(base, type_checker=types)(one)


def is_number(checker: Any, value: Any) -> bool:
    return isinstance(value, (Decimal, int, float)) and not isinstance(value, bool)


def is_whole(checker: Any, value: Any) -> bool:
    return is_number(checker, value) and value == int(value)


def validate(source: Any, locate: Locate) -> None:
    """Raises ConfigurationError for what breaks the schema: the first unknown key, else what comes first."""
    if not isinstance(source, Mapping):
        raise ConfigurationError("a policy is a mapping that starts with its `id`", locate(""))
    check_kind(source, locate)
    errors = [deepest(error) for error in validator().iter_errors(source)]
    if errors:
        error = min(errors, key=lambda e: (not unknown_keys(e), place(e, locate), e.message))
        raise ConfigurationError(sentence(error), place(error, locate))


def check_kind(source: Mapping[str, Any], locate: Locate) -> None:
    """A policy has exactly one rule; said here, because no schema says it well."""
    kinds = [word for word in source if word in KINDS]
    if len(kinds) > 1:
        raise ConfigurationError(
            f"a policy has one rule, not {' and '.join(f'`{k}`' for k in kinds)}", locate(kinds[1])
        )
    known = validator().schema["$defs"]["policy"]["properties"]
    misspelt = next((word for word in source if word not in known), None)
    if misspelt is not None:
        raise ConfigurationError(f"unknown key `{misspelt}`{nearest(misspelt, known)}", locate(misspelt))
    if not kinds:
        raise ConfigurationError(f"a policy needs a rule: one of {', '.join(KINDS)}", locate(""))


def deepest(error: Any) -> Any:
    """Of the alternatives that all failed, the error that got furthest: what the author probably meant."""
    while error.context:
        error = max(error.context, key=lambda e: (len(e.absolute_path), e.validator != "type", e.message))
    return error


def path_of(steps: Iterable[str | int]) -> str:
    path = ""
    for step in steps:
        path = f"{path}[{step}]" if isinstance(step, int) else join_path(path, step)
    return path


def place(error: Any, locate: Locate) -> Any:
    path = path_of(error.absolute_path)
    extra = unknown_keys(error)
    return locate(join_path(path, extra[0]) if extra else path)


def unknown_keys(error: Any) -> Sequence[str]:
    if error.validator != "additionalProperties" or not isinstance(error.instance, Mapping):
        return ()
    return [key for key in error.instance if key not in error.schema.get("properties", {})]


def sentence(error: Any) -> str:
    """What a validation error means to the author of the policy."""
    where = path_of(error.absolute_path)
    subject = f"`{where}`" if where else "the policy"
    extra = unknown_keys(error)
    if extra:
        known = list(error.schema.get("properties", {}))
        return f"unknown key `{extra[0]}` in {subject}{nearest(extra[0], known) or ': it takes ' + ', '.join(known)}"
    if error.validator == "enum":
        allowed = [str(choice) for choice in error.validator_value]
        near = nearest(str(error.instance), allowed)
        return f"{subject} is {error.instance!r}, which is not one of {', '.join(allowed)}{near}"
    if error.validator == "required":
        lacking = next((key for key in error.validator_value if key not in error.instance), "")
        return f"{subject} lacks `{lacking}`"
    if error.validator == "dependentRequired":
        return " and ".join(f"`{word}` stands beside `{kind}`" for word, (kind,) in error.validator_value.items())
    if error.validator == "type":
        return f"{subject} must be {NAMES.get(str(error.validator_value), error.validator_value)}"
    return f"{subject}: {error.schema.get('description') or error.message}"


NAMES = {"array": "a list", "object": "a mapping", "string": "text", "boolean": "true or false", "number": "a number"}
