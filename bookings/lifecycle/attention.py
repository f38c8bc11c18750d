"""Flag a booking that the schedule no longer suits, or take the flag back. Nothing is moved or cancelled for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils.translation import gettext as _

from bookings import outbox
from bookings.actors import Actor
from bookings.exceptions import FieldError, Invalid, InvalidTransition
from bookings.lifecycle import record
from bookings.lifecycle.actions import writing
from bookings.models import Booking
from bookings.models.booking import Attention
from bookings.states import ACTIVE, Action
from modules.models import Phase


@dataclass(frozen=True, slots=True)
class Flagging:
    """A booking, and the flags and the phase that it should have; `findings` are the sentences they stand for."""

    booking: Booking
    attention: Sequence[str]
    phase: Phase
    findings: Sequence[str]


def flag(flaggings: Sequence[Flagging], *, reason: str, actor: Actor, at: datetime, once: str) -> None:
    """Give each booking its flags and its phase, write the history, and tell each of their people once.

    The module must be owned. Thousands at a time cost a fixed number of queries: bookings that come to the same are
    written together. No reminder changes, for none is of a flag or a phase.
    """
    details = [_put(flagging, reason, at) for flagging in flaggings]
    bookings = [flagging.booking for flagging in flaggings]
    _save(bookings, at=at)
    record.histories(bookings, Action.ATTENTION, details, actor=actor, at=at)
    outbox.promise_together(bookings, details, at=at, once=once)


def _put(flagging: Flagging, reason: str, at: datetime) -> dict[str, Any]:
    """Change the booking in memory; what its history and its mail say of that."""
    booking, phase, flags = flagging.booking, flagging.phase, list(flagging.attention)
    detail: dict[str, Any] = {
        "attention": flags,
        "added": [each for each in flags if each not in booking.attention],
        "cleared": [each for each in booking.attention if each not in flags],
        "findings": list(flagging.findings),
        "reason": reason,
    }
    if phase.pk != booking.phase_id:
        detail["phase"] = [booking.phase.kind, phase.kind]
        agreed = booking.agreed_phase_id or booking.phase_id
        booking.agreed_phase_id = None if agreed == phase.pk else agreed
        booking.phase = phase
    booking.attention = flags
    booking.version += 1
    booking.updated_at = at
    return detail


def _save(bookings: Sequence[Booking], *, at: datetime) -> None:
    alike: dict[tuple[Any, ...], list[UUID]] = {}
    for booking in bookings:
        said = (tuple(booking.attention), booking.phase_id, booking.agreed_phase_id)
        alike.setdefault(said, []).append(booking.pk)
    for (attention, phase_id, agreed_phase_id), pks in alike.items():
        Booking.objects.filter(pk__in=pks).update(
            attention=list(attention),
            phase_id=phase_id,
            agreed_phase_id=agreed_phase_id,
            version=F("version") + 1,
            updated_at=at,
        )


def agree_to_phase(*, actor: Actor, booking_id: UUID, at: datetime, reason: str, version: int | None = None) -> Booking:
    """Staff's word that a booking may stand in the phase that a revision put it into. Other flags stay."""
    with writing(actor, booking_id, version, at=at, staff=True) as booking:
        if not reason.strip():
            raise Invalid([FieldError("reason", "required", _("Say why: it stands in the history."))])
        if booking.status not in ACTIVE or Attention.PHASE_CHANGED not in booking.attention:
            raise InvalidTransition(
                _("%(booking)s does not await anybody's look at its phase.") % {"booking": booking.reference}
            )
        booking.agreed_phase = None
        booking.attention = [each for each in booking.attention if each != Attention.PHASE_CHANGED]
        detail = {"attention": booking.attention, "added": [], "cleared": ["phase_changed"], "reason": reason.strip()}
        record.write(booking, Action.ATTENTION, actor=actor, at=at, detail=detail)
    return booking
