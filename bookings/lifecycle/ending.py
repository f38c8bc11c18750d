"""How a booking's claim ends, and what that sets going: challenges close, those behind move up and are told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from bookings import occupancy
from bookings.actors import Actor, clock
from bookings.lifecycle import record
from bookings.models import Booking, Challenge
from bookings.states import Action, Status
from modules.intervals import Span


def end(
    booking: Booking,
    action: Action,
    *,
    actor: Actor,
    at: datetime,
    detail: dict[str, Any] | None = None,
    notify: bool = True,
) -> None:
    """Take `booking` out by `action`. The module must be owned: whoever stood behind moves up."""
    before = booking.status
    booking.status = record.status_after(booking, action, at=at)
    freed = occupancy.footprint(booking)
    occupancy.withdraw(booking)
    booking.rank = booking.hold_until = booking.hold_expires_at = None
    record.write(booking, action, actor=actor, at=at, from_status=before, detail=detail, notify=notify)
    expired = action == Action.EXPIRE
    close(booking.challenges_met, Challenge.Outcome.EXPIRED if expired else Challenge.Outcome.LAPSED, at=at)
    drop_challenges_by(booking, at=at)
    move_up([freed], at=at)


def move_up(freed: Iterable[tuple[Sequence[int], Span]], *, at: datetime) -> None:
    """Promote whoever stood behind what was freed, and tell their producers."""
    for promotion in occupancy.settle(freed):
        booking = promotion.booking
        booking.rank = promotion.to_rank
        record.write(
            booking,
            Action.PROMOTE,
            actor=clock(),
            at=at,
            detail={"from_rank": promotion.from_rank, "to_rank": promotion.to_rank},
        )


def drop_challenges_by(challenger: Booking, *, at: datetime, but: Sequence[UUID] = ()) -> None:
    """A challenger that is gone, or stands elsewhere, challenges no more: the challenged hold gets its time back.

    `but` names those that it still stands behind.
    """
    open_ones = challenger.challenges_made.filter(outcome=Challenge.Outcome.OPEN)
    for challenge in open_ones.exclude(challenged__in=but):
        close(challenger.challenges_made.filter(pk=challenge.pk), Challenge.Outcome.LAPSED, at=at)
        challenged = Booking.objects.for_writing().get(pk=challenge.challenged_id)
        if challenged.status == Status.HELD:
            reset_expiry(challenged)
            record.write(challenged, Action.CHALLENGED, actor=clock(), at=at, detail={"withdrawn": True})


def reset_expiry(booking: Booking) -> None:
    """When a hold ends: its own time, or the earliest open challenge's deadline."""
    deadlines = booking.challenges_met.filter(outcome=Challenge.Outcome.OPEN).values_list("deadline", flat=True)
    ends = [end for end in (booking.hold_until, *deadlines) if end is not None]
    booking.hold_expires_at = min(ends)


def close(challenges: Any, outcome: Challenge.Outcome, *, at: datetime) -> None:
    """Close the open ones among `challenges` (a related manager or a queryset of them)."""
    challenges.filter(outcome=Challenge.Outcome.OPEN).update(outcome=outcome, ended_at=at)
