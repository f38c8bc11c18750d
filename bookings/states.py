"""The life of a booking as one table. No database: plain values.

    held ──request──▶ requested ──confirm──▶ confirmed ──complete──▶ completed
     │ release, expire    │ decline, expire       │
     └──── cancel ────────┴────── cancel ─────────┘

A confirmed booking that is moved to other time goes back to `requested`: the host concurred with the old one.
"""

from django.db import models


class Status(models.TextChoices):
    HELD = "held", "held"
    REQUESTED = "requested", "requested"
    CONFIRMED = "confirmed", "confirmed"
    COMPLETED = "completed", "completed"
    DECLINED = "declined", "declined"
    CANCELLED = "cancelled", "cancelled"
    RELEASED = "released", "released"
    EXPIRED = "expired", "expired"


class Action(models.TextChoices):
    CREATE = "create"
    REQUEST = "request"
    CONFIRM = "confirm"
    DECLINE = "decline"
    CANCEL = "cancel"
    RELEASE = "release"
    EXPIRE = "expire"
    COMPLETE = "complete"
    CHANGE = "change"
    MOVE = "move"
    CHALLENGE = "challenge"
    CHALLENGED = "challenged"
    PROMOTE = "promote"
    ATTENTION = "attention"


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
