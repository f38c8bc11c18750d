"""What is raced for: windows on days of their own, and clients that ask for a part of them each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bookings import lifecycle
from bookings.actors import Actor
from bookings.drafts import Draft
from bookings.exceptions import Refusal
from bookings.models import Booking
from bookings.states import Status
from modules.intervals import Span
from tests.bookings import invariants
from tests.world import NOW, Company, World

FIRST = datetime(2027, 4, 1, 8, tzinfo=NOW.tzinfo)
MIXES = (("arena",), ("arena", "studio"), ("arena", "control"), ("arena",))


@dataclass
class Field:
    world: World
    companies: list[Company]
    first: datetime = FIRST
    actors: list[Actor] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.actors = [company.actor for company in self.companies]

    def actor(self, lane: int) -> Actor:
        return self.actors[lane % len(self.actors)]

    def window(self, slot: int, lane: int) -> Span:
        """Three hours, begun up to two and a half later by other lanes: any two of a slot overlap in part."""
        starts_at = self.first + timedelta(days=slot, minutes=30 * (lane % 6))
        return Span(starts_at, starts_at + timedelta(hours=3))

    def draft(self, slot: int, lane: int) -> Draft:
        production = self.companies[lane % len(self.companies)].production
        return Draft(production.pk, MIXES[lane % len(MIXES)], "filming", self.window(slot, lane))

    def reserve(self, slot: int, lane: int, status: Status) -> Booking:
        return lifecycle.reserve(actor=self.actor(lane), draft=self.draft(slot, lane), status=status, at=NOW)

    def request(self, booking: Booking, lane: int) -> Booking:
        return lifecycle.request(actor=self.actor(lane), booking_id=booking.pk, at=NOW)

    def move(self, booking: Booking, slot: int, lane: int) -> Booking:
        window = self.window(slot, lane)
        changes: dict[str, Any] = {"starts_at": window.starts_at, "ends_at": window.ends_at, "zones": MIXES[lane % 4]}
        owner = next(actor for actor in self.actors if booking.organisation_id in actor.booking_ids)
        return lifecycle.change(actor=owner, booking_id=booking.pk, changes=changes, at=NOW)


def told(outcomes: Iterable[Any]) -> Counter[str]:
    """How many got what: a booking's state and rank, or a refusal's code. Whatever else was raised is raised here."""
    counts: Counter[str] = Counter()
    for outcome in outcomes:
        if isinstance(outcome, Exception) and not isinstance(outcome, Refusal):
            raise outcome
        counts[outcome.code if isinstance(outcome, Refusal) else f"{outcome.status} {outcome.rank}"] += 1
    return counts


OCCUPANTS = """
    SELECT count(*) FROM bookings_booking
     WHERE rank = 1 AND starts_at < %s AND ends_at > %s
       AND EXISTS (SELECT FROM bookings_claim AS claim JOIN modules_zone AS zone ON zone.id = claim.zone_id
                    WHERE claim.booking_id = bookings_booking.id AND zone.slug = 'arena')
"""


def occupants(slot: int, first: datetime = FIRST) -> int:
    """How many occupy the arena in the middle of a slot, where every client's window lies."""
    middle = first + timedelta(days=slot, hours=2, minutes=45)
    return int(invariants.rows(OCCUPANTS, middle, middle)[0][0])


def check(slots: Sequence[int] | range, first: datetime = FIRST, at: datetime = NOW) -> None:
    """One occupant a slot, in plain SQL; ranks as the order of arrival has them; and all else that is always true."""
    assert {slot: occupants(slot, first) for slot in slots} == dict.fromkeys(slots, 1)
    invariants.check(at)
