"""What staff do with bookings, each by the lifecycle's own verb."""

from __future__ import annotations

from datetime import datetime

from bookings import lifecycle
from bookings.admin.deeds import Asked, Concurrence, Deed, NothingToSay, PerhapsReason, Reason, ReasonForProducer
from bookings.lifecycle.attention import agree_to_phase
from bookings.models import Booking
from bookings.ratecards import fee_to_cancel
from bookings.states import Action


def _confirm(asked: Asked) -> str:
    booking = lifecycle.confirm(
        actor=asked.actor,
        booking_id=asked.thing.pk,
        at=asked.at,
        concurrence=asked.said["concurrence"],
        version=asked.version,
    )
    return f"{booking} is confirmed."


def _decline(asked: Asked) -> str:
    booking = lifecycle.decline(
        actor=asked.actor, booking_id=asked.thing.pk, at=asked.at, reason=asked.said["reason"], version=asked.version
    )
    return f"{booking} is declined."


def _cancel(asked: Asked) -> str:
    booking = lifecycle.cancel(
        actor=asked.actor, booking_id=asked.thing.pk, at=asked.at, reason=asked.said["reason"], version=asked.version
    )
    return f"{booking} is cancelled."


def _cancelling_costs(booking: Booking, at: datetime) -> str:
    fee = fee_to_cancel(booking, at=at)
    return f"cancelling now costs {fee:,.2f} {booking.currency}" if fee else ""


def _release(asked: Asked) -> str:
    booking = lifecycle.release(actor=asked.actor, booking_id=asked.thing.pk, at=asked.at, version=asked.version)
    return f"{booking} is released."


def _request(asked: Asked) -> str:
    booking = lifecycle.request(actor=asked.actor, booking_id=asked.thing.pk, at=asked.at, version=asked.version)
    return f"{booking} is requested."


def _agree(asked: Asked) -> str:
    booking = agree_to_phase(
        actor=asked.actor, booking_id=asked.thing.pk, at=asked.at, reason=asked.said["reason"], version=asked.version
    )
    return f"{booking} stands in the {booking.phase.get_kind_display()} phase."


CONFIRM = Deed("Confirm", "The producer is told. The rules and the capacity are checked anew.", Concurrence, _confirm)
DECLINE = Deed(
    "Decline", "The time is free for others, and the producer is told why.", ReasonForProducer, _decline, is_grave=True
)
CANCEL = Deed(
    "Cancel",
    "The booking is given up for good; whoever waits moves up.",
    PerhapsReason,
    _cancel,
    is_grave=True,
    costs=_cancelling_costs,
    costs_read=("rate_card__cancellation_terms",),
)
RELEASE = Deed(
    "Release", "The hold is let go; whoever waits behind it moves up.", NothingToSay, _release, is_grave=True
)
REQUEST = Deed("Request", "The hold becomes a request, on the producer's behalf.", NothingToSay, _request)
AGREE = Deed(
    "Let stand in its phase",
    "A revision put it into another phase than the one it was agreed in. It stays there, at its price.",
    Reason,
    _agree,
)

BY_ACTION = {
    Action.CONFIRM: "confirm_one",
    Action.DECLINE: "decline_one",
    Action.REQUEST: "request_one",
    Action.RELEASE: "release_one",
    Action.CANCEL: "cancel_one",
}
"""The button of each step that staff take, by the lifecycle's name for it."""
