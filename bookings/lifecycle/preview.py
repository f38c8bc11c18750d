"""What a change would do, before anybody says yes: it is done, looked at, and undone.

So a preview can't say anything else than what happens: the same checks, the same place in the line, the same
reminders. It holds the module for as long as the change itself would, and leaves no trace: the transaction is
rolled back, and what waits for its commit (mail, webhooks, counts) never happens.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from bookings import reminders
from bookings.actors import Actor
from bookings.lifecycle.actions import known
from bookings.lifecycle.change import change
from bookings.models import Booking, Mail
from bookings.ratecards import fee_to_cancel


@dataclass(frozen=True, slots=True)
class Standing:
    """A booking at an instant, as far as a change can alter it.

    `fee` is what cancelling it would cost then; `reminders` are those to come: kind → when.
    """

    status: str
    rank: int | None
    hold_expires_at: datetime | None
    price: dict[str, Any]
    attention: Sequence[str]
    fee: Decimal
    reminders: dict[str, datetime]


@dataclass(frozen=True, slots=True)
class Preview:
    before: Standing
    after: Standing

    def reminders(self) -> list[tuple[str, datetime | None, datetime | None]]:
        """Each kind of reminder that would come at another time, or not, or newly: (kind, before, after)."""
        kinds = [kind for kind in reminders.KINDS if kind in self.before.reminders or kind in self.after.reminders]
        pairs = [(kind, self.before.reminders.get(kind), self.after.reminders.get(kind)) for kind in kinds]
        return [pair for pair in pairs if pair[1] != pair[2]]


def preview_change(*, actor: Actor, booking_id: UUID, changes: dict[str, Any], at: datetime) -> Preview:
    """What `change` would make of a booking. No effect. Raises what `change` would raise."""
    known(actor, booking_id)
    with transaction.atomic():
        before = _standing(Booking.objects.visible_to(actor).get(pk=booking_id), at)
        after = _standing(change(actor=actor, booking_id=booking_id, changes=changes, at=at), at)
        transaction.set_rollback(True)
    return Preview(before, after)


def _standing(booking: Booking, at: datetime) -> Standing:
    coming = Mail.objects.filter(
        booking=booking, kind__in=reminders.KINDS, state=Mail.State.PENDING, due_at__gt=at
    ).values_list("kind", "due_at")
    return Standing(
        status=booking.status,
        rank=booking.rank,
        hold_expires_at=booking.hold_expires_at,
        price=dict(booking.price),
        attention=tuple(booking.attention),
        fee=fee_to_cancel(booking, at=at),
        reminders=dict(coming),
    )
