"""What happens next with a booking, as it stands at an instant; true whenever the mail is read in good time."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings.emails.facts import moment
from bookings.models import Booking
from bookings.states import Status


def prospects(booking: Booking, *, at: datetime) -> list[str]:
    """Sentences for a producer: what the booking waits for, and what they can do."""
    if booking.status == Status.HELD:
        return _of_a_hold(booking, at)
    if booking.status == Status.REQUESTED:
        return _of_a_request(booking, at)
    if booking.status == Status.CONFIRMED and booking.attention:
        return [str(TROUBLED)]
    return [str(STILL.get(Status(booking.status), CLOSED))]


def _of_a_hold(booking: Booking, at: datetime) -> list[str]:
    assert booking.hold_expires_at is not None  # noqa: S101 - the database says so
    ends = moment(booking.hold_expires_at, booking)
    if booking.hold_expires_at <= at:
        return [_("The hold ended %(end)s. Where the time is still free, it can be held anew.") % {"end": ends}]
    if booking.rank == 1:
        sentence = _(
            "The time is kept for you until %(end)s. Request it before then if you want it; "
            "else the hold ends, and whoever waits behind it moves up."
        )
        return [sentence % {"end": ends}]
    sentence = _(
        "Your hold waits at rank %(rank)d, until %(end)s. When what stands before it goes, it moves up and "
        "we write to you. You can challenge holds that stand before it: each must request in time, or expires."
    )
    return [sentence % {"rank": booking.rank, "end": ends}]


def _of_a_request(booking: Booking, at: datetime) -> list[str]:
    if booking.starts_at <= at:
        return [_("The window began before the request was answered, so it lapses.")]
    if _needs_host(booking):
        sentence = _(
            "SEE-1 staff confirm or decline it once %(host)s concurs. The time is kept for you until they have "
            "answered; a request not answered by %(start)s, when its window begins, lapses."
        )
    else:
        sentence = _(
            "SEE-1 staff confirm or decline it. The time is kept for you until they have answered; "
            "a request not answered by %(start)s, when its window begins, lapses."
        )
    return [sentence % {"host": booking.module.host, "start": moment(booking.starts_at, booking)}]


def _needs_host(booking: Booking) -> bool:
    return bool(booking.module.host) and booking.phase.rules.requires_concurrence


TROUBLED = gettext_lazy(
    "It stays confirmed where it is, but the schedule no longer suits it. You can move it to another window, which "
    "staff then confirm anew, or leave it: staff look too, and write to you if anything changes."
)
CLOSED = gettext_lazy("It is closed for good. You can hold or request another window.")
STILL = {
    Status.CONFIRMED: gettext_lazy(
        "Nothing more is needed from you. We remind you before the window starts, and write if anything changes."
    ),
    Status.COMPLETED: gettext_lazy("The window is over. Thank you for working on board."),
}
