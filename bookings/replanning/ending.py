"""The end of a proposal: its hold is let go, and the history of its booking says so."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import override

from bookings.actors import Actor
from bookings.lifecycle import record
from bookings.lifecycle.instead import let_go
from bookings.models import Booking, Proposal
from bookings.states import ACTIVE, Action, Status

State = Proposal.State


def give_back(booking_ids: Sequence[UUID], *, actor: Actor, at: datetime) -> None:
    """Withdraw the open proposals for bookings that fit the schedule again. The module must be owned.

    Their people are told by the message of what made the bookings fit, and by no other.
    """
    for pk in Proposal.objects.filter(booking__in=booking_ids, state=State.OPEN).values_list("pk", flat=True):
        with override("en"):  # what is kept
            why = _("The schedule changed, and the booking fits it again.")
        end(read(pk), State.WITHDRAWN, why, actor=actor, at=at, notify=False)


def read(pk: UUID) -> Proposal:
    found: Proposal = Proposal.objects.select_related("booking", "rebooking", "hold").get(pk=pk)
    return found


def end(proposal: Proposal, state: State, why: str, *, actor: Actor, at: datetime, notify: bool = True) -> None:
    """Release the hold, where it still is what it was made as."""
    hold = Booking.objects.for_writing().get(pk=proposal.hold_id)
    if hold.status == Status.HELD and (hold.starts_at, hold.ends_at) == (proposal.starts_at, proposal.ends_at):
        let_go(hold, why=state.value, actor=actor, at=at, notify=notify)
    booking = Booking.objects.for_writing().get(pk=proposal.booking_id)
    if booking.status in ACTIVE:
        record.write(booking, Action.PROPOSE, actor=actor, at=at, detail={"proposal": state.value})
    close(proposal, state, why, actor=actor, at=at)


def close(proposal: Proposal, state: State, why: str, *, actor: Actor, at: datetime) -> None:
    proposal.state, proposal.why = state, why
    proposal.answered_at, proposal.answered_by = at, actor.label[:200]
    proposal.save()
