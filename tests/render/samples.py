"""Reports as a small company would get them.

Prices are published ones of us-east-1 (EC2, RDS, EBS on demand), OpenCost's default rates and GitHub's runner prices;
the sums are the model's, not those of the renderers under test.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from finops_gate.model import (
    HOURS_PER_MONTH,
    NOTHING,
    ONCE,
    UNBOUNDED,
    USD,
    ZERO,
    Alternative,
    CatalogueInfo,
    Component,
    Coverage,
    Delta,
    DeltaStatus,
    Estimate,
    Exemption,
    Finding,
    Fix,
    Notice,
    Price,
    Range,
    Report,
    Resource,
    Span,
    Totals,
    Unknown,
    Verdict,
    sum_known,
)

D = Decimal
CATALOGUE = CatalogueInfo("2026-11-01", "9f2c" * 16, 119_204)
MAIN = "envs/staging/main.tf"
CHART = "deploy/web.yaml"
WORKFLOW = ".github/workflows/ci.yml"


def price(key: str, component: str, usd: str, unit: str = "hour", confidence: str = "verified") -> Price:
    return Price(key, component, "us-east-1", "on-demand", unit, ((ZERO, D(usd)),), "2026-10-01", "aws-ec2", confidence)


def hourly(name: str, cost: Price, count: Range) -> Component:
    hours = Range.exact(HOURS_PER_MONTH) * count
    return Component(name, "hours", hours, hours * cost.usd, cost, cost.usd)


def resource(
    address: str, kind: str, source: str, span: Span, project: str = "envs/staging", **more: object
) -> Resource:
    return Resource(address, kind, source, {"name": address}, span, project=project, **more)  # type: ignore[arg-type]


CHEAPER = (
    Alternative("instance_type", "m6a.8xlarge", "amd64", D("1009.152"), D("112.128")),
    Alternative("instance_type", "m6g.8xlarge", "arm64", D("899.36"), D("221.92")),
)
"""An hour of m5.8xlarge is $1.536, of m6a.8xlarge 1.3824, and of m6g.8xlarge 1.232."""


def instance(size: str, usd: str, count: Range = ONCE) -> Estimate:
    spans = {"instance_type": Span(MAIN, 17, 19, 17, 27)}
    subject = resource(
        "aws_instance.api",
        "aws_instance",
        "terraform",
        Span(MAIN, 15, 1, 22, 2),
        spans=spans,
        region="us-east-1",
        env="staging",
        tags={"team": "payments", "cost_center": Unknown("var.cost_center has no value")},
    )
    line = hourly("Instance", price(f"ec2|{size}|linux", "instance", usd), count)
    return Estimate(subject, (line,), "priced", alternatives=CHEAPER if size == "m5.8xlarge" else ())


def volume() -> Estimate:
    rate = price("ebs|gp2", "storage", "0.10", "GB-month", "derived")
    size = Range.exact(100)
    storage = Component("Storage", "GB", size, size * rate.usd, rate, rate.usd, path=("root_block_device",), note="gp2")
    span = Span(MAIN, 30, 1, 34, 2)
    spans = {"type": Span(MAIN, 31, 23, 31, 28), "size": Span(MAIN, 32, 23, 32, 26)}
    return Estimate(
        resource("aws_ebs_volume.data", "aws_ebs_volume", "terraform", span, spans=spans), (storage,), "priced"
    )


def database() -> Estimate:
    rate = price("rds|postgres|db.r6g.large|multi-az", "instance", "0.45", confidence="stale")
    rate = Price(rate.key, "instance", "us-east-1", "on-demand", "hour", rate.tiers, "2024-08-01", "aws-rds", "stale")
    subject = resource(
        "module.orders.aws_db_instance.main", "aws_db_instance", "terraform", Span("modules/db/main.tf", 3, 1, 20, 2)
    )
    return Estimate(subject, (hourly("Database instance", rate, Range.exact(1)),), "priced")


def function() -> Estimate:
    requests = Component(
        "Requests",
        "1M requests",
        Range(ZERO, ZERO, UNBOUNDED),
        Range(ZERO, ZERO, UNBOUNDED),
        price("lambda", "requests", "0.20", "1M requests"),
        D("0.20"),
        usage_based=True,
        usage_missing=("monthly_requests",),
    )
    duration = Component(
        "Duration",
        "GB-second",
        Range(ZERO, ZERO, UNBOUNDED),
        Range(ZERO, ZERO, UNBOUNDED),
        price("lambda|x86", "duration", "0.0000166667", "GB-second"),
        D("0.0000166667"),
        usage_based=True,
        usage_missing=("monthly_requests", "request_duration_ms"),
    )
    subject = resource("aws_lambda_function.resize", "aws_lambda_function", "terraform", Span(MAIN, 40, 1, 48, 2))
    return Estimate(subject, (requests, duration), "priced")


def deployment(most: int) -> Estimate:
    """Half a core and one GiB a pod, two pods idle, three expected; OpenCost's defaults."""
    pods = Range(D(2), D(3), D(most))
    cpu, memory = D("0.031611"), D("0.004237")
    parts = []
    for name, unit, amount, rate in (("CPU", "vCPU-hour", D("0.5"), cpu), ("Memory", "GiB-hour", D(1), memory)):
        used = pods * (amount * HOURS_PER_MONTH)
        parts.append(Component(name, unit, used, used * rate, None, rate))
    subject = resource("shop/Deployment/web", "kubernetes:Deployment", "kubernetes", Span(CHART, 4, 1), "deploy")
    return Estimate(subject, tuple(parts), "priced", assumptions=("OpenCost default rates, no node price given",))


