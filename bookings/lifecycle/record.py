"""Writing what happened: the booking's state and version, its history, and what is promised to its people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from bookings import measures, outbox, reminders, states, webhooks
from bookings.actors import Actor
from bookings.exceptions import InvalidTransition
from bookings.models import Booking, Transition
from bookings.states import Action, Status
from bookings.wording import gmt
from modules.prepared import Insert, insert_together

NEW_LINES = Insert(Transition)
NOTICES = {
    Action.REQUEST: "requested",
    Action.CONFIRM: "confirmed",
    Action.DECLINE: "declined",
    Action.CANCEL: "cancelled",
    Action.RELEASE: "released",
    Action.EXPIRE: "expired",
    Action.MOVE: "moved",
    Action.PROMOTE: "promoted",
    Action.CHALLENGED: "challenged",
    Action.ATTENTION: "attention",
}

AT_ONCE = 1000


def status_after(booking: Booking, action: Action, *, at: datetime) -> Status:
    """Where `action` leads; raises InvalidTransition, saying what can be done instead."""
    status = Status(booking.status)
    lapsed = booking.hold_expires_at is not None and booking.hold_expires_at <= at
    if status == Status.HELD and lapsed and action != Action.EXPIRE:
        assert booking.hold_expires_at is not None  # noqa: S101 - `lapsed` says so
        raise InvalidTransition(
            _("The hold %(booking)s ended %(end)s. Hold the window anew.")
            % {"booking": booking.reference, "end": gmt(booking.hold_expires_at)}
        )
    target = states.after(action, status)
    if target is None:
        raise InvalidTransition(_impossible(booking, action, status))
    return target


def _impossible(booking: Booking, action: Action, status: Status) -> str:
    possible = [str(a.label).lower() for a in states.actions_from(status) if a in FOR_PEOPLE]
    said = {
        "booking": booking.reference,
        "status": status.label,
        "action": str(action.label).lower(),
        "actions": ", ".join(possible),
    }
    if not possible:
        return _("%(booking)s is %(status)s, so it cannot %(action)s; nothing more can be done with it.") % said
    return _("%(booking)s is %(status)s, so it cannot %(action)s; it can only: %(actions)s.") % said


FOR_PEOPLE = frozenset(
    {
        Action.REQUEST,
        Action.CONFIRM,
        Action.DECLINE,
        Action.CANCEL,
        Action.RELEASE,
        Action.CHALLENGE,
        Action.CHANGE,
    }
)


def write(
    booking: Booking,
    action: Action,
    *,
    actor: Actor,
    at: datetime,
    from_status: str | None = None,
    detail: dict[str, Any] | None = None,
    notify: bool = True,
) -> None:
    """Save a changed booking under its next version, with one line of history, its mail and its reminders."""
    booking.version += 1
    booking.updated_at = at
    booking.save()
    history(booking, action, actor=actor, at=at, from_status=from_status, detail=detail)
    reminders.sync(booking, at=at)
    kind = NOTICES.get(action)
    if action == Action.CHANGE and from_status not in (None, booking.status):
        kind = "changed"  # it was confirmed, and asks for more than the host concurred with
    if notify and kind:
        is_lost = (from_status, booking.status) == (Status.CONFIRMED, Status.REQUESTED)
        context = {**(detail or {}), outbox.LOST: True} if is_lost else detail
        outbox.promise(booking, kind, at=at, once=str(booking.version), context=context)


def history(
    booking: Booking,
    action: Action,
    *,
    actor: Actor,
    at: datetime,
    from_status: str | None = None,
    detail: dict[str, Any] | None = None,
) -> None:
    before = booking.status if from_status is None else from_status
    line = line_of(booking, action, actor=actor, at=at, from_status=before, detail=detail)
    insert_together((NEW_LINES, [line]))
    webhooks.announce(booking, action, from_status=before, at=at)
    measures.changed(action, booking.status, actor.via)


def line_of(
    booking: Booking,
    action: Action,
    *,
    actor: Actor,
    at: datetime,
    from_status: str,
    detail: dict[str, Any] | None = None,
) -> Transition:
    """A line of history, not written yet."""
    return Transition(
        booking=booking,
        at=at,
        action=action,
        from_status=from_status,
        to_status=booking.status,
        actor=actor.label,
        user=actor.user,
        key=actor.key,
        via=actor.via,
        detail=detail or {},
    )


def histories(
    bookings: Sequence[Booking], action: Action, details: Sequence[dict[str, Any]], *, actor: Actor, at: datetime
) -> None:
    """One line of history each, for many bookings that one deed changed but whose state it left."""
    Transition.objects.bulk_create(
        [
            Transition(
                booking=booking,
                at=at,
                action=action,
                from_status=booking.status,
                to_status=booking.status,
                actor=actor.label,
                user=actor.user,
                key=actor.key,
                via=actor.via,
                detail=detail,
            )
            for booking, detail in zip(bookings, details, strict=True)
        ],
        batch_size=AT_ONCE,
    )
    webhooks.announce_many(bookings, action, at=at)
    for booking in bookings:
        measures.changed(action, booking.status, actor.via)
