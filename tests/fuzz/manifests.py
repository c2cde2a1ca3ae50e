"""Made-up Kubernetes manifests, workflows, plans and usage files: what such files hold, with anything anywhere."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import yaml

from tests.fuzz.programs import TYPES, broken

QUANTITIES = (
    "500m",
    "2",
    "1Gi",
    "1e3",
    "0.5",
    "-1",
    "1.5.1",
    "9" * 40,
    "1e999999",
    "Gi",
    "",
    "100Ki",
    "1n",
    "1_0",
    "∞",
    "1E",
)
TEXTS = (
    "web", "prod", "*", "${{ matrix.os }}", "${{ fromJSON('[1,2]') }}",
    "${{ github.event_name == 'push' && 30 || 60 }}",
    "ubuntu-latest", "windows-2022", "self-hosted", "*/5 * * * *", "0 0 31 2 *", "@daily", "10m", "2026-01-01", "a/b",
    "\u202e",
    "::error::x", "<script>", "=1+1", "../../x", "{{ .Values.x }}", "é", "é" * 300, "yes", "~", "0x1F", "1e5", "- x",
    "null", "${{",
    "${{ " + "(" * 60 + "1" + ")" * 60 + " }}", "./.github/workflows/ci.yml", "actions/checkout@v4", "\t",
)  # fmt: skip
KINDS = (
    "Deployment", "StatefulSet", "DaemonSet", "Pod", "Job", "CronJob", "HorizontalPodAutoscaler", "Service", "List",
    "PersistentVolumeClaim", "LimitRange", "ReplicaSet", "Namespace", "VerticalPodAutoscaler", "Made",
)  # fmt: skip
RUNNERS = ("ubuntu-latest", "macos-14-xlarge", ["self-hosted"], {"group": "x"}, "${{ matrix.os }}")
MATRICES = (
    {"os": ["ubuntu-latest", "windows-latest"], "n": [1, 2], "include": [{"os": "x", "z": 1}], "exclude": [{"n": 1}]},
    "${{ fromJSON(needs.a.outputs.m) }}",
    {f"k{i}": list(range(6)) for i in range(6)},
)
ACTIONS = (["create"], ["delete", "create"], ["no-op"], ["update"])
ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 10**30, 1.5, float("inf"), float("nan"), [], {}, [[]], [None], {"": None}, {1: 2},
    {None: 1}, {True: 1},
)  # fmt: skip


class Maker:
    """Makes the values of documents; one in some twenty is something else than what belongs there."""

    def __init__(self, random: Random) -> None:
        self.random = random

    def pick(self, options: Any) -> Any:
        return options[self.random.randrange(len(options))]

    def chance(self, one_in: int) -> bool:
        return self.random.randrange(one_in) == 0

    def odd(self) -> Any:
        return self.pick((self.pick(ODD), self.pick(TEXTS), self.pick(QUANTITIES)))

    def given(self, value: Any) -> Any:
        """The value with oddities in it: other values, missing keys, keys that nobody knows."""
        if self.chance(20):
            return self.odd()
        if isinstance(value, dict):
            kept = {key: self.given(inner) for key, inner in value.items() if not self.chance(8)}
            return {**kept, self.pick(TEXTS): self.odd()} if self.chance(20) else kept
        if isinstance(value, list):
            return [self.given(inner) for inner in value for _ in range(self.random.randrange(3))]
        return value

    # Kubernetes

    def container(self) -> dict[str, Any]:
        amounts = {
            "cpu": self.pick(QUANTITIES),
            "memory": self.pick(QUANTITIES),
            "nvidia.com/gpu": self.pick(QUANTITIES),
        }
        return {"name": self.pick(TEXTS), "image": "x", "resources": {"requests": amounts, "limits": dict(amounts)}}

    def pod(self) -> dict[str, Any]:
        return {
            "containers": [self.container()],
            "initContainers": [self.container()],
            "overhead": {"cpu": self.pick(QUANTITIES)},
            "nodeSelector": {"kubernetes.io/arch": "arm64"},
        }

    def manifest(self) -> Any:
        kind = self.pick(KINDS)
        labels = {"app": "web", "team": self.pick(TEXTS)}
        spec: dict[str, Any] = {
            "replicas": self.pick((1, 3, 0, -1, 10**9, 2.5)),
            "minReplicas": self.pick((1, 5, 0)),
            "maxReplicas": self.pick((10, 1, None)),
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": self.pick(("web", "prod"))},
            "schedule": self.pick(TEXTS),
            "parallelism": self.pick((1, 4, 10**12)),
            "completions": self.pick((1, 400, None)),
            "template": {"metadata": {"labels": labels}, "spec": self.pod()},
            "jobTemplate": {"spec": {"template": {"spec": self.pod()}, "activeDeadlineSeconds": 60}},
            "volumeClaimTemplates": [
                {"metadata": {"name": "d"}, "spec": {"resources": {"requests": {"storage": self.pick(QUANTITIES)}}}}
            ],
            "resources": {"requests": {"storage": self.pick(QUANTITIES)}},
            "limits": [
                {"type": "Container", "default": {"cpu": "1"}, "defaultRequest": {"memory": self.pick(QUANTITIES)}}
            ],
            "type": "LoadBalancer",
            **self.pod(),
        }
        metadata = {
            "name": self.pick(("web", "prod", "db")),
            "namespace": self.pick(("a", None)),
            "labels": labels,
            "annotations": {"a": "b"},
        }
        document = {
            "apiVersion": "apps/v1",
            "kind": kind,
            "metadata": metadata,
            "spec": spec,
            "items": [{"kind": "Pod", "spec": self.pod()}],
        }
        return self.given(document)

    def manifests(self) -> str:
        return "---\n".join(written(self.manifest()) for _ in range(1 + self.random.randrange(3)))

    def kustomization(self) -> str:
        value = {
            "resources": [self.pick(("web.yaml", "../base", "missing.yaml", "https://example.com/x"))],
            "namePrefix": self.pick(TEXTS),
            "replicas": [{"name": "web", "count": self.pick((5, 10**20, "x"))}],
            "patches": [
                {
                    "target": {"kind": "Deployment"},
                    "patch": self.pick((written(self.manifest()), '[{"op": "remove", "path": "/spec/replicas"}]')),
                }
            ],
            "commonLabels": {"team": "a"},
            "namespace": "b",
        }
        return written(self.given(value))

    # Workflows

    def workflow(self) -> str:
        job = {
            "runs-on": self.pick(RUNNERS),
            "timeout-minutes": self.pick((10, "${{ matrix.n }}", 10**9, 0)),
            "strategy": {"max-parallel": 2, "matrix": self.pick(MATRICES)},
            "if": self.pick(TEXTS),
            "needs": self.pick(("a", ["build"], [])),
            "uses": self.pick((None, None, "./.github/workflows/ci.yml", "o/r/.github/workflows/x.yml@main")),
            "concurrency": {"group": "x", "cancel-in-progress": True},
            "container": {"image": "x"},
            "steps": [{"uses": "actions/checkout@v4", "timeout-minutes": 5}, {"run": "x", "if": "always()"}],
        }
        on = self.pick(
            (
                "push",
                ["push", "pull_request"],
                {"schedule": [{"cron": self.pick(TEXTS)}], "push": {"branches": ["main"]}, "workflow_call": {}},
            )
        )
        return written(
            self.given(
                {
                    "name": "ci",
                    "on": on,
                    "jobs": {"build": job, "a": self.given(job)},
                    "concurrency": "x",
                    "env": {"A": 1},
                }
            )
        )

    # JSON

    def resource_values(self) -> dict[str, Any]:
        return {
            "instance_type": "m5.large",
            "size": self.pick((10, "20", 10**30, 1.5, None)),
            "type": "gp3",
            "tags": {"team": "a"},
            "root_block_device": [{"volume_size": self.pick((8, "x", -1))}],
            "ebs": {"b": "${var.a}${upper(local.b)}"},
        }

    def plan(self) -> str:
        address = f'module.m["a"].{self.pick(TYPES)}.a[0]'
        values = self.resource_values()
        change = {
            "actions": self.pick(ACTIONS),
            "before": values,
            "after": values,
            "after_unknown": {"id": True, "size": self.chance(2)},
            "after_sensitive": {"tags": True},
        }
        resource = {
            "address": address,
            "mode": "managed",
            "type": self.pick(TYPES),
            "name": "a",
            "index": 0,
            "values": values,
        }
        module = {"resources": [resource], "child_modules": [{"address": "module.m", "resources": [resource]}]}
        return json.dumps(
            self.given(
                {
                    "format_version": self.pick(("1.2", "0.1", "9.9")),
                    "planned_values": {"root_module": module},
                    "prior_state": {"values": {"root_module": module}},
                    "resource_changes": [
                        {**resource, "change": change, "module_address": "module.m", "previous_address": "a.b"}
                    ],
                    "configuration": {
                        "provider_config": {
                            "aws": {"name": "aws", "expressions": {"region": {"constant_value": "eu-west-1"}}}
                        },
                        "root_module": {
                            "resources": [{"address": address, "expressions": {"size": {"references": ["var.a"]}}}]
                        },
                    },
                }
            )
        )

    def terraform_json(self) -> str:
        value = {
            "resource": {self.pick(TYPES): {"a": self.resource_values(), "b": [self.resource_values()]}},
            "variable": {"a": {"default": self.odd(), "type": "any"}},
            "locals": {"b": self.odd()},
            "module": {"m": {"source": "./m", "a": "${each.value}", "for_each": {"x": 1}}},
        }
        return (
            json.dumps(self.given(value), allow_nan=False, default=str)
            if not self.chance(9)
            else '{"locals": {"a": "\\ud800"}}'
        )

    def usage(self) -> str:
        usage = {
            "monthly_requests": self.odd(),
            "storage_gb": self.pick((1, "x", -5)),
            "standard": {"storage_gb": self.odd()},
        }
        value = {"version": 0.1, "resource_usage": {f"{self.pick(TYPES)}.{self.pick(('a', 'b', '*'))}": usage},
                 "resource_type_default_usage": {self.pick(TYPES): usage}}  # fmt: skip
        return written(self.given(value))


def written(value: Any) -> str:
    return str(yaml.safe_dump(value, allow_unicode=True))


def repository(random: Random, terraform: dict[str, str]) -> dict[str, str]:
    """The Terraform given, with some files of the other kinds beside it."""
    maker = Maker(random)
    makers = {
        "k8s/web.yaml": maker.manifests,
        "base/web.yaml": maker.manifests,
        "k8s/kustomization.yaml": maker.kustomization,
        ".github/workflows/ci.yml": maker.workflow,
        "j/main.tf.json": lambda: text_of(maker.terraform_json),
        "p/tfplan.json": lambda: text_of(maker.plan),
        "infracost-usage.yml": maker.usage,
    }
    files = dict(terraform) if maker.chance(2) else {}
    for path, make in makers.items():
        if maker.chance(3):
            text = make()
            files[path] = broken(random, text) if maker.chance(8) else text
    return files


def text_of(make: Any) -> str:
    """What is made, but for what JSON cannot hold (a key that is no text), which is left out by making it again."""
    for _ in range(20):
        try:
            return str(make())
        except (TypeError, ValueError):
            continue
    return "{}"
