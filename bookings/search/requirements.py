"""What a window must satisfy, each requirement by itself: where on the grid it is met, and what to say where not.

A target is what one candidate books: one zone for the search, several together for a booking's alternatives.
Where a requirement has nothing to say (lead time outside any phase) it is met: `phase` says what is wrong there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from functools import cache, partial

import numpy as np

from bookings import capacity
from bookings.search import sentences
from bookings.search.capacity import overloads
from bookings.search.grid import Grid, Mask, as_instants, length_us, to_us
from bookings.search.ground import Ground
from bookings.search.request import SearchRequest
from modules.models import Phase, Zone

DAY_US = 86_400_000_000
NO_TIME = timedelta(0)

Target = tuple[Zone, ...]


@dataclass(frozen=True, slots=True)
class Requirement:
    """Where each target satisfies it; `detail` is only asked where it rules something out."""

    name: str
    masks: Sequence[Mask]
    detail: Callable[[], str]


@dataclass(frozen=True, slots=True)
class Case:
    """One search: what is asked, of which targets, on which ground, when; and how long it can still be booked."""

    request: SearchRequest
    grid: Grid
    ground: Ground
    targets: Sequence[Target]
    at: datetime
    stands: timedelta = NO_TIME

    def phases(self) -> Iterator[tuple[Phase, slice]]:
        """Each phase with the positions that start in it."""
        for phase in self.ground.phases:
            end_us = None if phase.ends_at is None else to_us(phase.ends_at)
            yield phase, self.grid.between(to_us(phase.starts_at), end_us)

    def bookable(self) -> Iterator[tuple[Phase, slice]]:
        return ((phase, where) for phase, where in self.phases() if phase.is_bookable)

    def shared(self, mask: Mask) -> list[Mask]:
        """The same for every target."""
        return [mask] * len(self.targets)


def requirements(case: Case) -> list[Requirement]:
    """Every requirement of the flight rules and of what others have booked."""
    found = [
        Requirement("phase", case.shared(_phase(case)), partial(sentences.phase, case.ground)),
        Requirement("activity", _activity(case), partial(sentences.activity, case.request, case.ground)),
        Requirement("duration", case.shared(_duration(case)), partial(sentences.duration, case.request, case.ground)),
        Requirement(
            "lead_time", case.shared(_lead_time(case)), partial(sentences.lead_time, case.ground, case.at, case.stands)
        ),
        Requirement("limits", case.shared(_limits(case)), partial(sentences.limits, case.request, case.ground)),
        Requirement("closed", _closed(case), partial(sentences.closed, case.ground)),
        Requirement("taken", _taken(case), partial(sentences.taken, case.ground)),
        Requirement("capacity", _capacity(case), partial(sentences.capacity, case.request)),
    ]
    if case.request.crew_awake:
        detail = partial(sentences.crew_awake, case.request, case.ground)
        found.append(Requirement("crew_awake", case.shared(_crew_awake(case)), detail))
    return found


def _phase(case: Case) -> Mask:
    mask = case.grid.nowhere()
    for phase, where in case.bookable():
        inside = case.grid.everywhere() if phase.ends_at is None else case.grid.nowhere()
        if phase.ends_at is not None:
            last = to_us(phase.ends_at) - case.grid.window_us
            inside[: int(case.grid.first_after(last))] = True
        mask[where] = inside[where]
    return mask


def _activity(case: Case) -> list[Mask]:
    activity = case.request.activity
    phases = [
        ({rule.zone_id: rule.activities for rule in phase.rules.zone_rules.all()}, where)
        for phase, where in case.bookable()
    ]

    @cache
    def mask_of(*is_permitted: bool) -> Mask:
        mask = case.grid.everywhere()
        mask[:] = is_permitted[0]
        for (_, where), permits in zip(phases, is_permitted[1:], strict=True):
            if not permits:
                mask[where] = False
        return mask

    return [
        mask_of(
            all(activity in zone.activities for zone in target),
            *(all(activity in rules.get(zone.pk, zone.activities) for zone in target) for rules, _ in phases),
        )
        for target in case.targets
    ]


def _duration(case: Case) -> Mask:
    mask = case.grid.everywhere()
    for phase, where in case.bookable():
        mask[where] = phase.rules.shortest_window <= case.request.duration <= phase.rules.longest_window
    return mask


def _lead_time(case: Case) -> Mask:
    mask, now_us = case.grid.everywhere(), to_us(case.at)
    for phase, where in case.bookable():
        earliest = int(case.grid.first_at(now_us + length_us(phase.rules.lead_time + case.stands)))
        mask[where.start : min(where.stop, earliest)] = False
    mask[: int(case.grid.first_after(now_us))] = False
    return mask


def _limits(case: Case) -> Mask:
    mask = case.grid.everywhere()
    for phase, where in case.bookable():
        mask[where] = not sentences.beyond(case.request, phase.rules)
    return mask


def _closed(case: Case) -> list[Mask]:
    shut = [
        (to_us(closure.starts_at), to_us(closure.ends_at), {zone.pk for zone in closure.zones.all()})
        for closure in case.ground.closures
    ]

    @cache
    def mask_of(*ours: tuple[int, int]) -> Mask:
        mask = case.grid.everywhere()
        case.grid.forbid_touching(mask, as_instants(b for b, _ in ours), as_instants(e for _, e in ours))
        return mask

    return [
        mask_of(*((begin, end) for begin, end, zones in shut if not zones or zones & {zone.pk for zone in target}))
        for target in case.targets
    ]


def _taken(case: Case) -> list[Mask]:
    turnarounds = [(phase.rules.turnaround, where) for phase, where in case.phases()]
    in_phases = sum(where.stop - where.start for _, where in turnarounds)  # phases never overlap
    elsewhere = [NO_TIME] if in_phases < case.grid.count else []
    kinds = {*elsewhere, *(turnaround for turnaround, where in turnarounds if where.start < where.stop)}
    return [_free(case, target, turnarounds, kinds) for target in case.targets]


def _free(case: Case, target: Target, turnarounds: Sequence[tuple[timedelta, slice]], kinds: set[timedelta]) -> Mask:
    """Free of every standing claim, with the turnaround of the phase that the window starts in."""
    by_turnaround = {turnaround: _apart(case, target, turnaround) for turnaround in kinds}
    if len(by_turnaround) < 2:
        return by_turnaround.popitem()[1] if by_turnaround else case.grid.everywhere()
    free = by_turnaround.get(NO_TIME, case.grid.everywhere()).copy()
    for turnaround, where in turnarounds:
        if where.start < where.stop:
            free[where] = by_turnaround[turnaround][where]
    return free


def _apart(case: Case, target: Target, turnaround: timedelta) -> Mask:
    """Where a window, with this turnaround after it, touches no standing claim."""
    mask = case.grid.everywhere()
    for zone in target:
        if zone.pk in case.ground.claims:
            lowers, uppers = case.ground.claims[zone.pk]
            case.grid.forbid_touching(mask, lowers, uppers, margin_us=length_us(turnaround))
    return mask


def _capacity(case: Case) -> list[Mask]:
    asked = [(measure, Decimal(getattr(case.request, measure)), limit) for measure, limit, _ in capacity.MEASURES]
    wanted = [(measure, amount, limit) for measure, amount, limit in asked if amount]
    if not wanted or not case.ground.loads:
        return case.shared(case.grid.everywhere())
    return [_within_capacity(case, target, wanted) for target in case.targets]


def _within_capacity(case: Case, target: Target, wanted: Sequence[tuple[str, Decimal, str]]) -> Mask:
    free, own = case.grid.everywhere(), {zone.pk for zone in target}
    others = [load for load in case.ground.loads if not load.zones & own]
    for measure, amount, limit in wanted if others else ():
        for phase, where in case.bookable():
            left = Decimal(getattr(phase.rules, limit)) - amount
            over = overloads(others, measure, left)
            mask = case.grid.everywhere()
            case.grid.forbid_touching(mask, as_instants(b for b, _ in over), as_instants(e for _, e in over))
            free[where] &= mask[where]
    return free


def _crew_awake(case: Case) -> Mask:
    mask = case.grid.everywhere()
    for phase, where in case.bookable():
        awake = case.grid.nowhere()
        wake, length = waking(phase.rules.crew_wake, phase.rules.crew_sleep)
        first_day = case.grid.origin_us // DAY_US - 1
        last_day = (case.grid.origin_us + case.grid.count * case.grid.step_us) // DAY_US
        wakes = np.arange(first_day, last_day + 1) * DAY_US + wake
        case.grid.allow_inside(awake, wakes, wakes + length)
        mask[where] = awake[where]
    return mask


def waking(wake: time, sleep: time) -> tuple[int, int]:
    """When in the GMT day the crew wakes and how long it is awake, in microseconds; over midnight if need be."""
    wake_us, sleep_us = (length_us(timedelta(hours=t.hour, minutes=t.minute, seconds=t.second)) for t in (wake, sleep))
    return wake_us, (sleep_us - wake_us - 1) % DAY_US + 1
