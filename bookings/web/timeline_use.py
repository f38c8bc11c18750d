"""How much of a zone's time is used, bucket by bucket: what is drawn where single bars would be too many.

Spans become two sorted arrays; merged, their covered time up to any instant is a polyline, so the use of every
bucket is read off at its edges, however many bookings there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from modules.intervals import Span

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Bucket:
    """Shares of `span`, from 0 to 1: one's own, others', closed besides. `bars` begin in it."""

    span: Span
    own: float
    others: float
    closed: float
    bars: int

    @property
    def used(self) -> float:
        return min(1.0, self.own + self.others + self.closed)

    @property
    def percent(self) -> int:
        """Never 0 for a little nor 100 for nearly all: either would be believed."""
        return min(99, max(1, round(100 * self.used))) if 0 < self.used < 1 - 1e-9 else round(100 * self.used)


def buckets(
    edges: Sequence[datetime], *, own: Iterable[Span], others: Iterable[Span], closed: Iterable[Span]
) -> list[Bucket]:
    """The use between each two of `edges`."""
    cuts = np.array([edge.timestamp() for edge in edges])
    mine, theirs, shut = merged(own), merged(others), merged(closed)
    lengths = np.diff(cuts)
    mine_s = _covered(mine, cuts)
    booked_s = _covered(_union(mine, theirs), cuts)
    used_s = _covered(_union(mine, theirs, shut), cuts)
    shares = (mine_s / lengths, (booked_s - mine_s) / lengths, (used_s - booked_s) / lengths)
    begun = np.sum([np.histogram(spans[0], cuts)[0] for spans in (mine, theirs, shut)], axis=0)
    return [
        Bucket(Span(*ends), float(a), float(b), float(c), int(n))
        for *ends, a, b, c, n in zip(edges, edges[1:], *shares, begun, strict=False)
    ]


def merged(spans: Iterable[Span]) -> Floats:
    """Two rows, starts and ends in Unix seconds, sorted and apart."""
    pairs = np.array([(span.starts_at.timestamp(), span.ends_at.timestamp()) for span in spans]).reshape(-1, 2)
    return _apart(pairs.T)


def _union(*several: Floats) -> Floats:
    return _apart(np.concatenate(several, axis=1))


def _apart(spans: Floats) -> Floats:
    if not spans.shape[1]:
        return spans
    starts, ends = spans[:, np.argsort(spans[0])]
    reach = np.maximum.accumulate(ends)
    first = np.concatenate(([True], starts[1:] > reach[:-1]))
    last = np.concatenate((first[1:], [True]))
    return np.array((starts[first], reach[last]))


def _covered(spans: Floats, cuts: Floats) -> Floats:
    """Covered seconds between each two cuts."""
    if not spans.shape[1]:
        return np.zeros(len(cuts) - 1)
    lengths = spans[1] - spans[0]
    before = np.concatenate(([0.0], np.cumsum(lengths)))
    points = spans.T.ravel()
    totals = np.column_stack((before[:-1], before[1:])).ravel()
    return np.diff(np.interp(cuts, points, totals, left=0.0, right=float(before[-1])))
