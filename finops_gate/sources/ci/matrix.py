"""The combinations of a build matrix: the product of its axes, less `exclude`, plus `include`.

The rule is GitHub's (https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstrategymatrix):
an `exclude` entry removes every combination that has all of its values; an `include` entry is added to every original
combination of whose axes it contradicts none, and is a combination of its own where there is no such.
"""

from __future__ import annotations

import itertools
from typing import Any

from finops_gate.model import Unknown
from finops_gate.sources.ci.budget import COMPARISON, Budget, product
from finops_gate.sources.ci.github_values import same

MAX_JOBS = 256
"""Jobs that GitHub lets a matrix make: https://docs.github.com/en/actions/reference/limits"""
MAX_PRODUCT = 10_000

Combination = dict[str, Any]


class MatrixError(ValueError):
    """A matrix that GitHub refuses. `path` is the attribute below `matrix` that is wrong."""

    def __init__(self, message: str, path: str = "") -> None:
        super().__init__(message)
        self.path = path


def combinations(matrix: Any, budget: Budget) -> list[Combination] | Unknown:
    """The combinations of a matrix whose expressions are evaluated already, in GitHub's order.

    Unknown where an axis or what it is compared with is not known. Raises MatrixError and TooComplex.
    """
    if matrix is None:
        return [{}]
    if isinstance(matrix, Unknown):
        return matrix
    if not isinstance(matrix, dict):
        raise MatrixError("a matrix is a mapping of axes")
    axes = {key: values for key, values in matrix.items() if key not in ("include", "exclude")}
    include, exclude = _entries(matrix, "include"), _entries(matrix, "exclude")
    for part in (*axes.values(), include, exclude):
        if isinstance(part, Unknown):
            return part
    made = _product(axes)
    if made + len(include) > MAX_PRODUCT:
        raise MatrixError(f"a matrix of more than {MAX_PRODUCT:,} combinations; GitHub runs at most {MAX_JOBS}")
    budget.take(COMPARISON * (made + 1) * (len(include) + len(exclude) + 1))
    unsettled = _unknown_comparison(axes, include, exclude)
    if unsettled is not None:
        return unsettled
    return _expand(axes, include, exclude)


def _expand(axes: dict[str, list[Any]], include: list[Combination], exclude: list[Combination]) -> list[Combination]:
    chosen = itertools.product(*axes.values()) if axes else ()
    originals = [dict(zip(axes, values, strict=True)) for values in chosen]
    originals = [original for original in originals if not any(_has_all(original, entry) for entry in exclude)]
    extended = [dict(original) for original in originals]
    added: list[Combination] = []
    for entry in include:
        own = {key: value for key, value in entry.items() if key in axes}
        fitting = [number for number, original in enumerate(originals) if _has_all(original, own)]
        for number in fitting:
            extended[number].update(entry)
        if not fitting:
            added.append(dict(entry))
    return extended + added


def _entries(matrix: dict[str, Any], name: str) -> Any:
    entries = matrix.get(name)
    if entries is None:
        return []
    if isinstance(entries, Unknown):
        return entries
    if not isinstance(entries, list):
        raise MatrixError(f"`{name}` is a list of mappings", name)
    for number, entry in enumerate(entries):
        if isinstance(entry, Unknown):
            return entry
        if not isinstance(entry, dict):
            raise MatrixError(f"`{name}` is a list of mappings", f"{name}[{number}]")
    return entries


def _product(axes: dict[str, list[Any]]) -> int:
    """How many combinations the axes make, counted up to what is too many; none where there are no axes."""
    for name, values in axes.items():
        if not isinstance(values, list):
            raise MatrixError(f"the axis `{name}` is a list of values", name)
    return product(map(len, axes.values()), MAX_PRODUCT + 1) if axes else 0


def _unknown_comparison(
    axes: dict[str, list[Any]], include: list[Combination], exclude: list[Combination]
) -> Unknown | None:
    """An unknown value that decides how many combinations there are."""
    compared = {key for entry in (*include, *exclude) for key in entry if key in axes}
    for key in sorted(compared):
        for value in (*axes[key], *(entry[key] for entry in (*include, *exclude) if key in entry)):
            if isinstance(value, Unknown):
                return Unknown(f"it is compared with a value that is not known: {value.reason}", value.origin)
    return None


def _has_all(combination: Combination, entry: Combination) -> bool:
    """Whether a combination has every value of an entry; of a mapping, those that the entry names."""
    return all(key in combination and _fits(combination[key], value) for key, value in entry.items())


def _fits(value: Any, wanted: Any) -> bool:
    if isinstance(value, dict) and isinstance(wanted, dict):
        return _has_all(value, wanted)
    return same(value, wanted)
