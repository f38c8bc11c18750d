"""The door by which the schedule is changed: a verb of `modules.operations`, and then what it does to bookings.

Change and consequence are one transaction under one lock: the module is owned before the schedule is written and
until every booking it touches has been looked at. Bookings are flagged or cleared, never moved or cancelled; their
people are told once, however many closures or phases one change moves.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from django.db import transaction

from bookings import webhooks
from bookings.actors import Actor
from bookings.exceptions import NotAllowed
from bookings.lifecycle.attention import flag
from bookings.models import Booking
from bookings.replanning.drift import drifts
from bookings.replanning.outlook import outlooks
from modules.intervals import Spans
from modules.locking import own_module
from modules.models import Module


class Touching(Protocol):
    """What a verb of `modules.operations` hands back: it says which time it touched."""

    @property
    def touched(self) -> Spans: ...


Result = TypeVar("Result", bound=Touching)
Result_co = TypeVar("Result_co", bound=Touching, covariant=True)


class ScheduleChange(Protocol[Result_co]):
    """A verb of `modules.operations` with everything but the occasion filled in (`functools.partial`)."""

    def __call__(self, *, reason: str, at: datetime, by: str) -> Result_co: ...


@dataclass(frozen=True, slots=True)
class Reviewed:
    """Bookings whose flags, or phase, a look at them changed."""

    flagged: tuple[Booking, ...] = ()
    cleared: tuple[Booking, ...] = ()

    def beside(self, other: Reviewed) -> Reviewed:
        """Both looks together, each booking once."""
        flagged = {booking.pk: booking for booking in (*self.flagged, *other.flagged)}
        cleared = {b.pk: b for b in (*self.cleared, *other.cleared) if b.pk not in flagged}
        return Reviewed(tuple(flagged.values()), tuple(cleared.values()))

    @property
    def sentence(self) -> str:
        """What it came to, for whoever changed the schedule."""
        said = [
            f"{_counted(found)} {what}"
            for found, what in ((self.flagged, "flagged for attention"), (self.cleared, "cleared of it"))
            if found
        ]
        return f"{', '.join(said)}." if said else "No booking is affected."


@dataclass(frozen=True, slots=True)
class Replanned(Generic[Result]):
    """What a change of schedule handed back, and what it did to bookings."""

    result: Result
    reviewed: Reviewed


def apply(
    module: Module, change: ScheduleChange[Result], *, reason: str, actor: Actor, at: datetime
) -> Replanned[Result]:
    """Change the schedule and look at every booking it touches: all of it, or nothing.

    Raises NotAllowed for others than staff, and whatever the verb raises.
    """
    if not actor.is_staff:
        raise NotAllowed("Only SEE-1 staff change the schedule.")
    with transaction.atomic():
        own_module(module.pk)
        before = webhooks.last_revision(module)
        result = change(reason=reason, at=at, by=actor.label)
        webhooks.announce_closures(module, after=before, at=at)
        reviewed = recheck(module, result.touched, reason=reason, actor=actor, at=at)
        drifted = recheck_conditions(module, reason=reason, actor=actor, at=at)
    return Replanned(result, reviewed.beside(drifted))


def recheck(module: Module, touched: Spans, *, reason: str, actor: Actor, at: datetime) -> Reviewed:
    """Hold every active booking in `touched` against the schedule as it is, and set or clear its flags."""
    flagged: list[Booking] = []
    cleared: list[Booking] = []
    with transaction.atomic():
        own_module(module.pk)
        for outlook in outlooks(module, touched, at=at):
            booking = outlook.booking
            changed = outlook.changes and flag(
                booking,
                attention=outlook.attention,
                phase=outlook.phase,
                findings=[finding.detail for finding in outlook.findings],
                reason=reason,
                actor=actor,
                at=at,
            )
            if changed:
                (flagged if booking.attention else cleared).append(booking)
    return Reviewed(tuple(flagged), tuple(cleared))


def recheck_conditions(module: Module, *, reason: str, actor: Actor, at: datetime) -> Reviewed:
    """Hold every active booking that asks something of the orbit against it as it is now known."""
    flagged: list[Booking] = []
    cleared: list[Booking] = []
    with transaction.atomic():
        own_module(module.pk)
        for drift in drifts(module, at=at):
            booking = drift.booking
            changed = flag(
                booking,
                attention=drift.attention,
                phase=booking.phase,
                findings=drift.findings,
                reason=reason,
                actor=actor,
                at=at,
            )
            if changed:
                (flagged if booking.attention else cleared).append(booking)
    return Reviewed(tuple(flagged), tuple(cleared))


def _counted(bookings: tuple[Booking, ...]) -> str:
    return "1 booking" if len(bookings) == 1 else f"{len(bookings)} bookings"
