"""`.finops-gate.yaml`: what a team tells finops-gate about its repository."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from finops_gate.model import USD, Currency, Notice, Span, no_entries


@dataclass(frozen=True, slots=True)
class Discount:
    """A share (0.1 of 10%) off the list prices of a provider or one of its services (`aws/ec2`)."""

    scope: str
    share: Decimal
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class PriceOverride:
    """A price of the team's own, in USD a unit; without `provider` of whichever has the key. `*` is every region."""

    key: str
    component: str
    usd: Decimal
    provider: str = ""
    region: str = "*"
    purchase: str = "on-demand"
    unit: str = ""
    as_of: str = ""
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of a run, after defaults. `root` is the scan root's absolute path.

    `policies` maps a policy id to its overrides (`enabled`, `level`, `on_unknown`, `parameters`);
    `policy_paths` are directories or files of the team's own policies, relative to the root.
    `model_paths` are directories of the team's own cost models, laid out as `pricing/models/`.
    `environments` maps an environment's name to path globs. `usage` maps address globs to usage keys, and
    `usage_places` a glob, or a glob and a key, to where it stands.
    `discounts` and `overrides` change the catalogue's prices; with `strict_prices` derived and stale ones do not count.
    `currency` is what reports write amounts in; `usage_profile` names the figures that hold where no usage is declared;
    `what_if` are figures to suppose for this run, as the command line has them.
    `group_by` are the keys by which a report sums costs, beside its totals.
    `targets` are the paths that were named, relative to the root; `notices` what there is to say about the settings.
    """

    root: str = "."
    path: str = ""
    policies: Mapping[str, Mapping[str, Any]] = field(default_factory=no_entries)
    policy_paths: Sequence[str] = ()
    environments: Mapping[str, Sequence[str]] = field(default_factory=no_entries)
    exclude: Sequence[str] = ()
    usage: Mapping[str, Mapping[str, Any]] = field(default_factory=no_entries)
    usage_places: Mapping[tuple[str, ...], Span] = field(default_factory=dict)
    usage_file: str = ""
    terraform: Mapping[str, Any] = field(default_factory=no_entries)
    kubernetes: Mapping[str, Any] = field(default_factory=no_entries)
    ci: Mapping[str, Any] = field(default_factory=no_entries)
    targets: Sequence[str] = ("",)
    notices: Sequence[Notice] = ()
    model_paths: Sequence[str] = ()
    fail_on_incomplete: bool = False
    currency: Currency = USD
    discounts: Sequence[Discount] = ()
    overrides: Sequence[PriceOverride] = ()
    strict_prices: bool = False
    usage_profile: str = ""
    what_if: Sequence[str] = ()
    group_by: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class DeclaredProject:
    """A use of a Terraform directory, as settings or an `infracost.yml` declare it. Paths are relative to the root.

    `environment` holds `TF_VAR_*` values by the variable's name; `exclude` are globs of directories that are no roots,
    where `path` holds none itself. Without `recognise`, tfvars files of environments are left alone.
    """

    path: str
    name: str = ""
    env: str = ""
    var_files: Sequence[str] = ()
    vars: Mapping[str, Any] = field(default_factory=no_entries)
    workspace: str = ""
    usage_file: str = ""
    exclude: Sequence[str] = ()
    environment: Mapping[str, str] = field(default_factory=no_entries)
    recognise: bool = True
    span: Span | None = None
