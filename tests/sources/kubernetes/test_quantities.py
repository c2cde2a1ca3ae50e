"""Vectors from the grammar of https://pkg.go.dev/k8s.io/apimachinery/pkg/api/resource#Quantity, worked out by hand."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finops_gate.sources.kubernetes.quantities import QuantityError, parse_quantity


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("100m", "0.1"),
        ("0.1", "0.1"),
        (".5", "0.5"),
        ("5.", "5"),
        ("+2", "2"),
        ("-1.5", "-1.5"),
        ("0", "0"),
        ("1Ki", 1024),
        ("1.5Gi", 1610612736),
        ("123Mi", 128974848),
        ("128974848000m", 128974848),
        ("129e6", 129_000_000),
        ("129M", 129_000_000),
        ("129E6", 129_000_000),
        ("1e-3", "0.001"),
        ("1k", 1000),
        ("1u", "0.000001"),
        ("1n", "0.000000001"),
        ("0.9n", "0.000000001"),
        ("-0.9n", "-0.000000001"),
        ("1.0000000001", "1.000000001"),
        ("0.1Ki", "102.4"),
        ("1E", 10**18),
        ("1Ei", 2**60),
        ("8Ei", 2**63 - 1),
        ("-8Ei", -(2**63 - 1)),
        ("10E", 10**19),
        (Decimal("0.5"), "0.5"),
        (Decimal("1e9"), 10**9),
        (Decimal(1073741824), 2**30),
    ],
)
def test_quantities(text: Any, value: Any) -> None:
    assert parse_quantity(text) == Decimal(value)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "1.5.5",
            "1 Gi",
            "100mi",
            "1KiB",
            "Gi",
            "1e",
            "1MB",
            "0x10",
            "1K",
            "",
            " 1",
            "1\n",
            "--1",
            ".",
            "1e1.5",
            "1Gi2",
        ),
        *("١m", "1e101", "1e-101", "9" * 65, "1e99999999999", True, None, [], {}),
    ],
)
def test_what_the_api_server_refuses(text: Any) -> None:
    with pytest.raises(QuantityError):
        parse_quantity(text)


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=9))
def test_decimals_come_back_as_written(number: Decimal) -> None:
    assert parse_quantity(f"{number:f}") == number
    assert parse_quantity(f"{number:f}m") == parse_quantity(f"{number / 1000:.12f}")


@given(st.text(max_size=20))
def test_any_text_is_a_quantity_or_refused(text: str) -> None:
    with suppress(QuantityError):
        assert parse_quantity(text).is_finite()
