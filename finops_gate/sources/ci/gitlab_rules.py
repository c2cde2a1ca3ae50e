"""Which events start a GitLab job: `workflow`, `rules`, `only`, `except` and `when`, tried on each kind of pipeline.

Expressions: https://docs.gitlab.com/ci/jobs/job_rules/#cicd-variable-expressions. What only a run knows (which branch,
a variable of the project's settings) is an Unknown; a rule that hangs on it may hold. Patterns are not run, for they
are strangers': a match is not known, unless there is nothing to match.

    either = both ("||" both)*             operand = variable | text | "null" | pattern | "(" either ")"
    both   = compared ("&&" compared)*     compared = operand (("==" | "!=" | "=~" | "!~") operand)?
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from finops_gate.model import ZERO, Range, Unknown
from finops_gate.sources.ci.job import Trigger
from finops_gate.sources.ci.pipeline import MANUAL, SCHEDULE, assumed

MAX_LENGTH = 5_000
MAX_DEPTH = 30

SOME = Unknown("only the run knows its value")
"""A text that is there and not empty."""
AT_RUN_TIME = Unknown("only the run knows it")

Value = str | Unknown | None
Truth = bool | Unknown
Variables = Mapping[str, Value]


class RuleError(ValueError):
    """Text that is no expression; the message says where it breaks."""


@dataclass(frozen=True, slots=True)
class Event:
    """A kind of pipeline: what starts it, the variables that tell it, and the keywords of `only` that mean it."""

    name: str
    variables: Variables
    keywords: frozenset[str]


REQUEST = "CI_MERGE_REQUEST_"
"""What the names of a merge request's variables begin with: they are there together, or none is."""

_ALWAYS: Variables = {
    "CI": "true",
    "CI_COMMIT_REF_NAME": SOME,
    "CI_COMMIT_SHA": SOME,
    "CI_DEFAULT_BRANCH": SOME,
    "CI_PROJECT_NAME": SOME,
    "CI_PROJECT_NAMESPACE": SOME,
    "CI_PROJECT_PATH": SOME,
    "CI_SERVER_HOST": SOME,
    "GITLAB_CI": "true",
}
_ON_BRANCH: Variables = {**_ALWAYS, "CI_COMMIT_BRANCH": SOME, "CI_COMMIT_TAG": None, REQUEST: None}
_ON_TAG: Variables = {**_ALWAYS, "CI_COMMIT_BRANCH": None, "CI_COMMIT_TAG": SOME, REQUEST: None}
_ON_REQUEST: Variables = {**_ALWAYS, "CI_COMMIT_BRANCH": None, "CI_COMMIT_TAG": None, REQUEST: SOME}


def _event(name: str, source: str, variables: Variables, *keywords: str) -> Event:
    return Event(name, {**variables, "CI_PIPELINE_SOURCE": source}, frozenset(keywords))


EVENTS = (
    _event("push", "push", _ON_BRANCH, "branches", "pushes"),
    _event("pull_request", "merge_request_event", _ON_REQUEST, "merge_requests"),
    _event("tag", "push", _ON_TAG, "tags", "pushes"),
    _event(SCHEDULE, "schedule", _ON_BRANCH, "branches", "schedules"),
    _event(MANUAL, "web", _ON_BRANCH, "branches", "web"),
    _event("api", "api", _ON_BRANCH, "branches", "api"),
    _event("api", "trigger", _ON_BRANCH, "branches", "triggers"),
    _event("api", "pipeline", _ON_BRANCH, "branches", "pipelines"),
)
"""The kinds of pipeline, by our names of events: a merge request is a `pull_request`."""

KEYWORDS = frozenset(
    {"api", "branches", "chat", "external", "external_pull_requests", "merge_requests", "pipelines", "pushes"}
    | {"schedules", "tags", "triggers", "web"}
)
DEFAULT_REFS = ("branches", "tags")
"""Where a job without rules runs, unless `workflow: rules:` decides: https://docs.gitlab.com/ci/yaml/deprecated_keywords/"""

_USUAL = frozenset({"on_success", "always", "delayed"})


