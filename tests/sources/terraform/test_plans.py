"""What we make of a configuration is what `terraform plan` makes of it: addresses, values, tags, former addresses.

The plans are recorded; see `record_plans.py`. What we know and Terraform plans otherwise is a disagreement, what we do
not know though Terraform does a gap. `data/plan_differences.txt` lists those that are left, with their reasons. What is
hidden as secret is not compared.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from finops_gate.model import Loaded, Resource, Unknown
from finops_gate.settings import Settings
from finops_gate.sources import terraform
from finops_gate.sources.files import WorkingTree
from finops_gate.sources.secrecy import SENSITIVE
from finops_gate.sources.terraform.values import format_number

DATA = Path(__file__).parent / "data"
CONFORMANCE = Path(__file__).parents[4] / "shared" / "conformance" / "aws"
OWN = sorted(path.parent.name for path in (DATA / "plans").glob("*/plan.golden.json"))
GOLDENS = json.loads((DATA / "plan_goldens.json").read_text(encoding="utf-8"))
CASES = [*OWN, *sorted(GOLDENS)]
DIFFERENCES = [
    line.split("  ", 1)[0]
    for line in (DATA / "plan_differences.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]

Paths = frozenset[str]


def load(case: Path) -> Loaded:
    tree = WorkingTree(case)
    file = case / "arguments.json"
    settings = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    paths = [path for path in tree.paths() if terraform.matches(path)]
    return terraform.load(tree, paths, Settings(root=str(case), terraform=settings))


def planned(name: str) -> tuple[Loaded, dict[str, Any]]:
    """What we make of a case, and its golden."""
    own = DATA / "plans" / name
    case = own if own.is_dir() else CONFORMANCE / name
    golden = GOLDENS.get(name) or json.loads((own / "plan.golden.json").read_text(encoding="utf-8"))[name]
    if "refused" in golden:
        pytest.skip(f"terraform does not plan it: {golden['refused']}")
    if not case.is_dir():
        pytest.skip("the conformance cases are not beside the checkout")
    return load(case), golden


@dataclass(frozen=True, slots=True)
class Terms:
    """What of a resource is compared how. Types count only where nothing converts values (`strict`)."""

    sets: Paths
    sensitive: Paths
    strict: bool

    def hides(self, path: str) -> bool:
        steps = without_indices(path).split(".")
        return any(".".join(steps[:n]) in self.sensitive for n in range(1, len(steps) + 1))


def differences(resource: Resource, golden: dict[str, Any], sets: Paths) -> Iterator[str]:
    """`attribute: what is different`, for each attribute that we know, and the tags."""
    values, unknown = golden.get("values", {}), golden.get("unknown", {})
    terms = Terms(sets, frozenset(golden.get("sensitive", ())), resource.type == "terraform_data")
    for name, ours in resource.attributes.items():
        yield from compared(ours, values.get(name), unknown.get(name), name, terms)
    if "tags_all" in values or "tags_all" in unknown:
        if not (unknown.get("tags_all") is True and resource.tags == {}):
            yield from compared(resource.tags, values.get("tags_all"), unknown.get("tags_all"), "tags_all", terms)
    elif resource.type != "aws_autoscaling_group" and resource.tags:
        yield f"tags: {resource.tags} where the plan has none"


def compared(ours: Any, theirs: Any, unknown: Any, path: str, terms: Terms) -> Iterator[str]:
    """What is different below a path."""
    if unknown is True:
        if is_known(ours) and ours is not None and ours != []:
            yield f"{path}: {ours!r} where the plan does not know"
    elif isinstance(ours, Unknown):
        if not (ours == SENSITIVE and terms.hides(path)):
            yield f"{path}: not known where the plan has {theirs!r}"
    elif isinstance(theirs, dict) or isinstance(unknown, dict):
        yield from compared_fields(ours, theirs or {}, unknown or {}, path, terms)
    elif isinstance(theirs, list) or isinstance(unknown, list):
        yield from compared_rows(ours, theirs or [], unknown or [], path, terms)
    elif not is_same(ours, theirs, terms.strict):
        yield f"{path}: {ours!r} where the plan has {theirs!r}"


def is_known(value: Any) -> bool:
    if isinstance(value, dict):
        return all(map(is_known, value.values()))
    return all(map(is_known, value)) if isinstance(value, list) else not isinstance(value, Unknown)


def compared_fields(ours: Any, theirs: Any, unknown: Any, path: str, terms: Terms) -> Iterator[str]:
    if isinstance(ours, list) and len(ours) == 1:
        ours = ours[0]
    if ours is None:
        return
    if not isinstance(ours, dict):
        yield f"{path}: {ours!r} where the plan has {theirs!r}"
        return
    for name, value in ours.items():
        yield from compared(value, theirs.get(name), unknown.get(name), f"{path}.{name}", terms)
    missing = (theirs.keys() | unknown.keys()) - ours.keys()
    if terms.strict and missing:
        yield f"{path}: the plan also has {sorted(missing)}"


def compared_rows(ours: Any, theirs: Any, unknown: Any, path: str, terms: Terms) -> Iterator[str]:
    if ours is None:
        return
    if not isinstance(ours, list):
        yield f"{path}: {ours!r} where the plan has {theirs!r}"
        return
    pairs = [(t, unknown[i] if i < len(unknown) else None) for i, t in enumerate(theirs)]
    if without_indices(path) in terms.sets:
        ours, pairs = aligned(ours, pairs, path, terms)
    if len(ours) != len(pairs):
        yield f"{path}: {ours!r} where the plan has {theirs!r}"
        return
    for i, (value, (plan, mark)) in enumerate(zip(ours, pairs, strict=True)):
        yield from compared(value, plan, mark, f"{path}[{i}]", terms)


def aligned(ours: list[Any], pairs: list[Any], path: str, terms: Terms) -> tuple[list[Any], list[Any]]:
    """Each of our elements beside an equal one of the plan, as far as there is one; what is twice in ours is once."""
    left, found = list(pairs), []
    rest = [value for i, value in enumerate(ours) if value not in ours[:i]]
    for value in list(rest):
        match = next((pair for pair in left if not any(compared(value, *pair, path, terms))), None)
        if match is not None:
            rest.remove(value)
            left.remove(match)
            found.append((value, match))
    return [value for value, _ in found] + rest, [pair for _, pair in found] + left


def without_indices(path: str) -> str:
    return ".".join(step.split("[", 1)[0] for step in path.split("."))


def is_same(ours: Any, theirs: Any, strict: bool) -> bool:
    if isinstance(theirs, int | float) and not isinstance(theirs, bool):
        theirs = Decimal(repr(theirs))
    if theirs is None and ours in ({}, []):
        return True
    if strict:
        return type(ours) is type(theirs) and bool(ours == theirs)
    return ours is None or as_text(ours) == as_text(theirs) or is_same_json(ours, theirs)


def is_same_json(ours: Any, theirs: Any) -> bool:
    """Providers write policies and templates anew, without the spaces."""
    try:
        return bool(json.loads(ours) == json.loads(theirs))
    except (TypeError, ValueError):
        return False


def as_text(value: Any) -> str:
    """A plain value as Terraform's conversions to and from text have it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return format_number(value) if isinstance(value, Decimal) else str(value)


