"""From files to objects, and from objects to resources.

Every object is a resource, with its own content as attributes; workloads, claims and services get derived attributes,
which their cost models price. YAML without an `apiVersion` and a `kind` is somebody else's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from finops_gate.model import Loaded, Resource
from finops_gate.settings import Settings
from finops_gate.sources.files import Tree
from finops_gate.sources.kubernetes.derived import Setting, derive, setting_of
from finops_gate.sources.kubernetes.figures import Figures
from finops_gate.sources.kubernetes.objects import Manifest, ManifestSpans, mapping
from finops_gate.sources.kubernetes.reading import Files
from finops_gate.sources.kubernetes.rendering import render
from finops_gate.sources.kubernetes.settings import cluster_of
from finops_gate.sources.kubernetes.workloads import labels_of_pods


def load(tree: Tree, paths: Sequence[str], settings: Settings) -> Loaded:
    """The resources of all manifests among some files."""
    cluster = cluster_of(settings.kubernetes)
    rendered = render(Files(tree), paths, settings)
    setting, wrong = setting_of(rendered.manifests, cluster)
    resources: list[Resource] = []
    for manifest in rendered.manifests:
        figures = Figures(manifest)
        resources.append(_resource(manifest, setting, figures))
        wrong += figures.notices
    files = tuple(path for path in paths if path in rendered.files)
    return Loaded(tuple(_distinct(resources)), (*rendered.notices, *wrong), files)


def _resource(manifest: Manifest, setting: Setting, figures: Figures) -> Resource:
    derived = derive(manifest, setting, figures)
    scaler = setting.autoscalers.get(manifest)
    return Resource(
        address=manifest.address,
        type=f"kubernetes:{manifest.qualified_kind}",
        source="kubernetes",
        attributes={**manifest.value, **derived.attributes},
        span=manifest.span("metadata.name"),
        tags=_labels(manifest, setting),
        spans=ManifestSpans(manifest, derived.aliases),
        references={"autoscaler": scaler.manifest.address} if scaler else {},
        provider="kubernetes",
        region=setting.cluster.billing.region or None,
        project=manifest.directory,
        priced_as=derived.priced_as,
    )


def _labels(manifest: Manifest, setting: Setting) -> dict[str, str]:
    """The namespace, and the labels of the object; for a workload also those of its pods, which bill under them."""
    of_pods = labels_of_pods(manifest, setting.kinds.get(manifest))
    labels = {**of_pods, **mapping(manifest.get("metadata", "labels"))}
    named = {"namespace": manifest.namespace} if manifest.namespace else {}
    return {**named, **{key: _text(value) for key, value in labels.items() if isinstance(value, str | Decimal | bool)}}


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _distinct(resources: Sequence[Resource]) -> Iterator[Resource]:
    """The resources, told apart where a directory holds one object twice (`dev.yaml` and `prod.yaml`)."""
    seen: Counter[tuple[str, str]] = Counter()
    for resource in resources:
        seen[resource.project, resource.address] += 1
        count = seen[resource.project, resource.address]
        yield resource if count == 1 else replace(resource, address=f"{resource.address}#{count}")
