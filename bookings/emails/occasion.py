"""What a letter about a booking is written from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bookings.emails.facts import moment
from bookings.models import Booking


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a letter is written from. `at` is now; `occurred_at` is when the thing happened.

    `reminded_of` is the instant that a reminder was promised for.
    """

    booking: Booking
    context: dict[str, Any]
    occurred_at: datetime
    at: datetime
    reminded_of: datetime | None = None

    @property
    def when(self) -> str:
        return moment(self.occurred_at, self.booking)

    @property
    def name(self) -> str:
        return self.booking.reference

    @property
    def reason(self) -> str:
        return str(self.context.get("reason") or "").strip()
