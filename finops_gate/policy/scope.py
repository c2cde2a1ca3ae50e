"""What a policy is for: source, resource types, paths, environments, tags, kind of change, and a condition.

Everything a scope names must hold. A resource of which that is not known is in scope, in doubt: it is judged, and
what it breaks is reported as unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Any

from finops_gate.errors import ConfigurationError
from finops_gate.expression_functions import kleene
from finops_gate.expression_values import truth
from finops_gate.model import Span, Unknown
from finops_gate.policy.definition import Policy, ScopeTest, Subject
from finops_gate.policy.matchers import compile_matcher, listed
from finops_gate.policy.names import compile_condition, names_of

CONTAINER = "kubernetes:container"
"""The pseudo-type of a container: an element of its workload's `containers`."""

Locate = Callable[[str], Span]


def compile_types(raw: Mapping[str, Any], locate: Locate) -> Callable[[str], bool]:
    """Whether a policy is for a type; one for containers is asked of nothing else. Raises ConfigurationError."""
    globs = [glob for glob in listed(raw.get("resources", "*")) if glob != CONTAINER]
    if globs and CONTAINER in listed(raw.get("resources", "*")):
        raise ConfigurationError(
            f"{CONTAINER} stands alone: a policy is for containers or for resources", locate("scope.resources")
        )
    return lambda type: not globs or any(fnmatchcase(type, glob) for glob in globs)


def compile_scope(raw: Mapping[str, Any], locate: Locate) -> ScopeTest:
    """The test of a policy's `scope` but for its types. Raises ConfigurationError for what could never match."""
    tests = [build(raw[word], raw, locate) for word, build in TESTS.items() if word in raw]
    return lambda subject: kleene((test(subject) for test in tests), False)


def by_source(raw: Any, scope: Mapping[str, Any], locate: Locate) -> ScopeTest:
    sources = frozenset(listed(raw))
    return lambda subject: subject.resource.source in sources


def by_path(raw: Any, scope: Mapping[str, Any], locate: Locate) -> ScopeTest:
    globs = tuple(listed(raw))

    def test(subject: Subject) -> bool:
        """The file, or the directory that the resource is made for: an overlay's, whose base lies elsewhere."""
        paths = (subject.resource.span.path, f"{subject.resource.project}/")
        return any(path_fits(path, glob) for glob in globs for path in paths)

    return test


def path_fits(path: str, glob: str) -> bool:
    """Whether a path lies under a glob: `envs/prod/**` is everything below, `**/x.tf` also matches at the top."""
    return fnmatchcase(path, glob) or (glob.startswith("**/") and fnmatchcase(path, glob[3:]))


def by_environment(raw: Any, scope: Mapping[str, Any], locate: Locate) -> ScopeTest:
    matcher = compile_matcher(raw, locate("scope.env"))
    return lambda subject: subject.resource.env is not None and matcher.holds(subject.resource.env)


def by_tags(raw: Mapping[str, Any], scope: Mapping[str, Any], locate: Locate) -> ScopeTest:
    matchers = {key: compile_matcher(value, locate(f"scope.tags.{key}")) for key, value in raw.items()}

    def test(subject: Subject) -> bool | Unknown:
        tags = subject.resource.tags
        if isinstance(tags, Unknown):
            return tags
        return kleene((matcher.holds(tags.get(key)) for key, matcher in matchers.items()), False)

    return test


CHANGES = {"any": None, "new": ("added",), "changed": ("added", "changed")}


def by_change(raw: Any, scope: Mapping[str, Any], locate: Locate) -> ScopeTest:
    statuses = CHANGES[raw]
    return lambda subject: statuses is None or subject.status in statuses


def by_condition(raw: Any, scope: Mapping[str, Any], locate: Locate) -> ScopeTest:
    expression = compile_condition(raw, scope, locate("scope.when"))
    return lambda subject: truth(expression.evaluate(names_of(subject)))


TESTS: dict[str, Callable[[Any, Mapping[str, Any], Locate], ScopeTest]] = {
    "source": by_source,
    "changes": by_change,
    "paths": by_path,
    "env": by_environment,
    "tags": by_tags,
    "when": by_condition,
}
"""In the order in which they are tried: what costs least first."""


def in_scope(policy: Policy, subjects: Mapping[str, Sequence[Subject]]) -> Iterator[Subject]:
    """The subjects (by type) that a policy is for; those that are in doubt say so."""
    for subject in (s for type, alike in subjects.items() if policy.fits(type) for s in alike):
        verdict = policy.applies(subject)
        if isinstance(verdict, Unknown):
            yield replace(subject, doubt=verdict)
        elif verdict:
            yield subject
