"""Argo workflows: how many pods a run makes, and what it costs at ten minutes a pod."""

from __future__ import annotations

import time
from collections.abc import Callable
from decimal import Decimal

import pytest

from finops_gate.model import Loaded, Unknown
from tests.sources.kubernetes.manifests import HOUR, manifest, only, priced

Load = Callable[..., Loaded]
BOX = "container: {resources: {requests: {cpu: 1, memory: 1Gi}}}"
MINUTES = Decimal(10) / 60


def workflow(templates: str, more: str = "") -> str:
    spec = f"{{entrypoint: main, {more}templates: [{templates}, {{name: box, {BOX}}}]}}"
    return manifest("argoproj.io/v1alpha1", "Workflow", spec)


@pytest.mark.parametrize(
    ("templates", "pods"),
    [
        (f"{{name: main, {BOX}}}", 1),
        ("{name: main, steps: [[{template: box}, {template: box}], [{template: box}]]}", 3),
        ("{name: main, dag: {tasks: [{template: box}, {template: box, dependencies: [a]}]}}", 2),
        ("{name: main, steps: [[{template: box, withItems: [1, 2, 3, 4]}]]}", 4),
        ("{name: main, steps: [[{template: box, withSequence: {count: '6'}}]]}", 6),
        ("{name: main, steps: [[{template: two, withItems: [1, 2, 3]}]]}, "
         "{name: two, steps: [[{template: box}, {template: box}]]}", 6),
        ("{name: main, suspend: {}}", 0),
    ],
)  # fmt: skip
def test_a_run_makes_a_pod_for_each_step(load: Load, templates: str, pods: int) -> None:
    (found,) = priced(load(workflow(templates)))
    assert found.resource.attributes["pod"]["cpu"] == pods
    assert found.monthly.expected == 0
    assert abs(found.extra["per_run"].expected - pods * MINUTES * HOUR) < Decimal("1e-9")


def test_what_follows_a_run_counts(load: Load) -> None:
    found = only(load(workflow(f"{{name: main, {BOX}}}", "onExit: box, ")), "Workflow")
    assert found.attributes["pod"]["cpu"] == 2


@pytest.mark.parametrize(
    ("templates", "why"),
    [
        ("{name: main, steps: [[{template: box, withParam: '{{x}}'}]]}", "is known at run time"),
        ("{name: main, steps: [[{template: main}]]}", "the template main calls itself"),
        ("{name: main, steps: [[{template: gone}]]}", "the template gone is not in the files"),
    ],
)
def test_what_only_the_run_decides_is_unknown(load: Load, templates: str, why: str) -> None:
    (estimate,) = priced(load(workflow(templates)))
    assert any(why in bound.reason for bound in estimate.extra["per_run"] if isinstance(bound, Unknown))


def test_a_cron_workflow_runs_by_all_its_schedules(load: Load) -> None:
    spec = (
        f"{{schedules: ['0 * * * *', '30 * * * *'], workflowSpec: {{entrypoint: a, templates: [{{name: a, {BOX}}}]}}}}"
    )
    (found,) = priced(load(manifest("argoproj.io/v1alpha1", "CronWorkflow", spec)))
    # 1,460 runs of ten minutes
    assert abs(found.monthly.expected - 1460 * MINUTES * HOUR) < Decimal("1e-9")  # type: ignore[operator]


def test_a_workflow_runs_the_template_that_it_names(load: Load) -> None:
    template = manifest(
        "argoproj.io/v1alpha1",
        "WorkflowTemplate",
        f"{{entrypoint: a, templates: [{{name: a, {BOX}}}]}}",
        "name: t, namespace: n",
    )
    run = manifest("argoproj.io/v1alpha1", "Workflow", "{workflowTemplateRef: {name: t}}")
    assert only(load(template + run), "Workflow").attributes["pod"]["cpu"] == 1
    (found,) = priced(load({"m.yaml": run}))
    assert "WorkflowTemplate/t, which is not in the files" in str(found.extra)


def test_steps_that_fan_out_without_end_are_counted_in_time(load: Load) -> None:
    calls = "[{template: t%d}, {template: t%d}]"
    nested = ", ".join(f"{{name: t{i}, steps: [{calls % (i + 1, i + 1)}]}}" for i in range(40))
    start = time.perf_counter()
    found = only(
        load(workflow(f"{{name: main, steps: [[{{template: t0}}]]}}, {nested}, {{name: t40, {BOX}}}")), "Workflow"
    )
    assert found.attributes["pod"]["cpu"] == 2**40
    assert time.perf_counter() - start < 2
