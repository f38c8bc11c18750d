"""Times as people type and read them: GMT with day of year first, their organisation's own clock beside it.

What is typed is read by the clock that the form names. Where daylight saving makes a local time happen twice, or
not at all, nobody guesses: the form says so, and that GMT settles it.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo

from django.utils.translation import gettext as _

from bookings.wording import long_date

_DATES = ("%Y-%m-%d", "%Y/%j", "%Y-%j")
_TIMES = ("%H:%M", "%H:%M:%S")
FIRST_YEAR, LAST_YEAR = 2000, 2100


class NotATime(ValueError):
    """What was typed is no time; the message says what would be."""


def parse_instant(text: str, zone: tzinfo) -> datetime:
    """The UTC instant that `text` names by the clock `zone`; an offset in the text itself wins."""
    text = text.strip()
    if text.endswith(" GMT"):
        text, zone = text.removesuffix(" GMT"), UTC
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = _parse_planners(text)
    if instant.tzinfo is None:
        instant = _by_clock(instant, zone)
    if not FIRST_YEAR <= instant.year <= LAST_YEAR:
        raise NotATime(_("Give a time between %(first)s and %(last)s.") % {"first": FIRST_YEAR, "last": LAST_YEAR})
    return instant.astimezone(UTC)


def parse_date(text: str) -> date:
    """A day as `2027-03-04` or, with day of year, `2027/063`."""
    for form in _DATES:
        try:
            day = datetime.strptime(text.strip(), form).replace(tzinfo=UTC).date()
        except ValueError:
            continue
        if f"{day.year}" != text.strip()[:4]:
            continue  # day 366 of a year that has 365
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise NotATime(_("Give a day between %(first)s and %(last)s.") % {"first": FIRST_YEAR, "last": LAST_YEAR})
        return day
    raise NotATime(_("Give the day as 2027-03-04, or with day of year as 2027/063."))


def _parse_planners(text: str) -> datetime:
    day, _gap, clock = text.replace("T", " ").partition(" ")
    for form in _TIMES:
        try:
            at = datetime.strptime(clock, form).time()  # noqa: DTZ007 - a time of day
            return datetime.combine(parse_date(day), at)
        except ValueError:
            continue
    raise NotATime(_("Give the time as 2027-03-04 14:20, or with day of year as 2027/063 14:20."))


def _by_clock(naive: datetime, zone: tzinfo) -> datetime:
    if not FIRST_YEAR <= naive.year <= LAST_YEAR:
        raise NotATime(_("Give a time between %(first)s and %(last)s.") % {"first": FIRST_YEAR, "last": LAST_YEAR})
    first = naive.replace(tzinfo=zone, fold=0)
    second = naive.replace(tzinfo=zone, fold=1)
    if first.utcoffset() == second.utcoffset():
        return first
    said = _("%(time)s on %(day)s") % {"time": f"{naive:%H:%M}", "day": long_date(naive)}
    if first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != naive:
        raise NotATime(
            _("%(when)s does not exist on that clock: it goes forward then. Give the time in GMT.") % {"when": said}
        )
    raise NotATime(
        _(
            "%(when)s happens twice on that clock, which goes back then: at %(first)s GMT and again "
            "at %(second)s GMT. Give the one you mean in GMT."
        )
        % {"when": said, "first": f"{first.astimezone(UTC):%H:%M}", "second": f"{second.astimezone(UTC):%H:%M}"}
    )


def for_input(instant: datetime, zone: tzinfo) -> str:
    """As `<input type="datetime-local">` wants it."""
    return f"{instant.astimezone(zone):%Y-%m-%dT%H:%M}"


def on_clock(instant: datetime, zone: tzinfo) -> tuple[str, str]:
    """The text of an input, and beside it what that text means: for where the same figures stand for two instants."""
    text = for_input(instant, zone)
    return text, f"{text} {instant.astimezone(UTC).isoformat()}"


def instant_shown(text: str, shown: str) -> datetime | None:
    """The instant that `on_clock` showed as `text`; None where the text was changed since."""
    was, _, instant = shown.partition(" ")
    if was != text.strip():
        return None
    try:
        return parse_instant(instant, UTC)
    except NotATime:
        return None


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
