"""Telling partners' systems, by the Standard Webhooks convention: signed, in order per booking, retried for days."""

from bookings.webhooks.announcing import (
    EVENTS,
    announce,
    announce_closures,
    announce_many,
    insert_and_announce,
    last_revision,
)
from bookings.webhooks.endpoints import add_endpoint, change_endpoint, remove_endpoint, resend, resume, rotate_secret
from bookings.webhooks.sending import deliver_due

__all__ = [
    "EVENTS",
    "add_endpoint",
    "announce",
    "announce_closures",
    "announce_many",
    "change_endpoint",
    "deliver_due",
    "insert_and_announce",
    "last_revision",
    "remove_endpoint",
    "resend",
    "resume",
    "rotate_secret",
]
