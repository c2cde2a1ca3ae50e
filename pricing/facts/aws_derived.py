"""AWS prices that follow from others, each by a rule whose hit rate is known or which AWS states."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from facts.rows import Origin, Rate, Row, first_of_each

BACKUPS = {
    ("ebs|snapshot", "storage"): ("backup|ebs", "storage"),
    ("rds|backup", "storage"): ("backup|rds", "storage"),
    ("aurora|backup", "storage"): ("backup|aurora", "storage"),
    ("dynamodb|backup", "storage"): ("backup|dynamodb", "storage"),
    ("dynamodb|backup", "restore"): ("backup|dynamodb", "restore"),
    ("fsx|windows", "backup"): ("backup|fsx-windows", "storage"),
    ("fsx|lustre", "backup"): ("backup|fsx-lustre", "storage"),
}
"""What AWS Backup keeps is billed as the service itself bills its backups (https://aws.amazon.com/backup/pricing/)."""

TWICE = re.compile(r"rds\|(?:oracle-(?:ee|se2)-(?:byol|li)|sqlserver-se)\|[^|]+\|single-az")
"""The engines of which a standby in another zone costs as much as the instance; SQL Server Enterprise costs less."""

WINDOWS_FAMILY = re.compile(r"[cmr][78][a-z]*\.\w+(?:-\w+)?")
WINDOWS_VCPU = Decimal("0.046")


def derived(known: Sequence[Rate]) -> list[Rate]:
    """The known rates, and those that follow from them, which an earlier one hides."""
    rates = list(known)
    for rule in (io_optimized, rule_groups, backups, rds_io2, archives):
        rates = list(first_of_each(rates, rule(rates)))
    return rates


def io_optimized(known: Sequence[Rate]) -> Iterator[Rate]:
    """An instance of DocumentDB costs a tenth more in a cluster with I/O-optimised storage.

    So do all sizes of r4, and r5.12xlarge in the sixteen regions that were looked at.
    """
    for rate in known:
        if rate.key.startswith("docdb|db.") and rate.component == "instance":
            usd = rate.usd * Decimal("1.1")
            yield rate._replace(component="instance-io-optimized", usd=usd, origin=worse(rate))


def rule_groups(known: Sequence[Rate]) -> Iterator[Rate]:
    """A web ACL bills a group of rules, one's own or a managed one, as it bills a rule.

    So do all prices of groups that are known (https://aws.amazon.com/waf/pricing/).
    """
    for rate in known:
        if rate.key in {"waf", "waf|classic"} and rate.component == "rule":
            derived_from = rate._replace(origin=rate.origin.derived)
            yield derived_from._replace(component="rule-group")
            if rate.key == "waf":
                yield derived_from._replace(component="managed-rule-group")


def backups(known: Sequence[Rate]) -> Iterator[Rate]:
    for rate in known:
        if same := BACKUPS.get((rate.key, rate.component)):
            yield rate._replace(key=same[0], component=same[1], origin=rate.origin.derived)


def rds_io2(known: Sequence[Rate]) -> Iterator[Rate]:
    """IOPS of io2 cost what those of io1 cost: so does the storage, in every region."""
    for rate in known:
        if rate.key.startswith("rds-storage|io1|") and rate.component == "iops":
            yield rate._replace(key=rate.key.replace("|io1|", "|io2|"), origin=rate.origin.derived)


def archives(known: Sequence[Rate]) -> Iterator[Rate]:
    """S3: the deep archive of Intelligent-Tiering is Glacier Deep Archive, as its archive is Glacier in all 36 regions.

    What is deleted early is billed as if it were kept, and a copy into the deep archive as a transition into it.
    """
    for rate in known:
        key, component, derived_from = rate.key, rate.component, rate._replace(origin=worse(rate))
        if (key, component) == ("s3|intelligent-tiering", "storage-deep-archive"):
            yield derived_from._replace(key="s3|deep-archive", component="storage")
            yield derived_from._replace(key="s3|deep-archive", component="early-delete")
        elif (key, component) == ("s3|deep-archive", "lifecycle-transitions"):
            yield derived_from._replace(component="put-requests")
        elif component == "storage" and key in {"s3|glacier", "s3|intelligent-tiering"} and not rate.tier_start:
            yield derived_from._replace(component="early-delete")


def multi_az(known: Iterable[Rate]) -> Iterator[Rate]:
    """Oracle and SQL Server Standard in two zones cost twice what they cost in one.

    So did 343 of 345 classes in eu-west-1 in 2023, within 1 %.
    """
    for rate in known:
        if TWICE.fullmatch(rate.key):
            yield rate._replace(key=rate.key.replace("|single-az", "|multi-az"), usd=rate.usd * 2, origin=worse(rate))


def worse(rate: Rate) -> Origin:
    """The origin of what follows from a rate: derived, but for what is stale, which stays so."""
    return rate.origin if rate.origin.confidence == "stale" else rate.origin.derived


def windows(machines: Iterable[Row], origin: Origin) -> Iterator[Rate]:
    """What Windows adds to a machine of the seventh and eighth generation: the same for each vCPU.

    So it did for 341 of the 342 machines of the families c, m and r of the fourth to the seventh generation whose
    premium is known; those that share a CPU (flex) are left out.
    """
    for row in machines:
        if WINDOWS_FAMILY.fullmatch(row["instance_type"]) and row["arch"] == "amd64" and row["vcpu"]:
            usd = WINDOWS_VCPU * Decimal(row["vcpu"])
            yield Rate("*", f"ec2|{row['instance_type']}|windows", "os-premium", "hour", usd, origin.derived)
