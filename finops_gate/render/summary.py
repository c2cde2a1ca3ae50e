"""The one line that says it all: verdict, counts, money, coverage, age of the prices."""

from __future__ import annotations

from finops_gate.model import COVERAGES, USD, Currency, Report
from finops_gate.render.clean import clean
from finops_gate.render.findings import count
from finops_gate.render.money import NO_CAP, change, money, percent, plain


def plural(number: int, noun: str) -> str:
    """`1 error`, `2 errors`, `3 policies`."""
    if number == 1:
        return f"1 {noun}"
    return f"{number:,} {noun[:-1] + 'ies' if noun.endswith('y') else noun + 's'}"


def headline(report: Report) -> str:
    """Verdict and counts: `FAIL: 1 error, 2 warnings, 1 unknown, 1 exempt`."""
    return f"{report.verdict.upper()}: {counts(report)}"


def counts(report: Report) -> str:
    """`1 error, 2 warnings, 1 unknown, 1 exempt`; what is none is left out, and nothing at all is said so."""
    parts = [
        plural(number, noun)
        for number, noun in ((count(report, "fail"), "error"), (count(report, "warn"), "warning"))
        if number
    ]
    others = (("unknown", count(report, "unknown")), ("exempt", count(report, "exempt")))
    parts += [f"{number:,} {name}" for name, number in others if number]
    return ", ".join(parts) or "nothing found"


def bill(report: Report) -> str:
    """What it costs: `+$560.64 a month (+13.0%)` where it was compared, else `$4,310.20 a month, no cap`."""
    totals = report.totals
    if totals.delta is None or totals.before is None:
        ceiling = money(totals.after.ceiling)
        bounded = ceiling if ceiling == NO_CAP else f"at most {ceiling}"
        return f"{money(totals.after.expected)} a month" + (f", {bounded}" if is_ranged(report) else "")
    share = percent(totals.before.expected, totals.after.expected)
    return f"{change(totals.delta.expected)} a month" + (f" ({share})" if share else "")


def is_ranged(report: Report) -> bool:
    return report.totals.after.ceiling != report.totals.after.expected


def coverage(report: Report) -> str:
    """`96 resources: 60 priced, 30 free, 3 unpriced, 3 unknown`."""
    numbers = {name: report.coverage.get(name, 0) for name in COVERAGES}
    parts = ", ".join(f"{number:,} {name}" for name, number in numbers.items() if number)
    return plural(sum(numbers.values()), "resource") + (f": {parts}" if parts else "")


def scope(report: Report) -> str:
    """`41 files, 10 policies`."""
    parts = [plural(n, noun) for n, noun in ((report.files, "file"), (report.policies, "policy")) if n]
    return ", ".join(parts)


def prices(report: Report) -> str:
    """`prices as of 2026-09-28`, and how they were converted, if they were."""
    dated = f"prices as of {clean(report.catalogue.as_of)}" if report.catalogue.as_of else ""
    return "; ".join(part for part in (dated, exchange(report.currency)) if part)


def exchange(currency: Currency) -> str:
    """`EUR at 0.92 a US dollar, as of 2026-11-01`; empty where nothing was converted."""
    return "" if currency == USD else f"{currency.code} at {plain(currency.rate)} a US dollar, as of {currency.as_of}"


def line(report: Report) -> str:
    """The summary line; the verdict leads it unless nothing was judged and nothing went wrong."""
    judged = headline(report) if report.policies or report.verdict != "pass" else ""
    parts = [judged, bill(report), coverage(report), scope(report), prices(report)]
    return "; ".join(part for part in parts if part)
