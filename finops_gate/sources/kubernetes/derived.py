"""What is worked out of an object beside its own content: the attributes that cost models and policies read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from finops_gate.model import NOTHING, Notice, Span, no_entries
from finops_gate.sources.kubernetes.argo import taken_over
from finops_gate.sources.kubernetes.autoscaling import Autoscaler, assign, read_autoscalers, without_target
from finops_gate.sources.kubernetes.balancers import (
    GATEWAYS,
    balancer_of_gateway,
    balancer_of_service,
    balancers_of_ingresses,
)
from finops_gate.sources.kubernetes.capacity import quotas_by_place, read_limits
from finops_gate.sources.kubernetes.counting import Kind
from finops_gate.sources.kubernetes.figures import Figures
from finops_gate.sources.kubernetes.limits import ContainerDefaults, Place, defaults_by_place, defaults_for
from finops_gate.sources.kubernetes.lookup import Lookup
from finops_gate.sources.kubernetes.objects import Manifest
from finops_gate.sources.kubernetes.operators import read_operated, sets_of
from finops_gate.sources.kubernetes.places import ALIASES, OF_A_CLAIM, places_of, places_of_bounds
from finops_gate.sources.kubernetes.settings import Cluster
from finops_gate.sources.kubernetes.storage import claim_of
from finops_gate.sources.kubernetes.surroundings import Surroundings
from finops_gate.sources.kubernetes.templated_claims import TemplatedClaims
from finops_gate.sources.kubernetes.templates import read_templates, templates_of
from finops_gate.sources.kubernetes.vertical import VerticalAutoscaler, read_vertical_autoscalers
from finops_gate.sources.kubernetes.workloads import KINDS, described_claims, kind_of, read_workload

AS_A_WORKLOAD = "kubernetes:Deployment"
AS_SETS_OF_PODS = "kubernetes:pod-sets"
AS_CAPACITY = "kubernetes:capacity"


@dataclass(frozen=True, slots=True)
class Derived:
    """Attributes, whose place in the file each of them borrows, and the cost model where it is not the type's own."""

    attributes: Mapping[str, Any] = field(default_factory=no_entries)
    aliases: Mapping[str, str | Span] = field(default_factory=lambda: ALIASES)
    priced_as: str = ""


@dataclass(frozen=True, slots=True)
class Setting:
    """All that the objects of a run say about each other."""

    cluster: Cluster
    lookup: Lookup
    kinds: Mapping[Manifest, Kind]
    autoscalers: Mapping[Manifest, Autoscaler]
    scalers: Mapping[Manifest, Autoscaler]
    verticals: Mapping[Manifest, VerticalAutoscaler]
    defaults: Mapping[Place, ContainerDefaults]
    quotas: Mapping[Place, Manifest]
    ingresses: Mapping[Manifest, Any]
    taken_over: frozenset[Manifest]
    templated: TemplatedClaims

    def around(self, manifest: Manifest) -> Surroundings:
        return Surroundings(
            self.autoscalers.get(manifest),
            self.verticals.get(manifest),
            defaults_for(manifest, self.defaults, self.cluster.billing.mode),
            self.cluster,
            self.lookup,
            manifest in self.taken_over,
        )


def setting_of(manifests: Sequence[Manifest], cluster: Cluster) -> tuple[Setting, list[Notice]]:
    """What the objects say about each other, and what is wrong with it."""
    autoscalers, wrong = read_autoscalers(manifests)
    verticals, wrong_verticals = read_vertical_autoscalers(manifests)
    lookup = Lookup(manifests)
    kinds = {manifest: kind for manifest in manifests if (kind := kind_of(manifest)) is not None}
    scaled = [m for m in manifests if m in kinds or sets_of(m)]
    assigned = assign(scaled, autoscalers)
    setting = Setting(
        cluster=cluster,
        lookup=lookup,
        kinds=kinds,
        autoscalers=assigned,
        scalers={scaler.manifest: scaler for scaler in autoscalers},
        verticals=assign(scaled, verticals),
        defaults=defaults_by_place(manifests),
        quotas=quotas_by_place(manifests),
        ingresses=balancers_of_ingresses(manifests, cluster.billing.provider, lookup),
        taken_over=frozenset(taken_over(manifests, lookup)),
        templated=TemplatedClaims(manifests, assigned),
    )
    return setting, [*wrong, *wrong_verticals, *without_target(manifests, autoscalers)]


