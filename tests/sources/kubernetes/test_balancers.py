"""Load balancers of Services and Ingresses, by platform and class; the platforms' hourly prices times 730."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from finops_gate.model import Loaded
from tests.sources.kubernetes.manifests import manifest, priced

Load = Callable[..., Loaded]
NLB, CLB, ALB, RULE = (Decimal(usd) * 730 for usd in ("0.0225", "0.025", "0.0225", "0.01"))
TYPE = "service.beta.kubernetes.io/aws-load-balancer-type"


def service(spec: str = "", annotations: str = "") -> str:
    return manifest("v1", "Service", f"{{type: LoadBalancer, {spec}}}", f"name: s, annotations: {{{annotations}}}")


@pytest.mark.parametrize(
    ("platform", "text", "usd"),
    [
        ("aws", service(), CLB),
        ("aws", service(annotations=f"{TYPE}: nlb"), NLB),
        ("aws", service(annotations=f"{TYPE}: external"), NLB),
        ("aws", service("loadBalancerClass: service.k8s.aws/nlb"), NLB),
        ("gcp", service(), RULE),
        ("gcp", service(annotations="networking.gke.io/load-balancer-type: Internal"), RULE),
        ("azure", service(), None),
        ("", service(), None),
    ],
)
def test_a_service_gets_the_platforms_balancer(load: Load, platform: str, text: str, usd: Decimal | None) -> None:
    (found,) = priced(load(text, **({"platform": platform} if platform else {})))
    assert found.coverage == ("unpriced" if usd is None else "priced")
    assert usd is None or found.monthly.floor == found.monthly.expected == usd


def ingress(name: str, spec: str = "", annotations: str = "") -> str:
    metadata = f"name: {name}, annotations: {{{annotations}}}"
    return manifest("networking.k8s.io/v1", "Ingress", f"{{{spec}}}", metadata)


def ingress_class(name: str, controller: str, annotations: str = "") -> str:
    metadata = f"name: {name}, annotations: {{{annotations}}}"
    return manifest("networking.k8s.io/v1", "IngressClass", f"{{controller: {controller}}}", metadata)


IS_DEFAULT = "ingressclass.kubernetes.io/is-default-class: 'true'"
GROUP = "alb.ingress.kubernetes.io/group.name"


@pytest.mark.parametrize(
    ("platform", "text", "coverage", "usd"),
    [
        ("aws", ingress("i", "ingressClassName: alb"), "priced", ALB),
        ("aws", ingress("i", annotations="kubernetes.io/ingress.class: alb"), "priced", ALB),
        ("aws", ingress("i", "ingressClassName: x") + ingress_class("x", "ingress.k8s.aws/alb"), "priced", ALB),
        ("aws", ingress("i") + ingress_class("x", "ingress.k8s.aws/alb", IS_DEFAULT), "priced", ALB),
        ("aws", ingress("i", "ingressClassName: x") + ingress_class("x", "k8s.io/ingress-nginx"), "free", 0),
        ("aws", ingress("i", "ingressClassName: nginx-internal"), "free", 0),
        ("aws", ingress("i", "ingressClassName: mine"), "unpriced", None),
        ("aws", ingress("i"), "unpriced", None),
        ("gcp", ingress("i"), "priced", RULE),
        ("gcp", ingress("i", "ingressClassName: gce-internal"), "priced", RULE),
        ("", ingress("i", "ingressClassName: alb"), "unpriced", None),
        ("", ingress("i", "ingressClassName: traefik"), "free", 0),
        ("azure", ingress("i", "ingressClassName: x") + ingress_class("x", "azure/application-gateway"), "free", 0),
    ],
)
def test_an_ingress_is_what_its_class_makes_of_it(
    load: Load, platform: str, text: str, coverage: str, usd: Decimal | None
) -> None:
    (found,) = priced(load(text, **({"platform": platform} if platform else {})), "Ingress")
    assert found.coverage == coverage
    assert usd is None or found.monthly.expected == usd


def gateway(name: str, version: str = "gateway.networking.k8s.io/v1") -> str:
    return manifest(version, "Gateway", f"{{gatewayClassName: {name}, listeners: [{{port: 80}}]}}")


def gateway_class(name: str, controller: str) -> str:
    spec = f"{{controllerName: {controller}}}"
    return manifest("gateway.networking.k8s.io/v1", "GatewayClass", spec, f"name: {name}")


@pytest.mark.parametrize(
    ("platform", "text", "coverage", "usd"),
    [
        ("gcp", gateway("gke-l7-global-external-managed"), "priced", RULE),
        ("aws", gateway("web") + gateway_class("web", "gateway.k8s.aws/alb"), "priced", ALB),
        ("aws", gateway("net") + gateway_class("net", "gateway.k8s.aws/nlb"), "priced", NLB),
        ("aws", gateway("eg") + gateway_class("eg", "gateway.envoyproxy.io/gatewayclass-controller"), "unpriced", None),
        ("aws", gateway("web"), "unpriced", None),
        ("", gateway("gke-l7-rilb"), "unpriced", None),
        ("aws", gateway("web", "networking.istio.io/v1"), "free", 0),
        ("aws", gateway("web", "example.org/v1"), "unpriced", None),
    ],
)
def test_a_gateway_is_what_its_class_makes_of_it(
    load: Load, platform: str, text: str, coverage: str, usd: Decimal | None
) -> None:
    (found,) = priced(load(text, **({"platform": platform} if platform else {})), "Gateway")
    assert found.coverage == coverage
    assert usd is None or found.monthly.expected == usd


def test_the_ingresses_of_a_group_share_a_balancer(load: Load) -> None:
    shop = f"{GROUP}: shop"
    found = priced(
        load(
            ingress("a", "ingressClassName: alb", shop)
            + ingress("b", "ingressClassName: alb", shop)
            + ingress("c", "ingressClassName: alb", f"{GROUP}: other")
            + ingress("d", "ingressClassName: alb"),
            platform="aws",
        )
    )
    assert [e.monthly.expected for e in found] == [ALB, 0, ALB, ALB]
