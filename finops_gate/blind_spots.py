"""What a run could not look into and goes on without; `--fail-on-incomplete` does not let it pass over these."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from finops_gate.model import Notice

CODES = frozenset(
    {
        "gitops-elsewhere",
        "gitops-not-followed",
        "go-template",
        "helm-not-rendered",
        "infracost-template",
        "kustomize-not-rendered",
        "kustomize-remote",
        "module-not-downloaded",
        "remote-workflow",
    }
)
"""The codes of notices behind which there may be resources that are not in the totals."""


def as_errors(notices: Iterable[Notice]) -> tuple[Notice, ...]:
    """The notices with those of blind spots as errors, which make a run incomplete."""
    return tuple(replace(n, severity="error") if n.code in CODES else n for n in notices)


def sees_less(notice: Notice) -> bool:
    """Whether there may be resources that the run does not know of."""
    return notice.severity == "error" or notice.code in CODES
