"""Argo: rollouts, which run a template of their own or another's, and workflows, which run one pod for each step.

A workflow's pods are those that its entry point leads to, through steps and tasks, with one more for each item of a
`withItems`. What only the run decides (`withParam`) is not known. Each pod runs as long as a pod of a Job is taken to.
Source: https://argo-workflows.readthedocs.io/en/latest/fields/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from finops_gate.model import NOTHING, ONCE, UNBOUNDED, ZERO, Bound, Range, Unknown, add, multiply
from finops_gate.sources.kubernetes.counting import ONE, Count, assumed_minutes
from finops_gate.sources.kubernetes.figures import Figures
from finops_gate.sources.kubernetes.jobs import MINUTES_PER_HOUR, SECONDS_PER_HOUR, Run, share_of_month
from finops_gate.sources.kubernetes.lookup import Lookup
from finops_gate.sources.kubernetes.objects import Manifest, dig, mapping, numbered
from finops_gate.sources.kubernetes.pod_sets import Pods, one_pod, unknown_pods
from finops_gate.sources.kubernetes.pods import read_pod
from finops_gate.sources.kubernetes.surroundings import Surroundings

MAX_DEPTH = 50
CONTAINER_KEYS = ("container", "script")

Counts = Mapping[str, Bound]
"""Path of a template -> how many pods it makes."""


def pods_of_rollout(manifest: Manifest, path: str, around: Surroundings, figures: Figures) -> Sequence[Pods]:
    """The pods of a Rollout's template, or of the workload that it names."""
    reference = mapping(manifest.get("spec", "workloadRef"))
    if manifest.get("spec", "template") is not None or not reference:
        return one_pod(manifest, path, around, figures)
    kind, name = str(reference.get("kind")), str(reference.get("name"))
    found = around.lookup.find(manifest, kind, name)
    if found is None:
        why = f"the rollout runs the template of {kind}/{name}, which is not in the files"
        return [unknown_pods(f"{kind}/{name}", Unknown(why, manifest.span("spec.workloadRef")))]
    return one_pod(found, path, around, Figures(found))


def taken_over(manifests: Sequence[Manifest], lookup: Lookup) -> Iterator[Manifest]:
    """The workloads whose pods a Rollout runs in their stead."""
    for manifest in manifests:
        reference = mapping(manifest.get("spec", "workloadRef")) if manifest.kind == "Rollout" else {}
        found = lookup.find(manifest, str(reference.get("kind")), reference.get("name")) if reference else None
        if found is not None:
            yield found


def one_workflow(manifest: Manifest, around: Surroundings, figures: Figures) -> Count:
    """A workflow runs once, as a Job does."""
    run = _run(manifest, "spec", around, figures)
    return Count(ONCE, NOTHING, assumed_minutes(around), Range(ZERO, run.hours, run.most_hours))


def scheduled_workflow(manifest: Manifest, around: Surroundings, figures: Figures) -> Count:
    run = _run(manifest, "spec.workflowSpec", around, figures)
    duty = share_of_month(manifest, run, figures)
    return Count(ONCE, duty, assumed_minutes(around), Range(ZERO, run.hours, run.most_hours))


def _run(manifest: Manifest, path: str, around: Surroundings, figures: Figures) -> Run:
    written = manifest.get(*path.split("."), "activeDeadlineSeconds")
    deadline = UNBOUNDED if written is None else figures.count(written, f"{path}.activeDeadlineSeconds")
    most = multiply(deadline, ONE / SECONDS_PER_HOUR)
    hours = around.cluster.cron_minutes / MINUTES_PER_HOUR
    return Run(ONE, hours if isinstance(most, Unknown) else min(hours, most), most)


def pods_of_workflow(manifest: Manifest, path: str, around: Surroundings, figures: Figures) -> Sequence[Pods]:
    """The pods of one run of the workflow whose spec stands at a path."""
    spec = mapping(manifest.get(*path.split(".")))
    reference = mapping(spec.get("workflowTemplateRef"))
    if reference:
        kind = "ClusterWorkflowTemplate" if reference.get("clusterScope") is True else "WorkflowTemplate"
        found = around.lookup.find(manifest, kind, reference.get("name"))
        if found is None:
            why = f"the workflow runs {kind}/{reference.get('name')}, which is not in the files"
            return [unknown_pods(kind, Unknown(why, manifest.span(f"{path}.workflowTemplateRef")))]
        own = {**mapping(found.get("spec")), **{k: v for k, v in spec.items() if k != "workflowTemplateRef"}}
        return _Templates(own, "spec", Figures(found), around).pods()
    return _Templates(spec, path, figures, around).pods()


