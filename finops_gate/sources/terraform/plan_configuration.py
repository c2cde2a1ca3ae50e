"""The `configuration` of a plan: which provider a resource has, and which other resources its attributes name.

It holds expressions only as constants and as lists of what they refer to; what is more than that stays unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from finops_gate.model import Unknown
from finops_gate.sources.secrecy import SENSITIVE
from finops_gate.sources.terraform.plan_json import MAX_DEPTH, mapping, mappings
from finops_gate.sources.terraform.tracing import address_of

Calls = tuple[str, ...]
"""The names of the module calls that lead to a module; empty for the root module."""

_STEP = re.compile(r'module\.([^.\[]+)((?:\[(?:"(?:[^"\\]|\\.)*"|[^\]]*)\])?)(?:\.|$)')
_NO_RESOURCES = frozenset({"var", "local", "each", "count", "self", "data", "path", "terraform", "ephemeral"})


def split_module(address: str) -> tuple[Calls, str]:
    """`module.a["x"].module.b.aws_eip.c` as the calls it goes through, and what is behind them (`aws_eip.c`)."""
    calls: list[str] = []
    at = 0
    while match := _STEP.match(address, at):
        calls.append(match[1])
        at = match.end()
    return tuple(calls), address[at:]


class Configuration:
    """The configuration of one plan, by the calls that lead to each module."""

    def __init__(self, plan: Mapping[str, Any]) -> None:
        configuration = mapping(plan.get("configuration"))
        self.root = mapping(configuration.get("root_module"))
        self.providers = mapping(configuration.get("provider_config"))
        self.variables = mapping(plan.get("variables"))
        self.modules: dict[Calls, Mapping[str, Any]] = {}
        self.calls: dict[Calls, Mapping[str, Any]] = {}
        self.resources: dict[tuple[Calls, str], Mapping[str, Any]] = {}
        for calls, module in _walk(self.root, self.calls):
            self.modules[calls] = module
            for item in mappings(module.get("resources")):
                self.resources[(calls, f"{item.get('type')}.{item.get('name')}")] = item

    def provider(self, calls: Calls, name: str, of: str) -> dict[str, Any]:
        """The arguments of the provider of a resource (`type.name`), `of` being the provider's own name."""
        item = self.resources.get((calls, name), {})
        key = str(item.get("provider_config_key") or of)
        config = mapping(self.providers.get(key) or self.providers.get(key.rsplit(":", 1)[-1]))
        inside, _ = split_module(str(config.get("module_address") or ""))
        arguments = {n: self._value(e, inside) for n, e in mapping(config.get("expressions")).items()}
        return {n: v for n, v in arguments.items() if v is not None}

    def references(self, module: str, name: str) -> dict[str, str]:
        """Attribute path -> the resource that its expression names, for a resource (`type.name`) of a module."""
        expressions = self.expressions(module, name) or {}
        found = {path: self._named(names, module, set()) for path, names in _referring(expressions)}
        return {path: address for path, address in found.items() if address is not None}

    def expressions(self, module: str, name: str) -> Mapping[str, Any] | None:
        """The expressions of a resource (`type.name`); None where the plan does not hold it."""
        calls, _ = split_module(module)
        item = self.resources.get((calls, name))
        return None if item is None else mapping(item.get("expressions"))

    def _named(self, names: Sequence[str], module: str, seen: set[tuple[str, str]], depth: int = 0) -> str | None:
        """The first managed resource among what an expression of a module refers to, also by way of variables.

        `seen` are the names that have led nowhere, or are being followed.
        """
        for name in names:
            if (module, name) in seen:
                continue
            seen.add((module, name))
            prefix = f"{module}." if module else ""
            first = re.split(r"[.\[]", name, maxsplit=1)[0]
            if first == "var" and module and depth < MAX_DEPTH:
                found = self._argument(name, module, seen, depth)
            elif first == "module":
                found = self._output(name, module, seen, depth) if depth < MAX_DEPTH else None
            else:
                found = None if first in _NO_RESOURCES else address_of(f"{prefix}{name}")
            if found is not None:
                return found
        return None

    def _argument(self, name: str, module: str, seen: set[tuple[str, str]], depth: int) -> str | None:
        calls, _ = split_module(module)
        expression = mapping(self.calls[calls].get("expressions")).get(_variable(name)) if calls in self.calls else None
        return self._named(_names(expression), _parent(module), seen, depth + 1)

    def _output(self, name: str, module: str, seen: set[tuple[str, str]], depth: int) -> str | None:
        match = _STEP.match(name)
        output = re.split(r"[.\[]", name[match.end() :], maxsplit=1)[0] if match else ""
        if match is None or not output:
            return None
        inner = f"{module}.module.{match[1]}{match[2]}".removeprefix(".")
        calls, _ = split_module(inner)
        outputs = mapping(self.modules.get(calls, {}).get("outputs"))
        expression = mapping(outputs.get(output)).get("expression")
        return self._named(_names(expression), inner, seen, depth + 1)

    def _value(self, expression: Any, calls: Calls, depth: int = 0) -> Any:
        """The value of a constant, or of a variable that stands by itself; unknown where there is more to it."""
        if isinstance(expression, list):
            return [{n: self._value(e, calls, depth) for n, e in row.items()} for row in mappings(expression)]
        if not isinstance(expression, dict):
            return None
        if "constant_value" in expression:
            return expression["constant_value"]
        names = _names(expression)
        longest = names[0] if names else ""
        if longest.startswith("var.") and all(longest.startswith(name) for name in names) and depth < MAX_DEPTH:
            return self._variable_value(longest, calls, depth)
        return Unknown(f"it is computed from {', '.join(names)}") if names else None

    def _variable_value(self, name: str, calls: Calls, depth: int) -> Any:
        variable = _variable(name)
        declared = mapping(mapping(self.modules.get(calls, {}).get("variables")).get(variable))
        if declared.get("sensitive") is True:
            return SENSITIVE
        if calls:
            argument = mapping(self.calls[calls].get("expressions")).get(variable) if calls in self.calls else None
            value = declared.get("default") if argument is None else self._value(argument, calls[:-1], depth + 1)
        else:
            value = mapping(self.variables.get(variable)).get("value", declared.get("default"))
        for step in name.removeprefix("var.").split(".")[1:]:
            value = value.get(step) if isinstance(value, dict) else value if isinstance(value, Unknown) else None
        return value


