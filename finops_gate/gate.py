"""The whole story on one page: files -> resources -> estimates -> delta -> findings -> report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass, field, replace
from functools import cache

from finops_gate import sources
from finops_gate.blind_spots import as_errors, sees_less
from finops_gate.costing.alike import Alike
from finops_gate.costing.alternatives import Alternatives
from finops_gate.costing.baseline import read_report
from finops_gate.costing.catalogue import Catalogue, open_catalogue
from finops_gate.costing.compare import compare, totals
from finops_gate.costing.estimate import estimate
from finops_gate.costing.grouping import grouped, key_of
from finops_gate.costing.models import Folder, Models
from finops_gate.costing.price_book import as_paid
from finops_gate.costing.references import References
from finops_gate.costing.subject import Context
from finops_gate.costing.suppose import supposed
from finops_gate.costing.unused_usage import unused_globs, unused_usage
from finops_gate.costing.usage import load_usage
from finops_gate.costing.what_if import reestimator
from finops_gate.environments import with_environment
from finops_gate.errors import IncompleteError
from finops_gate.model import (
    COVERAGES,
    Delta,
    Estimate,
    Finding,
    Fix,
    Notice,
    Report,
    Resource,
    Span,
    Totals,
    Verdict,
)
from finops_gate.policy.evaluate import Cheaper, evaluate
from finops_gate.policy.exemptions import agreed, apply_exemptions
from finops_gate.policy.load import load_policies
from finops_gate.selection import Selection, files_of
from finops_gate.settings import Settings
from finops_gate.sources.files import Tree, Unreadable, WorkingTree
from finops_gate.sources.git import GitTree
from finops_gate.sources.overlay import OverlayTree, with_directories
from finops_gate.sources.secrecy import gives_a_secret

PRIOR_STATE = "the state before the plan"
"""What a run is compared with where its input tells what there was before, and nothing else was asked for."""


@dataclass(frozen=True, slots=True)
class Run:
    """What is asked of one run. `as_of` is the ISO date that expiries and rollouts are held against.

    `base` is a commit to compare with, `compare_to` the path of an earlier JSON report; at most one of them is set.
    `judge` is false where only the costs are wanted. With `base_rules` policies and cost models are read from the base
    and new exemptions do not count, so that a change cannot approve itself. With `alternatives` the report has the
    cheaper offers for each resource, and not only for those of findings that they help. `outside` are the directories
    of files that the command line names and that lie elsewhere.
    """

    selection: Selection
    settings: Settings
    as_of: str
    base: GitTree | None = None
    compare_to: str = ""
    judge: bool = True
    base_rules: bool = False
    alternatives: bool = False
    outside: tuple[str, ...] = ()

    def sees(self, tree: Tree) -> OverlayTree:
        """A tree and what the command line names outside of it."""
        return with_directories(tree, self.outside)

    def rules(self, tree: Tree) -> Tree:
        """Where the policies and cost models for a tree are read: with `base_rules` in the base, else in itself."""
        return self.sees(self.base) if self.base_rules and self.base else tree


@dataclass(frozen=True, slots=True)
class Means:
    """What both sides of a run are priced by, so that they differ only in what they hold."""

    catalogue: Catalogue
    models: Models
    alike: Alike = field(default_factory=Alike)


@dataclass(frozen=True, slots=True)
class Side:
    """One state of the repository: what it holds and what that costs.

    `before` is the state that the input itself tells a change of, as a plan does; `secrets` are places not to quote.
    """

    estimates: tuple[Estimate, ...]
    notices: tuple[Notice, ...] = ()
    files: tuple[str, ...] = ()
    context: Context | None = None
    before: Side | None = None
    secrets: tuple[Span, ...] = ()

    def cheaper(self) -> Cheaper:
        """What finds the cheaper offers that could stand in for what a resource of this side uses."""
        return Alternatives(self.context).of if self.context else lambda estimate, at: ()

    def explained(self, found: Estimate) -> Estimate:
        """The estimate, with what the names in its formulas stand for."""
        if self.context is None:
            return found
        again = estimate(found.resource, replace(self.context, explains=True, alike=Alike()))
        return replace(found, components=again.components, alternatives=self.cheaper()(found, ""))

    def attributes_read(self, resource_type: str) -> tuple[str, ...]:
        """The attributes by which a type is priced."""
        model = self.context.models.get(resource_type) if self.context else None
        return tuple(model.attributes) if model else ()


def check(run: Run) -> Report:
    """Prices a tree, compares it with its base, and holds both against the policies.

    Raises ConfigurationError where nothing could be judged and IncompleteError where nothing could be read.
    """
    with closing(run.base) if run.base else nullcontext():
        return checked(run, as_paid(open_catalogue(), run.settings))


def costs(run: Run) -> Side:
    """The resources of the tree and what they cost, without comparison or judgement."""
    tree = run.sees(WorkingTree(run.selection.root))
    return priced(tree, run, Means(as_paid(open_catalogue(), run.settings), own_models(tree, run)))


def checked(run: Run, catalogue: Catalogue) -> Report:
    for by in run.settings.group_by:
        key_of(by)  # a misspelt key ends the run before it starts
    tree = run.sees(WorkingTree(run.selection.root))
    means = Means(catalogue, own_models(tree, run))
    after = priced(tree, run, means)
    refuse_emptiness(after, run)
    before = base_side(run, means) or after.before
    deltas = compare(before.estimates, after.estimates) if before else []
    sums = totals(after.estimates, before.estimates if before else None, deltas)
    notices = as_asked(run, (*run.settings.notices, *after.notices))
    notices += of_the_base(as_asked(run, before.notices)) if before else ()
    findings = reading_findings(notices)
    policies, cheaper = 0, after.cheaper()
    if run.judge:
        judged, policies = judge(run, tree, after, deltas, sums, cheaper)
        findings += unsaid(judged, notices)
    estimates = after.estimates
    if run.alternatives:
        estimates = tuple(replace(found, alternatives=cheaper(found, "")) for found in estimates)
    return Report(
        verdict=verdict(notices, findings),
        estimates=estimates,
        deltas=deltas,
        findings=list(quoted(sorted(findings, key=by_weight), tree, after.secrets)),
        notices=[n for n in notices if n.severity == "info"],
        totals=sums,
        coverage=coverage(after.estimates),
        catalogue=catalogue.info,
        base=run.base.ref if run.base else run.compare_to or (PRIOR_STATE if before else ""),
        files=len(after.files),
        policies=policies,
        assumptions=sorted({a for e in after.estimates for a in e.assumptions}),
        currency=run.settings.currency,
        groupings=[
            grouped(by, estimates, before.estimates if before else None, deltas) for by in run.settings.group_by
        ],
    )


def own_models(tree: Tree, run: Run) -> Models:
    """The cost models of a run: the team's own before ours."""
    rules = run.rules(tree)
    return Models([Folder(rules, path) for path in run.settings.model_paths])


