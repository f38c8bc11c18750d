"""Telling partners' systems, by the Standard Webhooks convention: signed, in order per booking, retried for days."""

from bookings.webhooks.announcing import EVENTS, announce, announce_closure
from bookings.webhooks.endpoints import add_endpoint, change_endpoint, resend, resume, rotate_secret
from bookings.webhooks.sending import deliver_due

__all__ = [
    "EVENTS",
    "add_endpoint",
    "announce",
    "announce_closure",
    "change_endpoint",
    "deliver_due",
    "resend",
    "resume",
    "rotate_secret",
]
