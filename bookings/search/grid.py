"""The candidate starts of a search: every so many minutes, as positions in an array.

A requirement on a window becomes one on its start, and so a mask over the grid: True where a window that starts
there is allowed. Instants are whole microseconds since 1970, exact in Python and in numpy alike, so that half-open
edges fall where they should.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from modules.intervals import Span

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
MINUTE_US = 60_000_000

Mask = NDArray[np.bool_]
Instants = NDArray[np.int64]


def to_us(instant: datetime) -> int:
    """Microseconds since 1970."""
    return (instant - EPOCH) // MICROSECOND


def from_us(instant_us: int) -> datetime:
    return EPOCH + timedelta(microseconds=instant_us)


def length_us(length: timedelta) -> int:
    return length // MICROSECOND


@dataclass(frozen=True, slots=True)
class Grid:
    """`count` starts from `origin_us` on, `step_us` apart, of windows `window_us` long."""

    origin_us: int
    step_us: int
    count: int
    window_us: int

    @classmethod
    def over(cls, span: Span, window: timedelta, step_minutes: int) -> Grid:
        """The starts of windows that lie in `span`, from its beginning rounded up to a whole minute."""
        origin_us = -(-to_us(span.starts_at) // MINUTE_US) * MINUTE_US
        step_us, window_us = step_minutes * MINUTE_US, length_us(window)
        room = to_us(span.ends_at) - window_us - origin_us
        return cls(origin_us, step_us, max(room // step_us + 1, 0), window_us)

    def start(self, position: int) -> datetime:
        return from_us(self.origin_us + position * self.step_us)

    def everywhere(self) -> Mask:
        return np.ones(self.count, dtype=np.bool_)

    def nowhere(self) -> Mask:
        return np.zeros(self.count, dtype=np.bool_)

    def first_at(self, instants_us: Any) -> Any:
        """The first position whose start is at or after each instant; `count` where there is none."""
        return np.clip(-((self.origin_us - instants_us) // self.step_us), 0, self.count)

    def first_after(self, instants_us: Any) -> Any:
        """The first position whose start is after each instant; `count` where there is none."""
        return np.clip((instants_us - self.origin_us) // self.step_us + 1, 0, self.count)

    def between(self, first_us: int, end_us: int | None) -> slice:
        """The positions whose start lies in the half-open `[first_us, end_us)`; an open end reaches on."""
        return slice(int(self.first_at(first_us)), self.count if end_us is None else int(self.first_at(end_us)))

    def allow_from_to(self, mask: Mask, firsts_us: Instants, lasts_us: Instants) -> None:
        """Allow the starts in each closed `[first, last]`."""
        paint(mask, self.first_at(firsts_us), self.first_after(lasts_us), True)

    def allow_inside(self, mask: Mask, begins_us: Instants, ends_us: Instants) -> None:
        """Allow the windows that lie wholly in one of the half-open `[begin, end)`."""
        self.allow_from_to(mask, begins_us, ends_us - self.window_us)

    def forbid_touching(self, mask: Mask, begins_us: Instants, ends_us: Instants, *, margin_us: int = 0) -> None:
        """Forbid the windows that, with `margin_us` after them, overlap any half-open `[begin, end)`."""
        paint(mask, self.first_after(begins_us - self.window_us - margin_us), self.first_at(ends_us), False)

    def covered_us(self, mask: Mask) -> int:
        """How much time lies in at least one allowed window."""
        firsts, ends = runs(mask)
        if not len(firsts):
            return 0
        within = int((ends - firsts - 1).sum()) * min(self.step_us, self.window_us)
        between = np.minimum((firsts[1:] - ends[:-1] + 1) * self.step_us, self.window_us)
        return within + int(between.sum()) + self.window_us


def paint(mask: Mask, firsts: Any, ends: Any, value: bool) -> None:
    """Set `mask[first:end]` for each pair."""
    for first, end in zip(firsts.tolist(), ends.tolist(), strict=True):
        mask[first:end] = value


def as_instants(values: Iterable[int]) -> Instants:
    return np.fromiter(values, dtype=np.int64)


def runs(mask: Mask) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The first and the end position of each unbroken stretch of True."""
    edges = np.flatnonzero(mask[1:] != mask[:-1]) + 1
    if len(mask) and (mask[0] or mask[-1]):
        edges = np.concatenate(([0] if mask[0] else [], edges, [len(mask)] if mask[-1] else [])).astype(np.intp)
    return edges[::2], edges[1::2]


def greedy(grid: Grid, mask: Mask) -> NDArray[np.int64]:
    """The earliest allowed start, then the earliest at or after that window's end, and so on: their positions."""
    if not mask.any():
        return np.empty(0, dtype=np.int64)
    width = -(-grid.window_us // grid.step_us)
    firsts, counts, cursor = [], [], 0
    for begin, end in zip(*(edge.tolist() for edge in runs(mask)), strict=True):
        first = max(begin, cursor)
        if first < end:
            count = (end - 1 - first) // width + 1
            firsts.append(first)
            counts.append(count)
            cursor = first + count * width
    return _spread(firsts, counts, width)


def _spread(firsts: list[int], counts: list[int], width: int) -> NDArray[np.int64]:
    """`first, first + width, …` as often as each count says."""
    repeats = np.asarray(counts, dtype=np.int64)
    within = np.arange(repeats.sum()) - np.repeat(np.cumsum(repeats) - repeats, repeats)
    spread: Instants = np.repeat(np.asarray(firsts, dtype=np.int64), repeats) + within * width
    return spread
