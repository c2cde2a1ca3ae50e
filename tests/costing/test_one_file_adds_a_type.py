"""The walk-through of docs/cost-models.md, followed to the letter for a type that nobody has heard of."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from finops_gate import data
from tests.conftest import CommandLine

PAGE = data.data_root() / "docs" / "cost-models.md"
SHIPPED = data.pricing_dir() / "models" / "aws" / "aws_cognito_user_pool.yaml"
NEW = "aws_directory_of_users"
CODE = f"""
provider "aws" {{ region = "us-east-1" }}
resource "{NEW}" "staff" {{}}
resource "{NEW}" "shop" {{ user_pool_tier = "PLUS" }}
"""


def model() -> str:
    """The model that the page shows."""
    return (
        PAGE.read_text(encoding="utf-8")
        .split("## A type that is not there yet")[1]
        .split("```yaml\n")[1]
        .split("```")[0]
    )


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository that has one file more than it would have anyway."""
    (tmp_path / ".finops-gate.yaml").write_text("version: 1\npricing: {models: [cost-models]}\n", encoding="utf-8")
    (tmp_path / "main.tf").write_text(CODE, encoding="utf-8")
    file = tmp_path / "cost-models" / "aws" / f"{NEW}.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(model().replace("aws_cognito_user_pool", NEW), encoding="utf-8")
    return tmp_path


def monthly(finops_gate: CommandLine, *arguments: str) -> dict[str, Decimal]:
    said = finops_gate("estimate", "--format", "json", *arguments)
    assert said.exit_code == 0, said.stderr
    return {r["address"]: Decimal(r["monthly"]["expected"]) for r in json.loads(said.stdout)["resources"]}


def test_the_page_shows_the_model_that_ships() -> None:
    assert model() == SHIPPED.read_text(encoding="utf-8")


def test_its_examples_are_run(repository: Path, finops_gate: CommandLine) -> None:
    said = finops_gate("pricing", "test", "cost-models")
    assert (said.exit_code, said.stdout) == (0, "2 examples of 1 cost models: 2 passed, 0 failed\n")


def test_it_is_priced_by_declared_usage(repository: Path, finops_gate: CommandLine) -> None:
    """2,000 x 0.015 and 100 x 0.02 a month."""
    usage = (
        f"resource_usage:\n  {NEW}.staff: {{monthly_active_users: 2000}}\n  {NEW}.shop: {{monthly_active_users: 100}}\n"
    )
    (repository / "infracost-usage.yml").write_text(usage, encoding="utf-8")
    assert monthly(finops_gate) == {f"{NEW}.staff": 30, f"{NEW}.shop": 2}


def test_it_is_priced_by_a_profile(repository: Path, finops_gate: CommandLine) -> None:
    """A medium load has 100,000 users by the model itself: at 0.015 and at 0.02."""
    assert monthly(finops_gate, "--usage", "medium") == {f"{NEW}.staff": 1500, f"{NEW}.shop": 2000}
    assert monthly(finops_gate, "--what-if", f"{NEW}.staff.monthly_active_users=10")[f"{NEW}.staff"] == Decimal("0.15")


def test_a_usage_file_is_written_for_it(repository: Path, finops_gate: CommandLine) -> None:
    assert finops_gate("usage", "init").exit_code == 0
    written = (repository / "infracost-usage.yml").read_text(encoding="utf-8")
    assert "# monthly_active_users: 100000  # users who sign in" in written


def test_a_misspelt_usage_key_is_said_at_its_line(repository: Path, finops_gate: CommandLine) -> None:
    usage = f"resource_usage:\n  {NEW}.staff:\n    monthly_active_user: 2000\n"
    (repository / "infracost-usage.yml").write_text(usage, encoding="utf-8")
    said = finops_gate("check").stdout
    assert "infracost-usage.yml:3" in said
    assert "did you mean `monthly_active_users`?" in " ".join(said.split())


@pytest.mark.parametrize(
    ("wrong", "right", "line"),
    [
        ("componets:", "components:", 9),
        ("usage.monthly_active_usrs", "usage.monthly_active_users", 13),
        ("{user_pool_teir}", "{user_pool_tier}", 10),
        ("    unti: user-month", "    unit: user-month", 11),
        ("mediun: 100000", "medium: 100000", 8),
    ],
)
def test_a_slip_is_said_with_its_place_and_the_right_name(
    wrong: str, right: str, line: int, repository: Path, finops_gate: CommandLine
) -> None:
    file = repository / "cost-models" / "aws" / f"{NEW}.yaml"
    text = file.read_text(encoding="utf-8")
    assert right in text
    file.write_text(text.replace(right, wrong, 1), encoding="utf-8")
    said = finops_gate("estimate")
    name = right.strip(" :{}").split(": ")[0].split(".")[-1]
    assert said.exit_code == 2
    assert f"{NEW}.yaml:{line}:" in said.stderr
    assert f"did you mean `{name}`?" in " ".join(said.stderr.split())


def test_prices_of_ones_own_count_in_its_examples(repository: Path, finops_gate: CommandLine) -> None:
    """A key that the catalogue lacks, at 0.50 a user: 10 of them."""
    settings = "version: 1\npricing:\n  models: [cost-models]\n  discounts: {aws: 50%}\n  overrides:\n"
    settings += '    - {key: our|users, component: active, usd: "0.50", unit: user-month}\n'
    (repository / ".finops-gate.yaml").write_text(settings, encoding="utf-8")
    own = """resource: aws_our_users
usage: {users: users}
components: [{name: Users, unit: user-month, price: {key: our|users, component: active}, quantity: usage.users}]
examples:
  - {name: ten, usage: {users: 10}, expect: {monthly: {expected: 5.00}}}
"""
    (repository / "cost-models" / "aws" / "aws_our_users.yaml").write_text(own, encoding="utf-8")
    said = finops_gate("pricing", "test", "cost-models")
    assert (said.stdout, said.exit_code) == ("3 examples of 2 cost models: 3 passed, 0 failed\n", 0)
