"""Mails, written when they are sent: from the booking as it is by then, and what the outbox kept of the occasion."""

from bookings.emails.account_letters import is_wanted
from bookings.emails.letter import Letter
from bookings.emails.letters import write
from bookings.emails.message import compose

__all__ = ["Letter", "compose", "is_wanted", "write"]
