"""Version constraints, and the newest version that meets them.

Terraform's rules: https://developer.hashicorp.com/terraform/language/expressions/version-constraints. A version is
numbers with dots, three at least in comparison, an optional pre-release behind `-` and a build behind `+` that does not
count. A pre-release is chosen only by a constraint that names it exactly.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from finops_gate.sources.terraform.remote.problems import RemoteError

MAX_LENGTH = 256

_VERSION = r"v?(\d{1,18}(?:\.\d{1,18})*)(?:-?([A-Za-z~][0-9A-Za-z.~-]*)|-(\d[0-9A-Za-z.~-]*))?(\+[0-9A-Za-z.~-]+)?"
_VERSION_PATTERN = re.compile(_VERSION, re.ASCII)
_CONSTRAINT_PATTERN = re.compile(rf"(=|!=|>=|<=|~>|>|<)?\s*({_VERSION})", re.ASCII)

PreRelease: TypeAlias = tuple[tuple[int, int, str], ...]
_RELEASED: PreRelease = ((2, 0, ""),)


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """`text` has three numbers at least, as registries are asked; `written` is how many the author wrote."""

    numbers: tuple[int, ...]
    before: PreRelease
    text: str = field(compare=False)
    written: int = field(compare=False)

    @property
    def is_prerelease(self) -> bool:
        return self.before != _RELEASED


@dataclass(frozen=True, slots=True)
class Constraint:
    operator: str
    version: Version


def parse_version(text: str) -> Version | None:
    """The version that a text is, or None."""
    found = _VERSION_PATTERN.fullmatch(text) if len(text) <= MAX_LENGTH else None
    if found is None:
        return None
    numbers = tuple(int(number) for number in found[1].split("."))
    padded = numbers + (0,) * (3 - len(numbers))
    before = found[2] or found[3] or ""
    whole = ".".join(map(str, padded)) + (f"-{before}" if before else "") + (found[4] or "")
    return Version(padded, _pre_release(before), whole, len(numbers))


def _pre_release(text: str) -> PreRelease:
    """A key by which pre-releases sort: before what is released, parts by number before parts by name."""
    if not text:
        return _RELEASED
    return tuple((0, int(p), "") if p.isdecimal() and len(p) < 19 else (1, 0, p) for p in text.split("."))


def parse_constraints(text: str) -> tuple[Constraint, ...]:
    """The constraints of a `version`, which are separated by commas. Raises RemoteError where one is none."""
    if not text.strip():
        return ()
    found = []
    for part in text.split(","):
        match = _CONSTRAINT_PATTERN.fullmatch(part.strip()) if len(part) <= MAX_LENGTH else None
        version = parse_version(match[2]) if match else None
        if match is None or version is None:
            raise RemoteError(f"{shortened(text)} is no version constraint")
        found.append(Constraint(match[1] or "=", version))
    return tuple(found)


def shortened(text: str) -> str:
    return repr(text if len(text) <= 60 else f"{text[:57]}...")


def allows(constraints: Iterable[Constraint], version: Version) -> bool:
    """Whether a version meets all of these."""
    held = tuple(constraints)
    if version.is_prerelease and not any(c.operator == "=" and c.version == version for c in held):
        return False
    return all(_meets(constraint, version) for constraint in held)


def _meets(constraint: Constraint, version: Version) -> bool:
    if constraint.operator == "~>":
        return _meets_pessimistic(constraint.version, version)
    return bool(_COMPARE[constraint.operator](_level(version, constraint.version), _level(constraint.version, version)))


def _level(version: Version, other: Version) -> tuple[tuple[int, ...], PreRelease]:
    """A version's key with as many numbers as the other's: 1.0.0.0 is 1.0.0."""
    return version.numbers + (0,) * (len(other.numbers) - len(version.numbers)), version.before


def _meets_pessimistic(wanted: Version, version: Version) -> bool:
    """`~> 1.2.3`: only the last number that is written may be larger."""
    if wanted.is_prerelease and not version.is_prerelease:
        return False
    if len(wanted.numbers) > len(version.numbers) or version < wanted:
        return False
    last = len(wanted.numbers) - 1
    same = version.numbers[: wanted.written - 1] == wanted.numbers[: wanted.written - 1]
    return same and wanted.numbers[last] <= version.numbers[last]


def newest(published: Iterable[str], constraint: str) -> Version:
    """The newest of the published versions that meets a constraint. Raises RemoteError where none does."""
    constraints = parse_constraints(constraint)
    versions = [version for text in published if (version := parse_version(text))]
    fitting = [version for version in versions if allows(constraints, version)]
    if not fitting:
        raise RemoteError(f"no published version meets {shortened(constraint or 'any')}")
    return max(fitting)


def exact(constraint: str) -> Version | None:
    """The one version that a constraint leaves to choose, where it is a plain one."""
    constraints = parse_constraints(constraint)
    if len(constraints) == 1 and constraints[0].operator == "=":
        return constraints[0].version
    return None


_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
}
