"""AWS: what its pricing pages say of every region, feed by feed.

`maps/aws_by_region.csv` has a column a region and a row a metric, by the name and with the figure of the feed that
AWS's pricing page reads; a blank is a region that the feed does not price. `maps/aws_feeds.csv` says from which copy of
the feed it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from facts.rows import MAPS, Origin, Rate, table

ABOUT = ("feed", "metric", "key", "component", "unit", "times", "tier_start")


def by_region() -> Iterator[Rate]:
    """`times` is how many of the feed's units ours is."""
    origins = {row["feed"]: Origin(row["as_of"], row["source"]) for row in table(MAPS / "aws_feeds.csv")}
    for row in table(MAPS / "aws_by_region.csv"):
        about = [row.pop(column) for column in ABOUT]
        feed, _, key, component, unit, times, tier_start = about
        for region, figure in row.items():
            if figure:
                usd = Decimal(figure) * Decimal(times)
                yield Rate(region, key, component, unit, usd, origins[feed], tier_start=Decimal(tier_start))
