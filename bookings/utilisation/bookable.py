"""What was bookable of a zone: while a phase flies that takes bookings, the crew is awake, and nothing closes it.

As two sorted rows, starts and ends in Unix seconds, disjoint. How much of any window lies in them is read off the
covered time up to its two ends, so a hundred thousand windows cost a few milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time, timedelta

import numpy as np
from numpy.typing import NDArray

from modules.intervals import Span, Spans
from modules.models import Closure, Phase, Zone

Floats = NDArray[np.float64]
ONE_DAY = timedelta(days=1)


def bookable(zone: Zone, span: Span, *, phases: Sequence[Phase], closures: Iterable[Closure]) -> Spans:
    """The part of `span` in which the zone could be booked, phase by phase."""
    shut = Spans(Span(closure.starts_at, closure.ends_at) for closure in closures if closes(closure, zone))
    return without(Spans(awake for phase in phases for awake in _awake(phase, span)), shut)


def closes(closure: Closure, zone: Zone) -> bool:
    """Whether the zone is among those that it closes; one that names none closes all."""
    ids = {each.pk for each in closure.zones.all()}
    return not ids or zone.pk in ids


def without(spans: Spans, taken: Spans) -> Spans:
    """`spans - taken`, in one pass over both: a report spans years of days."""
    left: list[Span] = []
    rest = list(taken)
    first = 0
    for span in spans:
        cursor = span.starts_at
        while first < len(rest) and rest[first].ends_at <= cursor:
            first += 1
        for each in rest[first:]:
            if each.starts_at >= span.ends_at:
                break
            if each.starts_at > cursor:
                left.append(Span(cursor, each.starts_at))
            cursor = max(cursor, each.ends_at)
        if cursor < span.ends_at:
            left.append(Span(cursor, span.ends_at))
    return Spans(left)


def permits(zone: Zone, phase: Phase, activity: str) -> bool:
    """Whether the zone is equipped for the activity, and the phase's rules allow it there."""
    rules = {rule.zone_id: rule.activities for rule in phase.rules.zone_rules.all()}
    return activity in zone.activities and activity in rules.get(zone.pk, zone.activities)


def _awake(phase: Phase, span: Span) -> list[Span]:
    """The crew's waking days, as far as they lie in the phase and in `span`."""
    starts_at = max(phase.starts_at, span.starts_at)
    ends_at = min(phase.ends_at or span.ends_at, span.ends_at)
    if not phase.is_bookable or starts_at >= ends_at:
        return []
    awake_for = (_of_day(phase.rules.crew_sleep) - _of_day(phase.rules.crew_wake)) % ONE_DAY or ONE_DAY
    midnight = datetime.combine(starts_at.astimezone(UTC).date(), time(), UTC) - ONE_DAY
    days = [midnight + ONE_DAY * n for n in range((ends_at - midnight) // ONE_DAY + 1)]
    wakes = [day + _of_day(phase.rules.crew_wake) for day in days]
    return [
        Span(max(wake, starts_at), min(wake + awake_for, ends_at))
        for wake in wakes
        if max(wake, starts_at) < min(wake + awake_for, ends_at)
    ]


def _of_day(clock: time) -> timedelta:
    return timedelta(hours=clock.hour, minutes=clock.minute, seconds=clock.second)


class Covered:
    """Answers how many seconds of a set of spans lie before an instant, for many instants at once."""

    def __init__(self, spans: Spans) -> None:
        pairs = np.array([(s.starts_at.timestamp(), s.ends_at.timestamp()) for s in spans]).reshape(-1, 2)
        self._points = pairs.ravel()
        lengths = pairs[:, 1] - pairs[:, 0]
        before = np.concatenate(([0.0], np.cumsum(lengths)))
        self._totals = np.column_stack((before[:-1], before[1:])).ravel()
        self.total_s = float(before[-1])

    def between(self, starts_s: Floats, ends_s: Floats) -> Floats:
        return self._before(ends_s) - self._before(starts_s)

    def _before(self, instants_s: Floats) -> Floats:
        if not len(self._points):
            return np.zeros(len(instants_s))
        found: Floats = np.interp(instants_s, self._points, self._totals, left=0.0, right=self.total_s)
        return found
