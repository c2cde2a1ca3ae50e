"""Controllers that deploy directories of a repository: Argo CD's Applications and ApplicationSets, and Flux.

`argocd.py`, `application_sets.py` and `flux.py` read what their objects say; `delivery.py` is what all of them come to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from finops_gate.model import Notice
from finops_gate.sources.kubernetes.gitops import application_sets, argocd, flux
from finops_gate.sources.kubernetes.gitops.delivery import Delivery, Where
from finops_gate.sources.kubernetes.objects import Manifest

Reader = Callable[[Manifest, Where], Iterator["Delivery | Notice"]]

READERS: Mapping[tuple[str, str], Reader] = {
    (argocd.GROUP, "Application"): argocd.deliveries_of,
    (argocd.GROUP, "ApplicationSet"): application_sets.deliveries_of,
    (flux.KUSTOMIZE_GROUP, "Kustomization"): flux.of_a_kustomization,
    (flux.HELM_GROUP, "HelmRelease"): flux.of_a_release,
}
"""API group and kind -> what such an object deploys, and what there is to say about it."""


def deliveries_of(manifest: Manifest, where: Where) -> Iterator[Delivery | Notice]:
    """What an object deploys; nothing where it is no controller's."""
    reader = READERS.get((manifest.group, manifest.kind))
    return reader(manifest, where) if reader else iter(())
