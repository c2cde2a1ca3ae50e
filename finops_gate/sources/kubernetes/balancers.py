"""Load balancers that Services, Ingresses and Gateways ask their platform for.

Sources: https://docs.aws.amazon.com/eks/latest/userguide/network-load-balancing.html
https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/
https://cloud.google.com/kubernetes-engine/docs/concepts/ingress
https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/gateway/gateway/
https://cloud.google.com/kubernetes-engine/docs/how-to/gatewayclass-capabilities
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from finops_gate.sources.kubernetes.lookup import Lookup
from finops_gate.sources.kubernetes.objects import Manifest, mapping

NONE: Mapping[str, Any] = {"load_balancers": Decimal(0), "load_balancer": None}
NETWORK, CLASSIC, APPLICATION, RULE, SHARED, UNSETTLED = (
    "network", "classic", "application", "forwarding-rule", "shared", "unknown",
)  # fmt: skip

AWS_TYPE = "service.beta.kubernetes.io/aws-load-balancer-type"
LEGACY_CLASS = "kubernetes.io/ingress.class"
GROUP = "alb.ingress.kubernetes.io/group.name"
DEFAULT_CLASS = "ingressclass.kubernetes.io/is-default-class"

CONTROLLERS = {
    "ingress.k8s.aws/alb": APPLICATION,
    "eks.amazonaws.com/alb": APPLICATION,
    "k8s.io/ingress-gce": RULE,
    "azure/application-gateway": SHARED,
}
"""Controllers of IngressClasses; any other runs in the cluster, behind a Service of its own that all share."""

CLASSES = {"alb": APPLICATION, "gce": RULE, "gce-internal": RULE}
IN_CLUSTER = (
    "ambassador", "apisix", "cilium", "contour", "emissary", "haproxy", "higress", "istio", "kong", "nginx",
    "openshift", "skipper", "traefik", "tyk", "voyager",
)  # fmt: skip
"""What the names of classes hold whose controller runs in the cluster."""


GATEWAYS = "gateway.networking.k8s.io"
GATEWAY_CONTROLLERS = {
    "gateway.k8s.aws/alb": APPLICATION,
    "gateway.k8s.aws/nlb": NETWORK,
    "networking.gke.io/gateway": RULE,
}
"""Controllers of GatewayClasses; what others make of a Gateway is not known."""
GATEWAY_CLASSES_OF_GKE = "gke-l7-"


def balancer_of_gateway(manifest: Manifest, lookup: Lookup) -> dict[str, Any]:
    """What a Gateway gets; one of Istio's own API only configures the proxies that are there."""
    if manifest.group != GATEWAYS:
        return {"load_balancers": Decimal(0), "load_balancer": SHARED}
    name = str(manifest.get("spec", "gatewayClassName") or "")
    found = lookup.find(manifest, "GatewayClass", name)
    if found is not None:
        return _one(GATEWAY_CONTROLLERS.get(str(found.get("spec", "controllerName")), UNSETTLED))
    return _one(RULE if name.startswith(GATEWAY_CLASSES_OF_GKE) else UNSETTLED)


def balancer_of_service(manifest: Manifest, platform: str | None) -> dict[str, Any]:
    """What a Service of type LoadBalancer gets; an internal one costs the same."""
    if manifest.get("spec", "type") != "LoadBalancer":
        return dict(NONE)
    kinds = {"aws": _aws_kind(manifest), "google": RULE}
    return _one(kinds.get(platform or "", UNSETTLED))


def _aws_kind(manifest: Manifest) -> str:
    """A network load balancer where an annotation or class asks for it, else the classic one of the cloud provider."""
    written = str(mapping(manifest.get("metadata", "annotations")).get(AWS_TYPE) or "")
    chosen = str(manifest.get("spec", "loadBalancerClass") or "")
    is_network = written.startswith(("nlb", "external")) or chosen.endswith("/nlb")
    return NETWORK if is_network else CLASSIC


def balancers_of_ingresses(manifests: Iterable[Manifest], platform: str | None, lookup: Lookup) -> dict[Manifest, Any]:
    """What each Ingress gets: those of one group share an application load balancer, which is the first one's."""
    found: dict[Manifest, Any] = {}
    grouped: set[tuple[str, str]] = set()
    for manifest in manifests:
        if manifest.qualified_kind == "Ingress":
            kind = _ingress_kind(manifest, platform, lookup)
            group = mapping(manifest.get("metadata", "annotations")).get(GROUP)
            place = (manifest.directory, str(group))
            shared = kind == SHARED or (kind == APPLICATION and group is not None and place in grouped)
            grouped.add(place)
            found[manifest] = {"load_balancers": Decimal(0), "load_balancer": SHARED} if shared else _one(kind)
    return found


def _ingress_kind(manifest: Manifest, platform: str | None, lookup: Lookup) -> str:
    written = manifest.get("spec", "ingressClassName")
    legacy = mapping(manifest.get("metadata", "annotations")).get(LEGACY_CLASS)
    name = str(written or legacy or "").lower()
    found = lookup.find(manifest, "IngressClass", name) if name else _default(manifest, lookup)
    if found is not None:
        return CONTROLLERS.get(str(found.get("spec", "controller")), SHARED)
    if name:
        return CLASSES.get(name) or (SHARED if any(word in name for word in IN_CLUSTER) else UNSETTLED)
    return RULE if platform == "google" else UNSETTLED


def _default(manifest: Manifest, lookup: Lookup) -> Manifest | None:
    classes = lookup.of_kind(manifest, "IngressClass")
    marked = (c for c in classes if str(mapping(c.get("metadata", "annotations")).get(DEFAULT_CLASS)).lower() == "true")
    return next(marked, None)


def _one(kind: str) -> dict[str, Any]:
    return {"load_balancers": Decimal(1), "load_balancer": kind}
