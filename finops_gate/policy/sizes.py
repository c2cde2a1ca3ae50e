"""Sizes of instance types in their order, so that a policy can say `max_size: 4xlarge`.

AWS names sizes alike in every family: `m7i.4xlarge`, `db.r6g.4xlarge`, `cache.m5.large`, `r6g.large.search`. Above
`xlarge` the number is the multiple of `xlarge`, `metal` is the whole host, and `metal-24xl` says how much of one
(https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html).
"""

from __future__ import annotations

import re
from decimal import Decimal

BELOW_XLARGE = {name: Decimal(2) ** (i - 5) for i, name in enumerate(("nano", "micro", "small", "medium", "large"))}
WHOLE_HOST = Decimal(1_000)
MULTIPLE = re.compile(r"(\d{1,3})?xlarge|metal-(\d{1,3})xl")
PART = re.compile(r"[.]")


def size_rank(size: str) -> Decimal | None:
    """The rank of a size name: `xlarge` is 1, `4xlarge` 4, `large` a half; None where it is not one."""
    if size in BELOW_XLARGE:
        return BELOW_XLARGE[size]
    if size == "metal":
        return WHOLE_HOST
    found = MULTIPLE.fullmatch(size)
    return Decimal(found[1] or found[2] or 1) if found else None


def rank_of_value(value: str) -> Decimal | None:
    """The rank of the size in an instance type or class, or of a bare size name."""
    ranks = [rank for part in PART.split(value) if (rank := size_rank(part)) is not None]
    return ranks[-1] if ranks else None