@cache
def found_in(name: str) -> tuple[tuple[str, ...], int]:
    """The differences of a case, each with its place, and how many attributes are known."""
    loaded, golden = planned(name)
    resources = {resource.address: resource for resource in loaded.resources}
    plans = golden["resources"]
    problems = [f"{a}: not in the plan" for a in sorted(resources.keys() - plans.keys())]
    problems += [f"{a}: only in the plan" for a in sorted(plans.keys() - resources.keys())]
    for address in sorted(resources.keys() & plans.keys()):
        resource, previous = resources[address], plans[address].get("previous")
        sets = frozenset(golden["sets"].get(resource.type, ()))
        problems += [f"{address} {problem}" for problem in differences(resource, plans[address], sets)]
        if previous and previous not in resource.moved_from:
            problems.append(f"{address}: moved from {resource.moved_from}, in the plan from {previous}")
    values = [value for resource in loaded.resources for value in resource.attributes.values()]
    return tuple(f"{name} {problem}" for problem in problems), sum(map(is_known, values))


@pytest.mark.parametrize("name", CASES)
def test_it_is_as_terraform_plans_it(name: str) -> None:
    problems, _ = found_in(name)
    assert [p for p in problems if not any(fnmatchcase(p, known) for known in DIFFERENCES)] == []


def test_no_difference_is_listed_in_vain() -> None:
    problems = [problem for name in OWN for problem in found_in(name)[0]]
    assert [d for d in DIFFERENCES if d.split(" ")[0] in OWN and not any(fnmatchcase(p, d) for p in problems)] == []


def test_little_is_unknown_that_terraform_knows() -> None:
    """Over all of our own cases, which look for trouble; ids and arns, which Terraform does not know, do not count."""
    gaps = sum(" not known where " in problem for name in OWN for problem in found_in(name)[0])
    known = sum(found_in(name)[1] for name in OWN)
    assert gaps / (known + gaps) < 0.05