def _walk(root: Mapping[str, Any], calls: dict[Calls, Mapping[str, Any]]) -> Iterator[tuple[Calls, Mapping[str, Any]]]:
    waiting: list[tuple[Calls, Mapping[str, Any]]] = [((), root)]
    while waiting:
        names, module = waiting.pop()
        yield names, module
        for name, call in mapping(module.get("module_calls")).items():
            inner = (*names, str(name))
            if isinstance(call, dict) and len(inner) <= MAX_DEPTH:
                calls[inner] = call
                waiting.append((inner, mapping(call.get("module"))))


def _referring(expressions: Mapping[str, Any], prefix: str = "", depth: int = 0) -> Iterator[tuple[str, list[str]]]:
    """Attribute paths whose expressions refer to something, nested blocks included."""
    for name, expression in expressions.items():
        path = f"{prefix}{name}"
        if names := _names(expression):
            yield path, names
        elif depth < MAX_DEPTH and isinstance(expression, list):
            for i, block in enumerate(expression):
                yield from _referring(mapping(block), f"{path}[{i}].", depth + 1)
        elif depth < MAX_DEPTH and isinstance(expression, dict) and "constant_value" not in expression:
            yield from _referring(expression, f"{path}[0].", depth + 1)


def is_expression(value: Any) -> bool:
    """Whether a part of a configuration is an attribute's expression, and not a block or blocks."""
    return isinstance(value, dict) and ("constant_value" in value or "references" in value)


def resource_named(expression: Any, module: str) -> str | None:
    """`aws_eip.b.id`, with its module, of an expression that is the attribute of one resource and nothing more."""
    names = _names(expression)
    if not names or not all(names[0].startswith(name) for name in names):
        return None
    if re.split(r"[.\[]", names[0], maxsplit=1)[0] in {*_NO_RESOURCES, "module"}:
        return None
    return f"{module}.{names[0]}" if module else names[0]


def _names(expression: Any) -> list[str]:
    """What an expression refers to; a block of that name is no expression."""
    names = mapping(expression).get("references")
    return [name for name in names if isinstance(name, str)] if isinstance(names, list) else []


def _variable(name: str) -> str:
    return re.split(r"[.\[]", name.removeprefix("var."), maxsplit=1)[0]


def _parent(module: str) -> str:
    """The address of the module that calls this one."""
    matches = list(_STEP.finditer(f"{module}."))
    return module[: matches[-1].start()].rstrip(".") if matches else ""
