"""Which directories are projects of their own, and which are only modules, examples or tests of others."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from finops_gate.model import Notice
from finops_gate.sources.terraform.declarations import Declarations, literal_text

EXAMPLES = frozenset({"example", "examples"})
TESTS = frozenset({"test", "tests"})
MODULES = frozenset({"module", "modules"})
WHOLE = ("",)
MAX_NAMED = 5

Calls = Mapping[str, set[str]]


@dataclass(frozen=True, slots=True)
class Signs:
    """What is known of directories beside their code: what was asked for, what is given, where values lie.

    `targets` are the paths that the run was started with; `values` the directories that hold a lock file or a tfvars
    file, as only root modules do; `given` the names of variables that the run gives to every root.
    """

    targets: Sequence[str] = WHOLE
    values: Collection[str] = ()
    given: Collection[str] = ()
    include: Sequence[str] = ()
    exclude: Sequence[str] = ()


NO_SIGNS = Signs()


@dataclass(frozen=True, slots=True)
class Roots:
    """The directories to evaluate, and those left out, by the reason."""

    found: list[str]
    left_out: Mapping[str, list[str]] = field(default_factory=dict)


def find_roots(modules: Mapping[str, Declarations], signs: Signs = NO_SIGNS) -> Roots:
    """The root modules among directories.

    A root is called by none of the others. Where there is a choice, examples and tests of a module, modules that
    nobody calls, and what takes variables that nobody gives are left out; `include` brings them back.
    """
    calls = {directory: set(_called(declared, modules)) for directory, declared in modules.items()}
    eligible = {d for d in modules if not matches_any(d, signs.exclude)}
    live = {d for d in eligible if not is_idle(modules[d])}
    aside = {d for d in modules if _is_aside(d, calls[d], signs.targets)}
    tops, samples = _uncalled(calls, set(modules) - aside), _uncalled(calls, aside)
    wanted = _uncalled(calls, {d for d in eligible if matches_any(d, signs.include)})
    best = _best([d for d in tops if d in live], modules, signs)
    found = {*(best or live.intersection(samples) or eligible.intersection(tops)), *wanted}
    left_out: dict[str, list[str]] = {}
    for directory in sorted(live.intersection(tops + samples) - found):
        left_out.setdefault(_why_not(directory, aside, signs.targets), []).append(directory)
    return Roots(sorted(found), left_out)


def _why_not(directory: str, aside: Collection[str], targets: Sequence[str]) -> str:
    if directory in aside:
        return "examples and tests"
    if _is_module(directory, targets):
        return "modules that nothing calls"
    return "directories without a provider that take variables nobody gives"


def notices_of(roots: Roots) -> Iterator[Notice]:
    """Says which directories are not in the totals, and how to bring them in."""
    for reason, found in roots.left_out.items():
        more = f" and {len(found) - MAX_NAMED} more" if len(found) > MAX_NAMED else ""
        named = ", ".join(directory or "." for directory in found[:MAX_NAMED])
        fix = (
            f"Name one (`finops-gate check {found[0] or '.'}`), or list it in the settings under `terraform: include`."
        )
        yield Notice("directories-left-out", "info", f"{reason} are not in the totals: {named}{more}", None, fix)


def matches_any(directory: str, globs: Iterable[str]) -> bool:
    """Whether a directory, or one that it lies in, is named by a glob; `.` is the root."""
    return any(_matches(directory or ".", glob) for glob in globs)


def _matches(directory: str, glob: str) -> bool:
    stem = glob.removesuffix("/**").rstrip("/")
    stems = {stem, stem.removeprefix("**/")}
    return any(fnmatchcase(directory, s) or fnmatchcase(directory, f"{s}/*") for s in stems)


def requires(declared: Declarations) -> set[str]:
    """The names of the variables that have no default."""
    return {name for name, variable in declared.variables.items() if variable.attribute("default") is None}


def _best(tops: list[str], modules: Mapping[str, Declarations], signs: Signs) -> list[str]:
    """Of the directories that nobody calls, those that look like roots; where none does, those that are no modules."""
    outside = [d for d in tops if not _is_module(d, signs.targets)]
    return [d for d in outside if _is_complete(d, modules[d], signs)] or outside or tops


def _is_complete(directory: str, declared: Declarations, signs: Signs) -> bool:
    """Whether a directory is configured or given what it needs; one that was named is taken as it is."""
    if directory in signs.targets or directory in signs.values:
        return True
    return bool(declared.providers) or declared.has_backend or not requires(declared) - set(signs.given)


def is_idle(declared: Declarations) -> bool:
    """Whether a directory makes nothing: variables, outputs or versions alone."""
    return not (declared.resources or declared.calls or declared.data)


def is_in(directory: str, around: str) -> bool:
    """Whether a directory is another, or lies in it; everything lies in the root, `""`."""
    return not around or directory == around or directory.startswith(f"{around}/")


def _below(directory: str, targets: Sequence[str]) -> list[str]:
    """The folders from the nearest path that was named down to a directory."""
    nearest = max((target for target in targets if is_in(directory, target)), key=len, default="")
    rest = directory[len(nearest) :].strip("/")
    return rest.split("/") if rest else []


def _is_module(directory: str, targets: Sequence[str]) -> bool:
    return not MODULES.isdisjoint(_below(directory, targets))


def _is_aside(directory: str, called: Collection[str], targets: Sequence[str]) -> bool:
    """Whether a directory shows or tests what others are for: by its name, or as `tests/x` that calls `../..`."""
    below = _below(directory, targets)
    if not EXAMPLES.isdisjoint(below):
        return True
    parts = directory.split("/")
    for i in range(len(parts) - len(below), len(parts) - 1):
        around = "/".join(parts[:i])
        if parts[i] in TESTS and around in called:
            return True
        if parts[i] == "tests" and any(target.startswith(posixpath.join(around, "modules/")) for target in called):
            return True
    return False


def _uncalled(calls: Calls, among: Collection[str]) -> list[str]:
    """The directories that none of the others calls; of directories that call each other in a ring, the first."""
    called = {target for d in among for target in calls[d] if target != d}
    found = [d for d in sorted(among) if d not in called]
    reached = _reachable(found, calls)
    for directory in sorted(among):
        if directory not in reached:
            found.append(directory)
            reached |= _reachable([directory], calls)
    return sorted(found)


def _called(declared: Declarations, modules: Collection[str]) -> Iterator[str]:
    for call in declared.calls.values():
        source = literal_text(call.attribute("source"))
        if source.startswith(("./", "../")):
            directory = posixpath.normpath(posixpath.join(declared.directory, source))
            directory = "" if directory == "." else directory
            if directory in modules:
                yield directory


def _reachable(starts: list[str], calls: Calls) -> set[str]:
    reached: set[str] = set()
    waiting = list(starts)
    while waiting:
        directory = waiting.pop()
        if directory not in reached:
            reached.add(directory)
            waiting += calls.get(directory, ())
    return reached