def priced(tree: Tree, run: Run, means: Means, is_later: bool = True) -> Side:
    """The resources of a tree and their costs."""
    claimed = files_of(tree, run.selection.targets, run.settings.exclude)
    loaded = sources.load(tree, claimed, run.settings)
    models = means.models
    own = {(r.usage_file, r.project) for r in loaded.resources if r.usage_file}
    usage, usage_notices = load_usage(tree, run.settings, models, own)

    def side(found: Iterable[Resource], is_later: bool) -> Side:
        there = [with_environment(r, run.settings) for r in (*found, *usage.resources)]
        resources, assumed = supposed(there, usage, models, run.settings, strict=is_later)
        context = Context(
            means.catalogue, models, References(resources), assumed, run.settings.strict_prices, means.alike
        )
        return Side(tuple(assumed.noted(estimate(resource, context)) for resource in resources), context=context)

    before = None if loaded.before is None else side(loaded.before, is_later=False)
    notices = (*loaded.notices, *usage_notices)
    files = loaded.files or ()
    after = side(loaded.resources, is_later)
    if not any(sees_less(notice) for notice in loaded.notices):
        there = (*loaded.resources, *usage.resources)
        notices += tuple(unused_usage(usage, there, run.selection.targets))
        notices += tuple(unused_globs(run.settings, there, models))
    return replace(after, notices=notices, files=files, before=before, secrets=loaded.secrets)


def refuse_emptiness(side: Side, run: Run) -> None:
    """A run that read nothing must not pass."""
    if side.files or side.notices:
        return
    where = ", ".join(t or "." for t in run.selection.targets)
    raise IncompleteError(
        f"nothing to check in {where}: no Terraform, Kubernetes manifest or workflow that finops-gate reads"
    )


def base_side(run: Run, means: Means) -> Side | None:
    """The state before the change, or None where nothing is compared."""
    if run.base:
        return priced(run.sees(run.base), run, means, is_later=False)
    if run.compare_to:
        return Side(tuple(read_report(run.compare_to)))
    return None