class _Templates:
    """The templates of one workflow, each counted once however often it is called."""

    def __init__(self, spec: Mapping[str, Any], path: str, figures: Figures, around: Surroundings) -> None:
        self.spec, self.path, self.figures, self.around = spec, path, figures, around
        self.templates = dict(numbered(spec.get("templates")))
        self.by_name = {str(template.get("name")): index for index, template in self.templates.items()}
        self.counted: dict[str, Counts] = {}
        self.underway: list[str] = []

    def pods(self) -> list[Pods]:
        entry = str(self.spec.get("entrypoint"))
        counts = dict(self.of_template(entry))
        if self.spec.get("onExit"):
            counts = _sum(counts, self.of_template(str(self.spec["onExit"])))
        return [self.read(name, times) for name, times in counts.items()]

    def read(self, name: str, times: Bound) -> Pods:
        if name not in self.by_name:
            where = self.figures.manifest.span(self.path)
            why = times if isinstance(times, Unknown) else Unknown(f"the template {name} is not in the files", where)
            return unknown_pods(name, why)
        path = f"{self.path}.templates[{self.by_name[name]}]"
        template = self.templates[self.by_name[name]]
        spec = _pod_spec(template)
        main = next((key for key in CONTAINER_KEYS if key in template), "container")
        pod = read_pod(spec, f"{path}.{main}", self.figures, self.around.defaults)
        return Pods(pod, {**template, **spec}, path, times)

    def of_template(self, name: str) -> Counts:
        """How many pods of each template one call of a template makes."""
        if name not in self.counted:
            self.counted[name] = self._of_template(name)
        return self.counted[name]

    def _of_template(self, name: str) -> Counts:
        if name in self.underway or len(self.underway) > MAX_DEPTH:
            where = self.figures.manifest.span(f"{self.path}.templates")
            return {f"{name} (again)": Unknown(f"the template {name} calls itself", where)}
        if name not in self.by_name:
            return {name: ONE}
        index = self.by_name[name]
        template = self.templates[index]
        if _pod_spec(template)["containers"]:
            return {name: ONE}
        self.underway.append(name)
        counts: Counts = {}
        for call, path in _calls(template, f"{self.path}.templates[{index}]"):
            counts = _sum(counts, self._of_call(call, path))
        self.underway.pop()
        return counts

    def _of_call(self, call: Mapping[str, Any], path: str) -> Counts:
        if isinstance(call.get("inline"), dict):
            called: Counts = {"inline": Unknown("it is written inline", self.figures.manifest.span(path))}
        else:
            reference = mapping(call.get("templateRef"))
            name = call.get("template") or f"{reference.get('name')}/{reference.get('template')}"
            called = self.of_template(str(name))
        times = _times(call, path, self.figures)
        return {name: multiply(count, times) for name, count in called.items()}


def _pod_spec(template: Mapping[str, Any]) -> dict[str, Any]:
    """A template as a pod spec: its container or containers, with what runs before and beside them."""
    main = [template[key] for key in CONTAINER_KEYS if isinstance(template.get(key), dict)]
    sets = [value for _, value in numbered(dig(template, "containerSet", "containers"))]
    beside = [value for _, value in numbered(template.get("sidecars"))]
    before = [value for _, value in numbered(template.get("initContainers"))]
    containers = [*main, *sets]
    return {"containers": [*containers, *beside] if containers else [], "initContainers": before}


def _calls(template: Mapping[str, Any], path: str) -> Iterator[tuple[Mapping[str, Any], str]]:
    """The steps and tasks of a template."""
    steps = template.get("steps")
    for i, group in enumerate(steps if isinstance(steps, list) else ()):
        parallel = group if isinstance(group, list) else dig(group, "steps") or [group]
        for j, step in numbered(parallel):
            yield step, f"{path}.steps[{i}][{j}]"
    for i, task in numbered(dig(template, "dag", "tasks")):
        yield task, f"{path}.dag.tasks[{i}]"


def _times(call: Mapping[str, Any], path: str, figures: Figures) -> Bound:
    if isinstance(call.get("withItems"), list):
        return Decimal(len(call["withItems"]))
    count = dig(call, "withSequence", "count")
    if isinstance(count, str) and count.isdecimal() and len(count) < 9:
        return Decimal(count)
    if call.get("withParam") is not None or call.get("withSequence") is not None or call.get("withItems") is not None:
        return Unknown("how often the step runs is known at run time", figures.manifest.span(path))
    return ONE


def _sum(a: Counts, b: Counts) -> dict[str, Bound]:
    return {name: add(a.get(name, ZERO), b.get(name, ZERO)) for name in {**a, **b}}
