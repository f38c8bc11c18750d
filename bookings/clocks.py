"""The clocks that people live by, beside GMT: what they are called, and when daylight saving changes them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from bookings.wording import short_date

GMT = ZoneInfo("UTC")


def zone_named(name: str) -> tzinfo:
    """The time zone, or GMT where an organisation's setting names none that exists."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # an unknown name, a malformed one, a directory
        return GMT


def own_text(instant: datetime, zone: tzinfo) -> str:
    """`Thu 4 Mar 2027, 15:20 CET`; by GMT, where the reader has no other clock, the calendar day alone."""
    local = instant.astimezone(zone)
    day = short_date(local)
    return day if zone == GMT else f"{day}, {local:%H:%M} {clock_name(instant, zone)}"


def clock_name(instant: datetime, zone: tzinfo) -> str:
    """`CET`, or `GMT−3` where the zone has no letters of its own."""
    name = instant.astimezone(zone).tzname() or ""
    return name if name.isalpha() and name != "UTC" else offset_name(instant, zone)


def offset_name(instant: datetime, zone: tzinfo) -> str:
    """`GMT`, `GMT+1`, `GMT−3:30`"""
    minutes = round((instant.astimezone(zone).utcoffset() or timedelta(0)).total_seconds() / 60)
    if not minutes:
        return "GMT"
    hours, rest = divmod(abs(minutes), 60)
    return f"GMT{'+' if minutes > 0 else '−'}{hours}" + (f":{rest:02}" if rest else "")


def day_start(day: date) -> datetime:
    """Midnight GMT."""
    return datetime.combine(day, time.min, UTC)


def clock_change_at(day: date, zone: tzinfo) -> datetime | None:
    """The instant within the GMT day at which daylight saving changes the clock; None on all other days."""
    start = day_start(day)
    before, after = (start.astimezone(zone), (start + timedelta(days=1)).astimezone(zone))
    return None if before.utcoffset() == after.utcoffset() else _change_within(start, zone)


def clock_change(day: date, zone: tzinfo) -> str:
    """What daylight saving does within the GMT day, as a sentence; empty on all other days."""
    start = day_start(day)
    before, after = (start.astimezone(zone), (start + timedelta(days=1)).astimezone(zone))
    if before.utcoffset() == after.utcoffset():
        return ""
    at = _change_within(start, zone)
    forward = (after.utcoffset() or timedelta(0)) > (before.utcoffset() or timedelta(0))
    sentence = (
        _("clocks go forward at %(time)s GMT: %(before)s becomes %(after)s")
        if forward
        else _("clocks go back at %(time)s GMT: %(before)s becomes %(after)s")
    )
    names = {"before": clock_name(before, zone), "after": clock_name(after, zone)}
    return sentence % {"time": f"{at:%H:%M}", **names}


def _change_within(start: datetime, zone: tzinfo) -> datetime:
    """The minute of the day from `start` at which the offset changes, by bisection."""
    low, high = 0, 24 * 60
    before = start.astimezone(zone).utcoffset()
    while high - low > 1:
        middle = (low + high) // 2
        same = (start + timedelta(minutes=middle)).astimezone(zone).utcoffset() == before
        low, high = (middle, high) if same else (low, middle)
    return start + timedelta(minutes=high)
