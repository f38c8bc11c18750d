"""Times as people type and read them: GMT with day of year first, their organisation's own clock beside it.

What is typed is read by the clock that the form names. Where daylight saving makes a local time happen twice, or
not at all, nobody guesses: the form says so, and that GMT settles it.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, tzinfo

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
