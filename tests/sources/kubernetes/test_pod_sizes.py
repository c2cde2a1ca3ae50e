"""The sizes that pods are billed by, held against AWS's own example and table."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finops_gate.model import UNBOUNDED, Unknown
from finops_gate.sources.kubernetes.pod_sizes import billed_size, fargate


@pytest.mark.parametrize(
    ("cpu", "gib", "vcpu", "gb"),
    [
        ("1", "8", "2", "9"),
        ("0.25", "0.5", "0.25", "1"),
        ("0.1", "0.0625", "0.25", "0.5"),
        ("0.5", "1", "0.5", "2"),
        ("2", "4", "2", "5"),
        ("3", "10", "4", "11"),
        ("8", "61", "16", "64"),
        ("0.3", "0.25", "0.5", "1"),
        ("0.25", "0.25", "0.25", "0.5"),
        ("0", "0", "0.25", "0.5"),
        ("16", "119.75", "16", "120"),
    ],
)
def test_fargate_rounds_up_to_a_size_of_its_own(cpu: str, gib: str, vcpu: str, gb: str) -> None:
    assert fargate(Decimal(cpu), Decimal(gib)) == (Decimal(vcpu), Decimal(gb))


@pytest.mark.parametrize(("cpu", "gib"), [("17", "1"), ("1", "120")])
def test_what_is_larger_than_any_size_is_unknown(cpu: str, gib: str) -> None:
    assert all(isinstance(part, Unknown) for part in fargate(Decimal(cpu), Decimal(gib)))


def test_what_has_no_bound_has_none_on_fargate() -> None:
    assert fargate(UNBOUNDED, Decimal(1)) == (UNBOUNDED, Decimal(1))


@given(st.decimals(0, 16, places=3), st.decimals(0, Decimal("119.75"), places=3))
def test_a_size_holds_what_is_requested(cpu: Decimal, gib: Decimal) -> None:
    vcpu, gb = fargate(cpu, gib)
    assert vcpu >= cpu  # type: ignore[operator]
    assert gb >= gib + Decimal("0.25")  # type: ignore[operator]


def test_other_modes_bill_what_is_requested() -> None:
    assert billed_size("rates", Decimal(1), Decimal(3)) == (Decimal(1), Decimal(3))
