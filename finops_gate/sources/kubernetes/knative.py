"""Knative services: pods that come and go with the requests.

Source: https://knative.dev/docs/serving/autoscaling/scale-bounds/
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from finops_gate.model import UNBOUNDED, ZERO, Bound, Range, Unknown
from finops_gate.sources.kubernetes.counting import Count, scaler_of
from finops_gate.sources.kubernetes.figures import Figures
from finops_gate.sources.kubernetes.objects import Manifest, mapping
from finops_gate.sources.kubernetes.surroundings import Surroundings

PREFIX = "autoscaling.knative.dev/"
ANNOTATIONS = "spec.template.metadata.annotations"


def scaled(manifest: Manifest, around: Surroundings, figures: Figures) -> Count:
    """Between `min-scale` (0) and `max-scale`, of which 0 and nothing mean that there is no bound."""
    annotations = mapping(manifest.get(*ANNOTATIONS.split(".")))
    least = _scale(annotations, ("min-scale", "minScale"), figures)
    most = _scale(annotations, ("max-scale", "maxScale"), figures)
    is_bounded = isinstance(most, Unknown) or most > 0
    ceiling: Bound = most if is_bounded else UNBOUNDED
    if isinstance(least, Decimal) and isinstance(ceiling, Decimal):
        least = min(least, ceiling)
    return Count(Range(least, least, ceiling), scaler=scaler_of(manifest, least, ceiling, is_bounded))


def _scale(annotations: Mapping[str, Any], names: tuple[str, str], figures: Figures) -> Bound:
    key = next((PREFIX + name for name in names if PREFIX + name in annotations), None)
    if key is None:
        return ZERO
    path = f'{ANNOTATIONS}["{key}"]'
    try:
        return figures.count(Decimal(str(annotations[key])), path)
    except InvalidOperation:
        return figures.count(annotations[key], path)
