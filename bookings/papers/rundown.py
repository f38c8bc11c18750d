"""What happens when, from the hour before a window to the end of its turnaround, for the call sheet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

import numpy as np
from django.utils.translation import gettext

from bookings.clocks import clock_change, clock_change_at
from bookings.conditions import Conditions, parse
from bookings.exceptions import Invalid
from bookings.models import Booking
from bookings.overflown import light_below, place_asked
from bookings.search.sky import outlook_for, overhead
from modules.conditions import Outlook, Overhead
from modules.conditions.engine import Table
from modules.conditions.outlook import seconds
from modules.orbit import Daylight, utc_datetime

LONGEST_TOLD = timedelta(days=3)
"""Beyond it a sheet would be a book: the window's own times are told, not each sunrise."""

KINDS = (
    *("window_begins", "window_ends", "turnaround_ends", "crew_wakes", "crew_sleeps", "clock_change"),
    *("sunrise", "sunset", "downlink_lost", "downlink_back", "aos", "culmination", "los"),
)


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant, what happens, by one of `KINDS` and in words, and how far off it may be; None where it is exact."""

    at: datetime
    kind: str
    what: str
    uncertainty_seconds: float | None = None
    tier: str | None = None
    is_ours: bool = False
    is_stand_in: bool = False
    """Whether it was computed from an orbit that is made up: then nothing tells how far off it is."""

    @property
    def is_to_the_second(self) -> bool:
        """Whether its seconds say anything."""
        return self.uncertainty_seconds is not None and self.uncertainty_seconds < 60 and not self.is_stand_in

    @property
    def error_bar(self) -> str:
        if self.uncertainty_seconds is None:
            return ""
        if self.is_stand_in:
            return gettext("clock not known")
        s = self.uncertainty_seconds
        return f"± {s:g} s" if s < 60 else f"± {s / 60:g} min"


@dataclass(frozen=True, slots=True)
class Rundown:
    """`outlook` is what is known of the orbit then, for what was `asked` of it; None where nothing is."""

    moments: Sequence[Moment]
    outlook: Outlook | None
    asked: Conditions
    note: str


def rundown(booking: Booking, zone: tzinfo) -> Rundown:
    """The moments of `booking` in order; `zone` is the clock that its people live by."""
    moments = [*_own(booking), *_crew_day(booking), *_clock_changes(booking, zone)]
    found, asked = _sky(booking)
    if found is None:
        return Rundown(_sorted(moments), None, asked, "")
    note = ""
    if booking.span.duration > LONGEST_TOLD:
        note = gettext("The window is too long to name each sunrise and sunset here: see the timeline.")
    else:
        moments += _orbit(found, booking, asked)
        if not found.worst(*seconds(booking.span)).has_clock:
            note = gettext(
                "Clock times of the orbit are not known so far ahead. "
                "Print this again in the two weeks before the window."
            )
    return Rundown(_sorted(moments), found, asked, note)


def _sorted(moments: Sequence[Moment]) -> list[Moment]:
    return sorted(moments, key=lambda moment: moment.at)


def _sky(booking: Booking) -> tuple[Outlook | None, Conditions]:
    try:
        asked = parse(booking.conditions)
        found = outlook_for(booking.module, booking.span, asked, downlink=True)
    except Invalid:  # its place is no longer among ours
        asked = Conditions()
        found = outlook_for(booking.module, booking.span, asked, downlink=True)
    return (found if found.sources else None), asked


def _own(booking: Booking) -> Iterator[Moment]:
    yield Moment(booking.starts_at, "window_begins", gettext("Window begins"), is_ours=True)
    yield Moment(booking.ends_at, "window_ends", gettext("Window ends: the zones are cleared"), is_ours=True)
    turnaround = booking.phase.rules.turnaround
    if turnaround:
        yield Moment(booking.ends_at + turnaround, "turnaround_ends", gettext("Turnaround ends"), is_ours=True)


def _crew_day(booking: Booking) -> Iterator[Moment]:
    rules = booking.phase.rules
    for day in _days(booking):
        wakes = (rules.crew_wake, "crew_wakes", gettext("Crew wakes"))
        sleeps = (rules.crew_sleep, "crew_sleeps", gettext("Crew sleeps"))
        for at, kind, what in (wakes, sleeps):
            instant = datetime.combine(day, at, booking.starts_at.tzinfo)
            if booking.starts_at <= instant <= booking.ends_at:
                yield Moment(instant, kind, what)


def _clock_changes(booking: Booking, zone: tzinfo) -> Iterator[Moment]:
    """Where the clock that people live by changes inside the window."""
    for day in _days(booking):
        at = clock_change_at(day, zone)
        if at is not None and booking.starts_at < at < booking.ends_at:
            said = clock_change(day, zone)
            yield Moment(at, "clock_change", said[0].upper() + said[1:])


def _days(booking: Booking) -> Iterator[date]:
    day = booking.starts_at.date()
    while day <= booking.ends_at.date():
        yield day
        day += timedelta(days=1)


def _orbit(found: Outlook, booking: Booking, asked: Conditions) -> Iterator[Moment]:
    window_s = seconds(booking.span)
    yield from _at(found, found.sunrises, window_s, "sunrise", gettext("Sunrise"))
    yield from _at(found, found.sunsets, window_s, "sunset", gettext("Sunset"))
    yield from _at(found, found.covered[:, 1], window_s, "downlink_lost", gettext("Downlink lost"))
    yield from _at(found, found.covered[:, 0], window_s, "downlink_back", gettext("Downlink back"))
    if over := overhead(asked):
        yield from _passes(found, window_s, over, place_asked(asked))


def _passes(found: Outlook, window_s: tuple[float, float], over: Overhead, name: str) -> Iterator[Moment]:
    """Each pass by the name of its place, and the light that lies on it."""
    highest = {
        Daylight.DAY: gettext("Highest over %(place)s, in daylight there"),
        Daylight.TWILIGHT: gettext("Highest over %(place)s, in twilight there"),
        Daylight.NIGHT: gettext("Highest over %(place)s, by night there"),
    }
    said = {"place": name}
    yield from _at(found, found.passes[:, 1], window_s, "aos", gettext("%(place)s comes in view (AOS)") % said)
    for row in found.passes:
        what = highest[light_below(over, float(row[0]))] % said
        yield from _at(found, row[:1], window_s, "culmination", what)
    yield from _at(found, found.passes[:, 2], window_s, "los", gettext("%(place)s is out of view (LOS)") % said)


def _at(found: Outlook, instants_s: Table, window_s: tuple[float, float], kind: str, what: str) -> Iterator[Moment]:
    inside = instants_s[(instants_s > window_s[0]) & (instants_s < window_s[1])]
    for instant_s, error_s in zip(inside.tolist(), found.uncertainty_s(inside).tolist(), strict=True):
        if np.isfinite(error_s):
            yield Moment(
                utc_datetime(round(instant_s, 1)),
                kind,
                what,
                error_s,
                found.worst(instant_s, instant_s + 1).tier,
                is_stand_in=found.is_stand_in_at(instant_s, instant_s + 1),
            )