def as_asked(run: Run, notices: Sequence[Notice]) -> tuple[Notice, ...]:
    """The notices, with blind spots as errors where the run must have none."""
    return as_errors(notices) if run.settings.fail_on_incomplete else tuple(notices)


def of_the_base(notices: Iterable[Notice]) -> tuple[Notice, ...]:
    """Trouble in the base does not make this run incomplete, but its delta doubtful: a warning each.

    A project that the base lacks is new, and no trouble.
    """
    return tuple(
        Notice(f"base-{n.code}", "warning", f"in the base: {n.message}", n.span, n.fix)
        for n in notices
        if n.severity == "error" and n.code != "project-not-found"
    )


def judge(
    run: Run, tree: Tree, after: Side, deltas: Sequence[Delta], sums: Totals, cheaper: Cheaper
) -> tuple[list[Finding], int]:
    """The findings of the policies, exemptions applied, and how many policies were asked."""
    rules = run.rules(tree)
    policies = load_policies(run.settings, rules)
    what_if = reestimator(after.context) if after.context else None
    found = evaluate(policies, after.estimates, deltas, sums, run.settings, run.as_of, what_if, cheaper)
    resources = [e.resource for e in after.estimates]
    found = apply_exemptions(found, exempting_texts(tree, rules), after.files, run.as_of, policies, resources)
    return found, len(policies.enabled)


def exempting_texts(tree: Tree, rules: Tree) -> Callable[[str], str | None]:
    """The texts in which exemptions are looked for: the tree's, without the comments that its rules' tree lacks."""

    def text(path: str) -> str | None:
        here = text_of(tree, path)
        return here if rules is tree or here is None else agreed(here, text_of(rules, path) or "")

    return text


def text_of(tree: Tree, path: str) -> str | None:
    try:
        return tree.read_text(path)
    except Unreadable:
        return None


def reading_findings(notices: Iterable[Notice]) -> list[Finding]:
    """What went wrong in reading, as findings at their places, so that every output shows it."""
    return [
        Finding(
            policy=notice.code,
            outcome="fail" if notice.severity == "error" else "warn",
            message=notice.message,
            span=notice.span,
            fix=Fix(notice.fix) if notice.fix else None,
        )
        for notice in notices
        if notice.severity != "info"
    ]


def unsaid(findings: Iterable[Finding], notices: Iterable[Notice]) -> list[Finding]:
    """The findings but for what cannot be judged because of an error that is reported itself."""
    errors = tuple(f" at {n.span})" for n in notices if n.severity == "error" and n.span is not None)
    return [f for f in findings if f.outcome != "unknown" or not any(error in f.message for error in errors)]


def verdict(notices: Iterable[Notice], findings: Iterable[Finding]) -> Verdict:
    """A verdict over half the input is none, so incomplete comes before fail."""
    if any(n.severity == "error" for n in notices):
        return "incomplete"
    outcomes = {f.outcome for f in findings}
    if "fail" in outcomes:
        return "fail"
    return "warn" if outcomes & {"warn", "unknown"} else "pass"


WEIGHT = {"fail": 0, "warn": 1, "unknown": 2, "exempt": 3, "pass": 4}


def by_weight(finding: Finding) -> tuple[object, ...]:
    place = (finding.span.path, finding.span.line, finding.span.column) if finding.span else ("", 0, 0)
    return (WEIGHT[finding.outcome], place, finding.policy, finding.resource, finding.message)


def quoted(findings: Iterable[Finding], tree: Tree, secrets: Iterable[Span]) -> Iterator[Finding]:
    """The findings with the line of their places, as it stands in the file; without it where it holds a secret."""
    lines_of = cache(lambda path: (text_of(tree, path) or "").split("\n"))
    secret_lines: dict[str, list[Span]] = {}
    for secret in secrets:
        secret_lines.setdefault(secret.path, []).append(secret)
    for finding in findings:
        span = finding.span
        if span is None or finding.excerpt or any(shares_a_line(span, s) for s in secret_lines.get(span.path, ())):
            yield finding
            continue
        lines = lines_of(span.path)
        line = lines[span.line - 1].rstrip("\r") if 0 < span.line <= len(lines) else ""
        yield replace(finding, excerpt="" if gives_a_secret(line) else line)


def shares_a_line(span: Span, other: Span) -> bool:
    return other.line <= span.line <= max(other.line, other.end_line)


def coverage(estimates: Iterable[Estimate]) -> dict[str, int]:
    counts = Counter(e.coverage for e in estimates)
    return {name: counts[name] for name in COVERAGES}
