"""Figures as people write them."""

from decimal import Decimal

import pytest

from finops_gate.errors import ConfigurationError
from finops_gate.expression_values import NotComputable
from finops_gate.policy.literals import figure, measure, money, share


@pytest.mark.parametrize(
    ("written", "kind", "amount"),
    [
        ("7", "number", "7"),
        (Decimal("0.5"), "number", "0.5"),
        ("20_000", "number", "20000"),
        ("500 USD", "money", "500"),
        ("20,000 USD", "money", "20000"),
        ("$99.50", "money", "99.50"),
        ("80%", "percent", "80"),
        ("500m", "quantity", "0.5"),
        ("32Gi", "quantity", "34359738368"),  # 32 * 1024**3
        ("7d", "duration", "604800"),
        ("30min", "duration", "1800"),
        ("4xlarge", "size", "4"),
        ("xlarge", "size", "1"),
        ("large", "size", "0.5"),
    ],
)
def test_a_figure_has_an_amount_and_a_kind(written: object, kind: str, amount: str) -> None:
    found = figure(written)
    assert (found.kind, found.amount) == (kind, Decimal(amount))


@pytest.mark.parametrize("written", ["", "lots", "5 euros", "7 days", "1e9", "4xlarges", "--5", None, True])
def test_anything_else_is_refused(written: object) -> None:
    with pytest.raises(ConfigurationError, match="not a figure"):
        figure(written)


@pytest.mark.parametrize(
    ("value", "limit", "holds"),
    [
        ("4096Mi", "4Gi", True),
        ("4097Mi", "4Gi", False),
        ("250m", "0.5", True),
        (Decimal(7), "7", True),
        ("8", "7", False),
        ("168h", "7d", True),
        ("1h30m", "60min", False),
        ("m5.4xlarge", "4xlarge", True),
        ("db.r6g.8xlarge", "4xlarge", False),
        ("r6g.large.search", "xlarge", True),
        ("m5.metal", "48xlarge", False),
        ("c7g.metal-48xl", "32xlarge", False),
    ],
)
def test_a_value_is_measured_in_the_unit_of_its_limit(value: object, limit: str, holds: bool) -> None:
    wanted = figure(limit)
    assert (measure(value, wanted) <= wanted.amount) is holds


@pytest.mark.parametrize(("value", "limit"), [("7", "7d"), ("Standard_D4s_v5", "4xlarge"), ("lots", "7"), (True, "1")])
def test_what_has_no_such_unit_is_not_computable(value: object, limit: str) -> None:
    with pytest.raises(NotComputable):
        measure(value, figure(limit))


def test_money_and_shares_take_no_other_unit() -> None:
    assert (money("500 USD"), money(Decimal(5)), share("80%")) == (500, 5, Decimal("0.8"))
    with pytest.raises(ConfigurationError, match="500 USD"):
        money("80%")
    with pytest.raises(ConfigurationError, match="80%"):
        share("5 USD")
