"""The window search by brute force: every minute looked at, nothing shared with the search itself.

Time is cut into minute cells. Each rule says which cells are bad; a window is good when none of its cells is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate, combinations

from bookings.models import Booking, Claim
from modules.models import Closure, Phase, Zone

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


def windows(asked: Asked, module_id: int) -> list[tuple[datetime, str]]:
    """Every (start, zone), in order of start, then of zone."""
    zones = [z for z in Zone.objects.filter(module=module_id) if not asked.zones or z.slug in asked.zones]
    found = [(start, zone.position, zone.slug) for zone in zones for start in _greedily(asked, _Zone(asked, zone))]
    return [(start, slug) for start, _, slug in sorted(found)]


def _greedily(asked: Asked, zone: _Zone) -> Iterator[datetime]:
    start = asked.begins.replace(second=0, microsecond=0)
    start += MINUTE if start < asked.begins else timedelta(0)
    length, free_from = timedelta(minutes=asked.minutes), start
    while start + length <= asked.ends:
        if start >= free_from and zone.allows(start):
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
        self.taken = self.marked(lambda a, b: any(a < c.period.upper and c.period.lower < b for c in standing))
        self.closed = self.marked(lambda a, b: any(a < c.ends_at and c.starts_at < b for c in shut))
        self.heavy = {p.pk: self.marked(self.overloaded(p)) if p.is_bookable else None for p in self.phases}

    def marked(self, bad: Callable[[datetime, datetime], bool]) -> list[int]:
        """How many bad cells there are before each."""
        cells = ((self.first + i * MINUTE, self.first + (i + 1) * MINUTE) for i in range(self.count))
        return [0, *accumulate(int(bad(a, b)) for a, b in cells)]

    def none_marked(self, marks: list[int], start: datetime, minutes: int) -> bool:
        first = round((start - self.first) / MINUTE)
        return marks[first] == marks[first + minutes]

    def overloaded(self, phase: Phase) -> Callable[[datetime, datetime], bool]:
        others = [
            (b, {c.zone_id for c in b.claims.all()})
            for b in Booking.objects.filter(module=self.zone.module_id, status__in=["held", "requested", "confirmed"])
            if not (b.status == "held" and b.hold_expires_at <= self.asked.at)
        ]
        others = [(b, zones) for b, zones in others if self.zone.pk not in zones]

        def bad(begin: datetime, end: datetime) -> bool:
            present = [(b, zones) for b, zones in others if b.starts_at < end and begin < b.ends_at]
            return any(
                getattr(self.asked, measure)
                and getattr(self.asked, measure) + _worst(present, measure) > getattr(self.rules[phase.pk], limit)
                for measure, limit in LIMITS.items()
            )

        return bad

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