def job(minutes: int, timeout: int) -> Estimate:
    """220 runs a month at GitHub's $0.006 a Linux minute."""
    rate = D("0.006")
    runs = Range(ZERO, D(220 * minutes), D(220 * timeout))
    subject = resource(f"{WORKFLOW}:test", "ci:job", "ci", Span(WORKFLOW, 12, 3, 30, 1), ".github/workflows")
    extra = {"instances": Range.exact(4), "per_run": Range(ZERO, rate * minutes, rate * timeout)}
    parts = (Component("Runner minutes", "minute", runs, runs * rate, None, rate),)
    return Estimate(subject, parts, "priced", extra=extra)


def plain(address: str, coverage: Coverage, why: str = "") -> Estimate:
    kind = address.split(".")[-2]
    return Estimate(resource(address, kind, "terraform", Span(MAIN, 60, 1, 62, 2)), (), coverage, why)


def cheap(number: int) -> Estimate:
    rate = price("ec2|t3.nano|linux", "instance", "0.0052")
    subject = resource(f"aws_instance.bastion[{number}]", "aws_instance", "terraform", Span(MAIN, 70, 1, 74, 2))
    return Estimate(subject, (hourly("Instance", rate, Range.exact(1)),), "priced")


def others() -> list[Estimate]:
    return [
        plain("aws_msk_cluster.events", "unpriced", "no cost model for aws_msk_cluster"),
        plain("aws_msk_cluster.audit", "unpriced", "no cost model for aws_msk_cluster"),
        plain("aws_iam_role.api", "free"),
        plain("aws_instance.batch", "unknown", "var.batch_size has no value"),
    ]


def estimates() -> list[Estimate]:
    return [
        instance("m5.8xlarge", "1.536", Range(ZERO, D(1), D(2))),
        volume(),
        database(),
        function(),
        *(cheap(number) for number in range(12)),
        *others(),
        deployment(10),
        job(20, 360),
    ]


def estimates_before() -> list[Estimate]:
    kept = {"aws_lambda_function.resize", "aws_instance.api", "shop/Deployment/web", f"{WORKFLOW}:test"}
    same = [e for e in estimates() if e.resource.address not in kept]
    return [instance("m5.4xlarge", "0.768"), *same, deployment(5), job(20, 60)]


