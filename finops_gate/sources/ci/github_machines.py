"""Which machine a GitHub job asks for: `runs-on` as a label, labels, or a group, to what is billed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from finops_gate.model import ONCE, Unknown
from finops_gate.sources.ci.github_expressions import Contexts, resolve
from finops_gate.sources.ci.github_values import text_of
from finops_gate.sources.ci.job import Machine
from finops_gate.sources.ci.machines import machine, unheard_of
from finops_gate.sources.ci.runners import SELF_HOSTED, Runner, find


def machine_of(runs_on: Any, contexts: Contexts, ci: Mapping[str, Any]) -> Machine:
    """The machine that `runs-on` asks for. Raises ExpressionSyntaxError."""
    asked = resolve(runs_on, contexts)
    if not isinstance(asked, Unknown):
        return _machine(asked, ci)
    label = written(runs_on)
    found = [_machine(choice, ci) for choice in asked.choices]
    if not found:
        return Machine(label, Unknown(f"{label} is not known: {asked.reason}", asked.origin), ONCE)
    labels = " or ".join(machine.label for machine in found)
    skus = tuple(dict.fromkeys(m.sku for m in found if isinstance(m.sku, str) and m.billed))
    if len(skus) == 1 and all(m.billed and isinstance(m.sku, str) for m in found):
        return Machine(labels, skus[0], ONCE)
    settled = all(m.billed and isinstance(m.sku, str) for m in found)
    return Machine(labels, Unknown(f"{labels}: {asked.reason}", choices=skus if settled else ()), ONCE)


def _machine(asked: Any, ci: Mapping[str, Any]) -> Machine:
    """The machine of a `runs-on` without expressions."""
    labels, group = _labels(asked)
    if not labels and not group:
        return Machine(written(asked) or "none", Unknown("`runs-on` comes out empty"), ONCE)
    label = ", ".join(labels) if labels else f"group {group}"
    declared = {str(key): str(sku) for key, sku in (ci.get("runners") or {}).items()}
    if any(isinstance(part, Unknown) for part in (asked if isinstance(asked, list) else [])):
        return Machine(label, Unknown(f"a label of {label} is not known"), ONCE)
    if "self-hosted" in (name.lower() for name in labels):
        sku = _declared_sku([label, *labels], declared) or SELF_HOSTED
        return Machine(label, sku, ONCE, size="self-hosted" if sku == SELF_HOSTED else "larger")
    runner = _first([group, *labels] if group else labels, declared)
    if runner is None:
        return unheard_of(label)
    free = runner.size == "standard" and ci.get("visibility") == "public"
    return machine(runner, label, billed=not free)


def _declared_sku(names: list[str], declared: Mapping[str, str]) -> str:
    """The SKU that the settings give to one of these names."""
    lowered = {own.lower(): sku for own, sku in declared.items()}
    return next((lowered[name.lower()] for name in names if name.lower() in lowered), "")


def _first(names: list[str], declared: Mapping[str, str]) -> Runner | None:
    return next((runner for runner in (find("github", name, declared) for name in names) if runner is not None), None)


def _labels(asked: Any) -> tuple[list[str], str]:
    """The labels and the group that are asked for."""
    if isinstance(asked, dict):
        return _labels(asked.get("labels"))[0], text_of(asked.get("group"))
    if isinstance(asked, list):
        return [text_of(label) for label in asked if isinstance(label, str)], ""
    return ([asked] if isinstance(asked, str) and asked else []), ""


def written(runs_on: Any) -> str:
    """What the author wrote, for a reader."""
    if isinstance(runs_on, list):
        return ", ".join(written(part) for part in runs_on)
    if isinstance(runs_on, dict):
        return ", ".join(f"{key} {written(value)}" for key, value in runs_on.items())
    return text_of(runs_on)
