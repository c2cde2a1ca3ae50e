"""Labels of runners as machines, for every CI system."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from finops_gate.model import ONCE, Unknown
from finops_gate.sources.ci.job import Machine
from finops_gate.sources.ci.runners import Runner, find


def machine_of(system: str, label: str, ci: Mapping[str, Any]) -> Machine:
    """The machine of a label by the settings, else by the system's table; of an unknown SKU where neither has it."""
    declared = {str(own): str(meant) for own, meant in (ci.get("runners") or {}).items()}
    runner = find(system, label, declared)
    return unheard_of(label) if runner is None else machine(runner, label)


def machine(runner: Runner, label: str, *, billed: bool = True) -> Machine:
    """One machine of a kind; one that is gone is not billed."""
    return Machine(
        label,
        runner.sku,
        ONCE,
        billed=billed and bool(runner.sku),
        os=runner.os,
        size=runner.size,
        vcpu=runner.vcpu,
        parts_per_minute=runner.parts_per_minute,
        retired=runner.retired,
    )


def unheard_of(label: str) -> Machine:
    return unknown(label, f"nobody says which machine {label} is; say it under `ci.runners`")


def unknown(label: str, why: str, choices: tuple[str, ...] = ()) -> Machine:
    """A machine of which it is not known what is billed, by the second for all that is known."""
    return Machine(label, Unknown(why, choices=choices), ONCE, parts_per_minute=Decimal(60))
