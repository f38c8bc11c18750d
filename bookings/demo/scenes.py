"""The demo's schedule, acted out: each scene happens at its own instants of the past, by the verbs of lifecycle.

From the tenth day on most days stay free in every zone: people come here to book.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

from bookings import lifecycle, replanning
from bookings.demo.people import Company, People
from bookings.drafts import Draft
from bookings.exceptions import RuleBroken
from bookings.models import Booking
from bookings.states import Status
from modules.intervals import Span
from modules.models import Certainty, Closure, Module
from modules.operations.closures import declare_closure

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
CONCURRENCE = "Axiom mission planning, by mail"


@dataclass(frozen=True)
class Scene:
    """A booking and how far it came. `day` and `hour` say when its window starts: days from today, hour GMT."""

    who: str
    makes: str
    zones: tuple[str, ...]
    day: int
    hour: float
    hours: float
    came_to: str
    crew: int = 0
    power_kw: str = "0"
    downlink_mbps: int = 0


def _past(*rows: tuple[str, str, str, int, float, float, int]) -> list[Scene]:
    return [
        Scene(who, makes, (zone,), day, hour, hours, "completed", crew, "2.5", 40)
        for who, makes, zone, day, hour, hours, crew in rows
    ]


SCENES = [
    *_past(
        ("producer", "filming", "studio", -38, 9, 6, 1),
        ("producer", "filming", "studio", -37, 9, 6, 1),
        ("rival", "music", "arena", -33, 14, 4, 1),
        ("rival", "television", "studio", -30, 8.5, 3, 0),
        ("producer", "music", "arena", -26, 13, 5, 2),
        ("rival", "sports", "arena", -23, 10, 6, 2),
        ("producer", "television", "studio", -19, 9, 2.5, 1),
        ("rival", "filming", "studio", -16, 9, 8, 1),
        ("producer", "sports", "arena", -12, 15, 3, 2),
        ("rival", "music", "arena", -9, 16, 3, 1),
        ("producer", "filming", "studio", -5, 9, 7, 1),
        ("rival", "television", "studio", -3, 10, 2, 0),
    ),
    Scene("producer", "music", ("arena", "control"), -14, 22, 4, "completed", 2, "4", 120),
    Scene("producer", "filming", ("studio",), -8, 9, 4, "declined", 2),
    Scene("producer", "television", ("studio",), -6, 14, 2, "cancelled", 1),
    Scene("rival", "sports", ("arena",), -2, 9, 5, "cancelled", 1),
    Scene("producer", "sports", ("arena",), 9, 9, 3, "released", 1),
    Scene("rival", "filming", ("studio",), 8, 13, 3, "released"),
    Scene("producer", "confidential", ("studio",), 6, 13, 4, "expired", 1),
    Scene("producer", "television", ("studio",), 0, 16, 2, "confirmed", 1, "2", 60),
    Scene("producer", "filming", ("studio",), 1, 9, 6, "confirmed", 1, "3.5", 40),
    Scene("rival", "music", ("arena",), 1, 17, 3, "confirmed", 1, "4", 120),
    Scene("producer", "music", ("arena", "control"), 2, 22, 4, "confirmed", 2, "5", 150),
    Scene("rival", "television", ("studio",), 3, 10, 3, "confirmed", 0, "1.5", 60),
    Scene("producer", "sports", ("arena",), 4, 10, 4, "confirmed", 2, "4", 80),
    Scene("producer", "confidential", ("studio",), 5, 9, 8, "requested", 1, "3", 20),
    Scene("rival", "sports", ("arena",), 6, 9, 7, "requested", 2, "4", 100),
    Scene("producer", "television", ("control",), 7, 12, 2, "requested", 0, "1", 40),
    Scene("rival", "filming", ("studio",), 8, 9, 3, "held", 1, "2"),
    Scene("producer", "filming", ("studio",), 16, 9, 30, "confirmed", 1, "3", 40),
    Scene("rival", "music", ("arena",), 23, 15, 5, "requested", 1, "4", 120),
    Scene("producer", "music", ("arena",), 37, 18, 4, "held", 2, "5", 150),
]


def play(people: People, module: Module, *, now: datetime) -> None:
    """Act everything out, as seen from `now`."""
    stage = _Stage(people, module, now)
    stage.close()
    for scene in SCENES:
        # A window over the night in which the docked phase ends is nobody's: that one scene is left out then.
        with suppress(RuleBroken):
            stage.act(scene)
    stage.queue_of_three(day=7)
    stage.challenged_producer(day=9)
    stage.challenging_producer(day=11)
    stage.closed_afterwards(day=4)
    lifecycle.complete_past(at=now)
    lifecycle.expire_due(at=now)


class _Stage:
    def __init__(self, people: People, module: Module, now: datetime) -> None:
        self.people, self.module = people, module
        self.now = now.replace(second=0, microsecond=0)
        self.midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)

    def time(self, day: int, hour: float) -> datetime:
        return self.midnight + day * DAY + hour * HOUR

    def act(self, scene: Scene) -> Booking:
        company = self._company(scene.who)
        starts_at = self.time(scene.day, scene.hour)
        first = min(starts_at - 11 * DAY, self.now - 6 * DAY + (scene.day % 5) * HOUR)
        first = self.now - 2 * DAY if scene.came_to == "held" else first
        first = self.now - 9 * DAY if scene.came_to == "expired" else first
        booking = self._hold(company, scene, starts_at, at=first)
        self._lead(booking, company, scene.came_to, first)
        return booking

    def _lead(self, booking: Booking, company: Company, came_to: str, first: datetime) -> None:
        pk, own = booking.pk, company.actor
        if came_to in {"requested", "confirmed", "completed", "declined", "cancelled"}:
            lifecycle.request(actor=own, booking_id=pk, at=first + 18 * HOUR)
        if came_to in {"confirmed", "completed"}:
            lifecycle.confirm(actor=self.people.staff, booking_id=pk, at=first + 3 * DAY, concurrence=CONCURRENCE)
        elif came_to == "declined":
            why = "The host's crew is assigned to cargo transfer on that day."
            lifecycle.decline(actor=self.people.staff, booking_id=pk, at=first + 2 * DAY, reason=why)
        elif came_to == "cancelled":
            lifecycle.cancel(actor=own, booking_id=pk, at=first + 4 * DAY, reason="The lead actor is ill.")
        elif came_to == "released":
            lifecycle.release(actor=own, booking_id=pk, at=first + DAY)

    def _hold(self, company: Company, scene: Scene, starts_at: datetime, *, at: datetime) -> Booking:
        production = company.productions[scene.makes]
        draft = Draft(
            production_id=production.pk,
            zones=scene.zones,
            activity=production.activity,
            span=Span(starts_at, starts_at + scene.hours * HOUR),
            crew=scene.crew,
            power_kw=Decimal(scene.power_kw),
            downlink_mbps=scene.downlink_mbps,
            module=self.module.slug,
        )
        return lifecycle.reserve(actor=company.actor, draft=draft, status=Status.HELD, at=at)

    def _company(self, who: str) -> Company:
        return self.people.producer if who == "producer" else self.people.rival

    def _line_up(self, day: int, hour: float, hours: float, line: Iterable[tuple[str, str]]) -> list[Booking]:
        """Holds of one time in the arena, each a few hours after the one before."""
        return [
            self._hold(
                self._company(who),
                Scene(who, makes, ("arena",), day, hour, hours, "held", 1, "2", 40),
                self.time(day, hour),
                at=self.now - 2 * DAY + place * 5 * HOUR,
            )
            for place, (who, makes) in enumerate(line)
        ]

    def queue_of_three(self, day: int) -> None:
        """A line with nobody left to join it; the producer stands first in it, and last."""
        self._line_up(day, 12, 4, [("producer", "music"), ("rival", "music"), ("producer", "television")])

    def challenged_producer(self, day: int) -> None:
        """The producer's hold must be requested within a day or two."""
        _, second = self._line_up(day, 14, 3, [("producer", "sports"), ("rival", "sports")])
        lifecycle.challenge(actor=self.people.rival.actor, booking_id=second.pk, at=self.now - 20 * HOUR)

    def challenging_producer(self, day: int) -> None:
        """The producer waits behind the rival, and has challenged."""
        _, second = self._line_up(day, 9, 5, [("rival", "filming"), ("producer", "filming")])
        lifecycle.challenge(actor=self.people.producer.actor, booking_id=second.pk, at=self.now - 8 * HOUR)

    def close(self) -> None:
        """A closure of each kind, some behind us and some ahead."""
        kinds = Closure.Kind
        for kind, day, hour, hours, zones, note in (
            (kinds.VISITING_VEHICLE, -28, 6, 8, (), "Cargo vehicle docks."),
            (kinds.REBOOST, -10, 20, 2, (), ""),
            (kinds.CREW_REST, _to_sunday(self.now), 0, 24, (), "Sunday."),
            (kinds.MAINTENANCE, 3, 14, 4, ("control",), "Console update."),
            (kinds.EVA, 12, 10, 9, (), "Starboard truss."),
            (kinds.REBOOST, 14, 21, 2, (), ""),
            (kinds.VISITING_VEHICLE, 19, 4, 9, (), "Crew vehicle docks."),
            (kinds.OTHER, 26, 12, 2, ("arena",), "Visit of the host's safety panel."),
        ):
            self._declare(kind, self.time(day, hour), hours, zones, note, at=self.now - 60 * DAY)

    def closed_afterwards(self, day: int) -> None:
        """A late docking lands on a confirmed booking: it needs a look."""
        starts_at = self.time(day, 12)
        note = "Cargo vehicle docks; moved by two days."
        self._declare(Closure.Kind.VISITING_VEHICLE, starts_at, 5, (), note, at=self.now - 5 * HOUR)

    def _declare(
        self, kind: str, starts_at: datetime, hours: int, zones: tuple[str, ...], note: str, *, at: datetime
    ) -> None:
        verb = partial(
            declare_closure,
            module=self.module,
            kind=kind,
            starts_at=starts_at,
            ends_at=starts_at + hours * HOUR,
            zones=list(self.module.zones.filter(slug__in=zones)),
            certainty=Certainty.ACTUAL if starts_at < self.now else Certainty.PLANNED,
            note=note,
        )
        replanning.apply(self.module, verb, reason=note or "Flight plan.", actor=self.people.staff, at=at)


def _to_sunday(now: datetime) -> int:
    """Days to the first Sunday from the 27th day on: whatever today is, it falls on none of the scenes."""
    return 27 + (6 - (now.weekday() + 27) % 7)