def triggers(
    job: Mapping[str, Any], workflow: Any, variables: Variables, ci: Mapping[str, Any], events: Sequence[Event] = EVENTS
) -> list[Trigger]:
    """What starts a job, with the runs that are left of it. Raises RuleError."""
    found: dict[str, Trigger] = {}
    for event in events:
        known = {**variables, **_settings(ci), **event.variables}
        outcomes = _joined(_pipeline_starts(workflow, known), _outcomes(job, workflow, event, known))
        if outcomes - {"never"}:
            trigger = replace(assumed(event.name, ci), certain="never" not in outcomes)
            usual = bool(outcomes & _USUAL)
            kept = trigger if usual else by_hand(trigger)
            found[event.name] = kept if usual or event.name not in found else found[event.name]
    return list(found.values())


def to_speak_of(started: Sequence[Trigger]) -> list[Trigger]:
    """Triggers without those that have no runs, unless none has: nearly any job may be started in many ways."""
    return [trigger for trigger in started if trigger.runs.expected != 0] or list(started)


def by_hand(trigger: Trigger) -> Trigger:
    """What is left of a trigger where somebody must press a button, or something must fail."""
    return replace(trigger, runs=Range(ZERO, ZERO, trigger.runs.ceiling), certain=False)


def _settings(ci: Mapping[str, Any]) -> Variables:
    return {str(name): str(value) for name, value in (ci.get("vars") or {}).items()}


def _joined(pipeline: frozenset[str], job: frozenset[str]) -> frozenset[str]:
    """What may become of a job in a pipeline that may not be."""
    return job if "never" not in pipeline else (job | {"never"} if pipeline - {"never"} else frozenset({"never"}))


def _pipeline_starts(workflow: Any, known: Variables) -> frozenset[str]:
    rules = workflow.get("rules") if isinstance(workflow, dict) else None
    return by_rules(rules, known, "always") if isinstance(rules, list) else frozenset({"always"})


def _outcomes(job: Mapping[str, Any], workflow: Any, event: Event, known: Variables) -> frozenset[str]:
    """What `when` a job may come to in a pipeline of an event."""
    when = job.get("when")
    usual = when if isinstance(when, str) else "on_success"
    if isinstance(job.get("rules"), list):
        return by_rules(job["rules"], known, usual)
    decided = isinstance(workflow, dict) and "rules" in workflow
    if "only" not in job and "except" not in job and decided:
        return frozenset({usual})
    included = _matches(job.get("only"), event, known, otherwise=True)
    excluded = _matches(job.get("except"), event, known, otherwise=False)
    if included is False or excluded is True:
        return frozenset({"never"})
    return frozenset({usual}) if included is True and excluded is False else frozenset({usual, "never"})


def by_rules(rules: Sequence[Any], known: Variables, usual: str) -> frozenset[str]:
    """What the rules may come to: the `when` of the first that holds, of those before it that may, or `never`."""
    found: set[str] = set()
    for rule in rules:
        if not isinstance(rule, dict):
            continue
        holds = _holds(rule, known)
        if holds is False:
            continue
        when = rule.get("when")
        found.add(when if isinstance(when, str) else usual)
        if holds is True:
            return frozenset(found)
    return frozenset({*found, "never"})


def _holds(rule: Mapping[str, Any], known: Variables) -> Truth:
    test = rule.get("if")
    holds: Truth = condition(test, known) if isinstance(test, str) else True
    if holds is True and ("changes" in rule or "exists" in rule):
        return Unknown("it depends on which files there are")
    return holds


def _matches(policy: Any, event: Event, known: Variables, *, otherwise: bool) -> Truth:
    """Whether `only` (or `except`) fits an event; `only` needs all that it names, `except` any."""
    if policy is None:
        return bool(set(DEFAULT_REFS) & event.keywords) if otherwise else False
    parts = policy if isinstance(policy, dict) else {"refs": policy}
    refs = parts.get("refs")
    results: list[Truth] = []
    if refs is not None or otherwise:
        results.append(_refs(refs if refs is not None else list(DEFAULT_REFS), event))
    if isinstance(parts.get("variables"), list):
        results.append(any_of([condition(text, known) for text in parts["variables"] if isinstance(text, str)]))
    if "changes" in parts or "kubernetes" in parts:
        results.append(Unknown("it depends on the change"))
    return all_of(results) if otherwise else any_of(results)


def _refs(refs: Any, event: Event) -> Truth:
    names = [name for name in (refs if isinstance(refs, list) else [refs]) if isinstance(name, str)]
    if event.keywords & set(names):
        return True
    on_ref = bool(event.keywords & set(DEFAULT_REFS))
    return Unknown("it depends on the branch") if on_ref and any(n not in KEYWORDS for n in names) else False


def any_of(results: Sequence[Truth]) -> Truth:
    if any(result is True for result in results):
        return True
    return next((result for result in results if isinstance(result, Unknown)), False)


