"""Plans as JSON: what `terraform show -json` writes (https://developer.hashicorp.com/terraform/internals/json-format)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from finops_gate.model import Loaded, Notice, Resource, Span, Unknown
from finops_gate.sources.files import Tree, Unreadable
from finops_gate.sources.terraform.providers import family, region, tags

MAX_DEPTH = 100
_ACTIONS = {
    ("no-op",): "no-op",
    ("create",): "create",
    ("read",): "read",
    ("update",): "update",
    ("delete",): "delete",
    ("delete", "create"): "replace",
    ("create", "delete"): "replace",
    ("forget",): "forget",
}


class PlanError(Exception):
    """The file is not a plan that can be read; `notice` says why."""

    def __init__(self, message: str, span: Span, fix: str = "") -> None:
        super().__init__(message)
        self.notice = Notice("plan-unreadable", "error", message, span, fix)


def read_plan(tree: Tree, path: str) -> Loaded:
    """The managed resources of a plan, as they will be after it."""
    try:
        plan = _parse(tree.read_text(path), path)
        return Loaded(tuple(_resources(plan, path)), tuple(_plan_notices(plan, path)))
    except Unreadable as error:
        return Loaded((), (error.notice,))
    except PlanError as error:
        return Loaded((), (error.notice,))


def _parse(text: str, path: str) -> Mapping[str, Any]:
    start = Span(path, 1, 1, 1, 1)
    try:
        plan = json.loads(text, parse_float=Decimal, parse_int=Decimal, parse_constant=str)
    except json.JSONDecodeError as error:
        span = Span(path, error.lineno, error.colno, error.lineno, error.colno + 1)
        cut = error.pos >= len(text.rstrip()) or "Unterminated" in error.msg
        message = "the plan is cut short" if cut else f"this is not JSON: {error.msg}"
        raise PlanError(message, span, "Write it again with `terraform show -json`.") from error
    except (RecursionError, ValueError, ArithmeticError) as error:
        raise PlanError("the plan is nested too deeply, or holds a number beyond any", start) from error
    if not isinstance(plan, dict) or "format_version" not in plan or "planned_values" not in plan:
        raise PlanError(
            "this JSON is not a Terraform plan: it has no format_version and planned_values",
            start,
            "Write it with `terraform show -json tfplan`.",
        )
    return plan


def _plan_notices(plan: Mapping[str, Any], path: str) -> Iterator[Notice]:
    if plan.get("errored") is True:
        yield Notice("plan-unreadable", "error", "the plan failed, and is not whole", Span(path, 1, 1, 1, 1))


def _resources(plan: Mapping[str, Any], path: str) -> Iterator[Resource]:
    changes = {c["address"]: c for c in _mappings(plan.get("resource_changes")) if isinstance(c.get("address"), str)}
    configuration = plan.get("configuration")
    providers = _providers(plan, configuration if isinstance(configuration, dict) else {})
    planned = plan["planned_values"]
    root = planned.get("root_module") if isinstance(planned, dict) else None
    span = Span(path, 1, 1, 1, 1)
    for module_address, item in _planned(root, path):
        address = str(item.get("address"))
        change = changes.get(address, {})
        yield _resource(item, change, module_address, providers, span)


def _planned(module: Any, path: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    waiting = [(module, 0)]
    while waiting:
        here, depth = waiting.pop()
        if not isinstance(here, dict) or depth > MAX_DEPTH:
            continue
        for item in _mappings(here.get("resources")):
            if item.get("mode") == "managed" and isinstance(item.get("type"), str):
                yield str(here.get("address") or ""), item
        waiting += [(child, depth + 1) for child in _mappings(here.get("child_modules"))]


def _resource(
    item: Mapping[str, Any],
    change: Mapping[str, Any],
    module: str,
    providers: Mapping[str, Mapping[str, Any]],
    span: Span,
) -> Resource:
    address, type = str(item.get("address")), str(item["type"])
    described = change.get("change")
    details: Mapping[str, Any] = described if isinstance(described, dict) else {}
    values = item.get("values")
    shown = values if isinstance(values, dict) else {}
    for marks in (item.get("sensitive_values"), details.get("after_sensitive")):
        shown = without_secrets(shown, marks)
    attributes = unknown_marked(shown, details.get("after_unknown"), address)
    of = family(type)
    provider = providers.get(str(item.get("provider_name", "")).rsplit("/", 1)[-1], {})
    previous = change.get("previous_address")
    actions = details.get("actions")
    return Resource(
        address=address,
        type=type,
        source="terraform",
        attributes=attributes,
        span=span,
        tags=_tags(of, type, attributes, provider),
        module_path=module,
        provider=of,
        region=region(of, _with_arn_region(attributes), provider, None),
        references={},
        moved_from=(previous,) if isinstance(previous, str) else (),
        action=_ACTIONS.get(tuple(actions)) if isinstance(actions, list) else None,
    )


def _tags(
    of: str, type: str, attributes: Mapping[str, Any], provider: Mapping[str, Any]
) -> Mapping[str, Any] | Unknown:
    """A plan holds the tags with the provider's defaults in `tags_all`."""
    everything = attributes.get("tags_all" if of == "aws" else "effective_labels")
    if isinstance(everything, dict):
        return {name: value for name, value in everything.items() if value is not None}
    return tags(of, type, attributes, provider)


