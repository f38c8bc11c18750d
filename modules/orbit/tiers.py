"""How far a computed time can be trusted: the one table, and what follows from it.

Times drift from the truth with their distance from the epoch of what they were computed from, and a reboost
in between throws them off at once. Elements know of no reboost to come; an operator's ephemeris has its
burns in it, and reaches further. Beyond the last reach no clock time is worth saying, only what the orbit's
plane still tells.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Literal

from modules.orbit.times import DAY_S


class Tier(StrEnum):
    """From the surest to the least sure."""

    PRECISE = "precise"
    GOOD = "good"
    INDICATIVE = "indicative"
    STATISTICAL = "statistical"


SourceKind = Literal["elements", "ephemeris"]


@dataclass(frozen=True)
class TierRow:
    """One line of the table: the tier, how many days it reaches by source, and the error it promises."""

    tier: Tier
    elements_days: float
    ephemeris_days: float
    uncertainty_seconds: float | None


TABLE = (
    TierRow(Tier.PRECISE, 2.0, 7.0, 10.0),
    TierRow(Tier.GOOD, 5.0, 16.0, 120.0),
    TierRow(Tier.INDICATIVE, 14.0, 30.0, 600.0),
    TierRow(Tier.STATISTICAL, float("inf"), float("inf"), None),
)
"""Sources. Elements: 1,068 real sets of the ISS compared with later ones, 93 %, 94 % and 92 % of times inside
the promise, reboosts included. Ephemeris: NASA's forecasts of 2021 and 2022 compared with the next ones, at
most 7 s at 7 days and 22 s at 15; over many, 34 s at the 90th percentile 11 to 16 days ahead."""


@dataclass(frozen=True)
class TierSpan:
    """A span [starts_s, ends_s) of `unix_s` in one tier; no uncertainty where there are no clock times."""

    starts_s: float
    ends_s: float
    tier: Tier
    uncertainty_seconds: float | None


def tier_at(
    unix_s: float, epoch_s: float, reboosts_s: Iterable[float] = (), source: SourceKind = "elements"
) -> TierRow:
    """The row of the table that holds at a time, one lower where a reboost lies between epoch and time."""
    distance_days = abs(unix_s - epoch_s) / DAY_S
    index = next(i for i, row in enumerate(TABLE) if distance_days <= reach_days(row, source))
    low, high = min(unix_s, epoch_s), max(unix_s, epoch_s)
    if any(low < reboost_s <= high for reboost_s in reboosts_s):
        index = min(index + 1, len(TABLE) - 1)
    return TABLE[index]


def reach_days(row: TierRow, source: SourceKind) -> float:
    """How far from the epoch a row reaches."""
    return row.elements_days if source == "elements" else row.ephemeris_days


def tier_spans(
    start_s: float,
    end_s: float,
    epoch_s: float,
    reboosts_s: Iterable[float] = (),
    source: SourceKind = "elements",
) -> tuple[TierSpan, ...]:
    """[start, end) parted by tier, in order, neighbours of one tier joined.

    `reboosts_s` are those that the source does not know: all for elements; for an ephemeris only those that
    it was made without.
    """
    reboosts = sorted(reboosts_s)
    reaches = [reach_days(row, source) * DAY_S for row in TABLE[:-1]]
    cuts = {epoch_s, *reboosts, *(epoch_s + sign * reach for reach in reaches for sign in (-1, 1))}
    edges = [start_s, *sorted(cut for cut in cuts if start_s < cut < end_s), end_s]
    spans: list[TierSpan] = []
    for low, high in pairwise(edges):
        row = tier_at((low + high) / 2, epoch_s, reboosts, source)
        if spans and spans[-1].tier == row.tier:
            low = spans.pop().starts_s
        if high > low:
            spans.append(TierSpan(low, high, row.tier, row.uncertainty_seconds))
    return tuple(spans)
