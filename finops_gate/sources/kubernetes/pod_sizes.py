"""The sizes that pods are billed by: what they request, or the next size that a platform sells.

Fargate adds 256 MB for what Kubernetes runs beside a pod, and rounds up to the first of its sizes in which both CPU and
memory fit; a pod that requests nothing gets the smallest. Its GB are 2^30 bytes, as the requests are.
Source: https://docs.aws.amazon.com/eks/latest/userguide/fargate-pod-configuration.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal

from finops_gate.model import Bound, Unknown

Size = tuple[Bound, Bound]
"""Cores and GiB."""

FARGATE_SYSTEM_GIB = Decimal("0.25")
FARGATE_STEPS: tuple[tuple[str, str, str, str], ...] = (
    ("0.25", "0.5", "0.5", "0.5"),
    ("0.25", "1", "2", "1"),
    ("0.5", "1", "4", "1"),
    ("1", "2", "8", "1"),
    ("2", "4", "16", "1"),
    ("4", "8", "30", "1"),
    ("8", "16", "60", "4"),
    ("16", "32", "120", "8"),
)
"""vCPU; the least GB, the most, and the step between them."""


def _fargate_sizes() -> Iterator[tuple[Decimal, Decimal]]:
    for row in FARGATE_STEPS:
        vcpu, least, most, step = map(Decimal, row)
        while least <= most:
            yield vcpu, least
            least += step


FARGATE_SIZES = tuple(_fargate_sizes())


def requested(cpu: Decimal, memory_gib: Decimal) -> Size:
    return cpu, memory_gib


def fargate(cpu: Decimal, memory_gib: Decimal) -> Size:
    """The size of a pod on EKS Fargate."""
    if cpu.is_infinite() or memory_gib.is_infinite():
        return cpu, memory_gib
    needed = memory_gib + FARGATE_SYSTEM_GIB if cpu or memory_gib else FARGATE_SYSTEM_GIB
    fitting = ((vcpu, gib) for vcpu, gib in FARGATE_SIZES if vcpu >= cpu and gib >= needed)
    too_large = Unknown(f"no size of Fargate has {cpu.normalize():f} vCPU and {needed.normalize():f} GB")
    return next(fitting, (too_large, too_large))


SIZES: Mapping[str, Callable[[Decimal, Decimal], Size]] = {"eks-fargate": fargate}
"""The billing modes that sell sizes of their own."""


def billed_size(mode: str, cpu: Bound, memory_gib: Bound) -> Size:
    """What a pod is billed as in a billing mode."""
    if isinstance(cpu, Unknown) or isinstance(memory_gib, Unknown):
        return cpu, memory_gib
    return SIZES.get(mode, requested)(cpu, memory_gib)
