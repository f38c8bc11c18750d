"""Flag a booking that the schedule no longer suits, or take the flag back. Nothing is moved or cancelled for it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from bookings.actors import Actor
from bookings.exceptions import FieldError, Invalid, InvalidTransition
from bookings.lifecycle import record
from bookings.lifecycle.actions import writing
from bookings.models import Booking
from bookings.models.booking import Attention
from bookings.states import ACTIVE, Action
from modules.models import Phase


def flag(
    booking: Booking,
    *,
    attention: Collection[Attention],
    phase: Phase,
    findings: Sequence[str] = (),
    reason: str = "",
    actor: Actor,
    at: datetime,
) -> bool:
    """Put `booking` into `phase` with exactly these flags, tell its people, and say whether anything changed.

    The module must be owned. `findings` are the sentences that the flags stand for.
    """
    flags = [each.value for each in Attention if each in attention]
    if flags == sorted(booking.attention, key=Attention.values.index) and phase.pk == booking.phase_id:
        return False
    detail = {
        "attention": flags,
        "added": [each for each in flags if each not in booking.attention],
        "cleared": [each for each in booking.attention if each not in flags],
        "findings": list(findings),
        "reason": reason,
    }
    if phase.pk != booking.phase_id:
        detail["phase"] = [booking.phase.kind, phase.kind]
        agreed = booking.agreed_phase_id or booking.phase_id
        booking.agreed_phase_id = None if agreed == phase.pk else agreed
        booking.phase = phase
    booking.attention = flags
    record.write(booking, Action.ATTENTION, actor=actor, at=at, detail=detail)
    return True


def agree_to_phase(*, actor: Actor, booking_id: UUID, at: datetime, reason: str, version: int | None = None) -> Booking:
    """Staff's word that a booking may stand in the phase that a revision put it into. Other flags stay."""
    with writing(actor, booking_id, version, at=at, staff=True) as booking:
        if not reason.strip():
            raise Invalid([FieldError("reason", "required", "Say why: it stands in the history.")])
        if booking.status not in ACTIVE or Attention.PHASE_CHANGED not in booking.attention:
            raise InvalidTransition(f"{booking.reference} does not await anybody's look at its phase.")
        booking.agreed_phase = None
        booking.attention = [each for each in booking.attention if each != Attention.PHASE_CHANGED]
        detail = {"attention": booking.attention, "added": [], "cleared": ["phase_changed"], "reason": reason.strip()}
        record.write(booking, Action.ATTENTION, actor=actor, at=at, detail=detail)
    return booking