def _with_arn_region(attributes: Mapping[str, Any]) -> Mapping[str, Any]:
    """An existing resource's arn tells its region, where nothing else does."""
    arn = attributes.get("arn")
    if attributes.get("region") is None and isinstance(arn, str):
        match = re.match(r"arn:[\w-]+:[\w-]+:([a-z]{2}(?:-[a-z]+)+-\d):", arn)
        if match:
            return {**attributes, "region": match[1]}
    return attributes


def unknown_marked(values: Any, unknown: Any, path: str, depth: int = 0) -> Any:
    """The planned values, with an Unknown for what `after_unknown` marks."""
    if unknown is True:
        return Unknown(f"{path} is known only after apply", reference=path)
    if depth > MAX_DEPTH:
        return values
    if isinstance(unknown, dict) and (values is None or isinstance(values, dict)):
        inner = dict(values or {})
        for name, mark in unknown.items():
            marked = unknown_marked(inner.get(name), mark, f"{path}.{name}", depth + 1)
            if marked is not None or name in inner:
                inner[name] = marked
        return inner if inner or values is not None else None
    if isinstance(unknown, list) and isinstance(values, list):
        marks = [*unknown, *[False] * (len(values) - len(unknown))]
        return [
            unknown_marked(v, m, f"{path}[{i}]", depth + 1) for i, (v, m) in enumerate(zip(values, marks, strict=False))
        ]
    return values


def without_secrets(values: Any, sensitive: Any, depth: int = 0) -> Any:
    """The values with an Unknown for what the plan marks as sensitive, so that no report can print it."""
    if sensitive is True:
        return None if values is None else Unknown("it is sensitive")
    if depth > MAX_DEPTH:
        return values
    if isinstance(sensitive, dict) and isinstance(values, dict):
        return {name: without_secrets(value, sensitive.get(name), depth + 1) for name, value in values.items()}
    if isinstance(sensitive, list) and isinstance(values, list):
        marks = [*sensitive, *[False] * (len(values) - len(sensitive))]
        return [without_secrets(v, m, depth + 1) for v, m in zip(values, marks, strict=False)]
    return values


def _providers(plan: Mapping[str, Any], configuration: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The settled arguments of each provider's own configuration: constants, and variables of the plan."""
    found: dict[str, dict[str, Any]] = {}
    configs = configuration.get("provider_config")
    given = plan.get("variables")
    variables = given if isinstance(given, dict) else {}
    for config in configs.values() if isinstance(configs, dict) else ():
        if not isinstance(config, dict) or config.get("module_address") or config.get("alias"):
            continue
        expressions = config.get("expressions")
        if isinstance(expressions, dict):
            settled = {n: _constant(e, variables) for n, e in expressions.items()}
            found[str(config.get("name"))] = {n: v for n, v in settled.items() if v is not None}
    return found


def _constant(expression: Any, variables: Mapping[str, Any]) -> Any:
    if isinstance(expression, list):
        return [{n: _constant(e, variables) for n, e in row.items()} for row in _mappings(expression)]
    if not isinstance(expression, dict):
        return None
    if "constant_value" in expression:
        return expression["constant_value"]
    references = expression.get("references")
    if isinstance(references, list) and references and str(references[0]).startswith("var."):
        named = variables.get(str(references[0]).removeprefix("var."))
        return named.get("value") if isinstance(named, dict) else None
    return None


def _mappings(value: Any) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
