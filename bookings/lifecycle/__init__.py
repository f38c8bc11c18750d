"""The only door to a booking's state.

Every face (page, API, admin, task, import) calls these verbs; each runs in one transaction, takes its locks in
the one order of `modules.locking`, checks everything anew, writes the history and promises what is to be told.
"""

from bookings.lifecycle.actions import can_challenge, cancel, challenge, confirm, decline, release, request
from bookings.lifecycle.change import change, quote_change
from bookings.lifecycle.clockwork import complete_past, expire_due
from bookings.lifecycle.preview import Preview, Standing, preview_change
from bookings.lifecycle.reserve import quote, reserve, reserve_all
from bookings.lifecycle.survey import module_of

__all__ = [
    "Preview",
    "Standing",
    "can_challenge",
    "cancel",
    "challenge",
    "change",
    "complete_past",
    "confirm",
    "decline",
    "expire_due",
    "module_of",
    "preview_change",
    "quote",
    "quote_change",
    "release",
    "request",
    "reserve",
    "reserve_all",
]
