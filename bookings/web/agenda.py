"""The calendar as a list: each day on which anything stands, in the order of the clock; free days in between as one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from bookings.web.days import Day, Line


@dataclass(frozen=True, slots=True)
class Entry:
    """One day with its lines, or several days in a row on which nothing stands."""

    days: Sequence[Day]
    lines: Sequence[Line]

    @property
    def day(self) -> Day:
        return self.days[0]

    @property
    def last(self) -> Day:
        return self.days[-1]

    @property
    def is_today(self) -> bool:
        return any(day.is_today for day in self.days)


def agenda(days: Iterable[Day]) -> list[Entry]:
    """A day that has something to say of itself, such as a change of the clocks, stands alone too."""
    found: list[Entry] = []
    for quiet, group in groupby(days, key=_is_quiet):
        run = list(group)
        found += [Entry(run, ())] if quiet else [Entry([day], _by_the_clock(day)) for day in run]
    return found


def _is_quiet(day: Day) -> bool:
    return not (day.lines or day.clock_change or day.begins)


def _by_the_clock(day: Day) -> list[Line]:
    """What came over from the day before first, then by start; at the same time one's own before others'."""
    return sorted(day.lines, key=lambda line: line.entry.span.starts_at)
