"""The life of a booking as one table. No database: plain values.

    held ──request──▶ requested ──confirm──▶ confirmed ──complete──▶ completed
     │ release, expire    │ decline, expire       │
     └──── cancel ────────┴────── cancel ─────────┘

A confirmed booking that is moved to other time goes back to `requested`: the host concurred with the old one.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Status(models.TextChoices):
    HELD = "held", _("held")
    REQUESTED = "requested", _("requested")
    CONFIRMED = "confirmed", _("confirmed")
    COMPLETED = "completed", _("completed")
    DECLINED = "declined", _("declined")
    CANCELLED = "cancelled", _("cancelled")
    RELEASED = "released", _("released")
    EXPIRED = "expired", _("expired")


class Action(models.TextChoices):
    CREATE = "create", pgettext_lazy("action", "Create")
    REQUEST = "request", pgettext_lazy("action", "Request")
    CONFIRM = "confirm", pgettext_lazy("action", "Confirm")
    DECLINE = "decline", pgettext_lazy("action", "Decline")
    CANCEL = "cancel", pgettext_lazy("action", "Cancel")
    RELEASE = "release", pgettext_lazy("action", "Release")
    EXPIRE = "expire", pgettext_lazy("action", "Expire")
    COMPLETE = "complete", pgettext_lazy("action", "Complete")
    CHANGE = "change", pgettext_lazy("action", "Change")
    MOVE = "move", pgettext_lazy("action", "Move")
    CHALLENGE = "challenge", pgettext_lazy("action", "Challenge")
    CHALLENGED = "challenged", pgettext_lazy("action", "Challenged")
    PROMOTE = "promote", pgettext_lazy("action", "Promote")
    ATTENTION = "attention", pgettext_lazy("action", "Attention")
    PROPOSE = "propose", pgettext_lazy("action", "Propose")


ACTIVE = frozenset({Status.HELD, Status.REQUESTED, Status.CONFIRMED})

TRANSITIONS: dict[Action, dict[Status, Status]] = {
    Action.REQUEST: {Status.HELD: Status.REQUESTED},
    Action.CONFIRM: {Status.REQUESTED: Status.CONFIRMED},
    Action.DECLINE: {Status.REQUESTED: Status.DECLINED},
    Action.CANCEL: dict.fromkeys(ACTIVE, Status.CANCELLED),
    Action.RELEASE: {Status.HELD: Status.RELEASED},
    Action.EXPIRE: {Status.HELD: Status.EXPIRED, Status.REQUESTED: Status.EXPIRED},
    Action.COMPLETE: {Status.CONFIRMED: Status.COMPLETED},
    Action.CHANGE: {status: status for status in ACTIVE},
    Action.MOVE: {
        Status.HELD: Status.HELD,
        Status.REQUESTED: Status.REQUESTED,
        Status.CONFIRMED: Status.REQUESTED,
    },
    Action.CHALLENGE: {Status.HELD: Status.HELD},
}


def after(action: Action, status: Status) -> Status | None:
    """The status that `action` leads to from `status`; None where the table has no such step."""
    return TRANSITIONS[action].get(status)


def actions_from(status: Status) -> list[Action]:
    """What can be done with a booking in `status`, for the sentence that refuses what cannot."""
    return [action for action, steps in TRANSITIONS.items() if status in steps]