def deltas() -> list[Delta]:
    before = {e.resource.address: e for e in estimates_before()}
    found = []
    for after in estimates():
        earlier = before.get(after.resource.address)
        was = earlier.known_monthly if earlier else NOTHING
        change = after.known_monthly - was
        status: DeltaStatus = "added" if earlier is None else "unchanged" if earlier == after else "changed"
        found.append(Delta(after.resource.address, status, earlier, after, change))
    old = plain("aws_instance.old", "priced")
    old = Estimate(old.resource, instance("t3.nano", "0.0052").components, "priced")
    return [*found, Delta("aws_instance.old", "removed", old, None, -old.known_monthly)]


def findings() -> list[Finding]:
    return [
        Finding(
            "max-instance-size",
            "fail",
            "aws_instance.api uses m5.8xlarge; the limit in staging is 4xlarge",
            "aws_instance.api",
            Span(MAIN, 17, 19, 17, 27),
            Fix("Use m5.4xlarge, or ask the platform team for an exemption."),
            "m5.8xlarge",
            Span(MAIN, 12, 13, 12, 25),
            "  instance_type = var.size",
            Range(ZERO, D("1121.28"), D("2242.56")),
            D("560.64"),
            title="Instances outside production are 4xlarge at most.",
            alternatives=CHEAPER,
        ),
        Finding(
            "no-previous-generation-volumes",
            "warn",
            "aws_ebs_volume.data uses gp2; gp3 saves $2.00 a month.",
            "aws_ebs_volume.data",
            Span(MAIN, 31, 23, 31, 28),
            Fix("Set the volume type to gp3.", {"@attribute": "gp3"}, True),
            "gp2",
            None,
            '  type              = "gp2"',
            Range.exact(10),
            D("2.00"),
            title="EBS volumes use gp3, not gp2.",
        ),
        Finding(
            "no-unbounded-exposure",
            "warn",
            "aws_lambda_function.resize can bill without limit: nothing caps how often it runs",
            "aws_lambda_function.resize",
            Span(MAIN, 40, 1, 48, 2),
            Fix("Set reserved_concurrent_executions.", {"reserved_concurrent_executions": D(10)}),
            "",
            None,
            'resource "aws_lambda_function" "resize" {',
            Range(ZERO, ZERO, UNBOUNDED),
            title="Every resource has a cap on what it can cost.",
        ),
        Finding(
            "log-retention",
            "unknown",
            "aws_cloudwatch_log_group.api: retention_in_days is not known: var.retention has no value",
            "aws_cloudwatch_log_group.api",
            Span("modules/logs/main.tf", 8, 23, 8, 36),
            Fix("Give the variable a default, or a value with --var-file."),
            "",
            None,
            "  retention_in_days = var.retention",
            title="Logs are kept 90 days at most.",
        ),
        Finding(
            "change-cost-increase",
            "fail",
            "This change adds $556.84 a month; the limit is $500.00",
            title="A change adds no more than its limit.",
        ),
        Finding(
            "require-cost-tags",
            "exempt",
            "aws_instance.bastion[0] has no tag cost_center",
            "aws_instance.bastion[0]",
            Span(MAIN, 70, 1, 74, 2),
            exemption=Exemption("moves to SSM, FIN-9", "2027-03-31", Span(".finops/exemptions.yaml", 4, 3, 9, 1)),
            title="Every taggable resource names its team and cost centre.",
        ),
        Finding("job-timeout", "pass", "", f"{WORKFLOW}:test", Span(WORKFLOW, 14, 5, 14, 24)),
    ]


def notices() -> list[Notice]:
    return [
        Notice(
            "module-not-downloaded",
            "info",
            "module `vpc` comes from a registry and is not in .terraform/modules",
            Span("envs/staging/network.tf", 3, 1, 9, 2),
            "Run `terraform init` first to have it priced.",
        )
    ]


