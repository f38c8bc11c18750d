"""The window search by brute force: every minute looked at, nothing shared with the search itself.

Time is cut into minute cells. Each rule says which cells are bad; a window is good when none of its cells is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate, combinations
from typing import Any

from bookings.models import Booking, Claim
from modules.models import Closure, FlightRules, Phase, Zone

MINUTE = timedelta(minutes=1)
LIMITS = {"crew": "crew_limit", "power_kw": "power_limit_kw", "downlink_mbps": "downlink_limit_mbps"}


@dataclass
class Asked:
    activity: str
    minutes: int
    begins: datetime
    ends: datetime
    at: datetime
    zones: list[str]
    step: int = 1
    crew: int = 0
    power_kw: int = 0
    downlink_mbps: int = 0
    crew_awake: bool = True


def windows(asked: Asked, module_id: int, also: Any = None, wanted: Any = None) -> list[tuple[datetime, str]]:
    """Every (start, zone), in order of start, then of zone; `also` says what the orbit allows of what is `wanted`."""

    def sky_allows(start: datetime) -> bool:
        return also is None or also.allows(wanted, start, asked.minutes)

    zones = [z for z in Zone.objects.filter(module=module_id) if not asked.zones or z.slug in asked.zones]
    found = [
        (start, zone.position, zone.slug)
        for zone in zones
        for start in _greedily(asked, _Zone(asked, zone), sky_allows)
    ]
    return [(start, slug) for start, _, slug in sorted(found)]


def _greedily(asked: Asked, zone: _Zone, sky_allows: Callable[[datetime], bool]) -> Iterator[datetime]:
    start = asked.begins.replace(second=0, microsecond=0)
    start += MINUTE if start < asked.begins else timedelta(0)
    length, free_from = timedelta(minutes=asked.minutes), start
    while start + length <= asked.ends:
        if start >= free_from and zone.allows(start) and sky_allows(start):
            yield start
            free_from = start + length
        start += timedelta(minutes=asked.step)


class _Zone:
    """One zone's minutes, from the span's first to well after its last."""

    def __init__(self, asked: Asked, zone: Zone) -> None:
        self.asked, self.zone = asked, zone
        self.first = asked.begins.replace(second=0, microsecond=0)
        self.count = int((asked.ends - self.first) / MINUTE) + 24 * 60
        self.phases = list(Phase.objects.filter(module=zone.module_id))
        self.rules = {p.pk: p.rules for p in self.phases}
        self.permitted = {p.pk: {r.zone_id: r.activities for r in p.rules.zone_rules.all()} for p in self.phases}
        standing = [
            c
            for c in Claim.objects.filter(zone=zone, rank__isnull=False).select_related("booking")
            if not (c.booking.status == "held" and c.booking.hold_expires_at <= asked.at)
        ]
        shut = [
            c
            for c in Closure.objects.filter(module=zone.module_id, withdrawn_at=None)
            if not c.zones.all() or zone in c.zones.all()
        ]
        self.taken = self.marked((c.period.lower, c.period.upper) for c in standing)
        self.closed = self.marked((c.starts_at, c.ends_at) for c in shut)
        self.heavy = {p.pk: self.overloaded(p) if p.is_bookable else None for p in self.phases}

    def cells(self, begins: datetime, ends: datetime) -> range:
        """The cells that a half-open span touches."""
        first, last = (begins - self.first) // MINUTE, -((self.first - ends) // MINUTE)
        return range(max(first, 0), min(last, self.count))

    def marked(self, spans: Iterable[tuple[datetime, datetime]]) -> list[int]:
        """How many cells before each are touched by one of the spans."""
        bad = [0] * self.count
        for begins, ends in spans:
            for cell in self.cells(begins, ends):
                bad[cell] = 1
        return [0, *accumulate(bad)]

    def none_marked(self, marks: list[int], start: datetime, minutes: int) -> bool:
        first = round((start - self.first) / MINUTE)
        return marks[first] == marks[first + minutes]

    def overloaded(self, phase: Phase) -> list[int]:
        """How many cells before each have others who leave too little."""
        present: list[list[tuple[Booking, set[int]]]] = [[] for _ in range(self.count)]
        for b in Booking.objects.filter(module=self.zone.module_id, status__in=["held", "requested", "confirmed"]):
            zones = {claim.zone_id for claim in b.claims.all()}
            lapsed = b.status == "held" and b.hold_expires_at <= self.asked.at
            if not lapsed and self.zone.pk not in zones:
                for cell in self.cells(b.starts_at, b.ends_at):
                    present[cell].append((b, zones))
        return [0, *accumulate(int(bool(there) and self.too_much(there, self.rules[phase.pk])) for there in present)]

    def too_much(self, present: list[tuple[Booking, set[int]]], rules: FlightRules) -> bool:
        return any(
            getattr(self.asked, measure)
            and getattr(self.asked, measure) + _worst(present, measure) > getattr(rules, limit)
            for measure, limit in LIMITS.items()
        )

    def allows(self, start: datetime) -> bool:
        asked, end = self.asked, start + timedelta(minutes=self.asked.minutes)
        phase = next((p for p in self.phases if p.starts_at <= start and (not p.ends_at or end <= p.ends_at)), None)
        if phase is None or phase.kind not in ("docked", "free_flight"):
            return False
        rules, length = self.rules[phase.pk], end - start
        minutes, turnaround = asked.minutes, int(rules.turnaround / MINUTE)
        return (
            asked.activity in self.zone.activities
            and asked.activity in self.permitted[phase.pk].get(self.zone.pk, self.zone.activities)
            and rules.shortest_window <= length <= rules.longest_window
            and start > asked.at
            and start >= asked.at + rules.lead_time
            and all(getattr(asked, measure) <= getattr(rules, limit) for measure, limit in LIMITS.items())
            and self.none_marked(self.closed, start, minutes)
            and self.none_marked(self.taken, start, minutes + turnaround)
            and self.none_marked(self.heavy[phase.pk], start, minutes)
            and (not asked.crew_awake or self.awake(phase, start))
        )

    def awake(self, phase: Phase, start: datetime) -> bool:
        rules = self.rules[phase.pk]
        wakes = start.replace(hour=rules.crew_wake.hour, minute=rules.crew_wake.minute, second=0)
        for wake in (wakes, wakes - timedelta(days=1)):
            sleep = wake.replace(hour=rules.crew_sleep.hour, minute=rules.crew_sleep.minute)
            sleep += timedelta(days=1) if sleep <= wake else timedelta(0)
            if wake <= start and start + timedelta(minutes=self.asked.minutes) <= sleep:
                return True
        return False


def _worst(present: list, measure: str) -> float:
    """The heaviest choice of bookings no two of which share a zone: every choice is tried."""
    best = 0
    for size in range(1, len(present) + 1):
        for choice in combinations(present, size):
            zones = [pk for _, own in choice for pk in own]
            if len(set(zones)) == len(zones):
                best = max(best, sum(getattr(b, measure) for b, _ in choice))
    return best
