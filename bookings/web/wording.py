"""What pages say of bookings, in a producer's words."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from bookings import wording
from bookings.models import Booking
from bookings.states import Status


def money(amount: Decimal | str | None, currency: str) -> str:
    """`USD 1,234,567.80`; the figure alone where no currency is given"""
    return "" if amount is None or amount == "" else wording.money(amount, currency)


def place_in_line(rank: int | None) -> str:
    """`2nd in line`; empty for what has no rank."""
    places = {1: _("1st in line"), 2: _("2nd in line"), 3: _("3rd in line")}
    return places.get(rank, _("%(rank)dth in line") % {"rank": rank}) if rank else ""


def state_of(booking: Booking) -> str:
    """`Held, 2nd in line`, `Confirmed`"""
    return state_for(booking.status, booking.rank)


def state_for(status: str, rank: int | None) -> str:
    label = str(Status(status).label).capitalize()
    return f"{label}, {place_in_line(rank)}" if status == Status.HELD else label


def mark_of(booking: Booking) -> str:
    """The pattern that a booking is drawn with; a hold that waits has its own."""
    return mark_for(booking.status, booking.rank)


def mark_for(status: str, rank: int | None) -> str:
    return "waiting" if status == Status.HELD and (rank or 0) > 1 else status
