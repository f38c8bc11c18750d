"""Which reminders a booking should have, and making the outbox say just that.

The state of a booking decides its reminders; `sync` compares what is wanted with what is there, so moving a
booking re-times them and ending it withdraws them, whatever led to it. A reminder is known by its kind and the
instant it reminds of: one sent for ten o'clock is never sent again for ten o'clock, and a move to noon earns a
new one.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from bookings.models import Booking, Mail
from bookings.outbox import Promise, Promises, recipients, withdraw
from bookings.states import Status
from modules.prepared import insert_together

BEFORE_WINDOW = {
    "reminder_30_days": timedelta(days=30),
    "reminder_7_days": timedelta(days=7),
    "reminder_24_hours": timedelta(hours=24),
    "reminder_1_hour": timedelta(hours=1),
}
BEFORE_EXPIRY = {
    "expiry_48_hours": timedelta(hours=48),
    "expiry_6_hours": timedelta(hours=6),
}
KINDS = (*BEFORE_WINDOW, *BEFORE_EXPIRY)


def wanted(booking: Booking) -> dict[str, tuple[datetime, datetime]]:
    """Kind → (when it is due, the instant it reminds of), for the state that the booking is in."""
    if booking.status in (Status.REQUESTED, Status.CONFIRMED):
        anchor, lengths = booking.starts_at, BEFORE_WINDOW
    elif booking.status == Status.HELD and booking.hold_expires_at is not None:
        anchor, lengths = booking.hold_expires_at, BEFORE_EXPIRY
    else:
        return {}
    return {kind: (anchor - ahead, anchor) for kind, ahead in lengths.items()}


def is_wanted(mail: Mail, booking: Booking, *, at: datetime) -> bool:
    """Whether a reminder still says what is true: the last look before it is sent.

    One that comes late is still welcome while its window is ahead or runs; a hold that has ended is told by
    another mail.
    """
    if mail.kind not in KINDS:
        return True
    due = wanted(booking).get(mail.kind)
    if due is None or mail.once_key != once_key(mail.kind, booking, mail.recipient_id, due[1]):
        return False
    return mail.kind in BEFORE_WINDOW or due[1] > at


def once_key(kind: str, booking: Booking, user_id: int | None, anchor: datetime) -> str:
    """What a reminder is known by: of what, to whom, and of which instant."""
    return f"{kind}:{booking.pk}:{user_id}:{anchor.astimezone(UTC).isoformat()}"


def reminded_of(mail: Mail) -> datetime | None:
    """The instant that a reminder was about when it was promised, wherever its booking has moved since."""
    _before, separator, anchor = mail.once_key.partition(f":{mail.recipient_id}:")
    if mail.kind not in KINDS or not separator:
        return None
    try:
        return datetime.fromisoformat(anchor)
    except ValueError:
        return None


def sync(booking: Booking, *, at: datetime) -> None:
    """Make the outbox hold the reminders that `booking` should have; what was due before `at` is not made up for."""
    plan = _plan(booking, recipients(booking))
    known = {mail.once_key: mail for mail in booking.mails.filter(kind__in=KINDS)}
    withdraw(mail for key, mail in known.items() if key not in plan)
    back = [key for key, (_, _, due_at) in plan.items() if key in known and due_at > at]
    if back:
        again = {"state": Mail.State.PENDING, "attempts": 0, "retry_at": None}
        booking.mails.filter(once_key__in=back, state=Mail.State.WITHDRAWN).update(**again)
    new = {key: planned for key, planned in plan.items() if key not in known}
    insert_together((Promises(booking, at=at), _ahead(new, at)))  # one may be readdressed at this very moment


def of_new(booking: Booking, people: Iterable[int], *, at: datetime) -> list[Promise]:
    """The reminders of a booking that was not there before, to be written together with it."""
    return _ahead(_plan(booking, people), at)


def _plan(booking: Booking, people: Iterable[int]) -> dict[str, tuple[str, int, datetime]]:
    """What each is known by → its kind, to whom, and when."""
    return {
        once_key(kind, booking, user_id, anchor): (kind, user_id, due_at)
        for kind, (due_at, anchor) in wanted(booking).items()
        for user_id in people
    }


def _ahead(plan: dict[str, tuple[str, int, datetime]], at: datetime) -> list[Promise]:
    return [Promise(user_id, kind, key, due_at) for key, (kind, user_id, due_at) in plan.items() if due_at > at]
