"""Mails, written when they are sent: from the booking as it is by then, and what the outbox kept of the occasion."""

from bookings.emails.letters import Letter, write
from bookings.emails.message import compose

__all__ = ["Letter", "compose", "write"]
