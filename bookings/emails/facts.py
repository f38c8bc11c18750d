"""How a booking's facts read in a mail: instants in GMT with day of year, and in the organisation's own time."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from bookings.models import Booking
from bookings.states import Status
from bookings.wording import duration, gmt, long_date, money
from modules.intervals import Span

SAME_CLOCK = {"UTC", "GMT", "Etc/UTC", "Etc/GMT", "Zulu", "Etc/Zulu", "UCT", "Etc/UCT", "Greenwich", "Etc/Greenwich"}


def own_zone(booking: Booking) -> ZoneInfo | None:
    """The organisation's time zone, where it is one and its clock is not GMT's anyway."""
    name = booking.organisation.time_zone
    if name in SAME_CLOCK:
        return None
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def own_time(instant: datetime, booking: Booking) -> str:
    """`10 March 2027, 11:00 CET`; empty where the organisation goes by GMT."""
    zone = own_zone(booking)
    if zone is None:
        return ""
    local = instant.astimezone(zone)
    return f"{long_date(local)}, {local:%H:%M %Z}"


def moment(instant: datetime, booking: Booking) -> str:
    """An instant in a sentence: `2027/069 10:00 GMT (10 March 2027, 11:00 CET)`."""
    local = own_time(instant, booking)
    return f"{gmt(instant)} ({local})" if local else f"{gmt(instant)} ({long_date(instant.astimezone(UTC))})"


def window(span: Span, booking: Booking) -> list[str]:
    """A window in two lines: GMT with its length, and the same by the organisation's clock."""
    starts_at, ends_at = span.starts_at.astimezone(UTC), span.ends_at.astimezone(UTC)
    until = f"{ends_at:%H:%M}" if starts_at.date() == ends_at.date() else f"{ends_at:%Y/%j %H:%M}"
    lines = [f"{starts_at:%Y/%j %H:%M} – {until} GMT ({duration(span.duration)})"]
    zone = own_zone(booking)
    if zone is None:
        return [*lines, _between(starts_at, ends_at)]
    return [*lines, f"{_between(starts_at.astimezone(zone), ends_at.astimezone(zone))} {zone.key}"]


def _between(starts_at: datetime, ends_at: datetime) -> str:
    """`10 March 2027, 11:00 – 13:00`; the clock's change in between shows as the two offsets."""
    if starts_at.utcoffset() != ends_at.utcoffset():
        return f"{long_date(starts_at)}, {starts_at:%H:%M %Z} – {long_date(ends_at)}, {ends_at:%H:%M %Z}"
    if starts_at.date() == ends_at.date():
        return f"{long_date(starts_at)}, {starts_at:%H:%M} – {ends_at:%H:%M}"
    return f"{long_date(starts_at)}, {starts_at:%H:%M} – {long_date(ends_at)}, {ends_at:%H:%M}"


def places(booking: Booking) -> str:
    """`SEE-1: Arena, Studio`"""
    return f"{booking.module.name}: {', '.join(zone.name for zone in booking.zones.all())}"


def standing(booking: Booking) -> str:
    """The state that a booking is in now, in words."""
    if booking.status == Status.HELD:
        return _("held, rank %(rank)d") % {"rank": booking.rank}
    return str(Status(booking.status).label)


def price(booking: Booking) -> str:
    """`USD 12,345.00`"""
    return money(booking.price_total, booking.currency)
