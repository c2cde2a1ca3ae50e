"""Money as people and as programs read it: amounts a month, in the currency of the report.

Rounding happens here and nowhere else: half up to cents for people, ten decimals for programs.
"""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal

from finops_gate.currency import is_figure, rounded, smallest, symbol, written
from finops_gate.model import Bound, Range, Unknown

UNKNOWN_WORD = "unknown"
NO_CAP = "no cap"

_DECIMALS = Decimal(1).scaleb(-10)
_WIDE = Context(prec=60, rounding=ROUND_HALF_UP)


def money(bound: Bound) -> str:
    """`$1,234.50`, `-$3.00`, `<$0.01` for what is something but rounds to nothing, `no cap`, `unknown`."""
    if isinstance(bound, Decimal) and bound.is_infinite():
        return NO_CAP if bound > 0 else f"-{NO_CAP}"
    if isinstance(bound, Unknown) or not is_figure(bound):
        return UNKNOWN_WORD
    if bound and not rounded(bound):
        return f"<{written(smallest())}" if bound > 0 else f">{written(-smallest())}"
    return written(bound)


def change(bound: Bound) -> str:
    """A difference, with its sign: `+$560.64`, `-$3.00`, `$0.00`; `uncapped` and `capped` where a cap went or came."""
    if isinstance(bound, Decimal) and bound.is_infinite():
        return "uncapped" if bound > 0 else "capped"
    is_more = isinstance(bound, Decimal) and is_figure(bound) and rounded(bound) > 0
    return f"{'+' if is_more else ''}{money(bound)}"


def percent(before: Bound, after: Bound) -> str:
    """How far it moved in percent, `+13.0%`; empty where there is no figure to divide by, or none to compare."""
    if isinstance(before, Unknown) or isinstance(after, Unknown) or not (is_figure(before) and is_figure(after)):
        return ""
    if before < smallest() or before == after:
        return ""
    share = _WIDE.quantize((after - before) / before * 100, Decimal("0.1"))
    return f"{share:+,.1f}%" if abs(share) < 1000 else f"{share:+,.0f}%"


def unit_price(price: Decimal) -> str:
    """A price of one unit with all its digits, at least cents: `$0.768`, `$0.0000166667`, `$12.00`."""
    text = plain(price)
    whole, _, decimals = text.lstrip("-").partition(".")
    digits = decimals.ljust(-int(smallest().as_tuple().exponent), "0")
    return f"{'-' if text.startswith('-') else ''}{symbol()}{int(whole):,}" + (f".{digits}" if digits else "")


def monthly_range(figures: Range) -> str:
    """A range on one line: `$12.00 a month`, `$12.00 a month (idle $3.00, at most $90.00)`, `... (no cap)`."""
    bounds = []
    if figures.floor != figures.expected:
        bounds.append(f"idle {money(figures.floor)}")
    if figures.ceiling != figures.expected:
        ceiling = money(figures.ceiling)
        bounds.append(ceiling if ceiling == NO_CAP else f"at most {ceiling}")
    expected = money(figures.expected)
    monthly = expected if expected == UNKNOWN_WORD else f"{expected} a month"
    return monthly + (f" ({', '.join(bounds)})" if bounds else "")


def plain(amount: Decimal) -> str:
    """A finite number for programs: no exponent, at most ten decimals, no trailing zeros, never `-0`."""
    if amount.as_tuple().exponent < -10:  # type: ignore[operator]
        amount = amount.quantize(_DECIMALS, rounding=ROUND_HALF_EVEN, context=_WIDE)
    text = f"{amount:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