def report(
    verdict: Verdict = "fail",
    after: Sequence[Estimate] | None = None,
    moved: Sequence[Delta] | None = None,
    found: Sequence[Finding] = (),
    said: Sequence[Notice] = (),
    base: str = "",
    policies: int = 20,
) -> Report:
    after = estimates() if after is None else after
    sums = sum_known(e.known_monthly for e in after)
    totals = Totals(sums)
    if moved is not None:
        before = sum_known(d.before.known_monthly for d in moved if d.before)
        change = NOTHING
        for delta in moved:
            change = change + delta.change
        totals = Totals(sums, before, change)
    counted = {name: sum(e.coverage == name for e in after) for name in ("priced", "free", "unpriced", "unknown")}
    assumptions = sorted({a for e in after for a in e.assumptions})
    return Report(
        verdict, after, moved or (), found, said, totals, counted, CATALOGUE, base, USD, 41, policies, assumptions
    )


def compared() -> Report:
    """A pull request with findings of every outcome."""
    return report("fail", moved=deltas(), found=findings(), said=notices(), base="origin/main")


def alone() -> Report:
    """The same tree, compared with nothing."""
    return report("fail", found=[f for f in findings() if f.policy != "change-cost-increase"])


def quiet() -> Report:
    """Nothing to say."""
    return report("pass", [volume(), database(), plain("aws_iam_role.api", "free")])


def costs_only() -> Report:
    """What `estimate` asks for: no policies."""
    return report("pass", policies=0)


def unfinished() -> Report:
    """A file that does not parse."""
    broken = Finding(
        "syntax-error",
        "fail",
        "expected a closing brace",
        span=Span(MAIN, 9, 1, 9, 2),
        fix=Fix("Close the block that starts at line 3."),
        excerpt="}}",
    )
    return report("incomplete", [], found=[broken])


HOSTILE = (
    "\x1b]52;c;cm0gLXJm\x07\x1b[31mred\x9b2J\r\n::error file=x::forged\n##[error]forged ##vso[task.logissue]x"
    "\u202egpj.exe\u2066 <script>alert(1)</script> `code` |cell| @octocat [x](javascript:1) \ud800 \x00 %0A"
)


def hostile(text: str = HOSTILE) -> Report:
    """Every string of it comes from an attacker."""
    place = Span(text, 3, 2, 3, 9)
    subject = Resource(
        text,
        text,
        text,
        {},
        place,
        {text: text},
        {text: place},
        project=text,
        region=text,
        env=text,
    )
    part = Component(text, text, Range.exact(1), Range.exact(1), None, D(1), True, (text,), (text,), text)
    bill = Estimate(subject, (part,), "priced", text, (text,), {"instances": text})
    lost = Estimate(subject, (), "unpriced", text)
    found = [
        Finding(
            text,
            outcome,
            text,
            text,
            place,
            Fix(text, {text: text}),
            text,
            Span(text, 1),
            text,
            Range.exact(1),
            D(1),
            Exemption(text, text, place),
            text,
        )
        for outcome in ("fail", "warn", "unknown", "exempt", "pass")
    ]
    change = Delta(text, "added", None, bill, bill.known_monthly)
    return report("fail", [bill, lost], [change], found, [Notice(text, "info", text, place, text)], text)


def many(count: int) -> Report:
    """More findings and resources than any page holds."""
    found = [
        Finding(
            "require-cost-tags",
            "fail" if number % 2 else "warn",
            f"aws_instance.bastion[{number}] has no tag cost_center",
            f"aws_instance.bastion[{number}]",
            Span(MAIN, 70 + number, 1, 70 + number, 2),
            monthly=Range.exact(D("3.796")),
        )
        for number in range(count)
    ]
    after = [cheap(number) for number in range(count)]
    return report("fail", after, [Delta(e.resource.address, "added", None, e, e.known_monthly) for e in after], found)


ALL = {
    "compared": compared,
    "alone": alone,
    "quiet": quiet,
    "costs_only": costs_only,
    "unfinished": unfinished,
}