def derive(manifest: Manifest, setting: Setting, figures: Figures) -> Derived:
    """What is worked out of an object."""
    kind = setting.kinds.get(manifest)
    if kind is not None:
        return _workload(manifest, kind, setting, figures)
    sets = sets_of(manifest)
    if sets is not None:
        found = read_operated(manifest, sets, setting.around(manifest), figures)
        return Derived(found, places_of(found), AS_SETS_OF_PODS)
    limits = read_limits(manifest, figures)
    if limits is not None:
        return Derived({"limits": limits, **_billing(setting)}, priced_as=AS_CAPACITY)
    if manifest in setting.scalers:
        return Derived(
            {"autoscaler": setting.scalers[manifest].attribute}, {**ALIASES, **places_of_bounds(None, manifest)}
        )
    read = OTHERS.get(manifest.qualified_kind, _by_templates)
    return read(manifest, setting, figures)


def _by_templates(manifest: Manifest, setting: Setting, figures: Figures) -> Derived:
    """What the pod templates of a kind tell that nobody has described."""
    around = setting.around(manifest)
    templates = templates_of(manifest, around, figures)
    if not templates:
        return Derived()
    found = read_templates(manifest, templates, around, figures)
    return Derived(found, places_of(found), AS_SETS_OF_PODS)


def _workload(manifest: Manifest, kind: Kind, setting: Setting, figures: Figures) -> Derived:
    found = read_workload(manifest, kind, setting.around(manifest), figures)
    aliases = {
        "pod": kind.pod_spec,
        "spot": f"{kind.pod_spec}.nodeSelector",
        "containers": f"{kind.pod_spec}.containers",
        **places_of(found),
    }
    if kind.labels:
        aliases["pod_labels"] = kind.labels
    if found["autoscaler"]:
        aliases |= places_of_bounds(setting.autoscalers.get(manifest), manifest)
    return Derived(found, aliases, "" if manifest.qualified_kind in KINDS else AS_A_WORKLOAD)


def _billing(setting: Setting) -> dict[str, Any]:
    return {"billing": setting.cluster.billing.attribute}


def _claim(manifest: Manifest, setting: Setting, figures: Figures) -> Derived:
    """A claim; one that a StatefulSet's template made is counted there."""
    owner = setting.templated.owner(manifest)
    claim = claim_of(manifest.value, "", figures)
    counted = claim.times(NOTHING) if owner else claim
    found = {
        "storage_gib": counted.total,
        "claims": described_claims(manifest, [counted], setting.around(manifest)),
        "counted_with": owner.address if owner else None,
        **_billing(setting),
    }
    return Derived(found, {**places_of(found), "storage_gib": OF_A_CLAIM["gib"], "claims[0]": "spec"})


def _service(manifest: Manifest, setting: Setting, figures: Figures) -> Derived:
    found = balancer_of_service(manifest, setting.cluster.billing.provider)
    return Derived({**found, **_billing(setting)}, {**ALIASES, "load_balancers": "spec.type"})


def _ingress(manifest: Manifest, setting: Setting, figures: Figures) -> Derived:
    found = {**setting.ingresses[manifest], **_billing(setting)}
    return Derived(found, {**ALIASES, "load_balancers": "spec.ingressClassName"}, "kubernetes:Service")


def _gateway(manifest: Manifest, setting: Setting, figures: Figures) -> Derived:
    if manifest.group not in (GATEWAYS, ISTIO):
        return _by_templates(manifest, setting, figures)
    found = {**balancer_of_gateway(manifest, setting.lookup), **_billing(setting)}
    return Derived(found, {**ALIASES, "load_balancers": "spec.gatewayClassName"}, "kubernetes:Service")


def _namespace(manifest: Manifest, setting: Setting, figures: Figures) -> Derived:
    places = ((manifest.name, manifest.directory), (manifest.name, "*"))
    quota = next((setting.quotas[place] for place in places if place in setting.quotas), None)
    limits = read_limits(quota, Figures(quota)) if quota else None
    return Derived({"quota": {"name": quota.name, **(limits or {})} if quota else None})


ISTIO = "networking.istio.io"
OTHERS = {
    "Gateway": _gateway,
    "Ingress": _ingress,
    "Namespace": _namespace,
    "PersistentVolumeClaim": _claim,
    "Service": _service,
}
