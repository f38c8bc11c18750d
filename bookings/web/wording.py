"""What pages say of bookings, in a producer's words."""

from __future__ import annotations

from decimal import Decimal

from bookings.models import Booking
from bookings.states import Status

ORDINALS = {1: "1st", 2: "2nd", 3: "3rd"}


def money(amount: Decimal | str | None, currency: str) -> str:
    """`USD 1,234,567.80`; the figure alone where no currency is given"""
    return "" if amount in (None, "") else f"{currency} {Decimal(str(amount)):,.2f}".strip()


def place_in_line(rank: int | None) -> str:
    """`2nd in line`; empty for what has no rank."""
    return f"{ORDINALS.get(rank, f'{rank}th')} in line" if rank else ""


def state_of(booking: Booking) -> str:
    """`Held, 2nd in line`, `Confirmed`"""
    label = Status(booking.status).label.capitalize()
    return f"{label}, {place_in_line(booking.rank)}" if booking.status == Status.HELD else label


def mark_of(booking: Booking) -> str:
    """The pattern that a booking is drawn with; a hold that waits has its own."""
    return "waiting" if booking.status == Status.HELD and (booking.rank or 0) > 1 else booking.status