def all_of(results: Sequence[Truth]) -> Truth:
    if any(result is False for result in results):
        return False
    return next((result for result in results if isinstance(result, Unknown)), True)


# Expressions

Evaluator = Callable[[Variables], Any]

_TOKEN = re.compile(
    r"\s*(?:\$(?P<variable>[A-Za-z_][A-Za-z0-9_]*)|\$\{(?P<braced>[A-Za-z_][A-Za-z0-9_]*)\}"
    r"|\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)'|(?P<null>null\b)|(?P<pattern>/(?:[^/\\]|\\.)*/[a-z]*)"
    r"|(?P<mark>&&|\|\||==|!=|=~|!~|[()]))"
)


def condition(text: str, known: Variables) -> Truth:
    """Whether an `if` holds. Raises RuleError."""
    return _truth(_compile(text)(known))


def _truth(value: Any) -> Truth:
    if value is SOME:
        return True
    return value if isinstance(value, (bool, Unknown)) else bool(value)


@lru_cache(maxsize=1024)
def _compile(text: str) -> Evaluator:
    if len(text) > MAX_LENGTH:
        raise RuleError(f"an expression of {len(text):,} characters is too long")
    return _Parser(text).parse()


class _Parser:
    """Recursive descent; each method leaves an evaluator."""

    def __init__(self, text: str) -> None:
        self.tokens: list[tuple[str, str]] = []
        self.position = self.depth = 0
        end, position = len(text.rstrip()), 0
        while position < end:
            match = _TOKEN.match(text, position)
            if match is None or match.lastgroup is None:
                raise RuleError(f"not an expression at {text[position : position + 20].strip()!r}")
            self.tokens.append((match.lastgroup, match[match.lastgroup]))
            position = match.end()

    def parse(self) -> Evaluator:
        evaluator = self.either()
        if self.position < len(self.tokens):
            raise RuleError(f"unexpected {self.tokens[self.position][1]!r} in the expression")
        return evaluator

    def accept(self, *marks: str) -> str | None:
        if self.position < len(self.tokens) and self.tokens[self.position] in [("mark", mark) for mark in marks]:
            self.position += 1
            return self.tokens[self.position - 1][1]
        return None

    def either(self) -> Evaluator:
        parts = [self.both()]
        while self.accept("||"):
            parts.append(self.both())
        return parts[0] if len(parts) == 1 else lambda known: any_of([_truth(part(known)) for part in parts])

    def both(self) -> Evaluator:
        parts = [self.compared()]
        while self.accept("&&"):
            parts.append(self.compared())
        return parts[0] if len(parts) == 1 else lambda known: all_of([_truth(part(known)) for part in parts])

    def compared(self) -> Evaluator:
        left = self.operand()
        mark = self.accept("==", "!=", "=~", "!~")
        if mark is None:
            return left
        right = self.operand()
        return lambda known: _compared(mark, left(known), right(known))

    def operand(self) -> Evaluator:
        if self.accept("("):
            self.depth += 1
            if self.depth > MAX_DEPTH:
                raise RuleError(f"nested more than {MAX_DEPTH} deep")
            inner = self.either()
            self.depth -= 1
            if not self.accept(")"):
                raise RuleError("a parenthesis that is not closed")
            return inner
        if self.position == len(self.tokens) or self.tokens[self.position][0] == "mark":
            raise RuleError("the expression ends too early, or a value is missing")
        kind, text = self.tokens[self.position]
        self.position += 1
        if kind in ("variable", "braced"):
            return lambda known: variable(text, known)
        return _constant(None if kind == "null" else text)


def _constant(value: str | None) -> Evaluator:
    return lambda known: value


def variable(name: str, known: Variables) -> Value:
    """The value of a variable; those of a merge request are there only in one."""
    if name in known:
        return known[name]
    return known.get(REQUEST) if name.startswith(REQUEST) else AT_RUN_TIME


def _compared(mark: str, left: Any, right: Any) -> Truth:
    same = _same(left, right) if mark in ("==", "!=") else (False if left is None else AT_RUN_TIME)
    return same if isinstance(same, Unknown) or mark in ("==", "=~") else not same


def _same(left: Any, right: Any) -> Truth:
    if left is SOME or right is SOME:
        other = right if left is SOME else left
        return False if other is None or other == "" else AT_RUN_TIME
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return AT_RUN_TIME
    return bool(left == right)
