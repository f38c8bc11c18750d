"""What happens next with a booking, as it stands at an instant; true whenever the mail is read in good time."""

from __future__ import annotations

from datetime import datetime

from bookings.emails.facts import moment
from bookings.models import Booking
from bookings.states import Status


def prospects(booking: Booking, *, at: datetime) -> list[str]:
    """Sentences for a producer: what the booking waits for, and what they can do."""
    if booking.status == Status.HELD:
        return _of_a_hold(booking, at)
    if booking.status == Status.REQUESTED:
        return _of_a_request(booking, at)
    return [*STILL[Status(booking.status)]]


def _of_a_hold(booking: Booking, at: datetime) -> list[str]:
    assert booking.hold_expires_at is not None  # noqa: S101 - the database says so
    ends = moment(booking.hold_expires_at, booking)
    if booking.hold_expires_at <= at:
        return [f"The hold ended {ends}. Where the time is still free, it can be held anew."]
    if booking.rank == 1:
        return [
            f"The time is kept for you until {ends}. Request it before then if you want it; "
            "else the hold ends, and whoever waits behind it moves up."
        ]
    return [
        f"Your hold waits at rank {booking.rank}, until {ends}. When what stands before it goes, it moves up and "
        "we write to you. You can challenge holds that stand before it: each must request in time, or expires."
    ]


def _of_a_request(booking: Booking, at: datetime) -> list[str]:
    if booking.starts_at <= at:
        return ["The window began before the request was answered, so it lapses."]
    concurrence = f" once {booking.module.host} concurs" if _needs_host(booking) else ""
    return [
        f"SEE-1 staff confirm or decline it{concurrence}. The time is kept for you until they have answered; "
        f"a request not answered by {moment(booking.starts_at, booking)}, when its window begins, lapses."
    ]


def _needs_host(booking: Booking) -> bool:
    return bool(booking.module.host) and booking.phase.rules.requires_concurrence


STILL: dict[Status, list[str]] = {
    Status.CONFIRMED: [
        "Nothing more is needed from you. We remind you before the window starts, and write if anything changes."
    ],
    Status.COMPLETED: ["The window is over. Thank you for working on board."],
    Status.DECLINED: ["It is closed: nothing more happens with it. You can hold or request another window."],
    Status.CANCELLED: ["It is closed: nothing more happens with it. You can hold or request another window."],
    Status.RELEASED: ["It is closed: nothing more happens with it. You can hold or request another window."],
    Status.EXPIRED: ["It is closed: nothing more happens with it. You can hold or request another window."],
}
